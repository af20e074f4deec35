"""E8: measures which points of two models the merge takes for one."""

# ruff: noqa: PLR2004  # a goal's numbers stand beside its wording

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.evaluate.bootstrap import ratio_interval, with_interval
from bench.evaluate.goal import Goal, unmeasured
from chorus.feedback.v1 import feedback_pb2, submission_pb2
from orchestrator.answer.check import Said, check_point
from orchestrator.answer.quote_verification import ComparisonBudget
from orchestrator.merge.align import align
from orchestrator.merge.candidate import MergeCandidate, merge_candidates
from orchestrator.merge.opinion import Opinion
from orchestrator.rubrics.default import default_criteria, default_rubric
from orchestrator.submission.reading import SubmissionReading, read_submission

_GOAL = "P >= .85, R >= .{recall:.0f}; opposite polarity never joined"
_OPPOSITE = {"strength", "improvement"}


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two points of two models on one work.

    Attributes:
        reading: The work.
        a: One point, in the form that a model returns.
        b: The other point.
        same: Whether they are labelled as the same.
        tuned: Whether the constants of the merge were tuned on them.
        second: What the second pass of labelling said; None where there was none.
    """

    reading: SubmissionReading
    a: Mapping[str, Any]
    b: Mapping[str, Any]
    same: bool
    tuned: bool
    second: bool | None = None

    @property
    def opposite(self) -> bool:
        """Whether one point praises and the other criticises."""
        return {self.a["polarity"], self.b["polarity"]} == _OPPOSITE


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """The precision and the recall of what was joined."""

    precision: float
    recall: float


def goals(path: Path, texts: Mapping[str, str]) -> Iterator[Goal]:
    """Joins each pair as if no other model had answered. Its `work` is a text, or an id of `texts`."""
    if not path.exists():
        yield unmeasured("E8", path.stem, "", f"no pairs: {path} is not there")
        return
    pairs = read_pairs(path, texts)
    for language in ("ko", "en"):
        own = [each for each in pairs if each.reading.language_code == language and not each.tuned]
        if own:
            found = list(map(joined, own))
            yield goal_of(path.stem, language, own, found, "two passes by one labeller")


def read_pairs(path: Path, texts: Mapping[str, str]) -> list[LabelledPair]:
    """Reads the pairs of a file."""
    works: dict[str, SubmissionReading] = {}
    pairs = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = texts.get(row["work"], row["work"])
        if text not in works:
            works[text] = read_submission(submission_pb2.Submission(text=text))
        pairs.append(
            LabelledPair(
                works[text], row["a"], row["b"], row["same"], row.get("tuned", False), row.get("second")
            )
        )
    return pairs


def joined(pair: LabelledPair) -> bool:
    """Returns whether the merge takes the two points for one."""
    return len(align(two_candidates(pair), pair.reading.language_code)) == 1


def two_candidates(pair: LabelledPair) -> Sequence[MergeCandidate]:
    """Returns the two points as two models' answers, in the order that the merge compares them in."""
    return candidates_of({"a": [pair.a], "b": [pair.b]}, pair.reading)


def candidates_of(
    points: Mapping[str, Sequence[Mapping[str, Any]]], reading: SubmissionReading
) -> Sequence[MergeCandidate]:
    """Returns the points of models by their names, in the order that the merge compares them in."""
    rubric = default_rubric(reading.language_code)
    opinions = [
        Opinion(
            model,
            model,
            "1",
            feedback_pb2.ModelFeedback(points=[_checked(each, reading, rubric) for each in own]),
        )
        for model, own in points.items()
    ]
    return merge_candidates(opinions, default_criteria(rubric))


def _checked(
    point: Mapping[str, Any], reading: SubmissionReading, rubric: submission_pb2.Rubric
) -> feedback_pb2.Point:
    checked = check_point(point, 1, Said(reading), rubric, ComparisonBudget()).point
    checked.id = point["id"]
    return checked


def precision_recall(pairs: Sequence[LabelledPair], found: Sequence[bool]) -> PrecisionRecall:
    """Compares what was joined with the labels."""
    right = sum(each and pair.same for pair, each in zip(pairs, found, strict=True))
    return PrecisionRecall(right / max(sum(found), 1), right / max(sum(pair.same for pair in pairs), 1))


def cohens_kappa(pairs: Sequence[LabelledPair]) -> float | None:
    """Returns the agreement of the two passes of labelling beyond chance; None where there was only one."""
    both = [(each.same, each.second) for each in pairs if each.second is not None]
    if not both:
        return None
    observed = sum(one == other for one, other in both) / len(both)
    first, second = (sum(each[side] for each in both) / len(both) for side in (0, 1))
    by_chance = first * second + (1 - first) * (1 - second)
    return (observed - by_chance) / (1 - by_chance) if by_chance < 1 else 1.0


def goal_of(
    name: str, language: str, pairs: Sequence[LabelledPair], found: Sequence[bool], labelled: str
) -> Goal:
    """Compares what was joined of the pairs of one language with their labels.

    `labelled` says who labelled them twice.
    """
    ours = precision_recall(pairs, found)
    cases = [(pair.reading.visible_text, each, pair.same) for pair, each in zip(pairs, found, strict=True)]
    precision = ratio_interval((work, each and same, each) for work, each, same in cases)
    recall = ratio_interval((work, each and same, same) for work, each, same in cases)
    wrong = sum(each and pair.opposite for pair, each in zip(pairs, found, strict=True))
    same_issue = precision_recall(pairs, [pair.a["issue"] == pair.b["issue"] for pair in pairs])
    same_place = precision_recall(pairs, [_share_a_sentence(pair) for pair in pairs])
    kappa = cohens_kappa(pairs)
    # Of two faults in one place more is asked.
    least = 0.75 if kappa is not None else 0.7
    return Goal(
        "E8",
        f"{name}, {language}",
        _GOAL.format(recall=100 * least),
        f"P {with_interval(ours.precision, precision)}, R {with_interval(ours.recall, recall)};"
        f" {wrong} of opposite polarity joined",
        ours.precision >= 0.85 and ours.recall >= least and not wrong,
        f"{len(pairs)} pairs; same issue: P {same_issue.precision:.2f}, R {same_issue.recall:.2f};"
        f" same sentence: P {same_place.precision:.2f}, R {same_place.recall:.2f}"
        + (f"; {labelled}: kappa {kappa:.2f}" if kappa is not None else ""),
    )


def _share_a_sentence(pair: LabelledPair) -> bool:
    return bool(set(pair.a["sentence_ids"]) & set(pair.b["sentence_ids"]))
