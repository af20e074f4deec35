"""The seam between the calibrator and the storage of the judgements that it learns from."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chorus.feedback.v1 import submission_pb2
from modelkit.language import primary_subtag
from modelkit.normal_form import normal_form
from orchestrator.answer.prompt import PROMPT_VERSION
from orchestrator.calibration.pool import Pool
from orchestrator.merge.severity import ResidualSums

# Severity drifts, with a provider's changes and with what a model is given. So older judgements are dropped.
MAX_JUDGEMENTS = 500
# As a rule each answer has a calibration of its own.
MAX_CALIBRATIONS = 10_000
KEPT_SECONDS = 90 * 24 * 60 * 60

_WORK_LENGTH = 32
_NO_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One model's score of one criterion.

    Attributes:
        rater: The model's key, of `rater_keys`.
        criterion: The criterion's place in the rubric.
        levels: The score, in levels.
        peers: The reference that the panel's other models give, in levels; None for a model that is alone.
    """

    rater: str
    criterion: int
    levels: float
    peers: float | None


ResidualsByRater = Mapping[str, Mapping[int, ResidualSums]]
"""The sums of the residuals by rater key and by the criterion's place in the rubric."""


class JudgementHistory(Protocol):
    """Stores the latest judgements of each rater, at most `MAX_JUDGEMENTS` for each criterion.

    A work counts once for each rater: what is first said of it stays, until the feedback it was said in is
    deleted. A person's scores of a work count once too, the last ones. What is stored is let go after
    `KEPT_SECONDS`.

    It also stores the calibrations that answers were given with: the `MAX_CALIBRATIONS` that were used last,
    each until `KEPT_SECONDS` after its last use. It stores numbers and hashes, never a text. Each method may
    raise StoreError.
    """

    async def add_judgements(self, feedback_id: str, work: str, judgements: Sequence[Judgement]) -> None:
        """Stores the scores of a panel's models, given a feedback and the `work_key` of what it is about.

        Those of the same feedback are replaced.
        """

    async def add_person(self, feedback_id: str, person: str, levels: Mapping[int, float]) -> None:
        """Stores a person's scores of a feedback's work, by criterion, in place of their earlier ones.

        They may come before the judgements; then the feedback is a work of its own. The reference of a
        judgement is the mean of people's scores where there are any, else the peers.
        """

    async def delete(self, feedback_id: str) -> None:
        """Deletes everything that is stored for a feedback."""

    async def keep_calibration(self, version: str, text: str) -> None:
        """Stores a calibration, which is used now, under its id."""

    async def find_calibration(self, version: str) -> str | None:
        """Returns a calibration, which is used now; None if it is not stored."""

    async def residual_sums(self, raters: Sequence[str], criteria: int) -> ResidualsByRater:
        """Returns the sums of some raters' residuals, on the first so many criteria."""


def rater_keys(
    pool: Pool, versions: Mapping[str, str], rubric: submission_pb2.Rubric, language_code: str
) -> dict[str, str]:
    """Returns the key that each model's severity is learned under, in one pool, by `versions` of the models.

    Another version, prompt, scale or language may come with another severity, so each has a key of its own.
    """
    scale = [(each.id, [level.score for level in each.levels]) for each in rubric.criteria]
    # Callers without a name go on with what they learned when there were no pools.
    first = (pool.key,) if pool.key else ()
    last = (PROMPT_VERSION, scale, primary_subtag(language_code))
    return {
        model: hashlib.sha256(repr((*first, model, version, *last)).encode()).hexdigest()
        for model, version in versions.items()
    }


def work_key(pool: Pool, text: str) -> str:
    """Returns the key of a work in one pool. Texts of the same letters and digits are one work."""
    words = _NO_LETTERS.sub("", normal_form("NFKC", text).casefold())
    return hashlib.sha256(f"{pool.key}\n{words}".encode()).hexdigest()[:_WORK_LENGTH]
