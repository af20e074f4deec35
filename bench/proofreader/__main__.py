"""Measures what the proofreader's language reviewer finds, and how much of it is right.

    python -m bench.proofreader [--sample 40]

In Korean it measures precision and recall against the misspelt words that are marked in ksl_ko_dev.jsonl. A
flagged word is a hit if it holds a marked word of its text or is held by one. Not every mistake in the file
is marked (few of those in endings and spaces are), so the precision is a lower bound, and the flagged words
that nobody marked are printed to be read. The baselines are Kiwi alone: the words that it corrects, and the
words that it does not know. In English it counts what is found in the essays, if these were fetched,
otherwise in the short answers, by issue, and prints a sample to be read. In both it says how many of
the errors in learner_errors_*.jsonl are found, one at a time, how many of the corrections offered are right,
and what is found in clean_texts_*.jsonl, where nothing is wrong.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kiwipiepy import Kiwi, Token

from bench.corpora import CLEAN_TEXTS, KOREAN_PARAGRAPHS, LEARNER_ERRORS, english_works, require
from bench.proofreader.learner_errors import print_false_alarms, print_recall
from services.proofreader.answer import select
from services.proofreader.finding import IMPROVEMENT, Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.rule_reviewers import RuleReviewer, load_reviewers

_WORD_ISSUES = frozenset({"spelling", "spacing"})
_AROUND = 15
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _MarkedText:
    id: str
    submission: ParsedText
    marked: frozenset[str]


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=40, help="how many findings to print for reading")
    sample: int = parser.parse_args().sample
    english = english_works()
    require([KOREAN_PARAGRAPHS, english, *LEARNER_ERRORS, *CLEAN_TEXTS])
    reviewers = load_reviewers()
    _korean(reviewers[0], sample)
    _english(reviewers, english, sample)
    for path in LEARNER_ERRORS:
        print_recall(reviewers[0], path)
    for path in CLEAN_TEXTS:
        print_false_alarms(reviewers[0], path)


def _korean(language: RuleReviewer, sample: int) -> None:
    texts = list(_read(KOREAN_PARAGRAPHS))
    kiwi = Kiwi(num_workers=1)
    print(f"Korean: {len(texts)} texts, {sum(len(each.marked) for each in texts)} marked words")
    found = _timed("the reviewer", texts, lambda text: language.review(text.submission, Reading()))
    _timed("Kiwi's analysis alone", texts, lambda text: kiwi.analyze(text.submission.text))
    print(f"{'':44}{'flagged':>9}{'precision':>11}{'recall':>8}")
    typos = "basic_with_continual"
    _score(
        "Kiwi's typo correction",
        texts,
        [_kiwi_spans(kiwi, each, lambda t: t.typo_cost > 0, typos) for each in texts],
    )
    _score("words unknown to Kiwi", texts, [_kiwi_spans(kiwi, each, lambda t: t.oov) for each in texts])
    shown = [select(each) for each in found]
    for name, findings, issues in (
        ("spelling", found, {"spelling"}),
        ("spelling and spacing", found, _WORD_ISSUES),
        ("spelling, as far as an answer holds it", shown, {"spelling"}),
    ):
        spans = [[(each.start, each.end) for each in one if each.issue in issues] for one in findings]
        _score(name, texts, spans)
    print("\nFlagged as misspelt, but not marked:")
    unmarked = (
        (text, each)
        for text, one in zip(texts, found, strict=True)
        for each in one
        if each.issue == "spelling" and not _is_marked(text, each.start, each.end)
    )
    _print_sample(unmarked, sample)


def _timed(name: str, texts: Sequence[_MarkedText], read: Callable[[_MarkedText], Result]) -> list[Result]:
    """Prints the processor time that reading the texts takes for each 1,000 characters."""
    began = time.process_time()
    results = [read(each) for each in texts]
    seconds = time.process_time() - began
    thousands = sum(len(each.submission.text) for each in texts) / 1000
    print(f"  {name}: {1000 * seconds / thousands:.0f} ms of processor time per 1,000 characters")
    return results


def _english(reviewers: Sequence[RuleReviewer], path: Path, sample: int) -> None:
    texts = list(_read(path))
    started = time.monotonic()
    found = [
        (text, each)
        for text in texts
        for reviewer in reviewers
        for each in reviewer.review(text.submission, Reading())
    ]
    print(f"\nEnglish: {len(texts)} texts of {path.name}, {time.monotonic() - started:.1f} s")
    for (polarity, issue), count in sorted(Counter((each.polarity, each.issue) for _, each in found).items()):
        print(f"  {polarity:12} {issue:18} {count:4}")
    print()
    improvements = [pair for pair in found if pair[1].polarity == IMPROVEMENT]
    _print_sample(iter(improvements[:: max(1, len(improvements) // max(1, sample))]), sample)


def _read(path: Path) -> Iterator[_MarkedText]:
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        text = row.get("text") or row["answer"]
        yield _MarkedText(row["id"], ParsedText.read(text), frozenset(row.get("typos", ())))


def _kiwi_spans(
    kiwi: Kiwi, text: _MarkedText, flags: Callable[[Token], bool], typos: str | None = None
) -> list[tuple[int, int]]:
    """Returns the spans of the words that hold a flagged token."""
    whole = text.submission.text
    spans = set()
    for token in kiwi.tokenize(whole, typos=typos):
        if isinstance(token, Token) and flags(token):
            start = whole.rfind(" ", 0, token.start + 1) + 1
            end = whole.find(" ", max(start, token.end - 1))
            spans.add((start, end if end >= 0 else len(whole)))
    return sorted(spans)


def _score(name: str, texts: Sequence[_MarkedText], spans: Sequence[Sequence[tuple[int, int]]]) -> None:
    flagged = hits = marked = recalled = 0
    for text, one in zip(texts, spans, strict=True):
        words = {text.submission.text[start:end].strip(".,!?\"'") for start, end in one}
        flagged += len(words)
        hits += sum(any(_match(word, each) for each in text.marked) for word in words)
        marked += len(text.marked)
        recalled += sum(any(_match(word, each) for word in words) for each in text.marked)
    print(f"{name:44}{flagged:9}{hits / max(1, flagged):11.3f}{recalled / max(1, marked):8.3f}")


def _is_marked(text: _MarkedText, start: int, end: int) -> bool:
    return any(_match(text.submission.text[start:end], each) for each in text.marked)


def _match(word: str, marked: str) -> bool:
    return word in marked or marked in word


def _print_sample(found: Iterator[tuple[_MarkedText, Finding]], sample: int) -> None:
    for (text, each), _ in zip(found, range(sample), strict=False):
        whole = text.submission.text
        around = " ".join(
            whole[max(0, each.start - _AROUND) : min(each.end, each.start + 60) + _AROUND].split()
        )
        rewrite = f" -> {each.rewrite}" if each.rewrite else ""
        print(
            f"  {text.id:14} {each.wording:24} {whole[each.start : each.end][:50]!r}{rewrite}   … {around} …"
        )


if __name__ == "__main__":
    main()
