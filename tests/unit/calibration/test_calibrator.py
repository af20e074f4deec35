import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chorus.feedback.v1.feedback_pb2 import CriterionScore
from orchestrator.calibration.calibrator import RaterCalibrator
from orchestrator.calibration.judgement_history import Judgement, JudgementHistory, ResidualsByRater
from orchestrator.calibration.sqlite import SqliteJudgementHistory
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
        assert calibrator.calibration(PANEL, RUBRIC, "en").id == "neutral"
        calibrator.learn("f1", PANEL, RUBRIC, "en")
        calibrator.learn("f2", PANEL, RUBRIC, "en")
        await calibrator._pending.join()
        learned = calibrator.calibration(PANEL, RUBRIC, "en")
        assert learned.id != "neutral"
        assert learned.bias("high", "content") > 0 > learned.bias("a", "content")
        assert calibrator.calibration(PANEL, RUBRIC, "ko").id == "neutral"


async def test_a_person_says_how_severe_the_panel_is_and_may_be_forgotten(tmp_path: Path) -> None:
    async with SqliteJudgementHistory.open(tmp_path / "s") as history, learning(history) as calibrator:
        calibrator.learn("f", PANEL, RUBRIC, "en")
        person = [CriterionScore(criterion_id=each.id, score=1) for each in RUBRIC.criteria]
        calibrator.learn_from_person(
            "f", "teacher 7", [*person[1:], CriterionScore(criterion_id="content")], RUBRIC
        )
        await calibrator._pending.join()
        learned = calibrator.calibration(PANEL, RUBRIC, "en")
        assert learned.bias("a", "organisation") > 0
        await calibrator.forget("f")
        assert await history.residual_sums() == {}


class LostJudgementHistory:
    async def add_judgements(self, feedback_id: str, judgements: Sequence[Judgement]) -> None:
        raise StoreError("lost")

    async def add_person(self, feedback_id: str, person: str, levels: Mapping[int, float]) -> None:
        raise StoreError("lost")

    async def delete(self, feedback_id: str) -> None:
        raise StoreError("lost")

    async def residual_sums(self) -> ResidualsByRater:
        raise StoreError("lost")


async def test_a_lost_history_costs_nothing_but_what_it_would_teach() -> None:
    async with learning(LostJudgementHistory()) as calibrator:
        for number in range(3000):
            calibrator.learn(f"f{number}", PANEL[:1], RUBRIC, "en")
        assert calibrator.calibration(PANEL, RUBRIC, "en").id == "neutral"
        with pytest.raises(Unavailable):
            await calibrator.forget("f")
