"""Keeps classes in the database: who owns them, their works, and what teachers decided.

Each method is one transaction, and blocks its thread.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker, undefer

from clients.web.server.classes.tables import SETTLED, Assignment, State, StopReason, Work

MAX_CLASSES = 200
MAX_WORKS = 300
MAX_CLASS_BYTES = 1024 * 1024 * 1024

_UNDER_WAY = (State.WAITING, State.RUNNING)


# What may be changed after works were asked for: neither changes what the models are asked.
_ALWAYS_OPEN = frozenset({"title", "limit_nanos"})


class AlreadyAsked(Exception):
    """Works were asked for, so that this column of their assignment stays as it is."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


class TooMany(Exception):
    """No more is kept. The text says of what, and how many there may be; `what` is a word for programs."""

    def __init__(self, what: str, text: str) -> None:
        super().__init__(text)
        self.what = what


class AlreadyThere(Exception):
    """A work of this file's name and text is in the class."""


class ClassStore:
    """The assignments of all teachers. Whoever is not the owner finds nothing."""

    def __init__(
        self,
        engine: Engine,
        *,
        max_classes: int = MAX_CLASSES,
        max_works: int = MAX_WORKS,
        max_class_bytes: int = MAX_CLASS_BYTES,
    ) -> None:
        """Args: max_classes: Of one teacher. max_works, max_class_bytes: In one class."""
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        self._max_classes = max_classes
        self._max_works = max_works
        self._max_class_bytes = max_class_bytes

    def add(self, assignment: Assignment) -> str:
        """Keeps a new assignment, and returns its id.

        Raises:
            TooMany: The teacher has as many as anybody may have.
        """
        with self._sessions.begin() as session:
            owned = select(func.count()).where(Assignment.owner == assignment.owner)
            if session.scalar(owned.select_from(Assignment)) >= self._max_classes:  # type: ignore[operator]
                raise TooMany("CLASSES", f"{self._max_classes} classes")
            session.add(assignment)
        return assignment.id

    def of_owner(self, owner: str) -> list[tuple[Assignment, Mapping[str, int]]]:
        """Returns a teacher's assignments, latest first, with the number of works in each state."""
        with self._sessions() as session:
            found = session.scalars(
                select(Assignment).where(Assignment.owner == owner).order_by(Assignment.created.desc())
            ).all()
            counts: dict[str, dict[str, int]] = {each.id: {} for each in found}
            rows = select(Work.assignment_id, Work.state, func.count()).join(Assignment)
            rows = rows.where(Assignment.owner == owner).group_by(Work.assignment_id, Work.state)
            for assignment_id, state, count in session.execute(rows):
                counts.setdefault(assignment_id, {})[state] = count
        return [(each, counts[each.id]) for each in found]

    def find(self, owner: str, assignment_id: str) -> tuple[Assignment, Sequence[Work]] | None:
        """Returns an assignment with its works in their order, without what is large in these."""
        with self._sessions() as session:
            # PostgreSQL reads each at a moment of its own. What is read last knows why works were taken back.
            works = session.scalars(_works(assignment_id).order_by(Work.position)).all()
            assignment = _owned(session, owner, assignment_id)
            return (assignment, works) if assignment else None

    def work(self, owner: str, assignment_id: str, work_id: str) -> tuple[Assignment, Work] | None:
        """Returns a work with all that is kept of it."""
        with self._sessions() as session:
            assignment = _owned(session, owner, assignment_id)
            whole = (undefer(Work.text), undefer(Work.data), undefer(Work.feedback), undefer(Work.decisions))
            found = _works(assignment_id).where(Work.id == work_id).options(*whole)
            work = session.scalar(found) if assignment else None
            return (assignment, work) if assignment and work else None

    def add_work(self, assignment_id: str, work: Work) -> None:
        """Keeps a new work, after those that are there.

        Raises:
            AlreadyThere: It is one of those.
            TooMany: The class holds as much as one may.
        """
        with self._sessions.begin() as session:
            same = (Work.file_name == work.file_name) & (Work.size == work.size) & (Work.text == work.text)
            if session.scalar(select(Work.id).where(Work.assignment_id == assignment_id, same).limit(1)):
                raise AlreadyThere
            sizes = func.coalesce(func.sum(Work.size + func.coalesce(func.length(Work.data), 0)), 0)
            last = func.coalesce(func.max(Work.position), 0)
            count, position, held = session.execute(
                select(func.count(), last, sizes).where(Work.assignment_id == assignment_id)
            ).one()
            if count >= self._max_works:
                raise TooMany("WORKS", f"{self._max_works} works in a class")
            if held + work.size + len(work.data or b"") > self._max_class_bytes:
                raise TooMany("BYTES", f"{self._max_class_bytes:,} bytes in a class")
            work.assignment_id, work.position = assignment_id, position + 1
            session.add(work)

    def delete_work(self, assignment_id: str, work_id: str) -> None:
        """Deletes a work, if it is there."""
        with self._sessions.begin() as session:
            session.execute(delete(Work).where(Work.assignment_id == assignment_id, Work.id == work_id))

    def delete(self, assignment_id: str) -> None:
        """Deletes an assignment with its works."""
        with self._sessions.begin() as session:
            session.execute(delete(Assignment).where(Assignment.id == assignment_id))

    def set_pseudonyms(self, assignment_id: str, roster: str, names: Mapping[str, str]) -> None:
        """Keeps the roster, and gives works the pseudonyms that it has for them, by their ids."""
        with self._sessions.begin() as session:
            session.execute(update(Assignment).where(Assignment.id == assignment_id).values(roster=roster))
            for work_id, pseudonym in names.items():
                session.execute(update(Work).where(Work.id == work_id).values(pseudonym=pseudonym))

    def change(self, assignment_id: str, changes: Mapping[str, Any]) -> None:
        """Changes columns of an assignment, if it is there.

        Raises:
            AlreadyAsked: One of them may not be changed any more. Nothing is.
        """
        with self._sessions.begin() as session:
            # Whoever hands out a work waits here, and then reads what was changed.
            assignment = session.get(Assignment, assignment_id, with_for_update=True)
            changed = [each for each, value in changes.items() if getattr(assignment, each, value) != value]
            closed = [each for each in changed if each not in _ALWAYS_OPEN]
            if closed and any(each.was_asked_for for each in session.scalars(_works(assignment_id))):
                raise AlreadyAsked(closed[0])
            for each in changed:
                setattr(assignment, each, changes[each])
            if assignment and "limit_nanos" in changed and assignment.stop_reason == StopReason.LIMIT:
                # Whether the new one is enough is seen at the next start.
                assignment.stop_reason = StopReason.NONE

    def start(self, assignment_id: str) -> int:
        """Lets the works wait for which nobody has asked; returns how many."""
        return self._queue(assignment_id, Work.state == State.NEW, {"state": State.WAITING})

    def again(self, assignment_id: str, work_id: str) -> int:
        """Lets a work wait that has failed; returns 0 where it has not."""
        failed = (Work.state == State.FAILED) & (Work.id == work_id)
        return self._queue(assignment_id, failed, {"state": State.WAITING, "failure": b""})

    def stop(self, assignment_id: str, reason: StopReason) -> None:
        """Takes back those that wait or run. Whoever asks for them stops that by itself."""
        with self._sessions.begin() as session:
            _take_back(session, assignment_id, reason)

    def decide(self, work_id: str, decisions: bytes, *, is_final: bool) -> bool:
        """Keeps what the teacher decided; False: there is no feedback to decide on."""
        state = State.DECIDED if is_final else State.TO_REVIEW
        with self._sessions.begin() as session:
            done = session.execute(
                update(Work)
                .where(Work.id == work_id, Work.state.in_(SETTLED))
                .values(decisions=decisions, state=state)
            )
            return bool(done.rowcount)  # type: ignore[attr-defined]

    def give_back(self, work_ids: Sequence[str]) -> None:
        """Marks works as given back that are decided."""
        with self._sessions.begin() as session:
            session.execute(
                update(Work)
                .where(Work.id.in_(work_ids), Work.state == State.DECIDED)
                .values(state=State.GIVEN_BACK)
            )

    def _queue(self, assignment_id: str, which: ColumnElement[bool], values: Mapping[str, object]) -> int:
        with self._sessions.begin() as session:
            done = session.execute(
                update(Work).where(Work.assignment_id == assignment_id, which).values(**values)
            )
            session.execute(
                update(Assignment).where(Assignment.id == assignment_id).values(stop_reason=StopReason.NONE)
            )
            return int(done.rowcount)  # type: ignore[attr-defined]


def _owned(session: Session, owner: str, assignment_id: str) -> Assignment | None:
    return session.scalar(select(Assignment).where(Assignment.id == assignment_id, Assignment.owner == owner))


def _works(assignment_id: str) -> Select[Work]:
    return select(Work).where(Work.assignment_id == assignment_id)


def _take_back(session: Session, assignment_id: str, reason: StopReason) -> None:
    session.execute(
        update(Work)
        .where(Work.assignment_id == assignment_id, Work.state.in_(_UNDER_WAY))
        .values(state=State.NEW)
    )
    session.execute(update(Assignment).where(Assignment.id == assignment_id).values(stop_reason=reason))
