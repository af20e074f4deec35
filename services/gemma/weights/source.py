"""Where a model's files are: in a folder, or in a repository that is fetched."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import huggingface_hub
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HFValidationError,
    RepositoryNotFoundError,
)

from services.gemma.fit.model_dimensions import Shape
from services.gemma.fit.preflight import disk_fault
from services.gemma.fit.resources import free_disk
from services.gemma.interface.local_model import LoadError

_FILES = ["*.json", "*.jinja", "*.safetensors"]


class Hub:
    """The repositories that are known by name, of which some are in the cache."""

    def missing_bytes(self, repository: str) -> int:
        """How much a fetch of the latest revision would download."""
        files = huggingface_hub.snapshot_download(repository, allow_patterns=_FILES, dry_run=True)
        return sum(each.file_size or 0 for each in files if each.will_download)

    def config(self, repository: str) -> Path:
        """The folder with the latest revision's `config.json`, which is fetched."""
        return Path(huggingface_hub.hf_hub_download(repository, "config.json")).parent

    def fetch(self, repository: str) -> Path:
        """The folder of the latest revision, named after it; downloads what is not there yet."""
        return Path(huggingface_hub.snapshot_download(repository, allow_patterns=_FILES))

    def disk_bytes(self) -> int:
        """How much may be downloaded."""
        return free_disk(Path(huggingface_hub.constants.HF_HUB_CACHE))


@dataclass(frozen=True, slots=True)
class Source:
    """A model before its weights are touched.

    Attributes:
        name: As the operator wrote it.
        folder: Where its files are; None: they are not here yet.
        download_bytes: How much is to be fetched.
    """

    name: str
    shape: Shape
    folder: Path | None
    download_bytes: int = 0

    @classmethod
    def find(cls, name: str, hub: Hub) -> Self:
        """Looks a model up, without its weights.

        Raises:
            LoadError: It cannot be had, or is no Gemma.
        """
        if Path(name).is_dir():
            folder = Path(name).resolve()
            return cls(name, Shape.of_folder(folder, name), folder)
        with _said_why():
            try:
                missing = hub.missing_bytes(name)
            except (GatedRepoError, RepositoryNotFoundError):
                raise
            except OSError:
                # Without the network, what is in the cache will do.
                missing = 0
            if missing:
                return cls(name, Shape.of_folder(hub.config(name), name), None, missing)
            folder = hub.fetch(name)
        return cls(name, Shape.of_folder(folder, name), folder)

    def fetched(self, hub: Hub) -> Path:
        """The folder, after a download if there has to be one.

        Raises:
            LoadError: The disk is too small, or the repository cannot be reached.
        """
        if self.folder:
            return self.folder
        if fault := disk_fault(self.download_bytes, hub.disk_bytes(), f"the download of {self.name}"):
            raise LoadError(fault)
        with _said_why():
            return hub.fetch(self.name)


@contextmanager
def _said_why() -> Iterator[None]:
    try:
        yield
    except HFValidationError as error:
        raise LoadError("GEMMA_MODEL is neither a folder nor a repository's name") from error
    except GatedRepoError as error:
        raise LoadError("the repository is gated: accept its licence there, then set HF_TOKEN") from error
    except RepositoryNotFoundError as error:
        raise LoadError("there is no such repository, or HF_TOKEN may not see it") from error
    except EntryNotFoundError as error:
        raise LoadError("the repository holds no config.json") from error
    except OSError as error:
        raise LoadError("the repository cannot be reached and is not in the cache: use a folder") from error
