"""The orchestrator's settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rpckit.settings import Environment, ServerSettings, SettingError, is_url

_PORT = 50051
_MAX_PORT = 65535
_MODEL_SERVERS = "127.0.0.1:50052,127.0.0.1:50053,127.0.0.1:50054"


@dataclass(frozen=True, slots=True)
class OrchestratorSettings:
    """The orchestrator's settings, read from the environment once.

    Attributes:
        model_servers: gRPC targets of the model servers.
        panel: Names of the models that are asked by default; empty: every ready one.
        student_model: The model that plays a student by default; empty: the first of Google's.
        picture_model: The model that draws by default; empty: the first of Google's.
        redis_url: The Redis that replicas share their state in; empty: this one keeps its own.
        state_path: The SQLite file of a server without a Redis.
        retention_seconds: How long an answer is kept.
        calibration_groups: The group that a caller's calibration is shared in, by caller; "" stands for those
            without a name.
        batch_window: The most items of one batch that are open at once.
        batch_idle_seconds: How long a batch without an open item waits for the next one.
    """

    server: ServerSettings
    model_servers: tuple[str, ...]
    panel: tuple[str, ...]
    student_model: str
    picture_model: str
    redis_url: str = field(repr=False)
    state_path: Path
    retention_seconds: float
    calibration_groups: Mapping[str, str]
    batch_window: int
    batch_idle_seconds: float

    @classmethod
    def read(cls, environment: Environment) -> "OrchestratorSettings":
        """Reads the environment.

        Raises:
            SettingError: The value of a variable is not allowed.
        """
        return cls(
            server=ServerSettings.read(environment, "ORCHESTRATOR", port=_PORT, has_outside_callers=True),
            model_servers=_targets(environment),
            panel=_words(environment.text("CHORUS_PANEL")),
            student_model=environment.text("CHORUS_STUDENT_MODEL"),
            picture_model=environment.text("CHORUS_PICTURE_MODEL"),
            redis_url=_redis_url(environment),
            state_path=_state_path(environment),
            retention_seconds=3600 * environment.number("CHORUS_RETENTION_HOURS", 24),
            calibration_groups=_calibration_groups(environment),
            batch_window=environment.integer("CHORUS_BATCH_WINDOW", 8, least=1, most=1000),
            batch_idle_seconds=environment.number("CHORUS_BATCH_IDLE_SECONDS", 60, least=0.1, most=86_400),
        )


def _targets(environment: Environment) -> tuple[str, ...]:
    variable = "CHORUS_MODEL_SERVERS"
    targets = _words(environment.text(variable, _MODEL_SERVERS))
    for target in targets:
        host, _, port = target.rpartition(":")
        if is_url(target) or not (host and port.isdecimal() and 0 < int(port) <= _MAX_PORT):
            raise SettingError(variable, f"{target!r} is not of the form host:port")
    return targets


def _redis_url(environment: Environment) -> str:
    variable = "CHORUS_REDIS_URL"
    url = environment.text(variable)
    if not url:
        return ""
    # The client takes 7 MB, which an orchestrator with a file does without.
    from redis.asyncio.connection import parse_url  # noqa: PLC0415

    try:
        parse_url(url)
    except ValueError:
        # The text of the error may quote the password.
        raise SettingError(variable, "is not of the form redis://:password@host:6379/0") from None
    return url


def _state_path(environment: Environment) -> Path:
    variable = "CHORUS_STATE_DIR"
    folder = Path(environment.text(variable, ".state"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(variable, f"{folder} cannot be made: {error.strerror}") from None
    return folder / "orchestrator.sqlite3"


def _calibration_groups(environment: Environment) -> Mapping[str, str]:
    variable = "CHORUS_CALIBRATION_GROUPS"
    groups: dict[str, str] = {}
    for word in _words(environment.text(variable)):
        caller, equals, group = word.rpartition("=")
        if not (equals and group):
            raise SettingError(variable, f"{word!r} is not of the form caller=group")
        if groups.setdefault(caller, group) != group:
            raise SettingError(variable, f"{caller!r} is in two groups")
    return groups


def _words(value: str) -> tuple[str, ...]:
    return tuple(word for each in value.split(",") if (word := each.strip()))
