"""Keeps the files that teachers have sent, so that comments can be put into them, for a while."""

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it came.

    Attributes:
        owner: The teacher who sent it; nobody else gets it.
    """

    name: str
    format: str
    owner: str


class KeptFiles:
    """Files in a folder that this process's user alone can read, each a folder of its own."""

    def __init__(self, folder: Path, *, seconds: float, max_bytes: int) -> None:
        """Args: seconds: How long each is kept. max_bytes: Beyond that the oldest go."""
        self._folder = folder
        self._seconds = seconds
        self._max_bytes = max_bytes

    def keep(self, file: KeptFile, data: bytes) -> str:
        """Returns the name under which the file is kept; it cannot be guessed."""
        self.sweep(len(data))
        file_id = secrets.token_urlsafe(_ID_BYTES)
        # A folder that is not whole has another name; the next sweep takes it away.
        writing = self._folder / f"{file_id}.part"
        writing.mkdir(parents=True, mode=0o700)
        (writing / "data").write_bytes(data)
        (writing / "file.json").write_text(json.dumps(asdict(file)), "utf-8")
        writing.rename(self._folder / file_id)
        return file_id

    def get(self, file_id: str, owner: str) -> tuple[KeptFile, bytes] | None:
        """Returns a file, or None if this teacher has none of that name any more."""
        found = self._find(file_id, owner)
        if found is None:
            return None
        with suppress(OSError):
            return found, (self._folder / file_id / "data").read_bytes()
        return None

    def delete(self, file_id: str, owner: str) -> bool:
        """Says whether there was such a file; now there is none."""
        if self._find(file_id, owner) is None:
            return False
        shutil.rmtree(self._folder / file_id, ignore_errors=True)
        return True

    def sweep(self, coming_bytes: int = 0) -> None:
        """Deletes what is older than it may be, and the oldest where all are too large together."""
        earliest = time.time() - self._seconds
        left = self._max_bytes - coming_bytes
        for kept, size, path in sorted(self._sizes(), reverse=True):
            left -= size
            if kept < earliest or left < 0:
                shutil.rmtree(path, ignore_errors=True)

    def _find(self, file_id: str, owner: str) -> KeptFile | None:
        if not _ID.fullmatch(file_id):
            return None
        folder = self._folder / file_id
        try:
            if folder.stat().st_mtime < time.time() - self._seconds:
                return None
            file = KeptFile(**json.loads((folder / "file.json").read_text("utf-8")))
        except OSError:
            return None
        return file if file.owner == owner else None

    def _sizes(self) -> Iterator[tuple[float, int, Path]]:
        """Yields when each file came, and how large it is."""
        with suppress(OSError):
            for each in self._folder.iterdir():
                with suppress(OSError):
                    yield each.stat().st_mtime, sum(part.stat().st_size for part in each.iterdir()), each
