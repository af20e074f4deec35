"""The words in what a class gets, in each language of the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from clients.web.server.classes.tables import State


@dataclass(frozen=True, slots=True)
class ClassWords:
    """The words of one language.

    Attributes:
        total: The heading of the totals.
        files_mark: What tells the archive of documents from others, in its name.
        pages_mark: The same, of the archive of web pages.
        scores_file: The name of the table.
        failed_file: The name of the list of works that could not be written.
        nothing_decided: Why a work is on it on which nothing was decided.
        unwritten: Why one is for any other reason that is no file's.
    """

    file: str
    pseudonym: str
    state: str
    total: str
    files_mark: str
    pages_mark: str
    scores_file: str
    failed_file: str
    nothing_decided: str
    unwritten: str
    states: Mapping[State, str]


CLASS_WORDS: Mapping[str, ClassWords] = {
    "en": ClassWords(
        file="File",
        pseudonym="Pseudonym",
        state="State",
        total="Total (of 100)",
        files_mark="Feedback as comments",
        pages_mark="Feedback as web pages",
        scores_file="Scores",
        failed_file="Not written",
        nothing_decided="No point and no score was kept, edited or added.",
        unwritten="The file could not be made. Open the work, and decide again.",
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
        total="총점 (100점 만점)",
        files_mark="메모로 단 피드백",
        pages_mark="웹 페이지 피드백",
        scores_file="점수",
        failed_file="만들지 못한 파일",
        nothing_decided="그대로 두거나 고치거나 더한 의견과 점수가 없어요.",
        unwritten="파일을 만들지 못했어요. 글을 열어 다시 정해 주세요.",
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
