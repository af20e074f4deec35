"""Who moves whose scores, and how far."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from chorus.feedback.v1.feedback_pb2 import CriterionScore
from orchestrator.calibration.calibrator import RaterCalibrator
from orchestrator.calibration.pool import Pools
from orchestrator.calibration.sqlite import SqliteJudgementHistory
from orchestrator.merge import policy
from orchestrator.merge.opinion import Opinion
from orchestrator.merge.scores import merge_scores
from tests.unit.merge.panels import RUBRIC, opinion, scores

# What is merged again and again, and the levels by which its models are usually too high.
PANEL = [
    opinion("a", given=scores(2, 3, 2, 3)),
    opinion("b", given=scores(3, 3, 3, 3)),
    opinion("c", given=scores(2, 4, 3, 3)),
    opinion("d", given=scores(3, 3, 3, 2)),
]
BIASES = {"a": -1.0, "b": -0.5, "c": 0.5, "d": 1.5}
CRITERIA = [each.id for each in RUBRIC.criteria]


@asynccontextmanager
async def calibrating(folder: Path, **groups: str) -> AsyncIterator[RaterCalibrator]:
    async with SqliteJudgementHistory.open(folder / "s") as history:
        calibrator = RaterCalibrator(history, Pools(groups), max_age_seconds=0)
        running = asyncio.create_task(calibrator.run())
        yield calibrator
        running.cancel()


def biased_panel(chance: random.Random) -> list[Opinion]:
    """What the models say of a work of any worth."""
    truths = [chance.uniform(2, 4) for _ in CRITERIA]
    return [
        opinion(
            model,
            given=scores(*(min(5.0, max(1.0, truth + bias + chance.gauss(0, 0.3))) for truth in truths)),
        )
        for model, bias in BIASES.items()
    ]


def person_says(score: float) -> list[CriterionScore]:
    return [CriterionScore(criterion_id=each, score=score) for each in CRITERIA]


async def merged(calibrator: RaterCalibrator, caller: str) -> list[float]:
    """The scores of the same answers as this caller gets them now."""
    calibration = await calibrator.calibration(caller, PANEL, RUBRIC, "en")
    found = merge_scores(RUBRIC, PANEL, calibration)
    assert all(each.HasField("score") for each in found)
    return [each.score for each in found]


async def review(
    calibrator: RaterCalibrator, caller: str, numbers: Sequence[int], person: str = "", score: float = 1
) -> None:
    chance = random.Random(numbers[0])  # noqa: S311 - not for secrets
    for number in numbers:
        calibrator.learn(caller, f"f{number}", f"Essay {number}", biased_panel(chance), RUBRIC, "en")
        if person:
            calibrator.learn_from_person(
                caller, f"f{number}", person.format(number), person_says(score), RUBRIC
            )
    await calibrator._pending.join()


def furthest(before: list[float], after: list[float]) -> float:
    return max(abs(one - other) for one, other in zip(before, after, strict=True))


async def test_a_thousand_reviews_of_other_callers_move_nothing(tmp_path: Path) -> None:
    async with calibrating(tmp_path) as calibrator:
        before = await merged(calibrator, "ann")
        await review(calibrator, "bob", range(500), person="teacher {}")
        await review(calibrator, "", range(500, 1000), person="teacher {}")
        assert await merged(calibrator, "ann") == before
        calibration = await calibrator.calibration("ann", PANEL, RUBRIC, "en")
        assert calibration.id == "none"


async def test_a_thousand_reviews_of_strangers_move_a_tenth_of_a_level_at_most(tmp_path: Path) -> None:
    async with calibrating(tmp_path) as calibrator:
        seen = [await merged(calibrator, "")]
        for start in range(0, 1000, 100):
            # They score nothing, or all say the worst, or the best.
            person, score = (("", 0.0), ("teacher {}", 1.0), ("parent {}", 5.0))[start // 100 % 3]
            await review(calibrator, "", range(start, start + 100), person, score)
            seen.append(await merged(calibrator, ""))
    spread = max(max(each) - min(each) for each in zip(*seen, strict=True))
    assert 0 < spread <= 0.1


async def test_what_one_person_can_move_is_bounded_and_comes_slowly(tmp_path: Path) -> None:
    async with calibrating(tmp_path) as calibrator:
        before = await merged(calibrator, "ann")
        await review(calibrator, "ann", range(3), "teacher")
        assert furthest(before, await merged(calibrator, "ann")) < 0.15
        await review(calibrator, "ann", range(3, 60), "teacher")
        calibration = await calibrator.calibration("ann", PANEL, RUBRIC, "en")
        most = policy.MAX_BIAS_BY_PERSON + policy.MAX_BIAS_BY_PEERS
        for model in BIASES:
            for criterion in CRITERIA:
                assert abs(calibration.bias(model, criterion)) <= most + 1e-9
        assert calibration.bias("d", "content") >= policy.MAX_BIAS_BY_PERSON - 1e-9
        # Others who say the same are believed further.
        await review(calibrator, "ann", range(100, 160), "colleague")
        again = await calibrator.calibration("ann", PANEL, RUBRIC, "en")
        assert again.bias("d", "content") > most


async def test_a_text_that_is_reviewed_again_and_again_moves_nothing(tmp_path: Path) -> None:
    async with calibrating(tmp_path) as calibrator:
        await review(calibrator, "ann", range(30))
        once = await calibrator.calibration("ann", PANEL, RUBRIC, "en")
        chance = random.Random(1)  # noqa: S311 - not for secrets
        for number in range(100):
            text = "essay  7!" if number % 2 else "ESSAY 7"
            calibrator.learn("ann", f"again {number}", text, biased_panel(chance), RUBRIC, "en")
        await calibrator._pending.join()
        assert (await calibrator.calibration("ann", PANEL, RUBRIC, "en")).id == once.id


async def test_a_group_that_the_operator_names_learns_together(tmp_path: Path) -> None:
    groups = {"ann": "school", "bob": "school", "": "school"}
    async with calibrating(tmp_path, **groups) as calibrator:
        await review(calibrator, "bob", range(40), "teacher")
        known = await calibrator.calibration("bob", PANEL, RUBRIC, "en")
        assert known.id != "none"
        for caller in ("ann", ""):
            assert (await calibrator.calibration(caller, PANEL, RUBRIC, "en")).id == known.id
        assert (await calibrator.calibration("school", PANEL, RUBRIC, "en")).id == "none"


async def test_one_pseudonym_of_two_callers_is_two_people(tmp_path: Path) -> None:
    async with calibrating(tmp_path, ann="school", bob="school") as calibrator:
        for caller, start in (("ann", 0), ("bob", 100)):
            await review(calibrator, caller, range(start, start + 40), "teacher")
        calibration = await calibrator.calibration("ann", PANEL, RUBRIC, "en")
        assert calibration.bias("d", "content") > policy.MAX_BIAS_BY_PERSON + policy.MAX_BIAS_BY_PEERS


def test_a_person_learns_alone_or_with_the_group_of_who_calls_for_it() -> None:
    pools = Pools({"page": "school"})
    assert pools.of("page:kim") == pools.of("page")
    assert pools.of("office:kim") not in (pools.of("office"), pools.of("office:lee"))
    assert pools.of(":kim") == pools.of("")
