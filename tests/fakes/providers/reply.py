"""What an emulated provider does with its next request."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Fault(Enum):
    """What happens in place of the rest of a reply."""

    RESET = "the connection is closed at once"
    SILENCE = "nothing more is sent"
    GARBLED = "half a chunk, then the end"
    NO_END = "the end is left out"
    CUT = "half of it, then the connection is closed"
    DRIP = "the rest comes byte by byte"
    ENDLESS = "the last of it comes again and again"


@dataclass(frozen=True)
class Counts:
    """The tokens that a provider counts; what a cache is read or written for is a part of the input."""

    input: int = 100
    cached: int = 20
    written: int = 0
    visible: int = 40
    thought: int = 10


@dataclass(frozen=True)
class Output:
    """An answer of the model.

    `finish` is the provider's own word; "" is the one for a natural end. After the pieces comes `error`, the
    provider's error object, or the fault.
    """

    pieces: tuple[str, ...] = ("Some ", "words ", "of ", "an ", "answer.")
    finish: str = ""
    picture: bytes = b""
    pause: float = 0.0
    fault: Fault | None = None
    error: Mapping[str, Any] | None = None
    counts: Counts = Counts()

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True)
class Raw:
    """A response as it is; a `fault` comes in its place."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    fault: Fault | None = None


Reply = Output | Raw


def error(status: int, body: object, **headers: str) -> Raw:
    """An error with a JSON body; `retry_after="3"` sets Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Raw(json.dumps(body).encode(), status, named)


HTML = Raw(b"<html><body>Bad gateway, but 200</body></html>", content_type="text/html")
EMPTY_BODY = Raw()
SILENT = Raw(fault=Fault.SILENCE)
DROPPED = Raw(fault=Fault.RESET)
