"""Settings of the page's server."""

import enum
import ipaddress
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clients.web.server.upstream import Upstream
from rpckit.callers import CallerTokens
from rpckit.settings import Environment, SettingError, is_loopback

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_BESIDE = Path(__file__).parents[1] / "page" / "dist"
_HEADER = re.compile(r"[A-Za-z0-9-]{1,100}")
_HOUR_SECONDS = 3600.0
_MEBIBYTE = 1024 * 1024


class Door(enum.Enum):
    """A way in for programs, beside the page."""

    CHAT = "chat"
    MCP = "mcp"
    CONNECT = "connect"


@dataclass(frozen=True, slots=True)
class IdentityProxy:
    """Says who has logged in: the header that names the person, and where alone it may come from."""

    header: str
    networks: Sequence[Network]

    def trusts(self, address: str) -> bool:
        """Says whether a header from an address counts."""
        try:
            peer = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(peer in network for network in self.networks)


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the page is served, to whom, and where the orchestrator is.

    Attributes:
        host: Where to listen.
        port: 0 lets the system choose.
        host_names: What a browser may call this server; empty: anything.
        identity_proxy: None: there is none.
        tokens: Of callers with a bearer token. None, as with no proxy: whoever reaches the server is let in.
        certificate: A folder with tls.crt and tls.key. None: plaintext.
        page: The folder of the built page.
        state: The folder of the files that teachers have sent.
        kept_seconds: How long these are kept.
        kept_bytes: How much they may amount to; the oldest go first.
        max_file_bytes: The most that one may have.
        upstream: The orchestrator.
        database: The address of the database of the classes. It may hold a password.
        class_calls: How many works of classes are reviewed at once.
        doors: The ways in for programs that are open.
    """

    host: str
    port: int
    host_names: frozenset[str]
    identity_proxy: IdentityProxy | None
    tokens: CallerTokens | None
    certificate: Path | None
    page: Path
    state: Path
    kept_seconds: float
    kept_bytes: int
    max_file_bytes: int
    upstream: Upstream
    database: str = field(repr=False)
    class_calls: int
    doors: frozenset[Door]

    @property
    def needs_name(self) -> bool:
        """Says whether only those are let in who say who they are."""
        return self.identity_proxy is not None or self.tokens is not None

    @classmethod
    def read(cls, environment: Environment) -> "WebSettings":
        """Reads the variables.

        Raises:
            SettingError: A variable holds what it cannot hold, or the page would be open to everybody.
        """
        state = environment.text("CHORUS_STATE_DIR", ".state")
        web_state = _state(Path(environment.text("WEB_STATE_DIR", f"{state}/web")))
        certificate = environment.text("WEB_TLS_DIR")
        settings = cls(
            host=environment.text("WEB_HOST", "127.0.0.1"),
            port=environment.integer("WEB_PORT", 8000, most=65535),
            host_names=_host_names(environment),
            identity_proxy=_identity_proxy(environment),
            tokens=_tokens(environment),
            certificate=_certificate(Path(certificate)) if certificate else None,
            page=Path(environment.text("WEB_PAGE_DIR", str(_BESIDE))),
            state=web_state,
            kept_seconds=_HOUR_SECONDS * environment.number("CHORUS_RETENTION_HOURS", 24.0),
            kept_bytes=_MEBIBYTE * environment.integer("WEB_KEPT_MIB", 512, least=1),
            max_file_bytes=_MEBIBYTE * environment.integer("WEB_MAX_FILE_MIB", 32, least=1, most=32),
            upstream=Upstream.read(environment),
            database=environment.text("WEB_DATABASE_URL", f"sqlite:///{web_state.resolve()}/classes.db"),
            class_calls=environment.integer("WEB_CLASS_CALLS", 4, least=1, most=100),
            doors=_doors(environment),
        )
        settings._check(environment)
        return settings

    def _check(self, environment: Environment) -> None:
        if is_loopback(f"{self.host}:{self.port}"):
            return
        if not self.needs_name:
            wrong = (
                f"{self.host} is beyond this machine, and everybody there could open the page: set"
                " WEB_IDENTITY_HEADER and WEB_IDENTITY_PROXIES, or WEB_TOKENS"
            )
            raise SettingError("WEB_HOST", wrong)
        if self.certificate:
            return
        if self.tokens:
            raise SettingError("WEB_TOKENS", "tokens do not travel in plaintext: set WEB_TLS_DIR")
        if not environment.flag("CHORUS_INSECURE"):
            wrong = f"{self.host} is beyond this machine: set WEB_TLS_DIR, or CHORUS_INSECURE=yes"
            raise SettingError("WEB_HOST", wrong)


def _host_names(environment: Environment) -> frozenset[str]:
    named = {each.strip().lower() for each in environment.text("WEB_HOST_NAMES").split(",")} - {""}
    if not named and not is_loopback(f"{environment.text('WEB_HOST', '127.0.0.1')}:0"):
        return frozenset()
    return frozenset({"127.0.0.1", "[::1]", "localhost"} | named)


def _doors(environment: Environment) -> frozenset[Door]:
    named = {each.strip().lower() for each in environment.text("WEB_DOORS").split(",")} - {""}
    known = {each.value: each for each in Door}
    if unknown := sorted(named - known.keys()):
        raise SettingError("WEB_DOORS", f"{unknown[0]!r} is none of {', '.join(known)}")
    return frozenset(known[each] for each in named)


def _identity_proxy(environment: Environment) -> IdentityProxy | None:
    header, proxies = environment.text("WEB_IDENTITY_HEADER"), environment.text("WEB_IDENTITY_PROXIES")
    if not header and not proxies:
        return None
    if not header:
        raise SettingError("WEB_IDENTITY_HEADER", "is needed beside WEB_IDENTITY_PROXIES")
    if not _HEADER.fullmatch(header):
        raise SettingError("WEB_IDENTITY_HEADER", f"{header!r} is no name of a header")
    if not proxies:
        wrong = "is needed beside WEB_IDENTITY_HEADER: the addresses that the header is believed from"
        raise SettingError("WEB_IDENTITY_PROXIES", wrong)
    try:
        networks = [ipaddress.ip_network(each.strip()) for each in proxies.split(",")]
    except ValueError as error:
        raise SettingError("WEB_IDENTITY_PROXIES", str(error)) from None
    return IdentityProxy(header.lower(), networks)


def _tokens(environment: Environment) -> CallerTokens | None:
    path = environment.text("WEB_TOKENS")
    try:
        return CallerTokens(Path(path)) if path else None
    except ValueError as error:
        raise SettingError("WEB_TOKENS", str(error)) from None


def _certificate(folder: Path) -> Path:
    for name in ("tls.crt", "tls.key"):
        if not (folder / name).is_file():
            raise SettingError("WEB_TLS_DIR", f"{folder / name} is missing")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(folder / "tls.crt", folder / "tls.key")
    except (OSError, ssl.SSLError) as error:
        raise SettingError("WEB_TLS_DIR", f"tls.crt and tls.key in {folder}: {error.strerror}") from None
    return folder


def _state(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError("WEB_STATE_DIR", f"{folder} cannot be made: {error.strerror}") from None
    return folder
