"""Finds a model's files: in a folder, or in a repository of the Hugging Face hub that is downloaded."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, Self

import huggingface_hub
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HFValidationError,
    RepositoryNotFoundError,
)
from typing_extensions import override

from services.gemma.fit.model_dimensions import ModelDimensions
from services.gemma.fit.preflight import disk_fault
from services.gemma.fit.resources import free_disk
from services.gemma.interface.load_error import LoadError
from services.gemma.weights.q4_0_probe import lies_on_q4_0_grid
from services.gemma.weights.required_files import refuse_gguf

_FILE_PATTERNS = ["*.json", "*.jinja", "*.safetensors"]
# What the names of repositories say whose weights were trained for Q4_0 and are not packed.
_OF_Q4_0 = "qat-q4_0-unquantized"


class ModelHub(Protocol):
    """Where the repositories of models are, and their cache on this machine.

    Each method raises what huggingface_hub raises.
    """

    def missing_bytes(self, repository: str) -> int:
        """Bytes that a fetch of the latest revision would download."""

    def config(self, repository: str) -> Path:
        """Downloads the latest revision's `config.json`; returns its folder."""

    def fetch(self, repository: str) -> Path:
        """Downloads what is missing of the latest revision; returns its folder, which is named after it."""

    def disk_bytes(self) -> int:
        """Returns the free bytes on the disk of the cache."""


class HuggingFaceHub(ModelHub):
    """The Hugging Face hub."""

    @override
    def missing_bytes(self, repository: str) -> int:
        files = huggingface_hub.snapshot_download(repository, allow_patterns=_FILE_PATTERNS, dry_run=True)
        return sum(each.file_size or 0 for each in files if each.will_download)

    @override
    def config(self, repository: str) -> Path:
        return Path(huggingface_hub.hf_hub_download(repository, "config.json")).parent

    @override
    def fetch(self, repository: str) -> Path:
        return Path(huggingface_hub.snapshot_download(repository, allow_patterns=_FILE_PATTERNS))

    @override
    def disk_bytes(self) -> int:
        return free_disk(Path(huggingface_hub.constants.HF_HUB_CACHE))


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model before its weights are touched.

    Attributes:
        name: As the operator wrote it.
        folder: The folder of its files; None until they are downloaded.
        download_bytes: How much is to be downloaded.
    """

    name: str
    dimensions: ModelDimensions
    folder: Path | None
    download_bytes: int = 0

    @classmethod
    def find(cls, name: str, hub: ModelHub) -> Self:
        """Looks a model up, without its weights.

        Raises:
            LoadError: It cannot be found or downloaded, or it is no Gemma.
        """
        refuse_gguf(Path(name))
        if Path(name).is_dir():
            return cls._of_folder(name, Path(name).resolve())
        with _load_errors(name):
            try:
                missing = hub.missing_bytes(name)
            except (GatedRepoError, RepositoryNotFoundError):
                raise
            except OSError:
                # Without a network, the revision in the cache is taken.
                missing = 0
            if missing:
                dimensions = ModelDimensions.of_folder(hub.config(name), name)
                # Until the weights are there, the name alone can tell.
                dimensions = replace(dimensions, on_q4_0_grid=_OF_Q4_0 in name.lower())
                return cls(name, dimensions, None, missing)
            folder = hub.fetch(name)
        return cls._of_folder(name, folder)

    @classmethod
    def _of_folder(cls, name: str, folder: Path) -> Self:
        dimensions = ModelDimensions.of_folder(folder, name)
        return cls(name, replace(dimensions, on_q4_0_grid=lies_on_q4_0_grid(folder)), folder)

    def fetch(self, hub: ModelHub) -> Path:
        """Downloads the model if its files are not here; returns its folder.

        Raises:
            LoadError: The disk is too small, or the repository cannot be reached.
        """
        if self.folder:
            return self.folder
        if fault := disk_fault(
            self.download_bytes, hub.disk_bytes(), f"the download of {self.name}", "HF_HUB_CACHE"
        ):
            raise LoadError(fault)
        with _load_errors(self.name):
            return hub.fetch(self.name)


@contextmanager
def _load_errors(name: str) -> Iterator[None]:
    """Tells the operator why the hub refused a repository, and what to do."""
    try:
        yield
    except HFValidationError as error:
        raise LoadError(
            f"{name} is neither a folder nor a repository's name: a model is a folder with config.json and "
            "*.safetensors, or a name such as google/gemma-3-4b-it"
        ) from error
    except GatedRepoError as error:
        raise LoadError(f"{name} is gated: accept its licence there, then set HF_TOKEN") from error
    except RepositoryNotFoundError as error:
        raise LoadError(f"{name} is no repository, nor a folder, or HF_TOKEN may not see it") from error
    except EntryNotFoundError as error:
        raise LoadError(
            f"{name} holds no config.json; a repository of GGUF files is llama.cpp's: take the model's own"
        ) from error
    except OSError as error:
        raise LoadError(f"{name} cannot be reached and is not in the cache: use a folder") from error
