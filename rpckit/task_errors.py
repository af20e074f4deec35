"""Work that a call does beside itself: whatever a branch raises becomes its own outcome, nobody else's."""

import asyncio
from typing import Any

from rpckit import log
from rpckit.errors import ChorusError, Internal


def error_of(branch: asyncio.Task[Any]) -> ChorusError | None:
    """The error that a finished branch ended with: its own where callers are told of it, else Internal.

    None if it ended well. What callers are not told is logged.
    """
    if branch.cancelled():
        return Internal("a branch was cancelled")
    error = branch.exception()
    if error is None or isinstance(error, ChorusError):
        return error
    log.unexpected(branch.get_name(), error)
    return Internal("internal error")
