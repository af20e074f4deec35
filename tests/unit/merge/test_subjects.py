"""What two points speak of decides where their issues and quotations leave it open."""

import re
from importlib import resources
from itertools import chain, product

import pytest

from chorus.feedback.v1 import submission_pb2
from modelkit.answer_form.issues import ISSUES, OTHER
from orchestrator.merge.candidate import merge_candidates
from orchestrator.merge.merge import merge
from orchestrator.merge.pair_features import WORDS_FEATURES, PointContent, pair_features
from orchestrator.merge.policy import INTERCEPT, PAIR_WEIGHTS
from orchestrator.merge.subjects import ISSUE_SUBJECTS, requests_of, subjects_of
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import read_submission
from tests.unit.merge.panels import QUESTION, opinion, point

SUBJECTS = {
    line.strip("[]")
    for line in resources.files("orchestrator.merge").joinpath("subjects.txt").read_text("utf-8").splitlines()
    if line.startswith("[")
}
_KOREAN = read_submission(submission_pb2.Submission(text="한국에서 제일 놀란 것은 배달이 빠릅니다."))
_ENGLISH = read_submission(submission_pb2.Submission(text="The most surprising thing is they deliver."))


@pytest.mark.parametrize(
    ("issues", "one", "other", "same"),
    [
        ("sentence_error word_choice", "주어와 서술어가 맞지 않아요.", "'놀란 것은'과 짝이 안 맞아요.", True),
        ("sentence_error word_choice", "주어와 서술어가 맞지 않아요.", "다른 문장과 말투가 달라요.", False),
        ("sentence_error concision", "문장을 나누어 보세요.", "너무 길어서 숨이 차요.", True),
        ("citation evidence_missing", "출처가 없어요.", "어느 기관의 통계인지 밝히세요.", True),
        ("citation word_choice", "출처가 없어요.", "말투가 딱딱해요.", False),
        ("sentence_error citation", "조사를 잘못 골랐어요.", "조사한 곳을 밝히세요.", False),
        ("sentence_error word_choice", "Verb and subject disagree.", "A plural takes a plural verb.", True),
        ("sentence_error word_choice", "Verb and subject disagree.", "This is too colloquial.", False),
        ("citation evidence_missing", "Name the author of this study.", "Which source is that?", True),
        ("citation sentence_error", "Name the author of this study.", "A run-on: break it up.", False),
    ],
)  # fmt: skip
def test_what_points_speak_of_joins_them_or_holds_them_apart(
    issues: str, one: str, other: str, *, same: bool
) -> None:
    language = "ko" if one[0] >= "가" else "en"
    first_issue, second_issue = issues.split()
    first = point(issue=first_issue, criterion="", place=(0, 23), observation=one)
    second = point(issue=second_issue, criterion="", place=(9, 23), observation=other)
    merged = merge(
        _KOREAN if language == "ko" else _ENGLISH,
        default_rubric(language),
        [opinion("a", first), opinion("b", second)],
        feedback_language=language,
    )
    assert (len(merged.points) == 1) is same


def test_a_subject_is_named_in_either_language() -> None:
    assert (
        subjects_of("시제가 맞지 않아요.", "ko-KR") == subjects_of("The tense is wrong.", "en") == {"tense"}
    )
    assert subjects_of("", "en") == frozenset()
    assert requests_of("지우세요.", "ko") == requests_of("Delete it.", "de") == {"to cut"}


def test_every_feature_of_two_points_has_a_weight_and_every_weight_a_feature() -> None:
    changes: list[dict[str, object]] = [
        {},
        {"place": (40, 50), "next_step": "Correct it.", "sentence_ids": ["S1"]},
        {"issue": "spelling", "observation": "'numbers' is misspelt."},
        {"issue": "register_mix", "next_step": "Cut it.", "polarity": QUESTION},
        {"place": None, "issue": "conclusion"},
        {"place": None, "issue": "transition"},
    ]
    points = [point(**each) for each in changes]  # type: ignore[arg-type]
    candidates = merge_candidates([opinion("a", *points), opinion("b", *points, point(place=None))], {})
    contents = [PointContent.of(each, "en") for each in candidates]
    names = {name for one, other in product(contents, repeat=2) for name in pair_features(one, other)}
    of_many = re.compile(r".* \+ .*|(?:both|one) (?:speaks? of|asks?) .*")
    known = {name for name in names if not of_many.fullmatch(name)} | {*chain(*WORDS_FEATURES), INTERCEPT}
    named = {name for name in PAIR_WEIGHTS if not of_many.fullmatch(name.removeprefix("apart, "))}
    assert {name for name in known if not name.startswith("apart, ")} == {
        name for name in named if not name.startswith("apart, ")
    }
    assert {name.removeprefix("apart, ") for name in named} <= known


def test_every_weight_of_issues_and_of_subjects_is_of_ones_that_exist() -> None:
    for name in PAIR_WEIGHTS:
        if " + " in name:
            assert set(name.split(" + ")) <= set(ISSUES), name
        if subject := re.fullmatch(r"(?:(?:apart, )?both speak|one speaks) of (.*)", name):
            assert subject[1] in SUBJECTS, name
        if request := re.fullmatch(r"(?:(?:apart, )?both ask|one asks) (.*)", name):
            assert request[1] in SUBJECTS, name


def test_every_issue_but_other_is_about_subjects_that_words_can_name() -> None:
    assert set(ISSUE_SUBJECTS) == set(ISSUES) - {OTHER}
    for issue, subjects in ISSUE_SUBJECTS.items():
        assert subjects, issue
