"""E12 and E13: measures how far the score of one work moves, though the work stays the same.

Nobody has published several runs of one panel of models on works that people scored. So two runs are
simulated: synthetic models score the same works again, with new errors. A model that is asked twice errs in
part in the same way, so the figure is an upper bound.
"""

# ruff: noqa: PLR2004  # a goal's numbers stand beside its wording

import asyncio
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.evaluate.goal import Goal
from bench.evaluate.history import learned_calibration
from bench.evaluate.synthetic_raters import (
    MODELS,
    RUBRIC,
    Levels,
    RatedWorks,
    SyntheticRaters,
    merged,
    middles,
    opinions,
)
from chorus.feedback.v1 import merged_pb2
from orchestrator.calibration.calibrator import RaterCalibrator
from orchestrator.calibration.sqlite import SqliteJudgementHistory
from orchestrator.merge.calibration import Calibration
from orchestrator.merge.scores import merge_scores

_PANELS = 6
_WORKS = 40
# The scores are merged anew after so many reviews of other works.
_REVIEWS = (0, 10, 30, 100, 300, 1000)
_REPEATS = 100
_REPLACED = 20


@dataclass(slots=True)
class _Moves:
    """What was seen of each work and criterion, over all panels: levels, and whether they are the same."""

    spread: list[float] = field(default_factory=list)
    agreement_changed: list[bool] = field(default_factory=list)
    later: list[float] = field(default_factory=list)
    pinned: list[float] = field(default_factory=list)
    repeats: list[float] = field(default_factory=list)


def goals(seed: int) -> Iterator[Goal]:
    """Measures the same answers before and after other reviews, then two runs, then a replaced model."""
    moves = _Moves()
    for panel in range(_PANELS):
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_review(np.random.default_rng([seed, 12, panel]), Path(folder) / "history", moves))
    p95 = _quantile(moves.spread, 0.95)
    yield Goal(
        "E12",
        "the same answers before and after 1,000 other reviews",
        "95 of 100 scores move <= .1 level; pinned: 0; a repeated text: 0",
        f"mean {statistics.fmean(moves.spread):.3f}, p95 {p95:.3f}, most {max(moves.spread):.3f};"
        f" pinned {max(moves.pinned):.0f}; {_REPEATS} repeats of a text {max(moves.repeats):.0f}",
        p95 <= 0.1 and max(moves.pinned) == 0 and max(moves.repeats) == 0,
        f"{np.mean(moves.agreement_changed):.1%} of the scores are labelled otherwise at the end;"
        f" the next 1,000 reviews: p95 {_quantile(moves.later, 0.95):.3f}",
    )
    yield _runs(seed)


async def _review(generator: np.random.Generator, path: Path, moves: _Moves) -> None:
    """Lets a caller send works, whose panel scores them, and merges the same answers again and again."""
    raters = SyntheticRaters(generator)
    probe = raters.rate(_WORKS)
    others = raters.rate(2 * _REVIEWS[-1])
    panel = opinions(probe, 0)
    async with SqliteJudgementHistory.open(path) as history:
        calibrator = RaterCalibrator(history, max_age_seconds=0)
        writing = asyncio.create_task(calibrator.run())
        seen: list[Levels] = []
        labels: list[list[int]] = []
        taught = 0
        for count in (*_REVIEWS, 2 * _REVIEWS[-1]):
            for number in range(taught, count):
                calibrator.learn(
                    "teacher", f"f{number}", f"work {number}", opinions(others, number), RUBRIC, "en"
                )
                # The queue is shorter than the reviews.
                if number % 100 == 99:
                    await calibrator.drain()
            taught = count
            await calibrator.drain()
            now = await calibrator.calibration("teacher", panel, RUBRIC, "en")
            if count == 30:
                pinned = now
                await calibrator.keep(now)
                before = _bytes(probe, now)
            scores = merged(probe, now)
            seen.append(middles(scores))
            labels.append([each.agreement for of_work in scores for each in of_work])
        first = np.stack(seen[:-1])
        moves.spread += list((first.max(axis=0) - first.min(axis=0)).ravel())
        moves.later += list(np.abs(seen[-1] - seen[-2]).ravel())
        moves.agreement_changed += [one != other for one, other in zip(labels[0], labels[-2], strict=True)]
        found = await calibrator.pinned(pinned.id, RUBRIC)
        moves.pinned.append(float(found is None or _bytes(probe, found) != before))
        again = opinions(others, 0)
        for number in range(_REPEATS):
            calibrator.learn("teacher", f"again {number}", "Work 0!", again, RUBRIC, "en")
        await calibrator.drain()
        repeated = await calibrator.calibration("teacher", panel, RUBRIC, "en")
        moves.repeats.append(float(np.abs(middles(merged(probe, repeated)) - seen[-1]).max()))
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)


