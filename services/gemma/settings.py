"""The Gemma server's settings."""

import os
from dataclasses import dataclass
from pathlib import Path

from rpckit.settings import Environment, ServerSettings

# What the report that this product grew from runs, and what `ListModels` shows when nothing is set.
_DEFAULT_NAME = "gemma-3-4b-it"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the Gemma server takes from the environment.

    Attributes:
        source: GEMMA_MODEL, a folder or a repository name. Empty: no model.
        threads: GEMMA_THREADS, for arithmetic on the CPU.
    """

    server: ServerSettings
    source: str
    threads: int

    @classmethod
    def read(cls, environment: Environment) -> "Settings":
        """Reads the GEMMA_ variables.

        Raises:
            SettingError: A variable holds what it cannot hold.
        """
        # With a neighbour on every core, torch falls to a fifth of its speed: one core is left to the others.
        free = max(1, len(os.sched_getaffinity(0)) - 1)
        return cls(
            # One thread computes: answers that take turns in it would all come late.
            server=ServerSettings.read(environment, "GEMMA", port=50052, max_in_flight=1),
            source=environment.text("GEMMA_MODEL"),
            threads=environment.integer("GEMMA_THREADS", free, least=1),
        )

    @property
    def name(self) -> str:
        """The name the model goes by, for example "gemma/gemma-3-4b-it"."""
        return f"gemma/{Path(self.source).name or _DEFAULT_NAME}"
