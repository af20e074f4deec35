"""Defines what is kept of classes: an assignment, and the works that were handed in for it.

Amounts are in 1e-9 USD, times in seconds since 1970.
"""

import enum
import secrets

from sqlalchemy import BigInteger, Dialect, Float, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

_ID_BYTES = 16
_ID_CHARACTERS = 22


class State(enum.StrEnum):
    """What has become of a work."""

    NEW = "new"
    """It is there, and nobody has asked for its review."""
    WAITING = "waiting"
    RUNNING = "running"
    TO_REVIEW = "to_review"
    """The feedback is there, and the teacher has not said what the author gets."""
    DECIDED = "decided"
    GIVEN_BACK = "given_back"
    FAILED = "failed"


SETTLED = (State.TO_REVIEW, State.DECIDED, State.GIVEN_BACK)
"""The states of works whose feedback is there."""


class StopReason(enum.StrEnum):
    """Why the rest of a class is not reviewed."""

    NONE = ""
    TEACHER = "teacher"
    LIMIT = "limit"
    """The next review could cost more than is left of the limit for the whole."""


def new_id() -> str:
    """Returns a name that cannot be guessed."""
    return secrets.token_urlsafe(_ID_BYTES)


class Words(TypeDecorator[str]):
    """A text of somebody's. PostgreSQL keeps no NUL: another character stands for it, in its place."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value and value.replace("\0", "\N{REPLACEMENT CHARACTER}")


class Base(DeclarativeBase):
    """The tables' common base; the migrations make them."""


class Assignment(Base):
    """What all works of a class were written for, and how they are reviewed.

    Attributes:
        owner: The teacher, as the page's server knows one; "" is whoever is at this machine.
        notes: For the models alone; the author never gets them.
        rubric: A Rubric; empty: the default one of a work's language.
        models: A JSON list of Model.name.
        limit_nanos: What all reviews together may cost; None: there is no limit.
        roster: A JSON object of pseudonyms, by the key of a file's name.
    """

    __tablename__ = "assignment"

    id: Mapped[str] = mapped_column(String(_ID_CHARACTERS), primary_key=True, default=new_id)
    owner: Mapped[str] = mapped_column(String(200), index=True)
    title: Mapped[str] = mapped_column(Words)
    task: Mapped[str] = mapped_column(Words)
    notes: Mapped[str] = mapped_column(Words)
    level: Mapped[str] = mapped_column(Words)
    text_language: Mapped[str] = mapped_column(String(64))
    feedback_language: Mapped[str] = mapped_column(String(64))
    rubric: Mapped[bytes] = mapped_column(LargeBinary)
    models: Mapped[str] = mapped_column(Text)
    limit_nanos: Mapped[int | None] = mapped_column(BigInteger)
    roster: Mapped[str] = mapped_column(Text, default="{}")
    stop_reason: Mapped[str] = mapped_column(String(16), default=StopReason.NONE)
    created: Mapped[float] = mapped_column(Float)


class Work(Base):
    """A text that was handed in, and what became of it.

    Attributes:
        position: Works are shown and reviewed in this order.
        text: As the file holds it.
        characters: How many it has.
        size: The bytes of the text in UTF-8.
        data: The docx or hwpx that came; None: it was another file.
        attempt: Counts the requests that were made of it; a repeat of one is no other.
        begun: When the request of this attempt was first made; None: it was not. From then on it is fixed.
        reserve_nanos: What this attempt may still cost, and the limit in its request; None: it has none.
        cost_nanos: What earlier attempts and the answer cost.
        unsettled_nanos: What calls that were cut off may still be billed with.
        is_cost_whole: Whether the cost is all, as far as the orchestrator knows.
        failure: A google.rpc.Status whose details are Failures: the call's, then those of the models; empty:
            it has not failed.
        contested: On how many points and criteria the models contradict each other.
        spread: How wide the plausible ranges of the scores are, on average, from 0 to 1.
        feedback: A GetFeedbackResponse.
        decisions: A Decisions.
    """

    __tablename__ = "work"
    __table_args__ = (Index("ix_work_assignment_state", "assignment_id", "state"),)

    id: Mapped[str] = mapped_column(String(_ID_CHARACTERS), primary_key=True, default=new_id)
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    file_name: Mapped[str] = mapped_column(Words)
    pseudonym: Mapped[str] = mapped_column(Words, default="")
    format: Mapped[str] = mapped_column(String(16))
    characters: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Words, deferred=True)
    data: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(String(16), default=State.NEW)
    attempt: Mapped[int] = mapped_column(Integer, default=1)
    begun: Mapped[float | None] = mapped_column(Float)
    reserve_nanos: Mapped[int | None] = mapped_column(BigInteger)
    cost_nanos: Mapped[int] = mapped_column(BigInteger, default=0)
    unsettled_nanos: Mapped[int] = mapped_column(BigInteger, default=0)
    is_cost_whole: Mapped[bool] = mapped_column(default=True)
    failure: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    asked: Mapped[int] = mapped_column(Integer, default=0)
    answered: Mapped[int] = mapped_column(Integer, default=0)
    contested: Mapped[int] = mapped_column(Integer, default=0)
    spread: Mapped[float] = mapped_column(Float, default=0.0)
    feedback_id: Mapped[str] = mapped_column(String(64), default="")
    feedback: Mapped[bytes] = mapped_column(LargeBinary, default=b"", deferred=True)
    decisions: Mapped[bytes] = mapped_column(LargeBinary, default=b"", deferred=True)

    @property
    def was_asked_for(self) -> bool:
        """Whether somebody has begun to ask for its review, even if nothing came of it."""
        return self.state != State.NEW or self.begun is not None or self.attempt > 1

    @property
    def request_id(self) -> str:
        """Names the request: a repeat joins its run, or gets its stored answer."""
        return f"class-{self.id}-{self.attempt}"


class MissingFile(Base):
    """A file that a class should have and has not.

    Attributes:
        position: They are shown in this order.
        key: What its name shares with that of the work that it would be.
        name: As it came, or as the roster writes it.
        reason: Why it was not taken, in a word for programs, or that a roster alone names it.
    """

    __tablename__ = "missing_file"

    id: Mapped[str] = mapped_column(String(_ID_CHARACTERS), primary_key=True, default=new_id)
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(Words)
    name: Mapped[str] = mapped_column(Words)
    reason: Mapped[str] = mapped_column(String(40))
