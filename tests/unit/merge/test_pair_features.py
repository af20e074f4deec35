"""What two points have in common, and in what they differ, is told by numbers whose weights are learned."""

from collections.abc import Mapping

import pytest

from chorus.feedback.v1 import feedback_pb2
from orchestrator.merge.candidate import merge_candidates
from orchestrator.merge.pair_features import PointContent, pair_features
from tests.unit.merge.panels import QUESTION, STRENGTH, opinion, point

# Every pair has these, and every pair of issues and of subjects has a name of its own.
_OF_EVERY_PAIR = {
    "overlap",
    "longer quotation",
    "shared sentences",
    "sentence_error + sentence_error",
    "names the other's issue",
}

Point = Mapping[str, object]


def features(one: feedback_pb2.Point, other: feedback_pb2.Point) -> Mapping[str, float]:
    candidates = merge_candidates([opinion("a", one), opinion("b", other)], {})
    first, second = (PointContent.of(each, "en") for each in candidates)
    return {name: value for name, value in pair_features(first, second).items() if value}


def rewritten(words: str) -> Point:
    return {"suggested_rewrite": words}


def said(words: str) -> Point:
    return {"observation": words}


def asked(words: str) -> Point:
    return {"next_step": words}


NOWHERE: Point = {"place": None}


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        (rewritten("Sentence number 1"), rewritten("The sentence number 1"), "same new words; both rewrite"),
        (rewritten("Sentence number 1"), said("Write ‘number’ here."),
         "same new words; one rewrites; one speaks of figure"),
        (rewritten("Sentence number 1"), rewritten("Sentence numbering 1"), "other new words; both rewrite"),
        (rewritten("Phrase numbers 1"), rewritten("Sentence numbers one"),
         "other new words; other words of form; both rewrite"),
        ({"issue": "depth", **said("Hm, 'Sentence'.")}, said("What is 'numbers'?"),
         "other words in question; across groups; two issues; depth + sentence_error"),
        ({"polarity": STRENGTH}, {"polarity": STRENGTH, **said("So it is.")}, "both praise"),
        ({"polarity": QUESTION}, {}, "one is a question"),
        (NOWHERE, {**NOWHERE, **said("So it is.")}, "whole text, one issue"),
        (NOWHERE, {**NOWHERE, "issue": "word_choice"},
         "whole text, two issues; two issues; sentence_error + word_choice"),
        (NOWHERE, {}, "whole and part"),
        ({"issue": "other", **said("Hm.")}, {}, "issue unsaid; two issues; other + sentence_error"),
        (asked("Cut it."), asked("Add an example."),
         "contrary advice; asks for another thing; one asks to add; one asks to cut; one speaks of example"),
        (asked("Cut it."), asked("Delete this."), "both ask to cut"),
        (said("The tense is wrong."), said("Say it in the past tense."), "both speak of tense"),
        (said("The tense is wrong."), said("Name the source."),
         "one speaks of tense; one speaks of source; no shared subject"),
    ],
)  # fmt: skip
def test_what_two_points_show(one: Point, other: Point, names: str) -> None:
    common = {"issue": "sentence_error", "observation": "It is so.", "criterion": ""}
    found = features(point(**{**common, **one}), point(**{**common, **other}))  # type: ignore[arg-type]
    assert found.keys() - _OF_EVERY_PAIR == set(names.split("; "))


def test_the_place_is_how_much_two_quotations_and_their_sentences_share_and_how_long_the_longer_are() -> None:
    found = features(point(place=(0, 8), sentence_ids=["S1", "S3"]), point(place=(4, 18)))
    assert found["overlap"] == 0.5
    assert found["longer quotation"] == pytest.approx(2.64, abs=0.01)
    assert found["shared sentences"] == 0.5
    assert found["more sentences"] == pytest.approx(0.69, abs=0.01)


def test_a_point_that_was_kept_without_its_sentences_is_taken_to_be_about_the_same_ones() -> None:
    kept = point(place=(0, 8))
    del kept.sentences[:]
    assert features(kept, point(place=(4, 38)))["shared sentences"] == 1


def test_points_that_stand_apart_have_features_of_their_own() -> None:
    slips = point(
        issue="spelling",
        place=(0, 8),
        sentence_ids=["S1", "S3"],
        observation="Two slips.",
        next_step="Cut it.",
    )
    other = point(issue="word_choice", place=(40, 48), observation="The tense is wrong.")
    assert features(slips, other).keys() == {
        "apart",
        "apart, across groups",
        "apart, longer quotation",
        "apart, more sentences",
        "apart, shared sentences",
        "apart, two issues",
    }
