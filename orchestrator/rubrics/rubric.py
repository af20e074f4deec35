"""Checks a rubric, and reads the weights of its criteria."""

import itertools
import math
from collections.abc import Iterator

from chorus.feedback.v1 import submission_pb2
from modelkit.generate_request import Violation

MAX_CRITERIA = 20
MIN_LEVELS = 2
MAX_LEVELS = 11
MAX_ID = 100
MAX_BYTES = 256 * 1024


def violations(rubric: submission_pb2.Rubric) -> dict[str, str]:
    """Returns what is wrong, by the field's path from the request; nothing for a sound rubric."""
    return dict(_violations(rubric))


def criterion_weight(criterion: submission_pb2.Criterion) -> float:
    """Returns how much the criterion counts, which is 1 if the rubric does not say."""
    return criterion.weight if criterion.HasField("weight") else 1.0


def _violations(rubric: submission_pb2.Rubric) -> Iterator[Violation]:
    # A rubric is sent to every model and back to the caller.
    if rubric.ByteSize() > MAX_BYTES:
        yield "rubric", f"{rubric.ByteSize()} bytes, more than {MAX_BYTES}"
        return
    if not 1 <= len(rubric.criteria) <= MAX_CRITERIA:
        yield "rubric.criteria", f"{len(rubric.criteria)} criteria, not 1 to {MAX_CRITERIA}"
        return
    seen: set[str] = set()
    for place, criterion in enumerate(rubric.criteria):
        path = f"rubric.criteria[{place}]"
        if not criterion.id.strip():
            yield f"{path}.id", "empty"
        elif len(criterion.id) > MAX_ID:
            yield f"{path}.id", f"longer than {MAX_ID} characters"
        elif criterion.id in seen:
            yield f"{path}.id", "named twice"
        seen.add(criterion.id)
        if not (math.isfinite(criterion_weight(criterion)) and criterion_weight(criterion) >= 0):
            yield f"{path}.weight", "negative or not a finite number"
        yield from _level_violations(path, [level.score for level in criterion.levels])
    if not any(criterion_weight(criterion) for criterion in rubric.criteria):
        yield "rubric.criteria", "every weight is zero"


def _level_violations(path: str, scores: list[float]) -> Iterator[Violation]:
    if not MIN_LEVELS <= len(scores) <= MAX_LEVELS:
        yield f"{path}.levels", f"{len(scores)} levels, not {MIN_LEVELS} to {MAX_LEVELS}"
        return
    for place, score in enumerate(scores):
        if not math.isfinite(score):
            yield f"{path}.levels[{place}].score", "not a finite number"
    for place, (lower, higher) in enumerate(itertools.pairwise(scores), start=1):
        if higher <= lower:
            yield f"{path}.levels[{place}].score", "not above the level before it"
