"""Says to the orchestrator for whom it is called, so that what is kept is that teacher's alone."""

import hashlib
from contextvars import ContextVar

from rpckit.call import ON_BEHALF_OF_KEY, REQUEST_ID_KEY

visiting_teacher: ContextVar[str] = ContextVar("visiting_teacher", default="")
"""The teacher whose request is being answered; "" where this server lets in whoever reaches it."""

_DIGITS = 32


def pseudonym(teacher: str) -> str:
    """Returns what the orchestrator knows a teacher by, which is not the name; "" for nobody."""
    return f"teacher-{hashlib.sha256(teacher.encode()).hexdigest()[:_DIGITS]}" if teacher else ""


def call_metadata(request_id: str, teacher: str | None = None) -> tuple[tuple[str, str], ...]:
    """Returns the metadata of a call to the orchestrator.

    Args:
        request_id: In the logs of every server; "": the orchestrator chooses one.
        teacher: Whose call it is; None: that of whoever is visiting.
    """
    person = pseudonym(visiting_teacher.get() if teacher is None else teacher)
    pairs = ((REQUEST_ID_KEY, request_id), (ON_BEHALF_OF_KEY, person))
    return tuple((key, value) for key, value in pairs if value)
