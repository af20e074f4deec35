"""The seam between the calibration and what keeps its numbers."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chorus.feedback.v1 import submission_pb2
from modelkit.language import primary_subtag
from orchestrator.answer.prompt import PROMPT_VERSION
from orchestrator.merge.severity import Tally

# Severity drifts, with a provider's changes and with what a model is given: older judgements are let go.
MAX_JUDGEMENTS = 500


@dataclass(frozen=True, slots=True)
class Judgement:
    """One model's score of one criterion, in levels.

    `rater` is a `rater_key`, `criterion` its place in the rubric, `peers` what the panel's other models make
    of it; None for a model alone.
    """

    rater: str
    criterion: int
    levels: float
    peers: float | None


Tallies = Mapping[str, Mapping[int, Tally]]
"""By rater and criterion."""


class History(Protocol):
    """Keeps the latest judgements of each rater, at most `MAX_JUDGEMENTS` a criterion: numbers, never a text.

    Each method may raise StoreError.
    """

    async def add_judgements(self, feedback_id: str, judgements: Sequence[Judgement]) -> None:
        """Keeps what a panel's models scored."""

    async def add_person(self, feedback_id: str, person: str, levels: Mapping[int, float]) -> None:
        """Keeps what a person scored in the same work, by criterion, in the place of what they said before.

        Judgements are held against people where there are any, and against peers elsewhere.
        """

    async def delete(self, feedback_id: str) -> None:
        """Deletes all that is kept of a feedback."""

    async def tallies(self) -> Tallies:
        """Every rater's residuals, summed up."""


def rater_key(model: str, model_version: str, rubric: submission_pb2.Rubric, language_code: str) -> str:
    """Names a model's ways of scoring: another version, prompt, scale or language may be another severity."""
    scale = [(each.id, [level.score for level in each.levels]) for each in rubric.criteria]
    parts = (model, model_version, PROMPT_VERSION, scale, primary_subtag(language_code))
    return hashlib.sha256(repr(parts).encode()).hexdigest()
