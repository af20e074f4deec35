"""Keeps which files a class lacks, so that whoever opens it again still hears of them.

Each method is one transaction, and blocks its thread.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Engine, delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from clients.web.server.classes.roster import key_of
from clients.web.server.classes.tables import MissingFile

NAMED_BY_ROSTER = "NAMED_BY_ROSTER"
"""The reason where the roster names a file, and none has come."""

MAX_REFUSED = 300


class MissingFiles:
    """The files that were not taken, and those that only a roster names, of all classes.

    Each goes once there is a work of that name, or when the teacher dismisses it.
    """

    def __init__(self, engine: Engine, *, max_refused: int = MAX_REFUSED) -> None:
        """Args: max_refused: Of one class; the earliest go. A roster has an end of its own."""
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        self._max_refused = max_refused

    def of(self, assignment_id: str) -> list[MissingFile]:
        """Returns those of a class, in the order in which they were missed."""
        with self._sessions() as session:
            found = select(MissingFile).where(MissingFile.assignment_id == assignment_id)
            return list(session.scalars(found.order_by(MissingFile.position)))

    def refuse(self, assignment_id: str, name: str, reason: str) -> None:
        """Keeps that a file was not taken, in the place of what was known of that name."""
        with self._sessions.begin() as session:
            _delete(session, assignment_id, MissingFile.key == key_of(name))
            _add(session, assignment_id, [name], reason)
            is_refused = MissingFile.reason != NAMED_BY_ROSTER
            refused = select(MissingFile.id).where(MissingFile.assignment_id == assignment_id, is_refused)
            latest = refused.order_by(MissingFile.position.desc()).limit(self._max_refused)
            kept = list(session.scalars(latest))
            _delete(session, assignment_id, is_refused & MissingFile.id.not_in(kept))

    def name(self, assignment_id: str, names: Iterable[str]) -> None:
        """Keeps the files that a roster names and that are not there, in the place of the last roster's."""
        with self._sessions.begin() as session:
            _delete(session, assignment_id, MissingFile.reason == NAMED_BY_ROSTER)
            known = set(
                session.scalars(select(MissingFile.key).where(MissingFile.assignment_id == assignment_id))
            )
            fresh = [each for each in names if key_of(each) not in known]
            _add(session, assignment_id, fresh, NAMED_BY_ROSTER)

    def found(self, assignment_id: str, name: str) -> None:
        """Forgets a file that is there now."""
        with self._sessions.begin() as session:
            _delete(session, assignment_id, MissingFile.key == key_of(name))

    def dismiss(self, assignment_id: str, missing_id: str = "") -> None:
        """Forgets one, or all of a class."""
        with self._sessions.begin() as session:
            conditions = [MissingFile.id == missing_id] if missing_id else []
            _delete(session, assignment_id, *conditions)


def _add(session: Session, assignment_id: str, names: Iterable[str], reason: str) -> None:
    last = func.coalesce(func.max(MissingFile.position), 0)
    position = session.scalar(select(last).where(MissingFile.assignment_id == assignment_id)) or 0
    for number, name in enumerate(names, start=position + 1):
        session.add(
            MissingFile(
                assignment_id=assignment_id, position=number, key=key_of(name), name=name, reason=reason
            )
        )
    session.flush()


def _delete(session: Session, assignment_id: str, *conditions: ColumnElement[bool]) -> None:
    session.execute(delete(MissingFile).where(MissingFile.assignment_id == assignment_id, *conditions))
