import re
from pathlib import Path

import pytest

from orchestrator.injection import classifier
from orchestrator.injection.pattern_set import PatternSet
from orchestrator.submission.folding import fold

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (r"(?<![\w.])5(?! of)", "give 5 now", "give 5 of them"),
        (r"(\d), \1\b", "5, 5", "5, 4"),
        (r"(?:^|[.!?>\]\"'] ?)dear\b", "so] dear reader", "my dear reader"),
        (r"\[/?\w+[^\]]{0,3}\]", "an [inst] of", "an [inst of"),
        (r"[\u0400-\u04ff]|x{2,3}", "xx", "x"),
        (r"a(?=[)(]b)c|d", "d", "a)b"),
        (r"\bgrade\b", "grade é", "gradeé"),
        (r"\w\d[^\W\d]\s", "é٣é x", "é٣! x"),
        (r"점\S{0,3} [^\s:]끝", "점수는 가끝", "점수는 :끝"),
        (r"가[^.!?]{0,30}나[^.]{2,40}다|바", "가 … 나 … 다", "가 . 나 다"),
        (r"가(?:[^.]{0,30}나)라[()]|[^.]{0,20}마", "가 나라(", "가 나 라("),
    ],
)
def test_what_re2_cannot_say_is_searched_as_written(pattern: str, matching: str, other: str) -> None:
    patterns = PatternSet([re.compile("never"), re.compile(pattern)])
    assert [(index, match[0]) for index, match in patterns.matches(matching)] == [
        (1, re.search(pattern, matching)[0])  # type: ignore[index]
    ]
    assert not list(patterns.matches(other))


def test_more_patterns_than_one_set_holds_keep_their_indices() -> None:
    words = [f"word{number}x" for number in range(25)]
    found = PatternSet([re.compile(word) for word in words]).matches("word3x word17x word24x")
    assert sorted(index for index, _ in found) == [3, 17, 24]


@pytest.mark.parametrize("name", ["attacks_en", "attacks_ko", "clean_ko"])
def test_the_signs_of_steering_are_found_as_they_are_one_by_one(name: str) -> None:
    texts = (ROOT / f"bench/injection/{name}.txt").read_text(encoding="utf-8").splitlines()
    folded = [fold(text).text for text in texts if text][::2]
    for names, patterns in classifier._patterns().values():
        written = patterns._patterns
        for text in folded:
            one_by_one = {name for name, each in zip(names, written, strict=True) if each.search(text)}
            assert {names[index] for index, _ in patterns.matches(text)} == one_by_one