def _bytes(rated: RatedWorks, calibration: Calibration) -> list[bytes]:
    return [
        each.SerializeToString(deterministic=True)
        for work in range(len(rated.truth))
        for each in merge_scores(RUBRIC, opinions(rated, work), calibration)
    ]


def _runs(seed: int) -> Goal:
    """Has the same models score the same works twice, and one of them replaced by another."""
    again, alone, replaced, alone_replaced, flipped = [], [], [], [], []
    for panel in range(_REPLACED):
        generator = np.random.default_rng([seed, 13, panel])
        raters = SyntheticRaters(generator)
        history = raters.rate(200)
        calibration = _learned(history)
        one, other = raters.rate_twice(_WORKS)
        first = merged(one, calibration)
        again.append(middles(merged(other, calibration)) - middles(first))
        flipped.append(_changed(first, merged(other, calibration)))
        alone.append(one.given[MODELS[0]] - other.given[MODELS[0]])
        # The new model is not known, and answers under a name of its own.
        stranger = SyntheticRaters(generator).rate_again(one.truth).given[MODELS[1]]
        given = {**{model: one.given[model] for model in MODELS[1:]}, "new": stranger}
        replaced.append(middles(merged(RatedWorks(one.truth, given), calibration)) - middles(first))
        alone_replaced.append(stranger - one.given[MODELS[0]])
    ours, single = _mean_distance(again), _mean_distance(alone)
    ours_new, single_new = _mean_distance(replaced), _mean_distance(alone_replaced)
    return Goal(
        "E13",
        "two runs of one panel of 4; one of 4 replaced",
        "moves <= .6 x, <= .4 x a model that is alone",
        f"two runs {ours:.3f} level = {ours / single:.2f} x; replaced {ours_new:.3f} ="
        f" {ours_new / single_new:.2f} x",
        ours <= 0.6 * single and ours_new <= 0.4 * single_new,
        f"a model alone: {single:.3f}, {single_new:.3f}; simulated, nobody has published real runs;"
        f" {np.mean(flipped):.0%} of the scores are labelled otherwise in a second run",
    )


def _changed(
    one: Sequence[Sequence[merged_pb2.MergedScore]], other: Sequence[Sequence[merged_pb2.MergedScore]]
) -> float:
    pairs = [
        (a.agreement, b.agreement) for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True)
    ]
    return float(np.mean([a != b for a, b in pairs]))


def _learned(rated: RatedWorks) -> Calibration:
    return learned_calibration(
        (
            (criterion.id, {model: float(given[work, place]) for model, given in rated.given.items()}, None)
            for work in range(len(rated.truth))
            for place, criterion in enumerate(RUBRIC.criteria)
        ),
        MODELS,
    )


def _mean_distance(moves: Sequence[Levels]) -> float:
    return float(np.abs(np.stack(moves)).mean())


def _quantile(values: Sequence[float], share: float) -> float:
    return float(np.quantile(values, share))
