"""Reads what the proofreader takes from the environment."""

import os
from dataclasses import dataclass

from rpckit.settings import Environment, ServerSettings

_PORT = 50054
_CPU_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class ProofreaderSettings:
    """The proofreader's settings.

    Attributes:
        threads: How many texts are read at once; others take turns with them.
        cpu_seconds: How much processor time one text may take. What it does not suffice for is left unread.
    """

    server: ServerSettings
    threads: int
    cpu_seconds: float

    @classmethod
    def read(cls, environment: Environment) -> "ProofreaderSettings":
        """Reads PROOFREADER_PORT and its siblings, PROOFREADER_THREADS and PROOFREADER_CPU_SECONDS."""
        return cls(
            server=ServerSettings.read(environment, "PROOFREADER", port=_PORT),
            threads=environment.integer("PROOFREADER_THREADS", os.cpu_count() or 1, least=1),
            cpu_seconds=environment.number("PROOFREADER_CPU_SECONDS", _CPU_SECONDS, least=0.1),
        )
