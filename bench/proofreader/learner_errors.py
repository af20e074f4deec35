"""Measures which errors of learners are found, one at a time: the others of the text are corrected.

What is found in the corrected text as well finds no error. Which errors of a half "apart" are missed is not
said.

A text has `{wrong|right}` where an error stands, with nothing for a word that is missing or one too many, and
`{word|OK}` or `word|OK` where a rule may see an error and there is none.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.proofreader.finding import IMPROVEMENT, Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.rule_reviewers import RuleReviewer

_FINE = "OK"
_MARK = re.compile(r"\{([^{}]*)\}([^\s{}|]*\|OK)?|([^\s{}|]+)\|OK")


@dataclass(frozen=True, slots=True)
class LearnerError:
    """A text with one error, which stands at the half-open range `[start, end)`, and the text without it."""

    group: str
    half: str
    text: str
    start: int
    end: int
    corrected: str


def read_errors(path: Path) -> Iterator[tuple[str, list[LearnerError]]]:
    """Yields each text without an error, and what it is with each of its errors."""
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        pieces = list(_pieces(row["marked"]))
        corrected = "".join(right for _, right in pieces)
        errors = [
            LearnerError(row["group"], row.get("half", "all"), *_with_error(pieces, number), corrected)
            for number, (wrong, right) in enumerate(pieces)
            if wrong != right
        ]
        yield corrected, errors


def print_recall(language: RuleReviewer, path: Path) -> None:
    """Prints how many errors are found, how many corrections are right, and what is found where none is."""
    in_all: Counter[str] = Counter()
    found: Counter[str] = Counter()
    false = offered = right = 0
    missed = []
    for correct, errors in read_errors(path):
        standing = _findings(language, correct)
        false += len(standing)
        already = {(each.wording, each.start) for each in standing}
        for each in errors:
            in_all[each.half] += 1
            hits = [
                one
                for one in _findings(language, each.text)
                if _touches(one, each) and (one.wording, one.start) not in already
            ]
            rewrites = [one for one in hits if one.rewrite]
            offered += len(rewrites)
            right += sum(
                each.text[: one.start] + one.rewrite + each.text[one.end :] == each.corrected
                for one in rewrites
            )
            if hits:
                found[each.half] += 1
            elif each.half != "apart":
                missed.append(f"{each.group}: {each.text[each.start : each.end]!r}")
    shares = ", ".join(f"{half}: {found[half]} of {number}" for half, number in in_all.items())
    print(f"\n{path.name}: errors found, {shares}; {right} of {offered} corrections as expected;", end=" ")
    print(f"{false} findings in the corrected texts")
    print("  missed: " + ", ".join(missed))


def print_false_alarms(language: RuleReviewer, path: Path) -> None:
    """Prints what is found in texts without an error."""
    rows = [json.loads(each) for each in path.read_text(encoding="utf-8").splitlines()]
    print(f"\n{path.name}: found in {len(rows)} texts without an error")
    for row in rows:
        for each in _findings(language, row["text"]):
            rewrite = f" -> {each.rewrite}" if each.rewrite else ""
            print(
                f"  {row['genre']:20} {each.wording:22} {row['text'][each.start : each.end][:50]!r}{rewrite}"
            )


def _findings(language: RuleReviewer, text: str) -> list[Finding]:
    found = language.review(ParsedText.read(text), Reading())
    return [each for each in found if each.polarity == IMPROVEMENT and each.end]


def _touches(finding: Finding, error: LearnerError) -> bool:
    return finding.start <= error.end and error.start <= finding.end


def _pieces(marked: str) -> Iterator[tuple[str, str]]:
    """Yields the text piece by piece: as the learner wrote it, and corrected."""
    end = 0
    for mark in _MARK.finditer(marked):
        yield (marked[end : mark.start()],) * 2
        end = mark.end()
        wrong, *right = (mark[1] or mark[3] or "").split("|")
        suffix = (mark[2] or "").removesuffix(f"|{_FINE}")
        is_fine = mark[2] is not None or mark[3] is not None or _FINE in right
        yield wrong + suffix, wrong + suffix if is_fine else right[0]
    yield (marked[end:],) * 2


def _with_error(pieces: list[tuple[str, str]], number: int) -> tuple[str, int, int]:
    before = "".join(right for _, right in pieces[:number])
    wrong = pieces[number][0]
    after = "".join(right for _, right in pieces[number + 1 :])
    return before + wrong + after, len(before), len(before) + len(wrong)
