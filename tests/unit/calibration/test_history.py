import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestrator.calibration.history import MAX_JUDGEMENTS, Judgement, rater_key
from orchestrator.calibration.sqlite import SqliteHistory
from orchestrator.merge.severity import Tally
from orchestrator.rubrics.default import default_rubric
from orchestrator.store.store import StoreError

RUBRIC = default_rubric("en")


@pytest.fixture
async def history(tmp_path: Path) -> AsyncIterator[SqliteHistory]:
    async with SqliteHistory.open(tmp_path / "s") as history:
        yield history


async def test_residuals_are_held_against_peers_until_a_person_says(history: SqliteHistory) -> None:
    await history.add_judgements("f", [Judgement("r", 0, 3.0, 2.0), Judgement("r", 1, 1.0, None)])
    assert await history.tallies() == {"r": {0: Tally(1, 1.0, 1.0, 1.0)}}
    await history.add_person("f", "p", {0: 1.0, 1: 2.0})
    assert await history.tallies() == {"r": {0: Tally(1, 2.0, 4.0, 0.0), 1: Tally(1, -1.0, 1.0, 0.0)}}


async def test_a_person_replaces_what_they_said_and_several_count_by_their_mean(
    history: SqliteHistory,
) -> None:
    await history.add_judgements("f", [Judgement("r", 0, 3.0, 2.0)])
    await history.add_person("f", "p", {0: 0.0})
    await history.add_person("f", "p", {0: 1.0})
    await history.add_person("f", "q", {0: 2.0})
    assert await history.tallies() == {"r": {0: Tally(1, 1.5, 2.25, 0.0)}}


async def test_what_is_deleted_teaches_nothing(history: SqliteHistory) -> None:
    await history.add_judgements("f", [Judgement("r", 0, 3.0, 2.0)])
    await history.add_person("f", "p", {0: 0.0})
    await history.delete("f")
    assert await history.tallies() == {}


async def test_old_judgements_are_let_go(history: SqliteHistory) -> None:
    for number in range(MAX_JUDGEMENTS + 2):
        await history.add_judgements(f"f{number}", [Judgement("r", 0, 4.0 if number < 2 else 2.0, 2.0)])
    assert (await history.tallies())["r"][0] == Tally(MAX_JUDGEMENTS, 0.0, 0.0, 0.0)


async def test_it_outlives_the_process_and_holds_no_text(tmp_path: Path) -> None:
    path = tmp_path / "s"
    key = rater_key("openai/gpt", "gpt-1", RUBRIC, "en")
    async with SqliteHistory.open(path) as history:
        await history.add_judgements("f", [Judgement(key, 0, 3.0, 2.0)])
    async with SqliteHistory.open(path) as history:
        assert list(await history.tallies()) == [key]
    with sqlite3.connect(path) as connection:
        assert "gpt" not in "".join(connection.iterdump())


async def test_a_lost_file_is_a_store_error(tmp_path: Path) -> None:
    async with SqliteHistory.open(tmp_path / "s") as history:
        await history._connection.execute("DROP TABLE judgements")
        with pytest.raises(StoreError):
            await history.tallies()


def test_another_version_scale_or_language_is_another_rater() -> None:
    other = default_rubric("en")
    other.criteria[0].levels[0].score = 0
    keys = {
        rater_key("m", "1", RUBRIC, "en"),
        rater_key("m", "2", RUBRIC, "en"),
        rater_key("n", "1", RUBRIC, "en"),
        rater_key("m", "1", other, "en"),
        rater_key("m", "1", RUBRIC, "ko"),
    }
    assert len(keys) == 5
    assert rater_key("m", "1", RUBRIC, "en-GB") in keys
