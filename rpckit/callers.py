"""Identifies callers by a client certificate or a bearer token, and limits how often each may call."""

import asyncio
import hashlib
import hmac
import ipaddress
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import grpc

from rpckit.call import Clock, Deadline
from rpckit.errors import RateLimited, Unauthenticated
from rpckit.reloading_file import RELOAD_INTERVAL_SECONDS, ReloadingFile
from rpckit.wrong_tokens import WrongTokens

_TOKEN_LINE = re.compile(r"(?P<name>[\w.@/-]+):(?P<digest>[0-9a-f]{64})", re.ASCII)
_SCHEME = "bearer"
# No name in a file of tokens and no DNS name holds it.
_BEFORE_PERSON = ":"
_MINUTE = 60.0
_MOST_ALLOWANCES = 10_000
# A machine has all the addresses that begin with so many bits of its IPv6 address.
_MACHINE_BITS = 64
# Sums of seconds are off by less than this when floats round them.
_ROUNDING_SECONDS = 1e-6

if TYPE_CHECKING:
    # The class is generic in the stubs and not at run time.
    Context = grpc.aio.ServicerContext[Any, Any]


class CallerTokens:
    """Reads a file of lines `name:SHA-256 of the token, in hex`. A caller with two lines has two tokens."""

    def __init__(self, path: Path, reload_interval_seconds: float = RELOAD_INTERVAL_SECONDS) -> None:
        self._path = path
        self._names_by_digest = ReloadingFile(self._read, reload_interval_seconds)

    def caller(self, token: str) -> str:
        """Returns the name of the caller that holds a token, or "" if nobody does."""
        digest = hashlib.sha256(token.encode()).digest()
        found = ""
        for known, name in self._names_by_digest.current().items():
            # The loop compares every digest, so that its time does not tell which one matched.
            if hmac.compare_digest(known, digest):
                found = name
        return found

    def _read(self) -> Mapping[bytes, str]:
        try:
            lines = self._path.read_text("utf-8").splitlines()
        except OSError as error:
            raise ValueError(f"{self._path}: {error.strerror}") from None
        names_by_digest = {}
        for number, line in enumerate(map(str.strip, lines), start=1):
            if not line or line.startswith("#"):
                continue
            parts = _TOKEN_LINE.fullmatch(line)
            if parts is None:
                raise ValueError(f"{self._path}: line {number} is not name:SHA-256 in hex")
            names_by_digest[bytes.fromhex(parts["digest"])] = parts["name"]
        return names_by_digest


@dataclass(frozen=True, slots=True)
class CallerSettings:
    """Says whom a server answers, and how often.

    Attributes:
        tokens: The tokens of callers. With None the server answers whoever can connect; otherwise a call
            needs a token or a client certificate.
        token_port: The port for callers without a certificate, on a server that has one itself.
        calls_per_minute: How many calls a minute each caller may make; 0 sets no limit.
        share: The part of the server's places that one caller may hold, above 0 and at most 1.
        allowed: The names of those who are answered; empty: everybody who can say who it is.
        delegates: The names of those who may say for whom they call.
    """

    tokens: CallerTokens | None = None
    token_port: int = 0
    calls_per_minute: int = 0
    share: float = 1.0
    allowed: frozenset[str] = frozenset()
    delegates: frozenset[str] = frozenset()


class Callers:
    """Identifies the callers of one server and keeps a rate limit for each (GCRA, a leaky bucket)."""

    def __init__(
        self,
        settings: CallerSettings,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        # The time at which a caller's allowance will be full again.
        self._full_at: dict[str, float] = {}
        self._wrong_tokens = WrongTokens(clock, sleep)

    @property
    def must_be_known(self) -> bool:
        """Says whether the server answers only callers that say who they are."""
        return self._settings.tokens is not None

    async def identify(self, context: "Context", peer: str, deadline: Deadline, person: str = "") -> str:
        """Returns the caller's name, or "" for one without a name where none is needed.

        A caller that calls for a person is one of its own, "NAME:PERSON": what is kept is that person's.

        The more wrong tokens a peer's machine sends, the later the next one is looked at, unless it was
        right for that machine before.

        Raises:
            Unauthenticated: The caller has no name, cannot prove it, or is none of those who are answered.
            RateLimited: The peer's machine sends too many wrong tokens.
        """
        caller = await self._name(context, peer, deadline)
        if self._settings.allowed and caller not in self._settings.allowed:
            raise Unauthenticated("this server answers other callers alone")
        if not person:
            return caller
        # Whoever has no name, where none is needed, hides nothing from others without one.
        if caller and caller not in self._settings.delegates:
            raise Unauthenticated("CHORUS_DELEGATES does not let this caller call for others")
        return f"{caller}{_BEFORE_PERSON}{person}"

    async def _name(self, context: "Context", peer: str, deadline: Deadline) -> str:
        tokens = self._settings.tokens
        names = context.peer_identities() or ()
        certified = next((name.decode("utf-8", "replace") for name in names), "")
        if tokens is None:
            return certified
        for key, value in context.invocation_metadata() or ():
            if key == "authorization":
                scheme, _, token = str(value).partition(" ")
                if scheme.lower() == _SCHEME:
                    caller = await self._wrong_tokens.look_up(
                        machine_of(peer), token, deadline, tokens.caller
                    )
                    if caller:
                        return caller
                raise Unauthenticated("the token is nobody's")
        if not certified:
            raise Unauthenticated("a bearer token or a client certificate is needed")
        return certified

    def count(self, caller: str) -> None:
        """Counts a call against the caller's allowance, which refills evenly over a minute.

        Raises:
            RateLimited: The allowance is used up.
        """
        wait = self._take(caller)
        if wait:
            limit = self._settings.calls_per_minute
            raise RateLimited(f"more than {limit} calls a minute", retry_delay=wait)

    async def count_further(self, caller: str) -> None:
        """Waits until the allowance has room for a further request of a call, and counts it."""
        while wait := self._take(caller):
            await self._sleep(wait)

    def _take(self, caller: str) -> float:
        """Takes one call from the allowance and returns 0, or returns the seconds until there is one."""
        limit = self._settings.calls_per_minute
        if not limit:
            return 0.0
        if not account_of(caller):
            # Those without a name share one allowance, for whomever they call.
            caller = ""
        now = self._clock()
        if len(self._full_at) >= _MOST_ALLOWANCES:
            # An allowance that is full again is as good as none.
            self._full_at = {each: at for each, at in self._full_at.items() if at > now}
        full_at = max(now, self._full_at.get(caller, now)) + _MINUTE / limit
        wait = full_at - now - _MINUTE
        if wait > _ROUNDING_SECONDS:
            return wait
        self._full_at[caller] = full_at
        return 0.0


def account_of(caller: str) -> str:
    """Returns the name that a caller proved, without the person that it calls for."""
    return caller.partition(_BEFORE_PERSON)[0]


def machine_of(peer: str) -> str:
    """Returns the machine in gRPC's name of a peer, such as "ipv4:10.0.0.7:4711"; "" for this machine."""
    _, _, address = unquote(peer).partition(":")
    try:
        host = ipaddress.ip_address(address.rpartition(":")[0].strip("[]"))
    except ValueError:
        # A Unix socket.
        return ""
    if isinstance(host, ipaddress.IPv6Address):
        host = host.ipv4_mapped or host
    if host.is_loopback:
        return ""
    if isinstance(host, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((host, _MACHINE_BITS), strict=False))
    return str(host)
