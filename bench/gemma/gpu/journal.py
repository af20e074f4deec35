"""The figures of a run as JSON lines, each on the disk before the next is measured."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The orchestrator tells each part where the journal is and what the part is called.
JOURNAL, PART = "BENCH_JOURNAL", "BENCH_PART"


@dataclass(frozen=True, slots=True)
class Journal:
    """A file that several processes append to, a line at a time."""

    path: Path

    def record(self, part: str, what: str, **values: Any) -> None:
        """Appends one line and has it written to the disk."""
        line = json.dumps({"part": part, "what": what, "at": round(time.time(), 1), **values})
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())

    def entries(self) -> Iterator[dict[str, Any]]:
        """All lines that are whole, the oldest first; a process may have been killed within one."""
        if self.path.is_file():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    yield json.loads(line)
                except json.JSONDecodeError:
                    continue


def record(what: str, **values: Any) -> None:
    """Appends a figure of the part that this process is."""
    Journal(Path(os.environ[JOURNAL])).record(os.environ[PART], what, **values)
    print(what, json.dumps(values), flush=True)
