"""The words in what a class gets, in each language of the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from clients.web.server.classes.tables import State


@dataclass(frozen=True, slots=True)
class ClassWords:
    """The words of one language.

    Attributes:
        scores_file: The name of the table.
        failed_file: The name of the list of works that could not be written.
    """

    file: str
    pseudonym: str
    state: str
    scores_file: str
    failed_file: str
    states: Mapping[State, str]


CLASS_WORDS: Mapping[str, ClassWords] = {
    "en": ClassWords(
        file="File",
        pseudonym="Pseudonym",
        state="State",
        scores_file="Scores",
        failed_file="Not written",
        states={
            State.NEW: "not asked for",
            State.WAITING: "waiting",
            State.RUNNING: "running",
            State.TO_REVIEW: "to review",
            State.DECIDED: "decided",
            State.GIVEN_BACK: "given back",
            State.FAILED: "failed",
        },
    ),
    "ko": ClassWords(
        file="파일",
        pseudonym="가명",
        state="상태",
        scores_file="점수",
        failed_file="만들지 못한 파일",
        states={
            State.NEW: "아직 맡기지 않음",
            State.WAITING: "기다리는 중",
            State.RUNNING: "검토 중",
            State.TO_REVIEW: "확인할 차례",
            State.DECIDED: "확정함",
            State.GIVEN_BACK: "돌려줌",
            State.FAILED: "실패",
        },
    ),
}
