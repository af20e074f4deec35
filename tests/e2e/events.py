"""Reads the events that the fake model server has written down of its calls."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Events:
    """Reads the file that FAKE_EVENTS names."""

    path: Path

    def seen(self, model: str, kind: str) -> int:
        """Counts how often an event happened to a model's calls."""
        lines = self.path.read_text("utf-8").splitlines() if self.path.exists() else []
        return sum((each["model"], each["kind"]) == (model, kind) for each in map(json.loads, lines))
