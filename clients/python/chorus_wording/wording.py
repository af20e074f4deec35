"""The words in what is given back, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass

from chorus.feedback.v1 import feedback_pb2
from chorus_documents.writing.returned_work import Labels


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language."""

    labels: Labels
    untitled: str
    teacher: str
    """Who gives it back, where the name is not known."""
    polarities: Mapping[feedback_pb2.Polarity.ValueType, str]
    severities: Mapping[feedback_pb2.Severity.ValueType, str]
    why: str
    next_step: str
    rewrite: str


WORDING: Mapping[str, Wording] = {
    "en": Wording(
        labels=Labels(
            language="en",
            feedback="Feedback",
            passage="Passage",
            whole_work="On the whole text",
            scores="Scores",
            score="Score",
            criterion="Criterion",
            scale="Scale",
            reason="Reason",
            kind="Kind",
            said="Comment",
            importance="Importance",
            total="Total",
        ),
        untitled="Untitled",
        teacher="Teacher",
        polarities={
            feedback_pb2.POLARITY_STRENGTH: "Strength",
            feedback_pb2.POLARITY_IMPROVEMENT: "To improve",
            feedback_pb2.POLARITY_QUESTION: "Think about",
        },
        severities={
            feedback_pb2.SEVERITY_MINOR: "minor",
            feedback_pb2.SEVERITY_MODERATE: "moderate",
            feedback_pb2.SEVERITY_MAJOR: "major",
        },
        why="Why",
        next_step="Next",
        rewrite="For example",
    ),
    "ko": Wording(
        labels=Labels(
            language="ko",
            feedback="피드백",
            passage="글의 부분",
            whole_work="글 전체에 대해",
            scores="점수",
            score="점수",
            criterion="평가 기준",
            scale="척도",
            reason="이유",
            kind="종류",
            said="의견",
            importance="중요도",
            total="총점",
        ),
        untitled="제목 없음",
        teacher="선생님",
        polarities={
            feedback_pb2.POLARITY_STRENGTH: "잘한 점",
            feedback_pb2.POLARITY_IMPROVEMENT: "고칠 점",
            feedback_pb2.POLARITY_QUESTION: "생각해 볼 점",
        },
        severities={
            feedback_pb2.SEVERITY_MINOR: "낮음",
            feedback_pb2.SEVERITY_MODERATE: "보통",
            feedback_pb2.SEVERITY_MAJOR: "높음",
        },
        why="이유",
        next_step="다음에 할 일",
        rewrite="고쳐 쓴 예",
    ),
}
