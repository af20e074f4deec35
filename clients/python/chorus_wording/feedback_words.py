"""The words around a feedback that is read as one text, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass

from chorus.feedback.v1 import merged_pb2


@dataclass(frozen=True, slots=True)
class FeedbackWords:
    """The words of one language. Braces name what is filled in."""

    summary: str
    provisional: str
    said_by: str
    disputed: str
    no_points: str
    answered: str
    missing: str
    injections: str
    agreements: Mapping[merged_pb2.Agreement.ValueType, str]


FEEDBACK_WORDS: Mapping[str, FeedbackWords] = {
    "en": FeedbackWords(
        summary="In short",
        provisional="While the panel reads (provisional)",
        said_by="Said by",
        disputed="open",
        no_points="Nobody had anything to say.",
        answered="{answered} of {asked} models answered, of {families} families.",
        missing="Without an answer",
        injections="The text has passages that seem to address the models; they were not followed.",
        agreements={
            merged_pb2.AGREEMENT_CONSENSUS: "the panel agrees",
            merged_pb2.AGREEMENT_SUPPORTED: "two families agree",
            merged_pb2.AGREEMENT_SINGLE: "one family alone",
            merged_pb2.AGREEMENT_CONTESTED: "contested",
        },
    ),
    "ko": FeedbackWords(
        summary="요약",
        provisional="패널이 읽는 동안 (아직 확정되지 않음)",
        said_by="말한 모델",
        disputed="의견이 갈림",
        no_points="아무도 지적한 것이 없어요.",
        answered="모델 {asked}개 중 {answered}개가 답했어요(계열 {families}개).",
        missing="답하지 않은 모델",
        injections="글에 모델에게 말을 거는 듯한 부분이 있어요. 따르지 않았어요.",
        agreements={
            merged_pb2.AGREEMENT_CONSENSUS: "패널이 동의함",
            merged_pb2.AGREEMENT_SUPPORTED: "두 계열이 동의함",
            merged_pb2.AGREEMENT_SINGLE: "한 계열만의 의견",
            merged_pb2.AGREEMENT_CONTESTED: "의견이 갈림",
        },
    ),
}
