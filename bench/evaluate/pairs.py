"""E8: which points of two models are one."""

# ruff: noqa: PLR2004  # a goal's numbers stand beside its wording

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.evaluate.goal import Goal, unmeasured
from chorus.feedback.v1 import feedback_pb2, submission_pb2
from orchestrator.answer.check import check_point
from orchestrator.merge.align import align
from orchestrator.merge.candidate import merge_candidates
from orchestrator.merge.opinion import Opinion
from orchestrator.rubrics.default import default_criteria, default_rubric
from orchestrator.submission.reading import SubmissionReading, read_submission

_WHAT = "labelled pairs of points"
_GOAL = "P >= .85, R >= .70; opposite polarity never joined"
_OPPOSITE = {"strength", "improvement"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two points of two models on one work, whether they are the same, and whether they served for tuning."""

    reading: SubmissionReading
    a: Mapping[str, Any]
    b: Mapping[str, Any]
    same: bool
    tuned: bool

    @property
    def opposite(self) -> bool:
        """Whether one praises and the other criticises."""
        return {self.a["polarity"], self.b["polarity"]} == _OPPOSITE


@dataclass(frozen=True, slots=True)
class Agreement:
    """Precision and recall of what was joined."""

    precision: float
    recall: float


def goals(path: Path, texts: Mapping[str, str]) -> Iterator[Goal]:
    """Joins each pair as if nobody else had spoken; its `work` is a text, or the id of one of `texts`."""
    if not path.exists():
        yield unmeasured("E8", _WHAT, _GOAL, f"no pairs: {path} is not there")
        return
    pairs = read_pairs(path, texts)
    for language in ("ko", "en"):
        own = [each for each in pairs if each.reading.language_code == language and not each.tuned]
        if own:
            yield _goal(language, own)


def read_pairs(path: Path, texts: Mapping[str, str]) -> list[Pair]:
    """The pairs of a file."""
    works: dict[str, SubmissionReading] = {}
    pairs = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = texts.get(row["work"], row["work"])
        if text not in works:
            works[text] = read_submission(submission_pb2.Submission(text=text))
        pairs.append(Pair(works[text], row["a"], row["b"], row["same"], row.get("tuned", False)))
    return pairs


def joined(pair: Pair) -> bool:
    """Whether the merge takes the two points for one."""
    rubric = default_rubric(pair.reading.language_code)
    opinions = [
        Opinion(model, model, "1", feedback_pb2.ModelFeedback(points=[_point(point, pair.reading, rubric)]))
        for model, point in (("a", pair.a), ("b", pair.b))
    ]
    said = merge_candidates(opinions, default_criteria(rubric))
    return len(align(pair.reading, said, pair.reading.language_code)) == 1


def agreement(pairs: Sequence[Pair], found: Sequence[bool]) -> Agreement:
    """How well what was joined agrees with the labels."""
    right = sum(each and pair.same for pair, each in zip(pairs, found, strict=True))
    return Agreement(right / max(sum(found), 1), right / max(sum(pair.same for pair in pairs), 1))


def _goal(language: str, pairs: Sequence[Pair]) -> Goal:
    found = list(map(joined, pairs))
    ours = agreement(pairs, found)
    wrong = sum(each and pair.opposite for pair, each in zip(pairs, found, strict=True))
    same_issue = agreement(pairs, [pair.a["issue"] == pair.b["issue"] for pair in pairs])
    same_place = agreement(pairs, [_share_a_sentence(pair) for pair in pairs])
    return Goal(
        "E8",
        f"{_WHAT}, {language}",
        _GOAL,
        f"P {ours.precision:.2f}, R {ours.recall:.2f}; {wrong} of opposite polarity joined",
        ours.precision >= 0.85 and ours.recall >= 0.7 and not wrong,
        f"{len(pairs)} pairs; same issue: P {same_issue.precision:.2f}, R {same_issue.recall:.2f};"
        f" same sentence: P {same_place.precision:.2f}, R {same_place.recall:.2f}",
    )


def _share_a_sentence(pair: Pair) -> bool:
    return bool(set(pair.a["sentence_ids"]) & set(pair.b["sentence_ids"]))


def _point(
    point: Mapping[str, Any], reading: SubmissionReading, rubric: submission_pb2.Rubric
) -> feedback_pb2.Point:
    return check_point(point, 1, reading, rubric).point
