"""Compares where the orchestrator starts the sentences of Korean texts with where Kiwi, an analyser, does.

    python -m bench.korean_sentences [--each]

What is compared are the places within a text where a sentence starts; `--each` prints those that only one
of them has. Kiwi is no judge: read them. The second table has one: texts whose sentences both tell apart are
given to both without the marks at their ends. The processor time is that of one thread.
"""

import argparse
import json
import time
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from kiwipiepy import Kiwi

from bench.corpora import CLEAN_TEXTS, HARD_PAIRS, KOREAN_PARAGRAPHS, STEERING, STEERING_APART, require
from orchestrator.submission.sentences import split_sentences

_PAIRS = Path(__file__).parent / "evaluate" / "pairs.jsonl"
_FILES = (KOREAN_PARAGRAPHS, CLEAN_TEXTS[1], _PAIRS, HARD_PAIRS, STEERING, STEERING_APART)
_LEAST_KOREAN = 0.3
_AROUND = 20
_FINAL_MARKS = ".!?"
_FINAL_SYLLABLES = ("다", "요", "까", "죠")

Text = tuple[str, set[int], set[int]]
"""A text, and where sentences start in it: by the orchestrator, and by Kiwi."""


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--each", action="store_true", help="print the places that only one of them has")
    each: bool = parser.parse_args().each
    require(_FILES)
    kiwi = Kiwi(num_workers=1, load_default_dict=False, load_multi_dict=False)
    kiwi.split_into_sents("가")
    read = {path.stem: _read(path, kiwi) for path in _FILES}
    print("starts of sentences, with their marks")
    for name, texts in read.items():
        _print_agreement(name, [(ours, theirs) for _, ours, theirs in texts])
        if each:
            _print_differences(texts)
    print("\nwithout marks")
    for name, texts in read.items():
        bare = [
            _without_marks(text, ours) for text, ours, theirs in texts if len(ours) > 1 and ours == theirs
        ]
        judged = [(starts, *_starts(text, kiwi)) for text, starts in filter(None, bare)]
        if judged:
            _print_agreement(f"{name}: orchestrator", [(ours, starts) for starts, ours, _ in judged])
            _print_agreement(f"{name}: Kiwi", [(theirs, starts) for starts, _, theirs in judged])


def _read(path: Path, kiwi: Kiwi) -> list[Text]:
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    texts = {row.get("text") or row["work"] for row in rows}
    korean = sorted(each for each in texts if _is_korean(each))
    began = time.thread_time()
    for text in korean:
        split_sentences(text, "ko")
    ours = time.thread_time() - began
    read = [(text, *_starts(text, kiwi)) for text in korean]
    theirs = time.thread_time() - began - 2 * ours
    thousands = sum(map(len, korean)) / 1000
    print(
        f"{path.stem}: {len(korean)} texts;"
        f" ms per 1,000 characters: orchestrator {1000 * ours / thousands:.1f},"
        f" Kiwi {1000 * theirs / thousands:.1f}"
    )
    return read


def _is_korean(text: str) -> bool:
    return sum("가" <= each <= "힣" for each in text) > _LEAST_KOREAN * len(text)


def _starts(text: str, kiwi: Kiwi) -> tuple[set[int], set[int]]:
    ours = {each.start for each in split_sentences(text, "ko")}
    return ours, {each.start for each in kiwi.split_into_sents(text, return_sub_sents=False)}


def _without_marks(text: str, starts: set[int]) -> tuple[str, set[int]] | None:
    """Returns a text without the marks that end its sentences, and where they start; None if one has none."""
    bounds = [*sorted(starts), len(text)]
    bare: set[int] = set()
    pieces = ""
    for start, end in pairwise(bounds):
        sentence = text[start:end].rstrip()
        words = sentence.rstrip(_FINAL_MARKS)
        if words == sentence or not words.endswith(_FINAL_SYLLABLES) or "\n" in words:
            return None
        bare.add(len(pieces))
        pieces += f"{words} "
    return pieces.rstrip(), bare


def _print_agreement(name: str, pairs: Iterable[tuple[set[int], set[int]]]) -> None:
    both = extra = missing = 0
    for one, other in pairs:
        # Every text starts with a sentence.
        first = {min(other)}
        both += len((one & other) - first)
        extra += len(one - other - first)
        missing += len(other - one - first)
    f1 = 2 * both / max(1, 2 * both + extra + missing)
    print(f"  {name:40} {both:5} shared, {extra:3} more, {missing:3} fewer, F1 {f1:.3f}")


def _print_differences(texts: Iterable[Text]) -> None:
    for text, ours, theirs in texts:
        for sign, places in (("more", ours - theirs), ("fewer", theirs - ours)):
            for place in sorted(places):
                around = f"{text[max(0, place - _AROUND) : place]}|{text[place : place + _AROUND]}"
                print(f"    {sign:6} {' '.join(around.split())}")


if __name__ == "__main__":
    main()
