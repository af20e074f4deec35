"""E1 to E5: measures the scores of synthetic panels."""

# ruff: noqa: PLR2004  # a goal's numbers stand beside its wording

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor

import numpy as np
from numpy.typing import NDArray

from bench.evaluate.bootstrap import ratio_interval, with_interval
from bench.evaluate.goal import Goal
from bench.evaluate.history import ScoredCriterion, learned_calibration
from bench.evaluate.synthetic_raters import (
    CRITERIA,
    HISTORY_WORKS,
    MODELS,
    Levels,
    RatedWorks,
    SyntheticRaters,
    merged,
    middles,
    rmse,
)
from chorus.feedback.v1 import merged_pb2
from orchestrator.merge.calibration import Calibration
from orchestrator.merge.policy import SCALE_LEVELS

_WORKS = 200
_SEEDS = 60
_APART = 1.0

Measures = dict[str, float]


def goals(seed: int, executor: Executor) -> Iterator[Goal]:
    """Measures all panels. Each number is the mean over them."""
    measured = list(executor.map(measure, [[seed, number] for number in range(_SEEDS)]))
    mean = {name: float(np.nanmean([each[name] for each in measured])) for name in measured[0]}
    clean = mean["clean"]
    panels = [(str(number), each) for number, each in enumerate(measured)]
    to_mean, to_best = (
        ratio_interval((name, each["clean"], each[baseline]) for name, each in panels)
        for baseline in ("mean", "best")
    )
    yield Goal(
        "E1",
        "clean panel of 4",
        "RMSE <= .90 x mean, <= .70 x best single model",
        f"RMSE {clean:.3f} = {with_interval(clean / mean['mean'], to_mean)} x mean,"
        f" {with_interval(clean / mean['best'], to_best)} x best",
        clean <= 0.9 * mean["mean"] and clean <= 0.7 * mean["best"],
        f"mean {mean['mean']:.3f}, median {mean['median']:.3f}, best single {mean['best']:.3f}",
    )
    attacked = {kind: mean[kind] for kind in ("inflates", "deflates", "random")}
    yield Goal(
        "E2",
        "one of 4 attacks",
        "RMSE <= clean + .05, <= .72 x mean",
        ", ".join(
            f"{kind} {each:.3f} (+{each - clean:.3f}, {each / mean[f'{kind} mean']:.2f} x mean)"
            for kind, each in attacked.items()
        ),
        all(each <= clean + 0.05 and each <= 0.72 * mean[f"{kind} mean"] for kind, each in attacked.items()),
        ", ".join(
            f"{kind}: mean {mean[f'{kind} mean']:.3f}, median {mean[f'{kind} median']:.3f}"
            for kind in attacked
        ),
    )
    yield Goal(
        "E3",
        "2 of 4 collude; clean panels",
        "contested >= 90 % where the pairs are a level apart; clean <= 15 %",
        f"{mean['caught']:.1%}; clean {mean['contested']:.1%}",
        mean["caught"] >= 0.9 and mean["contested"] <= 0.15,
    )
    yield Goal(
        "E4",
        "no history",
        "clean RMSE <= mean + .015",
        f"RMSE {mean['new']:.3f} = mean {mean['new'] - mean['mean']:+.3f}",
        mean["new"] <= mean["mean"] + 0.015,
        f"mean {mean['mean']:.3f}, median {mean['median']:.3f}",
    )
    yield Goal(
        "E5",
        "one model missing",
        "signed mean score moves <= .02 level",
        f"{abs(mean['moved']):.4f}",
        abs(mean["moved"]) <= 0.02,
        f"within a panel on average {mean['moved in one']:.3f};"
        f" the plain mean: {mean['mean moved in one']:.3f}",
    )


def measure(seeds: Sequence[int]) -> Measures:
    """Measures one panel."""
    generator = np.random.default_rng(seeds)
    raters = SyntheticRaters(generator)
    calibration = learned_calibration(_scored_by_people(raters.rate(HISTORY_WORKS)), MODELS)
    rated = raters.rate(_WORKS)
    clean = merged(rated, calibration)
    result = {
        "clean": rmse(middles(clean), rated.truth),
        "contested": float(np.mean(_contested(clean))),
        "new": rmse(middles(merged(rated, Calibration())), rated.truth),
        "best": min(rmse(each, rated.truth) for each in rated.given.values()),
        **_baselines("", rated),
    }
    for kind, scores in _attacks(generator).items():
        attacked = rated.with_scores(MODELS[0], scores)
        result[kind] = rmse(middles(merged(attacked, calibration)), rated.truth)
        result |= _baselines(f"{kind} ", attacked)
    return result | _collusion(rated, calibration) | _missing(rated, middles(clean), calibration)


def _scored_by_people(rated: RatedWorks) -> Iterator[ScoredCriterion]:
    for work, truth in enumerate(rated.truth):
        for criterion in range(CRITERIA):
            levels = {model: float(scores[work, criterion]) for model, scores in rated.given.items()}
            yield f"c{criterion}", levels, float(truth[criterion])


def _baselines(prefix: str, rated: RatedWorks) -> Measures:
    stacked = np.stack(list(rated.given.values()))
    return {
        f"{prefix}mean": rmse(stacked.mean(axis=0), rated.truth),
        f"{prefix}median": rmse(np.median(stacked, axis=0), rated.truth),
    }


def _attacks(generator: np.random.Generator) -> dict[str, Levels]:
    shape = (_WORKS, CRITERIA)
    return {
        "inflates": np.full(shape, SCALE_LEVELS),
        "deflates": np.zeros(shape),
        "random": generator.integers(0, int(SCALE_LEVELS), shape, endpoint=True).astype(float),
    }


def _collusion(rated: RatedWorks, calibration: Calibration) -> Measures:
    """Has two models give the top or the bottom, and measures what is contested of the scores they split."""
    caught: list[bool] = []
    for extreme in (0.0, SCALE_LEVELS):
        scores = np.full_like(rated.truth, extreme)
        found = merged(rated.with_scores(MODELS[0], scores).with_scores(MODELS[1], scores), calibration)
        adjusted = np.array(
            [[[rater.adjusted for rater in each.raters] for each in of_work] for of_work in found]
        )
        apart = np.abs(adjusted[..., :2].mean(axis=-1) - adjusted[..., 2:].mean(axis=-1)) >= _APART
        caught += list(_contested(found)[apart])
    return {"caught": float(np.mean(caught))}


def _contested(scores: Sequence[Sequence[merged_pb2.MergedScore]]) -> NDArray[np.bool_]:
    return np.array([[not each.HasField("score") for each in of_work] for of_work in scores])


def _missing(rated: RatedWorks, whole: Levels, calibration: Calibration) -> Measures:
    """Measures how far the mean score moves when a model does not answer."""
    moved, mean_moved = [], []
    mean = np.stack(list(rated.given.values())).mean()
    for missing in MODELS:
        rest = rated.only(*(model for model in MODELS if model != missing))
        moved.append(float((middles(merged(rest, calibration)) - whole).mean()))
        mean_moved.append(float(np.stack(list(rest.given.values())).mean() - mean))
    return {
        "moved": math.fsum(moved) / len(moved),
        "moved in one": math.fsum(map(abs, moved)) / len(moved),
        "mean moved in one": math.fsum(map(abs, mean_moved)) / len(mean_moved),
    }
