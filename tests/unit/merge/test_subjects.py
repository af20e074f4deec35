"""What two points speak of decides where their issues and quotations leave it open."""

from itertools import product

import pytest

from chorus.feedback.v1 import submission_pb2
from modelkit.answer_form.issues import ISSUES, OTHER
from orchestrator.merge.candidate import merge_candidates
from orchestrator.merge.merge import merge
from orchestrator.merge.pair_features import WORDS, PointContent, pair_features
from orchestrator.merge.policy import PAIR_WEIGHTS
from orchestrator.merge.subjects import ISSUE_SUBJECTS, requests_of, subjects_of
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import read_submission
from tests.unit.merge.panels import opinion, point

_KOREAN = read_submission(submission_pb2.Submission(text="한국에서 제일 놀란 것은 배달이 빠릅니다."))
_ENGLISH = read_submission(submission_pb2.Submission(text="The most surprising thing is they deliver."))


@pytest.mark.parametrize(
    ("language", "one", "other", "same"),
    [
        ("ko", "주어와 서술어가 맞지 않아요.", "'놀란 것은'과 호응하는 말이 없어요.", True),
        ("ko", "주어와 서술어가 맞지 않아요.", "다른 문장과 말투가 달라요.", False),
        ("ko", "문장을 나누어 보세요.", "너무 길어서 숨이 차요.", True),
        ("ko", "출처가 없어요.", "어느 기관의 통계인지 밝히세요.", True),
        ("ko", "출처가 없어요.", "말투가 딱딱해요.", False),
        ("ko", "조사를 잘못 골랐어요.", "조사한 곳을 밝히세요.", False),
        ("en", "Verb and subject do not agree.", "A plural noun takes a plural verb.", True),
        ("en", "Verb and subject do not agree.", "This is too colloquial.", False),
        ("en", "Name the author of this study.", "Nobody can tell which source that is.", True),
        ("en", "Name the author of this study.", "A run-on: break it up.", False),
    ],
)
def test_what_points_speak_of_joins_them_or_holds_them_apart(
    language: str, one: str, other: str, *, same: bool
) -> None:
    whole, part = (0, 23), (9, 23)
    first = point(issue="sentence_error", criterion="", place=whole, observation=one)
    second = point(issue="claim_unclear", criterion="", place=part, observation=other)
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
        {"issue": "spelling", "observation": "'numbers' is misspelt."},
        {"issue": "register_mix", "next_step": "Cut it."},
        {"place": None, "issue": "conclusion"},
        {"place": None, "issue": "transition"},
    ]
    points = [point(**each) for each in changes]  # type: ignore[arg-type]
    candidates = merge_candidates([opinion("a", *points), opinion("b", *points, point(place=None))], {})
    contents = [PointContent.of(each, "en") for each in candidates]
    names = {name for one, other in product(contents, repeat=2) for name in pair_features(one, other)}
    assert names | {WORDS} == set(PAIR_WEIGHTS)


def test_every_issue_but_other_is_about_subjects_that_words_can_name() -> None:
    assert set(ISSUE_SUBJECTS) == set(ISSUES) - {OTHER}
    for issue, subjects in ISSUE_SUBJECTS.items():
        assert subjects, issue
