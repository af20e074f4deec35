"""Reviewers that answer what was written for them: the points of the labelled pairs, dealt out to three."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chorus.model.v1 import model_service_pb2
from tests.fakes.models import Fake
from tests.fakes.providers.schema_instance import instance

NAMES = ("written/a", "written/b", "written/c")
_MAX_IMPROVEMENTS, _MAX_STRENGTHS = 8, 4
_OPPOSITE = {"strength", "improvement"}
# A score is counted from a reviewer's own points: from this level down for what it criticises, up for praise.
_LEVEL_WITHOUT_POINTS, _PRAISE = 4.0, 0.5
_COST = {"minor": 0.5, "moderate": 1.0, "major": 1.5}
_LOWEST, _HIGHEST = 1.0, 5.0

Point = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WrittenWork:
    """A work, and what each of the reviewers says of it.

    Attributes:
        text: The work.
        language: Its language code.
        reviews: The points by the reviewers' names; empty for a work that no reviewer was written for.
    """

    text: str
    language: str
    reviews: Mapping[str, Sequence[Point]] = field(default_factory=dict)


def written_works(files: Sequence[Path]) -> Iterator[WrittenWork]:
    """Yields the works of files of labelled pairs, of the halves that the merge was tuned on."""
    for file in files:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        texts = dict.fromkeys(row["work"] for row in rows if row["tuned"])
        for text in texts:
            korean = any("가" <= letter <= "힣" for letter in text)
            pairs = [row for row in rows if row["work"] == text]
            yield WrittenWork(text, "ko" if korean else "en", _dealt(pairs))


class WrittenReviewers:
    """The models of a fake server. They speak of the work that is `current`."""

    def __init__(self) -> None:
        self.current: WrittenWork | None = None

    def models(self) -> Mapping[str, Fake]:
        """Returns the models, each of a family of its own."""
        return {name: Fake(name, says=self._says) for name in NAMES}

    def _says(self, request: model_service_pb2.GenerateRequest, _: int) -> str:
        assert self.current is not None
        schema = json.loads(request.output_format.json_schema)
        answer: Any = instance(schema)
        points = self.current.reviews.get(request.model, ())
        answer["work_language"] = self.current.language
        answer["injection"] = {"suspected": False, "quote": ""}
        answer["points"] = [{**each, "id": f"p{number}"} for number, each in enumerate(points, 1)]
        ids = schema["properties"]["criteria"]["items"]["properties"]["criterion_id"]["enum"]
        answer["criteria"] = [_judged(each, points) for each in ids if each]
        return json.dumps(answer, ensure_ascii=False)


def _judged(criterion: str, points: Sequence[Point]) -> Mapping[str, Any]:
    own = [each for each in points if each["criterion_id"] == criterion]
    level = _LEVEL_WITHOUT_POINTS
    for each in own:
        level += _PRAISE if each["polarity"] == "strength" else -_COST[each["severity"]]
    return {
        "criterion_id": criterion,
        "observable": bool(own),
        "evidence_quotes": [own[0]["quote"]] if own and own[0]["quote"] else [],
        "rationale": "Counted from the points." if own else "",
        "score": min(max(level, _LOWEST), _HIGHEST),
    }


def _dealt(pairs: Sequence[Mapping[str, Any]]) -> Mapping[str, Sequence[Point]]:
    """Deals a work's points out. No reviewer says one thing twice, or the opposite of what it says."""
    apart: dict[str, set[str]] = {}
    points: dict[str, Point] = {}
    for pair in pairs:
        keys = [_key(pair[side]) for side in ("a", "b")]
        for key, side in zip(keys, ("a", "b"), strict=True):
            points.setdefault(key, pair[side])
            apart.setdefault(key, set())
        if pair["same"] or {pair["a"]["polarity"], pair["b"]["polarity"]} == _OPPOSITE:
            apart[keys[0]].add(keys[1])
            apart[keys[1]].add(keys[0])
    reviews: dict[str, list[str]] = {name: [] for name in NAMES}
    for key, point in points.items():
        free = [
            name
            for name in NAMES
            if apart[key].isdisjoint(reviews[name]) and _has_room(reviews[name], point, points)
        ]
        if free:
            reviews[min(free, key=lambda name: len(reviews[name]))].append(key)
    return {name: [points[key] for key in keys] for name, keys in reviews.items()}


def _has_room(keys: Sequence[str], point: Point, points: Mapping[str, Point]) -> bool:
    praises = point["polarity"] == "strength"
    said = sum((points[key]["polarity"] == "strength") is praises for key in keys)
    return said < (_MAX_STRENGTHS if praises else _MAX_IMPROVEMENTS)


def _key(point: Point) -> str:
    return json.dumps({name: value for name, value in point.items() if name != "id"}, sort_keys=True)
