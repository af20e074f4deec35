"""Quantised copies of models: written once, file by file, and verified each time they are read."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from safetensors import SafetensorError

from services.gemma.fit.preflight import disk_fault
from services.gemma.fit.recipes import RECIPES
from services.gemma.fit.resources import free_disk
from services.gemma.interface.load_error import LoadError

_MANIFEST = "copy.json"
_UNFINISHED = ".unfinished"
_PROBE_BYTES = 2**16
_DAMAGED = "the quantised copy is damaged: remove {}, then quantise again"


def source_key(folder: Path) -> str:
    """Identifies a version of a model without reading all of it: 12 hex digits.

    A revision's name would identify a repository's snapshot, but not a folder whose files were replaced.

    Raises:
        LoadError: A file cannot be read.
    """
    try:
        digest = hashlib.sha256((folder / "config.json").read_bytes())
        for file in sorted(folder.glob("*.safetensors")):
            size = file.stat().st_size
            digest.update(f"{file.name} {size}".encode())
            with file.open("rb") as data:
                digest.update(data.read(_PROBE_BYTES))
                data.seek(max(0, size - _PROBE_BYTES))
                digest.update(data.read(_PROBE_BYTES))
    except OSError as error:
        raise LoadError(f"{error.filename} cannot be read: {error.strerror}") from error
    return digest.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Describes a quantised copy.

    Attributes:
        version: The version of the model that it is a copy of.
        recipe: How its weights were quantised, as in `RECIPES` when it was written.
        files: The SHA-256 sum of each file, in hex digits, by its name.
    """

    version: str
    recipe: str
    files: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Reads the manifest of the copy in a folder.

        Raises:
            LoadError: It cannot be read, or it is no manifest.
        """
        try:
            match json.loads((folder / _MANIFEST).read_text(encoding="utf-8")):
                case {"version": str(version), "recipe": str(recipe), "files": dict(files)}:
                    return cls(version, recipe, files)
        except (OSError, ValueError) as error:
            raise LoadError(_DAMAGED.format(folder)) from error
        raise LoadError(_DAMAGED.format(folder))

    def to_json(self) -> str:
        """Returns the manifest as it is written."""
        return json.dumps({"version": self.version, "recipe": self.recipe, "files": self.files})


@dataclass(frozen=True, slots=True)
class QuantizedCheckpoint:
    """The quantised copy of one version of a model, whether it is written or not."""

    folder: Path

    @classmethod
    def of_source(cls, cache: Path, source: Path, recipe: str) -> Self:
        """Returns the copy of the model in the folder `source` by one recipe. Its name identifies both."""
        return cls(cache / f"{_prefix(source)}{recipe}")

    @property
    def exists(self) -> bool:
        """Whether it is written, whole."""
        # Of a folder that this user may not look into, `Path.is_dir` would raise.
        return os.path.isdir(self.folder)  # noqa: PTH112

    @property
    def precision(self) -> str:
        """Worded as in the contract's `Footprint`: what a recipe's name begins with."""
        return self.manifest.recipe.partition("-")[0]

    @property
    def manifest(self) -> Manifest:
        """Its manifest.

        Raises:
            LoadError: It cannot be read.
        """
        return Manifest.read(self.folder)

    @property
    def is_outdated(self) -> bool:
        """Whether its precision is quantised by another recipe today."""
        return self.manifest.recipe not in RECIPES.values()

    def refuse_outdated(self) -> None:
        """Refuses it if it is outdated.

        Raises:
            LoadError: It names both recipes.
        """
        if self.is_outdated:
            recipe, today = self.manifest.recipe, RECIPES.get(self.precision)
            raise LoadError(f"the copy is {recipe}, {today} is what is read: quantise again")

    def verify(self, threads: int) -> None:
        """Reads all files and compares their checksums.

        Raises:
            LoadError: A file is missing, or it is not what was written.
        """
        files = self.manifest.files
        with ThreadPoolExecutor(threads) as pool:
            found = pool.map(_checksum_of, [self.folder / name for name in files])
            try:
                intact = list(found) == list(files.values())
            except OSError:
                intact = False
        if not intact:
            raise LoadError(_DAMAGED.format(self.folder))


def find_quantized(cache: Path, source: Path) -> dict[str, QuantizedCheckpoint]:
    """Returns the copies of the model in the folder `source`, by precision; one by today's recipe, if any.

    Raises:
        LoadError: The manifest of one cannot be read.
    """
    folders = [each for each in sorted(cache.glob(f"{_prefix(source)}*")) if each.suffix != _UNFINISHED]
    copies = sorted(map(QuantizedCheckpoint, folders), key=lambda copy: not copy.is_outdated)
    return {copy.precision: copy for copy in copies}


def _prefix(source: Path) -> str:
    return f"{source.name}-{source_key(source)}-"


class CheckpointWriter:
    """Writes a copy's files into a folder beside its own, and renames that when all are written.

    Files that an earlier process finished before it was killed are kept.

    Attributes:
        folder: Where the files are until then.
    """

    def __init__(self, copy: QuantizedCheckpoint, version: str, recipe: str) -> None:
        self._final_folder = copy.folder
        self.folder = copy.folder.with_name(copy.folder.name + _UNFINISHED)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LoadError(_unwritable(self.folder, error)) from error
        written = Manifest.read(self.folder).files if (self.folder / _MANIFEST).is_file() else {}
        self._files = {
            name: checksum for name, checksum in written.items() if self._is_intact(name, checksum)
        }
        self._version = version
        self._recipe = recipe

    def has(self, name: str) -> bool:
        """Returns whether a file is written."""
        return name in self._files

    def write(self, name: str, save: Callable[[Path], object], size: int) -> None:
        """Writes one file of about `size` bytes.

        Raises:
            LoadError: It cannot be written. The files that are stay, and the next run goes on from there.
        """
        if fault := disk_fault(size, free_disk(self.folder), name, "GEMMA_CACHE_DIR"):
            raise LoadError(fault)
        # Two processes that quantise the same model write the same, each to a file of its own.
        unfinished = self.folder / f"{name}.{os.getpid()}"
        try:
            save(unfinished)
            _sync(unfinished)
            self._files[name] = _checksum_of(unfinished)
            unfinished.replace(self.folder / name)
            self._write_manifest()
        except (OSError, SafetensorError) as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise LoadError(_unwritable(self.folder / name, error)) from error

    def finish(self) -> None:
        """Renames the folder: from then on the copy exists.

        Raises:
            LoadError: It cannot be renamed.
        """
        try:
            for each in self.folder.iterdir():
                if each.name not in {*self._files, _MANIFEST}:
                    each.unlink()
            _sync(self.folder)
            self.folder.replace(self._final_folder)
            _sync(self._final_folder.parent)
        except OSError as error:
            raise LoadError(_unwritable(self._final_folder, error)) from error

    def _write_manifest(self) -> None:
        unfinished = self.folder / f"{_MANIFEST}.{os.getpid()}"
        manifest = Manifest(self._version, self._recipe, self._files)
        unfinished.write_text(manifest.to_json(), encoding="utf-8")
        _sync(unfinished)
        unfinished.replace(self.folder / _MANIFEST)

    def _is_intact(self, name: str, checksum: str) -> bool:
        file = self.folder / name
        return file.is_file() and _checksum_of(file) == checksum


def _unwritable(path: Path, error: Exception) -> str:
    """Says why the system does not write there; safetensors has the system's words in its own."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (
        f"{path} cannot be written, {reason}: make it possible, or set GEMMA_CACHE_DIR to another folder; "
        "what is written is kept"
    )


def copy_file(source: Path) -> Callable[[Path], object]:
    """Returns a way to write a file: as a copy of another one."""
    return lambda target: shutil.copyfile(source, target)


def _checksum_of(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Forces a file or a folder to the disk: no later rename comes before it, even if the power fails."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
