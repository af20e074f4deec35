"""What two Korean points speak of decides where their issues and quotations leave it open."""

import pytest

from chorus.feedback.v1 import submission_pb2
from orchestrator.merge.merge import merge
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import read_submission
from tests.unit.merge.panels import opinion, point

_READING = read_submission(submission_pb2.Submission(text="한국에서 제일 놀란 것은 배달이 빠릅니다."))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("주어와 서술어가 맞지 않아요.", "'놀란 것은'과 호응하는 말이 없어요.", True),
        ("주어와 서술어가 맞지 않아요.", "다른 문장과 말투가 달라요.", False),
        ("문장을 나누어 보세요.", "너무 길어서 숨이 차요.", True),
        ("출처가 없어요.", "어느 기관의 통계인지 밝히세요.", True),
        ("출처가 없어요.", "말투가 딱딱해요.", False),
    ],
)
def test_what_points_speak_of_joins_them_or_holds_them_apart(one: str, other: str, *, same: bool) -> None:
    whole, part = (0, 23), (9, 23)
    first = point(issue="sentence_error", criterion="sentences", place=whole, observation=one)
    second = point(issue="claim_unclear", criterion="claim", place=part, observation=other)
    merged = merge(
        _READING,
        default_rubric("ko"),
        [opinion("a", first), opinion("b", second)],
        feedback_language="ko",
    )
    assert (len(merged.points) == 1) is same
