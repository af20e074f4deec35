"""Measures which errors of learners are found, one at a time: the others of the text are corrected.

A text has `{wrong|right}` where an error stands, with nothing for a word that is missing or one too many, and
`{word|OK}` or `word|OK` where a rule may see an error and there is none.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.proofreader.finding import IMPROVEMENT
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.rule_reviewers import RuleReviewer

_FINE = "OK"
_MARK = re.compile(r"\{([^{}]*)\}([^\s{}|]*\|OK)?|([^\s{}|]+)\|OK")


@dataclass(frozen=True, slots=True)
class LearnerError:
    """A text with one error, which stands at the half-open range `[start, end)`."""

    group: str
    text: str
    start: int
    end: int


def read_errors(path: Path) -> Iterator[tuple[str, list[LearnerError]]]:
    """Yields each text without an error, and what it is with each of its errors."""
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        pieces = list(_pieces(row["marked"]))
        errors = [
            LearnerError(row["group"], *_with_error(pieces, number))
            for number, (wrong, right) in enumerate(pieces)
            if wrong != right
        ]
        yield "".join(right for _, right in pieces), errors


def print_recall(language: RuleReviewer, path: Path) -> None:
    """Prints how many errors of a file are found, and what is found where none is."""
    found = errors_in_all = false = 0
    missed = []
    for correct, errors in read_errors(path):
        false += len(_ranges(language, correct))
        for each in errors:
            errors_in_all += 1
            if any(start <= each.end and each.start <= end for start, end in _ranges(language, each.text)):
                found += 1
            else:
                missed.append(f"{each.group}: {each.text[each.start : each.end]!r}")
    print(f"\n{path.name}: {found} of {errors_in_all} errors found; {false} findings in the corrected texts")
    print("  missed: " + ", ".join(missed))


def _ranges(language: RuleReviewer, text: str) -> list[tuple[int, int]]:
    found = language.review(ParsedText.read(text), Reading())
    return [(each.start, each.end) for each in found if each.polarity == IMPROVEMENT and each.end]


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
