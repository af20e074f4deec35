"""Quantised copies of models: written once, piece by piece, and checked each time they are read."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from safetensors import SafetensorError

from services.gemma.fit.preflight import disk_fault
from services.gemma.fit.resources import free_disk
from services.gemma.interface.local_model import LoadError

_MANIFEST = "copy.json"
_UNFINISHED = ".unfinished"
_PROBE_BYTES = 2**16
_DAMAGED = "the quantised copy is damaged: remove {}, then quantise again"


def source_key(folder: Path) -> str:
    """Tells one version of a model from another without reading it whole: 12 hex digits.

    A revision's name would do for a repository's snapshot, but not for a folder whose files were replaced.
    """
    digest = hashlib.sha256((folder / "config.json").read_bytes())
    for file in sorted(folder.glob("*.safetensors")):
        size = file.stat().st_size
        digest.update(f"{file.name} {size}".encode())
        with file.open("rb") as data:
            digest.update(data.read(_PROBE_BYTES))
            data.seek(max(0, size - _PROBE_BYTES))
            digest.update(data.read(_PROBE_BYTES))
    return digest.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Copy:
    """A place for a copy, whether it is there or not."""

    folder: Path

    @classmethod
    def place(cls, cache: Path, source: Path, recipe: str) -> Self:
        """Where the copy of one version of a model by one recipe belongs."""
        return cls(cache / f"{_prefix(source)}{recipe}")

    @property
    def is_there(self) -> bool:
        """Whether it was finished."""
        return self.folder.is_dir()

    @property
    def precision(self) -> str:
        """As in `Footprint`: what a recipe's name begins with."""
        return str(self.manifest["recipe"]).partition("-")[0]

    @property
    def manifest(self) -> dict[str, Any]:
        """What was written down of it: version, recipe, and the files with their checksums.

        Raises:
            LoadError: It cannot be read.
        """
        return _read(self.folder)

    def verify(self, threads: int) -> None:
        """Reads it whole and compares the checksums.

        Raises:
            LoadError: A file is missing or is not what was written.
        """
        files: dict[str, str] = self.manifest["files"]
        with ThreadPoolExecutor(threads) as pool:
            found = pool.map(_checksum_of, [self.folder / name for name in files])
            try:
                intact = list(found) == list(files.values())
            except OSError:
                intact = False
        if not intact:
            raise LoadError(_DAMAGED.format(self.folder))


def finished(cache: Path, source: Path) -> dict[str, Copy]:
    """The copies of one version of a model, by precision."""
    folders = [each for each in sorted(cache.glob(f"{_prefix(source)}*")) if each.suffix != _UNFINISHED]
    return {copy.precision: copy for copy in map(Copy, folders)}


def _prefix(source: Path) -> str:
    return f"{source.name}-{source_key(source)}-"


class Writer:
    """Writes a copy's files in a folder beside its place, and moves it there when all are written.

    What an earlier process finished before it was killed is kept.

    Attributes:
        folder: Where the files are until then.
    """

    def __init__(self, copy: Copy, version: str, recipe: str) -> None:
        self._place = copy.folder
        self.folder = copy.folder.with_name(copy.folder.name + _UNFINISHED)
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = _read(self.folder)["files"] if (self.folder / _MANIFEST).is_file() else {}
        self._files = {name: checksum for name, checksum in kept.items() if self._is_intact(name, checksum)}
        self._about = {"version": version, "recipe": recipe}

    def has(self, name: str) -> bool:
        """Whether a file was written before."""
        return name in self._files

    def write(self, name: str, save: Callable[[Path], object], size: int) -> None:
        """Writes one file of about `size` bytes.

        Raises:
            LoadError: The disk is full. What was written stays, for the next run to go on from.
        """
        if fault := disk_fault(size, free_disk(self.folder), name):
            raise LoadError(fault)
        # Two processes that quantise the same at once write the same, each to a file of its own.
        begun = self.folder / f"{name}.{os.getpid()}"
        try:
            save(begun)
            _to_disk(begun)
            self._files[name] = _checksum_of(begun)
            begun.replace(self.folder / name)
            self._write_manifest()
        except (OSError, SafetensorError) as error:
            begun.unlink(missing_ok=True)
            raise LoadError(f"{name} cannot be written: is the disk full?") from error

    def finish(self) -> None:
        """Moves the copy to its place; then it is there, whole."""
        for each in self.folder.iterdir():
            if each.name not in {*self._files, _MANIFEST}:
                each.unlink()
        _to_disk(self.folder)
        self.folder.replace(self._place)
        _to_disk(self._place.parent)

    def _write_manifest(self) -> None:
        begun = self.folder / f"{_MANIFEST}.{os.getpid()}"
        begun.write_text(json.dumps({**self._about, "files": self._files}), encoding="utf-8")
        _to_disk(begun)
        begun.replace(self.folder / _MANIFEST)

    def _is_intact(self, name: str, checksum: str) -> bool:
        file = self.folder / name
        return file.is_file() and _checksum_of(file) == checksum


def copy_file(source: Path) -> Callable[[Path], object]:
    """Saves a file as it is."""
    return lambda target: shutil.copyfile(source, target)


def _read(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise LoadError(_DAMAGED.format(folder)) from error
    return manifest


def _checksum_of(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    """A rename after it cannot come before what it renames, even if the power fails."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
