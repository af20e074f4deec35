"""Files that others renew while this process runs."""

import logging
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from rpckit import log

LOOK_AGAIN_SECONDS = 1.0

Content = TypeVar("Content")


class Followed(Generic[Content]):
    """What is read from files, which are looked at again as it is asked for, but not all the time.

    Raises:
        ValueError: As `read` does at the start. Later on what was read before stays.
    """

    def __init__(self, read: Callable[[], Content], look_again_seconds: float = LOOK_AGAIN_SECONDS) -> None:
        self._read = read
        self._look_again_seconds = look_again_seconds
        self._current = read()
        self._looked_at = time.monotonic()

    def current(self) -> Content:
        """The latest that could be read."""
        if time.monotonic() - self._looked_at >= self._look_again_seconds:
            self._looked_at = time.monotonic()
            try:
                self._current = self._read()
            except ValueError as error:
                log.event("files not read again", level=logging.WARNING, wrong=str(error))
        return self._current
