"""Reviewers that answer what a language model answered to the same request: whole answers, kept with it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chorus.model.v1 import model_service_pb2
from tests.fakes.models import Fake

NAMES = ("reviewer/a", "reviewer/b", "reviewer/c", "reviewer/d")

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReviewedWork:
    """A work, and what each of the reviewers answered.

    Attributes:
        text: The work.
        language: Its language code.
        answers: The answers by the reviewers' names; empty for a work that nobody reviewed.
    """

    text: str
    language: str
    answers: Mapping[str, Answer] = field(default_factory=dict)


def reviewed_works(path: Path) -> Iterator[ReviewedWork]:
    """Yields the works of a file of reviews whose texts are in it."""
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        if "text" in row:
            answers = zip(NAMES, row["reviews"].values(), strict=True)
            yield ReviewedWork(row["text"], row["language"], dict(answers))


class KeptReviewers:
    """The models of a fake server. They speak of the work that is `current`."""

    def __init__(self) -> None:
        self.current: ReviewedWork | None = None

    def models(self) -> Mapping[str, Fake]:
        """Returns the models, each of a family of its own."""
        return {name: Fake(name, says=self._says) for name in NAMES}

    def _says(self, request: model_service_pb2.GenerateRequest, _: int) -> str:
        assert self.current is not None
        return json.dumps(self.current.answers[request.model], ensure_ascii=False)
