import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chorus.feedback.v1.feedback_pb2 import CriterionScore
from orchestrator.calibration.calibration_text import to_text
from orchestrator.calibration.calibrator import RaterCalibrator
from orchestrator.calibration.judgement_history import Judgement, JudgementHistory, ResidualsByRater
from orchestrator.calibration.sqlite import SqliteJudgementHistory
from orchestrator.merge.calibration import Calibration, RaterProfile
from orchestrator.store.store import StoreError
from rpckit.errors import Unavailable
from tests.unit.merge.panels import RUBRIC, opinion, scores

PANEL = [
    opinion("high", given=scores(5, 5, 5, 5)),
    opinion("a", given=scores(3, 3, 3, 3)),
    opinion("b", given=scores(3, 3, 3, 3)),
]


@asynccontextmanager
async def learning(history: JudgementHistory) -> AsyncIterator[RaterCalibrator]:
    calibrator = RaterCalibrator(history, max_age_seconds=0)
    running = asyncio.create_task(calibrator.run())
    try:
        yield calibrator
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_every_answer_teaches_who_is_lenient(tmp_path: Path) -> None:
    async with SqliteJudgementHistory.open(tmp_path / "s") as history, learning(history) as calibrator:
        assert (await calibrator.calibration("ann", PANEL, RUBRIC, "en")).id == "none"
        calibrator.learn("ann", "f1", "One.", PANEL, RUBRIC, "en")
        calibrator.learn("ann", "f2", "Two.", PANEL, RUBRIC, "en")
        await calibrator._pending.join()
        learned = await calibrator.calibration("ann", PANEL, RUBRIC, "en")
        assert learned.id != "none"
        assert learned.bias("high", "content") > 0 > learned.bias("a", "content")
        assert (await calibrator.calibration("ann", PANEL, RUBRIC, "ko")).id == "none"


async def test_a_person_says_how_severe_the_panel_is_and_may_be_forgotten(tmp_path: Path) -> None:
    async with SqliteJudgementHistory.open(tmp_path / "s") as history, learning(history) as calibrator:
        calibrator.learn("ann", "f", "One.", PANEL, RUBRIC, "en")
        person = [CriterionScore(criterion_id=each.id, score=1) for each in RUBRIC.criteria]
        calibrator.learn_from_person(
            "ann", "f", "teacher 7", [*person[1:], CriterionScore(criterion_id="content")], RUBRIC
        )
        await calibrator._pending.join()
        learned = await calibrator.calibration("ann", PANEL, RUBRIC, "en")
        assert learned.bias("a", "organisation") > 0
        await calibrator.forget("f")
        assert (await calibrator.calibration("ann", PANEL, RUBRIC, "en")).id == "none"


class LostJudgementHistory:
    asked_to_keep = 0

    async def add_judgements(self, feedback_id: str, work: str, judgements: Sequence[Judgement]) -> None:
        raise StoreError("lost")

    async def add_person(self, feedback_id: str, person: str, levels: Mapping[int, float]) -> None:
        raise StoreError("lost")

    async def delete(self, feedback_id: str) -> None:
        raise StoreError("lost")

    async def keep_calibration(self, version: str, text: str) -> None:
        self.asked_to_keep += 1
        raise StoreError("lost")

    async def find_calibration(self, version: str) -> str | None:
        raise StoreError("lost")

    async def residual_sums(self, raters: Sequence[str], criteria: int) -> ResidualsByRater:
        raise StoreError("lost")


HIGH = RaterProfile(1 / 3, {"content": 0.1, "x": 2.0}, 0.7, 1.1)
KEPT = Calibration.of({"high": HIGH, "a": RaterProfile()})


async def test_an_answers_calibration_is_found_again_to_the_last_digit(tmp_path: Path) -> None:
    async with SqliteJudgementHistory.open(tmp_path / "s") as history:
        calibrator = RaterCalibrator(history)
        await calibrator.keep(KEPT)
        await calibrator.keep(KEPT)
        found = await calibrator.pinned(KEPT.id, RUBRIC)
        assert found is not None
        assert found.id == KEPT.id
        for model in ("high", "a", "new"):
            assert found.bias(model, "content") == KEPT.bias(model, "content")
            assert found.profile(model).standard_deviation == KEPT.profile(model).standard_deviation
            assert found.profile(model).weight == KEPT.profile(model).weight
        # A criterion that this rubric does not have is no matter of this submission.
        assert found.profile("high").by_criterion == {"content": 0.1}
        assert await calibrator.pinned("none", RUBRIC) == Calibration()
        assert await calibrator.pinned("nobody's", RUBRIC) is None


def test_a_criterion_leaves_no_name_in_what_is_kept() -> None:
    profile = RaterProfile(by_criterion={"a name of a student": 1.0})
    assert "student" not in to_text(Calibration.of({"high": profile}))


async def test_a_lost_history_keeps_no_answer_back_and_cannot_say_what_is_pinned() -> None:
    history = LostJudgementHistory()
    calibrator = RaterCalibrator(history)
    for _ in range(3):
        await calibrator.keep(KEPT)
    assert history.asked_to_keep == 1
    assert await calibrator.pinned("none", RUBRIC) == Calibration()
    with pytest.raises(Unavailable):
        await calibrator.pinned(KEPT.id, RUBRIC)


async def test_a_lost_history_costs_nothing_but_what_it_would_teach() -> None:
    async with learning(LostJudgementHistory()) as calibrator:
        for number in range(3000):
            calibrator.learn("ann", f"f{number}", f"{number}", PANEL[:1], RUBRIC, "en")
        assert (await calibrator.calibration("ann", PANEL, RUBRIC, "en")).id == "none"
        with pytest.raises(Unavailable):
            await calibrator.forget("f")
