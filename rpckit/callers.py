"""Who calls: a client certificate says so, or a bearer token; and how often each may."""

import asyncio
import hashlib
import hmac
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc

from rpckit.errors import RateLimited, Unauthenticated
from rpckit.reloading_file import LOOK_AGAIN_SECONDS, Followed

_LINE = re.compile(r"(?P<name>[\w.@/-]+):(?P<digest>[0-9a-f]{64})", re.ASCII)
_SCHEME = "bearer"
_MINUTE = 60.0
# Of the rounding of seconds.
_TOLERANCE = 1e-6

if TYPE_CHECKING:
    # Generic in the stubs, not at run time.
    Context = grpc.aio.ServicerContext[Any, Any]


class CallerTokens:
    """A file of lines `name:SHA-256 of the token, in hex`. A caller with two lines has two tokens."""

    def __init__(self, path: Path, look_again_seconds: float = LOOK_AGAIN_SECONDS) -> None:
        self._path = path
        self._callers = Followed(self._read, look_again_seconds)

    def caller(self, token: str) -> str:
        """Whose token it is; empty: nobody's."""
        digest = hashlib.sha256(token.encode()).digest()
        found = ""
        for known, name in self._callers.current().items():
            # All are compared, so that the time it takes says nothing.
            if hmac.compare_digest(known, digest):
                found = name
        return found

    def _read(self) -> Mapping[bytes, str]:
        try:
            lines = self._path.read_text("utf-8").splitlines()
        except OSError as error:
            raise ValueError(f"{self._path}: {error.strerror}") from None
        callers = {}
        for number, line in enumerate(map(str.strip, lines), start=1):
            if not line or line.startswith("#"):
                continue
            parts = _LINE.fullmatch(line)
            if parts is None:
                raise ValueError(f"{self._path}: line {number} is not name:SHA-256 in hex")
            callers[bytes.fromhex(parts["digest"])] = parts["name"]
        return callers


@dataclass(frozen=True, slots=True)
class CallerSettings:
    """Whom a server answers, and how often.

    Attributes:
        tokens: None: whoever can connect is answered. Else a call needs one, or a client certificate.
        token_port: Where callers connect who have no certificate, if the server has one.
        calls_per_minute: Of each caller; 0: no limit.
    """

    tokens: CallerTokens | None = None
    token_port: int = 0
    calls_per_minute: int = 0


class Callers:
    """The callers of one server."""

    def __init__(
        self,
        settings: CallerSettings,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        # When a caller's allowance is whole again.
        self._whole_at: dict[str, float] = {}

    @property
    def must_be_known(self) -> bool:
        """Whether only callers that say who they are get an answer."""
        return self._settings.tokens is not None

    def identify(self, context: "Context") -> str:
        """The caller's name; empty: it need not have one.

        Raises:
            Unauthenticated: It has no name, or one that it cannot prove.
        """
        tokens = self._settings.tokens
        names = context.peer_identities() or ()
        certified = next((name.decode("utf-8", "replace") for name in names), "")
        if tokens is None:
            return certified
        for key, value in context.invocation_metadata() or ():
            if key == "authorization":
                scheme, _, token = str(value).partition(" ")
                if scheme.lower() != _SCHEME or not (caller := tokens.caller(token)):
                    raise Unauthenticated("the token is nobody's")
                return caller
        if not certified:
            raise Unauthenticated("a bearer token or a client certificate is needed")
        return certified

    def count(self, caller: str) -> None:
        """Counts a call. The allowance is a minute's, and comes back bit by bit.

        Raises:
            RateLimited: It is used up.
        """
        wait = self._take(caller)
        if wait:
            limit = self._settings.calls_per_minute
            raise RateLimited(f"more than {limit} calls a minute", retry_delay=wait)

    async def count_further(self, caller: str) -> None:
        """Counts a further request of a call, as soon as the allowance lets it."""
        while wait := self._take(caller):
            await self._sleep(wait)

    def _take(self, caller: str) -> float:
        """Takes one of the allowance; if there is none, the seconds until there is."""
        limit = self._settings.calls_per_minute
        if not limit:
            return 0.0
        now = self._clock()
        whole_at = max(now, self._whole_at.get(caller, now)) + _MINUTE / limit
        wait = whole_at - now - _MINUTE
        if wait > _TOLERANCE:
            return wait
        self._whole_at[caller] = whole_at
        return 0.0
