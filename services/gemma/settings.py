"""The Gemma server's settings."""

import os
from dataclasses import dataclass
from pathlib import Path

from rpckit.settings import Environment, ServerSettings

# The model that `ListModels` shows when none is set.
_DEFAULT_NAME = "gemma-3-4b-it"
_PRECISIONS = ("auto", "bf16", "nf4", "int4", "int4h8", "q4_0", "int8")
_MAX_IN_FLIGHT = 8


@dataclass(frozen=True, slots=True)
class GemmaSettings:
    """The settings of the Gemma server.

    Attributes:
        source: GEMMA_MODEL, a folder or a repository name; empty for no model.
        precision: GEMMA_PRECISION, "auto" or the precision to take.
        images: GEMMA_IMAGES, whether images are read.
        cache: GEMMA_CACHE_DIR, the folder of the quantised copies.
        threads: GEMMA_THREADS, the threads that compute on the CPU.
    """

    server: ServerSettings
    source: str
    precision: str
    images: bool
    cache: Path
    threads: int

    @classmethod
    def read(cls, environment: Environment, *, spare_cores: int = 1) -> "GemmaSettings":
        """Reads the GEMMA_ variables.

        Args:
            environment: The variables.
            spare_cores: How many cores are left to others unless GEMMA_THREADS says otherwise. With another
                process on each core, torch falls to a fifth of its speed.

        Raises:
            SettingError: A variable holds what it cannot hold.
        """
        free_cores = max(1, len(os.sched_getaffinity(0)) - spare_cores)
        return cls(
            server=ServerSettings.read(environment, "GEMMA", port=50052, max_in_flight=_MAX_IN_FLIGHT),
            source=environment.text("GEMMA_MODEL"),
            precision=environment.choice("GEMMA_PRECISION", "auto", _PRECISIONS),
            images=environment.flag("GEMMA_IMAGES"),
            cache=Path(environment.text("GEMMA_CACHE_DIR", "~/.cache/chorus/gemma")).expanduser(),
            threads=environment.integer("GEMMA_THREADS", free_cores, least=1),
        )

    @property
    def name(self) -> str:
        """The name the model goes by, for example "gemma/gemma-3-4b-it"."""
        return f"gemma/{Path(self.source).name or _DEFAULT_NAME}"
