"""E8: measures which points of four reviewers of one work the merge takes for one."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from bench.evaluate.goal import Goal, unmeasured
from bench.evaluate.pairs import LabelledPair, candidates_of, goal_of
from chorus.feedback.v1 import submission_pb2
from orchestrator.merge.align import align
from orchestrator.submission.reading import SubmissionReading, read_submission


@dataclass(frozen=True, slots=True)
class Panel:
    """What several reviewers said of one work.

    Attributes:
        id: The number of the author who wrote it, or of the round of reviews, and that of the work.
        reading: The work.
        points: The points in the form that a model returns, each with its `reviewer` and its `fault`.
        second: Of some pairs of points, by their ids, whether another labeller took them for the same.
    """

    id: str
    reading: SubmissionReading
    points: Sequence[Mapping[str, Any]]
    second: Mapping[frozenset[str], bool]

    @property
    def author(self) -> str:
        """The one who wrote the work and the points."""
        return self.id.partition("-")[0]

    def pairs(self) -> Iterator[LabelledPair]:
        """Yields every two points of different reviewers."""
        for one, other in combinations(self.points, 2):
            if one["reviewer"] != other["reviewer"]:
                same = one["fault"] == other["fault"]
                second = self.second.get(frozenset({one["id"], other["id"]}))
                yield LabelledPair(self.reading, one, other, same, tuned=False, second=second)

    def joined(self) -> frozenset[frozenset[str]]:
        """Returns the pairs of points, by their ids, that the merge takes for one where all have answered."""
        points: dict[str, list[Mapping[str, Any]]] = {}
        for each in self.points:
            points.setdefault(each["reviewer"], []).append(each)
        candidates = candidates_of(points, self.reading)
        return frozenset(
            frozenset(pair)
            for cluster in align(candidates, self.reading.language_code)
            for pair in combinations(
                [point.id for candidate in cluster.candidates for point in candidate.points], 2
            )
        )


def read_panels(path: Path, second: Path) -> list[Panel]:
    """Reads the panels of a file, and what another labeller said of some of their pairs."""
    labels: dict[str, dict[frozenset[str], bool]] = {}
    for row in map(json.loads, second.read_text(encoding="utf-8").splitlines()):
        labels.setdefault(row["panel"], {})[frozenset({row["a"], row["b"]})] = row["same"]
    return [
        Panel(
            row["id"],
            read_submission(submission_pb2.Submission(text=row["text"])),
            row["points"],
            labels.get(row["id"], {}),
        )
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    ]


def read_model_reviews(path: Path, texts: Mapping[str, str]) -> list[Panel]:
    """Reads what language models wrote of works, whose text is in the file or one of `texts` by its id."""
    return [_reviewed(row, texts) for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())]


def _reviewed(row: Mapping[str, Any], texts: Mapping[str, str]) -> Panel:
    faults, second = row["faults"], row.get("second", {})
    points = [
        {**point, "id": f"{reviewer}{number}", "reviewer": reviewer, "fault": faults[f"{reviewer}{number}"]}
        for reviewer, answer in row["reviews"].items()
        for number, point in enumerate(answer["points"], start=1)
    ]
    return Panel(
        row["id"],
        read_submission(submission_pb2.Submission(text=row.get("text") or texts[row["work"]])),
        points,
        {frozenset({one, other}): second[one] == second[other] for one, other in combinations(second, 2)},
    )


def goals(path: Path, second: Path) -> Iterator[Goal]:
    """Merges each panel, and compares every two points of different reviewers with their labels."""
    if not path.exists():
        yield unmeasured("E8", path.stem, "", f"no panels: {path} is not there")
        return
    yield from _goals(path.stem, read_panels(path, second))


def goals_of_reviews(path: Path, texts: Mapping[str, str]) -> Iterator[Goal]:
    """Merges what models wrote of each work, likewise."""
    if not path.exists():
        yield unmeasured("E8", path.stem, "", f"no reviews: {path} is not there")
        return
    yield from _goals(path.stem, read_model_reviews(path, texts))


def _goals(name: str, panels: Sequence[Panel]) -> Iterator[Goal]:
    for language in ("ko", "en"):
        own = [each for each in panels if each.reading.language_code == language]
        pairs, found = [], []
        for panel in own:
            joined = panel.joined()
            for pair in panel.pairs():
                pairs.append(pair)
                found.append(frozenset({pair.a["id"], pair.b["id"]}) in joined)
        if pairs:
            yield goal_of(name, language, pairs, found, "two labellers")
