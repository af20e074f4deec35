"""What every judgement history stores, sums up and deletes: in a SQLite file and in a real Redis."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from orchestrator.calibration.calibrator import RaterCalibrator
from orchestrator.calibration.judgement_history import (
    KEPT_SECONDS,
    MAX_CALIBRATIONS,
    MAX_JUDGEMENTS,
    Judgement,
    JudgementHistory,
    ResidualsByRater,
    rater_keys,
)
from orchestrator.calibration.pool import Pools
from orchestrator.calibration.redis import RedisJudgementHistory
from orchestrator.calibration.sqlite import SqliteJudgementHistory
from orchestrator.merge.severity import ResidualSums
from orchestrator.store.connection import connected
from orchestrator.store.store import StoreError
from rpckit.errors import Unavailable
from tests.fakes.redis_server import RedisServer, redis_server
from tests.unit.merge.panels import RUBRIC, opinion, scores

Open = Callable[[], AbstractAsyncContextManager[JudgementHistory]]

PANEL = [opinion("high", given=scores(5, 5, 5, 5)), opinion("low", given=scores(3, 3, 3, 3))]


@asynccontextmanager
async def redis_history(url: str) -> AsyncIterator[RedisJudgementHistory]:
    async with connected(url) as client:
        yield RedisJudgementHistory(client)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RedisServer]:
    async with redis_server(tmp_path) as server:
        yield server


@pytest.fixture(params=["sqlite", "redis"])
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Open]:
    """Yields a function that opens the same history."""
    if request.param == "sqlite":
        yield partial(SqliteJudgementHistory.open, tmp_path / "s")
    else:
        async with redis_server(tmp_path) as server:
            yield partial(redis_history, server.url)


@pytest.fixture
async def history(opened: Open) -> AsyncIterator[JudgementHistory]:
    async with opened() as history:
        yield history


async def sums(history: JudgementHistory) -> ResidualsByRater:
    """What is stored of the raters of these tests."""
    return await history.residual_sums(["r", "s"], 2)


async def test_residuals_are_held_against_peers_until_a_person_says(history: JudgementHistory) -> None:
    await history.add_judgements("f", "f", [Judgement("r", 0, 3.0, 2.0), Judgement("r", 1, 1.0, None)])
    assert await sums(history) == {"r": {0: ResidualSums(1, 1.0, 1.0, 1.0)}}
    await history.add_person("f", "p", {0: 1.0, 1: 2.0})
    assert await sums(history) == {
        "r": {0: ResidualSums(1, 2.0, 4.0, 0.0, 1, 1), 1: ResidualSums(1, -1.0, 1.0, 0.0, 1, 1)}
    }


async def test_a_person_replaces_all_they_said_and_several_count_by_their_mean(
    history: JudgementHistory,
) -> None:
    await history.add_judgements("f", "f", [Judgement("r", 0, 3.0, 2.0), Judgement("r", 1, 3.0, None)])
    await history.add_person("f", "p", {0: 0.0, 1: 0.0})
    await history.add_person("f", "p", {0: 1.0})
    await history.add_person("f", "q", {0: 2.0})
    assert await sums(history) == {"r": {0: ResidualSums(1, 1.5, 2.25, 0.0, 2, 1)}}
    await history.add_person("f", "q", {})
    assert await sums(history) == {"r": {0: ResidualSums(1, 2.0, 4.0, 0.0, 1, 1)}}


async def test_a_person_may_come_before_the_judgement(history: JudgementHistory) -> None:
    await history.add_person("f", "p", {0: 1.0})
    await history.add_judgements("f", "f", [Judgement("r", 0, 3.0, 2.0)])
    assert await sums(history) == {"r": {0: ResidualSums(1, 2.0, 4.0, 0.0, 1, 1)}}


async def test_the_same_judgement_counts_once_and_none_at_all_not(history: JudgementHistory) -> None:
    third = 1 / 3
    await history.add_judgements("f", "f", [])
    for _ in range(2):
        await history.add_judgements("f", "f", [Judgement("r", 0, third, 0.0), Judgement("s", 0, 0.0, third)])
    assert await sums(history) == {
        "r": {0: ResidualSums(1, third, third * third, third)},
        "s": {0: ResidualSums(1, -third, third * third, -third)},
    }


async def test_what_is_deleted_teaches_nothing_and_the_rest_still_does(history: JudgementHistory) -> None:
    for feedback in ("f", "g"):
        await history.add_judgements(
            feedback, feedback, [Judgement("r", 0, 3.0, 2.0), Judgement("r", 1, 3.0, None)]
        )
    await history.add_person("f", "p", {0: 0.0})
    await history.delete("f")
    await history.delete("f")
    assert await sums(history) == {"r": {0: ResidualSums(1, 1.0, 1.0, 1.0)}}
    await history.add_judgements("f", "f", [Judgement("s", 0, 3.0, 2.0)])
    assert (await sums(history))["s"] == {0: ResidualSums(1, 1.0, 1.0, 1.0)}


async def test_the_oldest_judgements_of_a_rater_and_criterion_are_let_go(history: JudgementHistory) -> None:
    await history.add_judgements("rare", "rare", [Judgement("r", 1, 3.0, 2.0), Judgement("s", 0, 3.0, 2.0)])
    for number in range(MAX_JUDGEMENTS + 2):
        await history.add_judgements(
            f"f{number}", f"f{number}", [Judgement("r", 0, 4.0 if number < 2 else 2.0, 2.0)]
        )
    one = ResidualSums(1, 1.0, 1.0, 1.0)
    assert await sums(history) == {"r": {0: ResidualSums(MAX_JUDGEMENTS), 1: one}, "s": {0: one}}
    await history.add_person("f0", "p", {0: 0.0})
    assert (await sums(history))["r"][0] == ResidualSums(MAX_JUDGEMENTS)


async def age(history: JudgementHistory, used_at: Mapping[str, float]) -> None:
    """Has calibrations of these versions, last used when it is said."""
    if isinstance(history, SqliteJudgementHistory):
        insert = "INSERT OR REPLACE INTO calibrations VALUES (?, ?, 'old')"
        await history._database.run(lambda connection: connection.executemany(insert, used_at.items()))
    elif isinstance(history, RedisJudgementHistory):
        await history._client.zadd("chorus:calibrations_used", dict(used_at))
        await history._client.hset("chorus:calibrations", mapping=dict.fromkeys(used_at, "old"))


async def test_a_calibration_stays_as_it_was_first_kept(opened: Open) -> None:
    async with opened() as history:
        await history.keep_calibration("v", "1")
        await history.keep_calibration("v", "2")
    async with opened() as history:
        assert await history.find_calibration("v") == "1"
        assert await history.find_calibration("w") is None


async def test_a_calibration_is_let_go_when_nobody_has_used_it_for_long(history: JudgementHistory) -> None:
    now = time.time()
    await age(history, {"long ago": now - KEPT_SECONDS - 60, "just in time": now - KEPT_SECONDS + 60})
    assert await history.find_calibration("long ago") is None
    assert await history.find_calibration("just in time") == "old"
    await age(history, {"kept again": now - KEPT_SECONDS + 60})
    await history.keep_calibration("kept again", "new")
    assert await history.find_calibration("kept again") == "old"


async def test_of_too_many_calibrations_those_used_last_stay(history: JudgementHistory) -> None:
    long_ago = time.time() - 1_000_000
    await age(history, {f"v{number}": long_ago + number for number in range(MAX_CALIBRATIONS)})
    assert await history.find_calibration("v0") == "old"
    await history.keep_calibration("new", "1")
    found = [await history.find_calibration(each) for each in ("new", "v0", "v1", "v2")]
    assert found == ["1", "old", None, "old"]


async def test_another_process_finds_it(opened: Open) -> None:
    async with opened() as history:
        await history.add_judgements("f", "f", [Judgement("r", 0, 3.0, 2.0)])
    async with opened() as history:
        assert await sums(history) == {"r": {0: ResidualSums(1, 1.0, 1.0, 1.0)}}


@asynccontextmanager
async def replica(server: RedisServer) -> AsyncIterator[RaterCalibrator]:
    async with redis_history(server.url) as history:
        calibrator = RaterCalibrator(history, max_age_seconds=0)
        running = asyncio.create_task(calibrator.run())
        try:
            yield calibrator
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_a_replica_learns_from_anothers_answers(server: RedisServer) -> None:
    async with replica(server) as one, replica(server) as two:
        one.learn("ann", "f", "f", PANEL, RUBRIC, "en")
        await one._pending.join()
        two.learn("ann", "g", "g", PANEL, RUBRIC, "en")
        await two._pending.join()
        assert (await two.calibration("ann", PANEL, RUBRIC, "en")).id == (
            await one.calibration("ann", PANEL, RUBRIC, "en")
        ).id
        await two.forget("f")
        one.learn("ann", "g", "g", PANEL, RUBRIC, "en")
        await one._pending.join()
        async with redis_history(server.url) as history:
            versions = {each.model: each.model_version for each in PANEL}
            raters = list(rater_keys(Pools().of("ann"), versions, RUBRIC, "en").values())
            residual_sums = await history.residual_sums(raters, len(RUBRIC.criteria))
    assert {each.count for rater in residual_sums.values() for each in rater.values()} == {1}


async def test_a_lost_redis_is_a_store_error(server: RedisServer) -> None:
    async with redis_history(server.url) as history:
        await server.kill()
        asked: tuple[Awaitable[object], ...] = (
            history.add_judgements("f", "f", [Judgement("r", 0, 3.0, 2.0)]),
            history.add_person("f", "p", {0: 0.0}),
            history.delete("f"),
            history.keep_calibration("v", "1"),
            history.find_calibration("v"),
            sums(history),
        )
        for each in asked:
            with pytest.raises(StoreError, match=r"^[A-Za-z]+$"):
                await each


async def test_a_calibrator_lives_on_without_its_redis_and_learns_again_with_it(server: RedisServer) -> None:
    async with replica(server) as calibrator:
        calibrator.learn("ann", "f", "f", PANEL, RUBRIC, "en")
        await calibrator._pending.join()
        learned = await calibrator.calibration("ann", PANEL, RUBRIC, "en")
        assert learned.bias("high", "content") > 0
        await server.kill()
        calibrator.learn("ann", "g", "g", PANEL, RUBRIC, "en")
        with pytest.raises(Unavailable):
            await calibrator.forget("f")
        assert (await calibrator.calibration("ann", PANEL, RUBRIC, "en")) == learned
        await server.start()
        for feedback in ("g", "h"):
            calibrator.learn("ann", feedback, feedback, PANEL, RUBRIC, "en")
        await calibrator._pending.join()
        again = await calibrator.calibration("ann", PANEL, RUBRIC, "en")
        assert again.bias("high", "content") > learned.bias("high", "content")


async def test_all_expires_and_a_deletion_leaves_nothing(server: RedisServer) -> None:
    async with redis_history(server.url) as history, server.client() as client:
        for feedback in ("f", "g"):
            await history.add_judgements(
                feedback, f"w{feedback}", [Judgement("r", 0, 3.0, 2.0), Judgement("s", 0, 1.0, None)]
            )
            await history.add_person(feedback, "p", {0: 0.0})
        await history.keep_calibration("v", "1")
        for key in ("chorus:calibrations", "chorus:calibrations_used"):
            assert 0 < await client.ttl(key) <= KEPT_SECONDS
            await client.delete(key)
        await history.delete("f")
        assert not [key async for key in client.scan_iter("*f")]
        async for key in client.scan_iter():
            assert 0 < await client.ttl(key) <= KEPT_SECONDS
        for key in ("chorus:judged:r:0", "chorus:judged:s:0"):
            await client.zadd(key, {"wg": 0}, xx=True)
        assert await sums(history) == {}
        assert {key async for key in client.scan_iter()} == {b"chorus:people:wg", b"chorus:work:g"}


async def test_a_repeat_of_a_work_teaches_nothing_more(history: JudgementHistory) -> None:
    once = {"r": {0: ResidualSums(1, 1.0, 1.0, 1.0)}}
    await history.add_judgements("f", "w", [Judgement("r", 0, 3.0, 2.0)])
    for number in range(3):
        await history.add_judgements(f"again {number}", "w", [Judgement("r", 0, 0.0, 4.0)])
        assert await sums(history) == once
    await history.delete("again 1")
    assert await sums(history) == once
    await history.add_judgements("again 2", "w", [Judgement("s", 0, 4.0, 2.0)])
    assert await sums(history) == once | {"s": {0: ResidualSums(1, 2.0, 4.0, 2.0)}}
    await history.delete("f")
    assert await sums(history) == {"s": {0: ResidualSums(1, 2.0, 4.0, 2.0)}}


async def test_a_person_counts_once_for_each_work_whichever_feedback_they_score(
    history: JudgementHistory,
) -> None:
    for feedback in ("f", "g"):
        await history.add_judgements(feedback, "w", [Judgement("r", 0, 3.0, 2.0)])
    await history.add_person("f", "p", {0: 0.0})
    await history.add_person("g", "p", {0: 1.0})
    assert await sums(history) == {"r": {0: ResidualSums(1, 2.0, 4.0, 0.0, 1, 1)}}
    await history.add_person("g", "q", {0: 3.0})
    assert await sums(history) == {"r": {0: ResidualSums(1, 1.0, 1.0, 0.0, 2, 1)}}
    # What both said of it was said in g.
    await history.delete("g")
    assert await sums(history) == {"r": {0: ResidualSums(1, 1.0, 1.0, 1.0)}}


async def test_raters_that_are_not_asked_for_are_not_read(history: JudgementHistory) -> None:
    for criterion in range(3):
        await history.add_judgements(
            f"f{criterion}",
            f"w{criterion}",
            [Judgement(each, criterion, 3.0, 2.0) for each in ("r", "other")],
        )
    one = ResidualSums(1, 1.0, 1.0, 1.0)
    assert await sums(history) == {"r": {0: one, 1: one}}
    assert await history.residual_sums([], 3) == {}
