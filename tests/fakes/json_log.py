"""Lets a test read what a process logs to standard error."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rpckit import log


@contextmanager
def json_log() -> Iterator[None]:
    """Logs as a process does while the block runs, and as the tests do after it."""
    loggers = (logging.getLogger(), logging.getLogger("chorus"))
    before = [(logger, logger.handlers[:], logger.level) for logger in loggers]
    log.configure()
    try:
        yield
    finally:
        for logger, handlers, level in before:
            logger.handlers[:] = handlers
            logger.setLevel(level)
