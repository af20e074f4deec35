import sqlite3
from pathlib import Path

import pytest

from orchestrator.calibration.judgement_history import Judgement, rater_keys
from orchestrator.calibration.pool import Pools
from orchestrator.calibration.sqlite import SqliteJudgementHistory
from orchestrator.rubrics.default import default_rubric
from orchestrator.store.store import StoreError

RUBRIC = default_rubric("en")
POOL = Pools().of("ann")


async def test_it_outlives_the_process_and_holds_no_text(tmp_path: Path) -> None:
    path = tmp_path / "s"
    key = rater_keys(POOL, {"openai/gpt": "gpt-1"}, RUBRIC, "en")["openai/gpt"]
    async with SqliteJudgementHistory.open(path) as history:
        await history.add_judgements("f", "w", [Judgement(key, 0, 3.0, 2.0)])
    async with SqliteJudgementHistory.open(path) as history:
        assert list(await history.residual_sums([key], 1)) == [key]
    with sqlite3.connect(path) as connection:
        assert "gpt" not in "".join(connection.iterdump())


async def test_a_lost_file_is_a_store_error(tmp_path: Path) -> None:
    async with SqliteJudgementHistory.open(tmp_path / "s") as history:
        await history._database.run(lambda connection: connection.execute("DROP TABLE judgements"))
        await history.add_judgements("f", "w", [])
        with pytest.raises(StoreError):
            await history.add_judgements("f", "w", [Judgement("r", 0, 3.0, 2.0)])


def test_another_version_scale_or_language_is_another_rater() -> None:
    other = default_rubric("en")
    other.criteria[0].levels[0].score = 0
    keys = {
        *rater_keys(POOL, {"m": "1", "n": "1"}, RUBRIC, "en").values(),
        *rater_keys(POOL, {"m": "2"}, RUBRIC, "en").values(),
        *rater_keys(POOL, {"m": "1"}, other, "en").values(),
        *rater_keys(POOL, {"m": "1"}, RUBRIC, "ko").values(),
    }
    assert len(keys) == 5
    assert rater_keys(POOL, {"m": "1"}, RUBRIC, "en-GB")["m"] in keys
