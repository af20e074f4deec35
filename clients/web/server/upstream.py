"""Where the orchestrator is, for those of the page's server's programs that call it."""

from dataclasses import dataclass, field

from rpckit.settings import Environment, Security

_HOUR_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Upstream:
    """The orchestrator, and how it is called.

    Attributes:
        target: Its gRPC target.
        security: How the connection to it is kept private.
        token: Says to it who calls.
        door_seconds: How long a review may take that came in by a door without a deadline of its own.
    """

    target: str
    security: Security
    token: str = field(repr=False)
    door_seconds: float

    @classmethod
    def read(cls, environment: Environment) -> "Upstream":
        """Reads the variables.

        Raises:
            SettingError: A variable holds what it cannot hold, or something would travel in plaintext.
        """
        upstream = cls(
            target=environment.text("CHORUS_SERVER", "127.0.0.1:50051"),
            security=Security.read(environment, shows_own=False),
            token=environment.text("CHORUS_TOKEN"),
            door_seconds=environment.number("WEB_DOOR_SECONDS", 180.0, least=1, most=_HOUR_SECONDS),
        )
        upstream.security.check(upstream.target, "CHORUS_SERVER", secret=bool(upstream.token))
        return upstream
