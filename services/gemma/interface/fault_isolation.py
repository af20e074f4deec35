"""Keeps what goes wrong in one answer from the answers that are generated beside it."""

from collections.abc import Callable
from typing import TypeVar

from rpckit import log
from rpckit.errors import ChorusError, Internal

T = TypeVar("T")


def isolated(stage: str, work: Callable[[], T]) -> T | ChorusError:
    """Does work for one answer and returns its result, or the error that ends this answer.

    Anything but a `ChorusError` is a bug: it is logged under `stage`, without its message, and becomes
    `Internal`.
    """
    try:
        return work()
    except ChorusError as error:
        return error
    except (KeyboardInterrupt, SystemExit):
        raise
    # A panic of Rust code (llguidance, tokenizers) is no `Exception`.
    except BaseException as error:  # noqa: BLE001 - the one place where a bug becomes an answer's error
        log.unexpected(stage, error)
    # Made in the handler, it would keep the frames of the bug, and with them their tensors.
    return Internal("this answer failed with an unexpected error")
