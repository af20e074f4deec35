"""Hands out the works that wait, within the limit of their class, and keeps what became of them.

Each method is one transaction, and blocks its thread.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker, undefer

from clients.web.server.classes.tables import Assignment, State, StopReason, Work

Price = Callable[[Work], int]
"""Returns the most that a work's review costs, in 1e-9 USD."""

_OPEN = (State.WAITING, State.RUNNING)


class Held(enum.Enum):
    """Why no work of a class is handed out."""

    NOTHING_WAITS = enum.auto()
    MONEY_IS_RESERVED = enum.auto()
    """What others under way may cost is not there; it may be once they are done."""
    LIMIT = enum.auto()
    """The limit is reached; the rest was taken back."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What an answer says about a work.

    Attributes:
        feedback: The GetFeedbackResponse.
        feedback_id: Its name at the orchestrator.
        cost_nanos: What it cost.
        is_cost_whole: Whether that is all.
        asked: How many models were asked.
        answered: How many answered.
        contested: On how many points and criteria they contradict each other.
        spread: How wide the plausible ranges of the scores are, on average, from 0 to 1.
    """

    feedback: bytes
    feedback_id: str
    cost_nanos: int
    is_cost_whole: bool
    asked: int
    answered: int
    contested: int
    spread: float


@dataclass(frozen=True, slots=True)
class NotReviewed:
    """Why a work has no answer.

    Attributes:
        failure: A google.rpc.Status whose details are Failures: the call's, then those of the models.
        feedback_id: Under which the orchestrator deletes what it keeps of it; empty: nothing.
        cost_nanos: What it cost all the same.
        is_cost_whole: Whether that is all.
        keeps_request: Whether the next attempt repeats the request, since answers to it may have been bought.
    """

    failure: bytes
    feedback_id: str
    cost_nanos: int
    is_cost_whole: bool
    keeps_request: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A work that runs now.

    Attributes:
        work_id: The work.
        was_begun: Whether it was asked for before, and that call may have bought answers.
    """

    work_id: str
    was_begun: bool


class WorkQueue:
    """The works of all classes that wait or run."""

    def __init__(self, engine: Engine) -> None:
        self._sessions = sessionmaker(engine, expire_on_commit=False)

    def interrupted(self) -> list[str]:
        """Returns the ids of works that ran when the server ended."""
        with self._sessions() as session:
            running = select(Work.id).where(Work.state == State.RUNNING).order_by(Work.begun)
            return list(session.scalars(running))

    def waiting(self) -> list[Assignment]:
        """Returns the assignments with works that wait: first those of which the fewest run."""
        with self._sessions() as session:
            counts = (
                select(
                    Work.assignment_id,
                    func.count().filter(Work.state == State.WAITING).label("waiting"),
                    func.count().filter(Work.state == State.RUNNING).label("running"),
                )
                .where(Work.state.in_(_OPEN))
                .group_by(Work.assignment_id)
                .subquery()
            )
            found = (
                select(Assignment)
                .join(counts, counts.c.assignment_id == Assignment.id)
                .where(counts.c.waiting > 0)
                .order_by(counts.c.running, Assignment.created)
            )
            return list(session.scalars(found))

    def claim(self, assignment_id: str, price: Price, now: float) -> Claimed | Held:
        """Marks a class's next work as running, and returns it.

        Args:
            assignment_id: The class.
            price: Asked where the class has a limit.
            now: Seconds since 1970.
        """
        with self._sessions.begin() as session:
            # Another server on the same database waits here: two must not reserve the same money.
            assignment = session.get(Assignment, assignment_id, with_for_update=True)
            waiting = select(Work).where(Work.assignment_id == assignment_id, Work.state == State.WAITING)
            work = session.scalar(waiting.order_by(Work.position).limit(1))
            if assignment is None or work is None:
                return Held.NOTHING_WAITS
            if work.begun is None and assignment.limit_nanos is not None:
                reserve = price(work)
                committed, running = _standing(session, assignment_id)
                if committed + reserve > assignment.limit_nanos:
                    return Held.MONEY_IS_RESERVED if running else _stop(session, assignment)
                work.reserve_nanos = reserve
            claimed = Claimed(work.id, was_begun=work.begun is not None)
            if work.begun is None:
                work.begun = now
            work.state = State.RUNNING
            return claimed

    def running(self, work_id: str) -> tuple[Assignment, Work] | None:
        """Returns a work with its text; None: it runs no more."""
        with self._sessions() as session:
            found = select(Work).where(Work.id == work_id, Work.state == State.RUNNING)
            work = session.scalar(found.options(undefer(Work.text)))
            assignment = work and session.get(Assignment, work.assignment_id)
            return (assignment, work) if assignment and work else None

    def succeed(self, work_id: str, reviewed: Reviewed) -> None:
        """Keeps an answer, unless the work was deleted or taken back meanwhile and answered since."""
        with self._sessions.begin() as session:
            work = session.get(Work, work_id, with_for_update=True)
            if work is None or work.state not in {State.RUNNING, State.NEW, State.WAITING}:
                return
            work.state, work.failure = State.TO_REVIEW, b""
            work.feedback, work.feedback_id = reviewed.feedback, reviewed.feedback_id
            _settle(work, reviewed.cost_nanos, is_whole=reviewed.is_cost_whole)
            work.asked, work.answered = reviewed.asked, reviewed.answered
            work.contested, work.spread = reviewed.contested, reviewed.spread

    def fail(self, work_id: str, failed: NotReviewed) -> None:
        """Keeps why there is no answer."""
        with self._sessions.begin() as session:
            work = session.get(Work, work_id, with_for_update=True)
            if work is None or work.state != State.RUNNING:
                return
            work.state, work.failure = State.FAILED, failed.failure
            work.feedback_id = failed.feedback_id or work.feedback_id
            if failed.keeps_request:
                # What it cost is known once the repeat has an answer.
                return
            _settle(work, failed.cost_nanos, is_whole=failed.is_cost_whole)
            work.attempt += 1
            work.begun = None


def _settle(work: Work, cost_nanos: int, *, is_whole: bool) -> None:
    """Books what an attempt cost, in the place of what it may cost."""
    if not is_whole:
        work.unsettled_nanos += max(0, (work.reserve_nanos or 0) - cost_nanos)
        work.is_cost_whole = False
    work.cost_nanos += cost_nanos
    work.reserve_nanos = None


def _standing(session: Session, assignment_id: str) -> tuple[int, int]:
    """Returns what a class has cost and its requests may still cost, and how many of its works run.

    One statement sees both at one moment, whatever another transaction does meanwhile.
    """
    spent = func.sum(Work.cost_nanos + Work.unsettled_nanos + func.coalesce(Work.reserve_nanos, 0))
    running = func.count().filter(Work.state == State.RUNNING)
    committed, count = session.execute(
        select(spent, running).where(Work.assignment_id == assignment_id)
    ).one()
    return int(committed or 0), count


def _stop(session: Session, assignment: Assignment) -> Held:
    session.execute(
        update(Work)
        .where(Work.assignment_id == assignment.id, Work.state == State.WAITING)
        .values(state=State.NEW)
    )
    assignment.stop_reason = StopReason.LIMIT
    return Held.LIMIT
