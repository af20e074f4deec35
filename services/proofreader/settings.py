"""Reads what the proofreader takes from the environment."""

import os
from dataclasses import dataclass

from rpckit.settings import Environment, ServerSettings

_PORT = 50054


@dataclass(frozen=True, slots=True)
class ProofreaderSettings:
    """The proofreader's settings.

    Attributes:
        threads: How many texts are read at once.
    """

    server: ServerSettings
    threads: int

    @classmethod
    def read(cls, environment: Environment) -> "ProofreaderSettings":
        """Reads PROOFREADER_PORT and its siblings, and PROOFREADER_THREADS."""
        return cls(
            server=ServerSettings.read(environment, "PROOFREADER", port=_PORT),
            threads=environment.integer("PROOFREADER_THREADS", os.cpu_count() or 1, least=1),
        )
