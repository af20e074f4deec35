import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chorus.feedback.v1.feedback_pb2 import CriterionScore
from orchestrator.calibration.calibrations import Calibrations
from orchestrator.calibration.history import History, Judgement, Tallies
from orchestrator.calibration.sqlite import SqliteHistory
from orchestrator.store.store import StoreError
from rpckit.errors import Unavailable
from tests.unit.merge.panels import RUBRIC, opinion, scores

PANEL = [
    opinion("high", given=scores(5, 5, 5, 5)),
    opinion("a", given=scores(3, 3, 3, 3)),
    opinion("b", given=scores(3, 3, 3, 3)),
]


@asynccontextmanager
async def learning(history: History) -> AsyncIterator[Calibrations]:
    calibrations = Calibrations(history, max_age_seconds=0)
    running = asyncio.create_task(calibrations.run())
    try:
        yield calibrations
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_every_answer_teaches_who_is_lenient(tmp_path: Path) -> None:
    async with SqliteHistory.open(tmp_path / "s") as history, learning(history) as calibrations:
        assert calibrations.of(PANEL, RUBRIC, "en").id == "neutral"
        calibrations.learn("f1", PANEL, RUBRIC, "en")
        calibrations.learn("f2", PANEL, RUBRIC, "en")
        await calibrations._pending.join()
        learned = calibrations.of(PANEL, RUBRIC, "en")
        assert learned.id != "neutral"
        assert learned.bias("high", "content") > 0 > learned.bias("a", "content")
        assert calibrations.of(PANEL, RUBRIC, "ko").id == "neutral"


async def test_a_person_says_how_severe_the_panel_is_and_may_be_forgotten(tmp_path: Path) -> None:
    async with SqliteHistory.open(tmp_path / "s") as history, learning(history) as calibrations:
        calibrations.learn("f", PANEL, RUBRIC, "en")
        person = [CriterionScore(criterion_id=each.id, score=1) for each in RUBRIC.criteria]
        calibrations.learn_from_person(
            "f", "teacher 7", [*person[1:], CriterionScore(criterion_id="content")], RUBRIC
        )
        await calibrations._pending.join()
        learned = calibrations.of(PANEL, RUBRIC, "en")
        assert learned.bias("a", "organisation") > 0
        await calibrations.forget("f")
        assert await history.tallies() == {}


class LostHistory:
    async def add_judgements(self, feedback_id: str, judgements: Sequence[Judgement]) -> None:
        raise StoreError("lost")

    async def add_person(self, feedback_id: str, person: str, levels: Mapping[int, float]) -> None:
        raise StoreError("lost")

    async def delete(self, feedback_id: str) -> None:
        raise StoreError("lost")

    async def tallies(self) -> Tallies:
        raise StoreError("lost")


async def test_a_lost_history_costs_nothing_but_what_it_would_teach() -> None:
    async with learning(LostHistory()) as calibrations:
        for number in range(3000):
            calibrations.learn(f"f{number}", PANEL[:1], RUBRIC, "en")
        assert calibrations.of(PANEL, RUBRIC, "en").id == "neutral"
        with pytest.raises(Unavailable):
            await calibrations.forget("f")
