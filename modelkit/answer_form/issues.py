"""The closed list of what a point can be about, by which points of different models are recognised as one."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issue:
    """One kind of observation, and the group it belongs to."""

    group: str
    korean: str
    english: str


OTHER = "other"

ISSUES: Mapping[str, Issue] = {
    "off_task": Issue("task", "과제에서 벗어남", "off the task"),
    "missing_requirement": Issue("task", "과제의 요구 사항 빠짐", "a requirement of the task is missing"),
    "length_format": Issue("task", "분량과 형식", "length or format"),
    "claim_unclear": Issue("content", "주장의 명확성", "clarity of the claim"),
    "reason_weak": Issue("content", "이유의 타당성", "strength of the reasons"),
    "evidence_missing": Issue("content", "근거의 유무", "presence of evidence"),
    "evidence_irrelevant": Issue("content", "근거의 관련성", "relevance of the evidence"),
    "counterview_missing": Issue("content", "다른 입장 고려", "treatment of other views"),
    "factual_error": Issue("content", "사실의 정확성", "accuracy of facts"),
    "depth": Issue("content", "내용의 깊이", "depth of treatment"),
    "introduction": Issue("organisation", "처음 부분", "the opening"),
    "conclusion": Issue("organisation", "끝 부분", "the ending"),
    "paragraph_focus": Issue("organisation", "문단의 중심 생각", "focus of a paragraph"),
    "order_logic": Issue("organisation", "순서와 논리", "order and logic"),
    "transition": Issue("organisation", "문장과 문단의 연결", "links between sentences or paragraphs"),
    "sentence_error": Issue("expression", "문장 성분과 호응", "grammar of a sentence"),
    "word_choice": Issue("expression", "낱말 선택", "choice of words"),
    "register_mix": Issue("expression", "문체의 일관성", "consistency of register"),
    "repetition": Issue("expression", "반복", "repetition"),
    "concision": Issue("expression", "간결성", "concision"),
    "spelling": Issue("conventions", "맞춤법", "spelling"),
    "spacing": Issue("conventions", "띄어쓰기", "spacing"),
    "punctuation": Issue("conventions", "문장 부호", "punctuation"),
    "citation": Issue("conventions", "인용과 출처", "citation of sources"),
    OTHER: Issue(OTHER, "그 밖", "something else"),
}
