"""Reads settings from the environment, once at the start; a wrong one names its variable."""

import ipaddress
import math
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rpckit.callers import CallerSettings, CallerTokens
from rpckit.certificates import CertificateFolder

_TLS_DIR = "CHORUS_TLS_DIR"
_INSECURE = "CHORUS_INSECURE"
_CALLER_TOKENS = "CHORUS_CALLER_TOKENS"
_TOKEN_PORT = 50055
# gRPC takes times in milliseconds as 32-bit integers, which a day fits into.
_DAY_SECONDS = 86_400
# Each is a label of every series that has callers.
_MOST_METRICS_CALLERS = 100

Value = TypeVar("Value")


class SettingError(ValueError):
    """An environment variable has a value that cannot be used. The operator can mend it."""

    def __init__(self, variable: str, wrong: str) -> None:
        super().__init__(f"{variable}: {wrong}")
        self.variable = variable


class Environment:
    """Reads environment variables by type; an empty value counts as unset."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables

    def text(self, variable: str, default: str = "") -> str:
        """Returns the value without surrounding white space."""
        return self._variables.get(variable, "").strip() or default

    def first(self, *variables: str) -> str:
        """Returns the value of the first variable that is set, or ""."""
        return next((value for each in variables if (value := self.text(each))), "")

    def integer(self, variable: str, default: int, *, least: int = 0, most: int | None = None) -> int:
        """Returns a whole number from `least` to `most`."""
        return self._number(variable, default, int, "a whole number", least, most)

    def number(self, variable: str, default: float, *, least: float = 0, most: float | None = None) -> float:
        """Returns a decimal number from `least` to `most`."""
        return self._number(variable, default, float, "a number", least, most)

    def flag(self, variable: str, *, default: bool = False) -> bool:
        """Returns True for 1, true, yes and on, and False for 0, false, no and off."""
        value = self.text(variable).lower()
        if not value:
            return default
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        raise SettingError(variable, f"{value!r} is neither yes nor no")

    def choice(self, variable: str, default: str, among: tuple[str, ...]) -> str:
        """Returns one of a closed list of words."""
        value = self.text(variable, default)
        if value not in among:
            raise SettingError(variable, f"{value!r} is none of {', '.join(among)}")
        return value

    def _number(
        self,
        variable: str,
        default: Value,
        parse: Callable[[str], Value],
        noun: str,
        least: float,
        most: float | None,
    ) -> Value:
        value = self.text(variable)
        if not value:
            return default
        try:
            number = parse(value)
        except ValueError:
            raise SettingError(variable, f"{value!r} is not {noun}") from None
        if not least <= number <= (sys.float_info.max if most is None else most):  # type: ignore[operator]
            span = f"at least {least}" if most is None else f"from {least} to {most}"
            raise SettingError(variable, f"{value} is not {span}")
        return number


@dataclass(frozen=True, slots=True)
class Security:
    """Says how a process keeps its connections private.

    Attributes:
        certificates: The certificates of mutual TLS; with None the connections are plaintext.
        server_name: The name that a server's certificate must hold; if empty, the host that was dialled.
        insecure: Whether plaintext may leave the machine.
    """

    certificates: CertificateFolder | None = None
    server_name: str = ""
    insecure: bool = False

    @classmethod
    def read(cls, environment: Environment, *, shows_own: bool = True) -> "Security":
        """Reads the variables, which all processes share.

        With `shows_own` False, for a client without a certificate, the folder needs only ca.crt.

        Raises:
            SettingError: The folder holds no usable certificate.
        """
        folder = environment.text(_TLS_DIR)
        try:
            certificates = CertificateFolder(Path(folder), shows_own=shows_own) if folder else None
        except ValueError as error:
            raise SettingError(_TLS_DIR, str(error)) from None
        return cls(
            certificates=certificates,
            server_name=environment.text("CHORUS_TLS_SERVER_NAME"),
            insecure=environment.flag(_INSECURE),
        )

    def is_private(self, address: str) -> bool:
        """Says whether nobody else can read what is sent to an address or a gRPC target."""
        return self.certificates is not None or is_loopback(address)

    def check(self, address: str, variable: str = _TLS_DIR, *, secret: bool = False) -> None:
        """Checks that data, or with `secret` a token, may be sent to an address.

        Raises:
            SettingError: The address is a URL, or beyond this machine and the connection plaintext. Data may
                go there if `insecure` is set, a token never.
        """
        if is_url(address):
            raise SettingError(variable, f"{address} is a URL; write host:port")
        if self.is_private(address):
            return
        if secret:
            raise SettingError(
                variable, f"is needed to send a token to {address}: that is beyond this machine"
            )
        if not self.insecure:
            wrong = (
                f"{address} is beyond this machine: set {_TLS_DIR}, or {_INSECURE}=yes to talk in plaintext"
            )
            raise SettingError(variable, wrong)


def _callers(
    environment: Environment, prefix: str, default: str, *, has_outside_callers: bool
) -> CallerSettings:
    allowed = _names(environment, f"{prefix}_CALLERS", default)
    if not has_outside_callers:
        return CallerSettings(allowed=allowed)
    path = environment.text(_CALLER_TOKENS)
    try:
        tokens = CallerTokens(Path(path)) if path else None
    except ValueError as error:
        raise SettingError(_CALLER_TOKENS, str(error)) from None
    return CallerSettings(
        tokens=tokens,
        token_port=environment.integer(f"{prefix}_TOKEN_PORT", _TOKEN_PORT, most=65535),
        calls_per_minute=environment.integer("CHORUS_CALLER_CALLS_PER_MINUTE", 0),
        share=environment.integer("CHORUS_CALLER_SHARE_PERCENT", 75, least=1, most=100) / 100,
        allowed=allowed,
        delegates=_names(environment, "CHORUS_DELEGATES"),
    )


def _names(environment: Environment, variable: str, default: str = "") -> frozenset[str]:
    """Reads names that are separated by commas."""
    return frozenset(filter(None, map(str.strip, environment.text(variable, default).split(","))))


def _metrics_callers(environment: Environment) -> frozenset[str]:
    variable = "CHORUS_METRICS_CALLERS"
    names = _names(environment, variable)
    if len(names) > _MOST_METRICS_CALLERS:
        raise SettingError(
            variable, f"names {len(names)} callers; at most {_MOST_METRICS_CALLERS} are told apart"
        )
    return names


def is_url(target: str) -> bool:
    """Says whether a gRPC target is a URL of the web, which gRPC takes for a host that never answers."""
    return target.lower().startswith(("http://", "https://"))


def is_loopback(address: str) -> bool:
    """Says whether an address, or a gRPC target such as "dns:///gemma:50052", stays on this machine."""
    if address.startswith("unix:"):
        return True
    hosts = address.rpartition("/")[2].removeprefix("ipv4:").removeprefix("ipv6:").removeprefix("dns:")
    return all(_is_loopback_host(each.rpartition(":")[0].strip("[]")) for each in hosts.split(","))


def _is_loopback_host(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Holds what every server takes from the environment. Times are in seconds.

    Attributes:
        prefix: The prefix of this server's own variables, for example "GEMMA".
        metrics_port: The port that Prometheus reads; 0 opens none.
        health_port: A further port on which the health service answers in plaintext; 0 opens none.
        max_in_flight: How many calls run at once.
        max_queued: How many more calls wait for a slot.
        drain_pause: How long a draining server reports NOT_SERVING before it refuses calls.
        drain_grace: How long calls in flight may still run after that.
        connection_age: After this time a client is asked to connect anew.
        metrics_callers: The callers that metrics tell apart; all others are one.
        collector: The base URL of a collector that takes traces by OTLP over HTTP; empty exports none.
    """

    prefix: str
    host: str
    port: int
    metrics_port: int
    health_port: int
    max_in_flight: int
    max_queued: int
    drain_pause: float
    drain_grace: float
    connection_age: float
    security: Security
    callers: CallerSettings
    metrics_callers: frozenset[str]
    collector: str

    @classmethod
    def read(
        cls,
        environment: Environment,
        prefix: str,
        *,
        port: int,
        max_in_flight: int = 64,
        has_outside_callers: bool = False,
        only_caller: str = "",
    ) -> "ServerSettings":
        """Reads `{prefix}_PORT` and its siblings, for example GEMMA_PORT.

        Args:
            environment: The variables.
            prefix: What they begin with.
            port: Where the server listens unless they say otherwise.
            max_in_flight: How many calls it answers at a time unless they say otherwise.
            has_outside_callers: Whether services other than Chorus's own call this server.
            only_caller: Who alone is answered where callers show certificates, unless they name others.

        Raises:
            SettingError: A variable holds what it cannot hold.
        """
        security = Security.read(environment)
        default_callers = only_caller if security.certificates else ""
        settings = cls(
            prefix=prefix,
            host=environment.text(f"{prefix}_HOST", "127.0.0.1"),
            port=environment.integer(f"{prefix}_PORT", port, most=65535),
            metrics_port=environment.integer(f"{prefix}_METRICS_PORT", 0, most=65535),
            health_port=environment.integer(f"{prefix}_HEALTH_PORT", 0, most=65535),
            max_in_flight=environment.integer(f"{prefix}_MAX_IN_FLIGHT", max_in_flight, least=1),
            max_queued=environment.integer(f"{prefix}_MAX_QUEUED", 256),
            drain_pause=environment.number("CHORUS_DRAIN_PAUSE_SECONDS", 0.3, most=_DAY_SECONDS),
            drain_grace=environment.number("CHORUS_DRAIN_GRACE_SECONDS", 120.0, most=_DAY_SECONDS),
            connection_age=environment.number(
                "CHORUS_CONNECTION_AGE_SECONDS", 300.0, least=1, most=_DAY_SECONDS
            ),
            security=security,
            callers=_callers(environment, prefix, default_callers, has_outside_callers=has_outside_callers),
            metrics_callers=_metrics_callers(environment),
            collector=environment.text("OTEL_EXPORTER_OTLP_ENDPOINT"),
        )
        address = f"{settings.host}:{settings.port}"
        settings.security.check(address, f"{prefix}_HOST")
        if settings.callers.allowed and not (settings.callers.tokens or settings.security.certificates):
            wrong = f"nobody has a name here: set {_TLS_DIR}, so that callers show certificates"
            raise SettingError(f"{prefix}_CALLERS", wrong)
        if settings.callers.tokens and not settings.security.is_private(address):
            raise SettingError(_CALLER_TOKENS, f"tokens do not travel in plaintext: set {_TLS_DIR}")
        return settings

    @property
    def most_per_caller(self) -> int:
        """How many of the calls that run at once may be one caller's."""
        return math.ceil(self.max_in_flight * self.callers.share)

    @property
    def has_token_port(self) -> bool:
        """Says whether callers without a certificate have a port of their own.

        A port asks either every client for a certificate or none, so both kinds of caller need two ports.
        """
        return self.callers.tokens is not None and self.security.certificates is not None

    def port_taken(self, which: str, port: int) -> SettingError:
        """Returns the error for a port that is taken; `which` is "PORT", "METRICS_PORT" and so on."""
        wrong = f"cannot listen on {self.host}:{port}; is something else listening there?"
        return SettingError(f"{self.prefix}_{which}", wrong)
