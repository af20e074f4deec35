import tracemalloc
from itertools import pairwise

import pytest

from bench.corpora import LEARNER_ERRORS
from bench.proofreader.learner_errors import read_errors
from services.proofreader.english.grammar import PATTERNS
from services.proofreader.english.patterns import FaultPattern, FaultPatterns
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.required_words import Pieces, required_words


def test_passage_by_passage_the_same_is_found_as_in_the_whole_text() -> None:
    texts = [each.text for path in LEARNER_ERRORS[::2] for _, errors in read_errors(path) for each in errors]
    text = "\n".join(texts)
    found = [
        (each.start, each.end, each.rewrite)
        for each in FaultPatterns(PATTERNS).find(ParsedText.read(text, "en"), Reading())
    ]
    expected = [
        (*match.span("bad" if "bad" in each.pattern.groupindex else 0), correction)
        for each in PATTERNS
        for match in each.pattern.finditer(text)
        if (correction := each.correct(match)) is not None
    ]
    own = ParsedText.read(text, "en")
    # The space that a pattern takes along is no part of the fault.
    assert found == [
        (start, end - (right != right.rstrip()), right.rstrip())
        for start, end, right in expected
        if right != text[start:end] and own.is_own(start, end)
    ]
    assert len(found) > 200
    assert found != sorted(found)


@pytest.mark.parametrize("offset", range(0, 1_200, 37))
def test_a_fault_is_found_once_wherever_it_stands(offset: int) -> None:
    words = "a word " * 200
    text = f"{words[:offset]}. He go home. {words}"
    pattern = FaultPattern.of("agreement", r"He (?P<bad>go) home", "goes")
    (found,) = FaultPatterns([pattern]).find(ParsedText.read(text, "en"), Reading())
    assert text[found.start : found.end] == "go"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"I (?:am|was) agree", [{"agree"}, {"am", "was"}]),
        (r"[Tt]here (?:is|are)?", [{"There", "there"}]),
        (r"(?<=to )goes(?! on)(?= home)", [{"goes"}, {"home"}, {"to"}]),
        (r"(?:[a-z]+ly|so) big", [{"big"}, {"ly", "so"}]),
        (r"\w+ (?:x|yes)*", []),
        (r"(?i:can) of", [{"of"}]),
        (r"(?i)can of", []),
    ],
)
def test_what_every_match_holds(pattern: str, words: list[set[str]]) -> None:
    assert sorted(map(sorted, required_words(pattern.replace(" ", r"\s")))) == sorted(map(sorted, words))


def test_pieces_are_found_inside_words_of_any_length() -> None:
    pieces = Pieces(["here", "don't", "ly"])
    for text, held in (("There! I don't", {"here", "don't"}), ("x" * 500 + "ly", {"ly"}), ("He re", set())):
        assert pieces.held_by(text) == held
        assert pieces.held_by(text) == held


def test_the_words_that_are_kept_have_an_end() -> None:
    pieces = Pieces(["here", "don't", "ly"])
    sizes = []
    tracemalloc.start()
    try:
        for words in range(0, 15_000, 5_000):
            pieces.held_by(" ".join(f"here{number}ly" for number in range(words, words + 5_000)))
            sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert sizes[-1] - sizes[0] < 200_000 < sizes[0]


def test_faults_come_pattern_by_pattern_in_the_order_of_the_text() -> None:
    patterns = [FaultPattern.of("agreement", each, "x") for each in ("two", "one")]
    text = "one two " * 400
    found = list(FaultPatterns(patterns).find(ParsedText.read(text, "en"), Reading()))
    assert len(found) == 800
    assert all(text.startswith("two", each.start) for each in found[:400])
    assert all(one.start < two.start for one, two in pairwise(found[:400]))


def test_a_pattern_is_compiled_once_a_text_holds_its_words() -> None:
    needed = FaultPattern.of("agreement", r"He (?P<bad>go) home", "goes")
    other = FaultPattern.of("agreement", r"She (?P<bad>swim) there", "swims")
    patterns = FaultPatterns([needed, other])
    assert len(list(patterns.find(ParsedText.read("He go home.", "en"), Reading()))) == 1
    assert "pattern" in vars(needed)
    assert "pattern" not in vars(other)


def test_all_patterns_compile() -> None:
    assert all(each.pattern.pattern == each.expression for each in PATTERNS)
