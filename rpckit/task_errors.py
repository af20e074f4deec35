"""What became of an asyncio task that worked beside a call: its error is its own outcome, nobody else's."""

import asyncio
from typing import Any

from rpckit import log
from rpckit.errors import ChorusError, Internal


def error_of(task: asyncio.Task[Any]) -> ChorusError | None:
    """Returns the error that a finished task ended with, or None if it ended well.

    A ChorusError comes back as it is. Any other error is logged and becomes Internal, because callers must
    not see its text.
    """
    if task.cancelled():
        return Internal("a task was cancelled")
    error = task.exception()
    if error is None or isinstance(error, ChorusError):
        return error
    log.unexpected(task.get_name(), error)
    return Internal("internal error")
