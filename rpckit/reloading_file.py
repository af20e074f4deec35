"""A file that another process renews while this one runs."""

import logging
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from rpckit import log

RELOAD_INTERVAL_SECONDS = 1.0

Content = TypeVar("Content")


class ReloadingFile(Generic[Content]):
    """Holds what `read` made of a file, and reads it again when asked, at most once in an interval.

    A later `read` that raises ValueError is logged, and the former content stays.

    Raises:
        ValueError: The first `read` raised it.
    """

    def __init__(
        self, read: Callable[[], Content], reload_interval_seconds: float = RELOAD_INTERVAL_SECONDS
    ) -> None:
        self._read = read
        self._reload_interval_seconds = reload_interval_seconds
        self._content = read()
        self._read_at = time.monotonic()

    def current(self) -> Content:
        """Returns the latest content that could be read."""
        if time.monotonic() - self._read_at >= self._reload_interval_seconds:
            self._read_at = time.monotonic()
            try:
                self._content = self._read()
            except ValueError as error:
                log.event("files not read again", level=logging.WARNING, wrong=str(error))
        return self._content
