"""Measures what the state file costs as it grows: an opened request, a kept answer, a merge's calibration.

    python -m bench.state [--kept 100 10000 100000] [--judgements 10000 1000000] [--bytes 4096]

Each row is the median processor time of one operation, and its ratio to the smallest file. Then all answers
expire, and it says how the file shrinks. The last line is a load: 64 calls at once, each repeated, on the
real file; it counts what was bought twice.
"""

import argparse
import asyncio
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

from typing_extensions import override

from chorus.feedback.v1.feedback_pb2 import ModelFeedback, ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, GetFeedbackResponse
from chorus.feedback.v1.submission_pb2 import Submission
from orchestrator.calibration.judgement_history import Judgement
from orchestrator.calibration.sqlite import SqliteJudgementHistory
from orchestrator.panel.audience import Audience
from orchestrator.review.earlier_run import EarlierRun
from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.review.submission_reviewer import Event, ReviewEvent, SubmissionReviewer
from orchestrator.store.patient import PatientStore
from orchestrator.store.sqlite import SqliteStore
from orchestrator.store.sqlite_database import SqliteDatabase
from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline

_ROUNDS = 300
_CRITERIA = 5
_MODELS = 4
# A rater that has judged for long has this many judgements of each criterion.
_JUDGEMENTS_EACH = 500
_WORKS_APART = 1_000_000
_RETENTION_SECONDS = 86_400.0
_AT_ONCE = 64
_REPEATS = 4


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kept", type=int, nargs="+", default=[100, 10_000, 100_000])
    parser.add_argument("--judgements", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--bytes", type=int, default=4096)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure_answers(Path(folder), arguments.kept, arguments.bytes))
        asyncio.run(_measure_judgements(Path(folder), arguments.judgements))
        asyncio.run(_measure_load(Path(folder)))


async def _measure_answers(folder: Path, sizes: list[int], size: int) -> None:
    print(
        f"{'kept answers':>14}{'open a new one ms':>20}{'open a kept one ms':>20}{'keep one ms':>13}  ratios"
    )
    first: list[float] = []
    async with SqliteDatabase.open(folder / "answers") as database:
        store = await SqliteStore.of(database, _RETENTION_SECONDS)
        numbers, filled = count(), 0
        for kept in sorted(sizes):
            await _fill_answers(database, filled, kept, size)
            filled = kept
            response = GetFeedbackResponse(language_code="x" * size)

            async def keep(response: GetFeedbackResponse = response) -> None:
                response.feedback_id = f"new {next(numbers)}"
                await store.keep_response(response.feedback_id, b"hash", "", response)

            async def open_kept(kept: int) -> None:
                await store.open_request(f"r{next(numbers) % kept}", b"hash")

            times = [
                await _median_ms(lambda: store.open_request(f"opened {next(numbers)}", b"hash")),
                await _median_ms(partial(open_kept, kept)),
                await _median_ms(keep),
            ]
            first = first or times
            _print_row(f"{kept:14}{times[0]:20.3f}{times[1]:20.3f}{times[2]:13.3f}", times, first)
        await _print_shrinking(folder / "answers", database, store)


async def _print_shrinking(path: Path, database: SqliteDatabase, store: SqliteStore) -> None:
    """Lets everything expire, deletes it as the orchestrator does, and says how the file shrinks."""

    def expire(connection: sqlite3.Connection) -> None:
        for table in ("requests", "feedbacks"):
            connection.execute(f"UPDATE {table} SET expires_at = 0")  # noqa: S608 - no input

    await database.run(expire, clears_log=True)
    before, began_at = _mebibytes(path), time.process_time()
    steps, longest, goes_on = 0, 0.0, True
    while goes_on:
        step_at = time.process_time()
        goes_on = await store.delete_expired()
        steps, longest = steps + 1, max(longest, time.process_time() - step_at)
    print(
        f"\nall expired: {before:.1f} MiB to {_mebibytes(path):.1f} in {steps} steps,"
        f" {time.process_time() - began_at:.1f} s of processor time, {1000 * longest:.0f} ms the longest"
    )


def _mebibytes(path: Path) -> float:
    return path.stat().st_size / 2**20


async def _fill_answers(database: SqliteDatabase, start: int, end: int, size: int) -> None:
    now = time.time()

    def fill(connection: sqlite3.Connection, numbers: range) -> None:
        connection.executemany(
            "INSERT INTO requests VALUES (?, ?, ?, ?)",
            ((f"r{each}", b"hash", f"f{each}", now + _RETENTION_SECONDS) for each in numbers),
        )
        connection.executemany(
            "INSERT INTO feedbacks VALUES (?, '', ?, ?, ?, ?)",
            (
                (f"f{each}", f"r{each}", now, now + _RETENTION_SECONDS, _response_bytes(size))
                for each in numbers
            ),
        )

    for numbers in _pieces(start, end, 1000):
        await database.run(partial(fill, numbers=numbers))


def _response_bytes(size: int) -> bytes:
    return GetFeedbackResponse(language_code=os.urandom(size // 2).hex()).SerializeToString()


async def _measure_judgements(folder: Path, sizes: list[int]) -> None:
    print(f"\n{'judgements':>14}{'learn a panel ms':>20}{'read its raters ms':>20}{'':13}  ratios")
    first: list[float] = []
    async with SqliteDatabase.open(folder / "judgements") as database:
        history = await SqliteJudgementHistory.of(database)
        numbers, filled = count(), 0
        for judgements in sorted(sizes):
            raters = max(_MODELS, judgements // (_CRITERIA * _JUDGEMENTS_EACH))
            await _fill_judgements(database, filled, raters)
            filled = raters

            async def learn() -> None:
                feedback_id = f"f{next(numbers)}"
                panel = [
                    Judgement(f"rater {rater}", criterion, 2.5, 2.0)
                    for rater in range(_MODELS)
                    for criterion in range(_CRITERIA)
                ]
                await history.add_judgements(feedback_id, feedback_id, panel)

            asked = [f"rater {rater}" for rater in range(_MODELS)]
            times = [
                await _median_ms(learn),
                await _median_ms(partial(history.residual_sums, asked, _CRITERIA)),
            ]
            first = first or times
            total = raters * _CRITERIA * _JUDGEMENTS_EACH
            _print_row(f"{total:14}{times[0]:20.3f}{times[1]:20.3f}{'':13}", times, first)


async def _fill_judgements(database: SqliteDatabase, start: int, end: int) -> None:
    def fill(connection: sqlite3.Connection, rater: int) -> None:
        connection.execute("INSERT INTO raters VALUES (?, ?)", (rater + 1, f"rater {rater}"))
        # Between two raters there is room for the works that are learned from.
        works = range(rater * _WORKS_APART + 1, rater * _WORKS_APART + _JUDGEMENTS_EACH + 1)
        connection.executemany("INSERT INTO works VALUES (?, ?)", ((work, f"w{work}") for work in works))
        connection.executemany(
            "INSERT INTO reviews VALUES (?, ?, ?, ?)",
            ((work, f"filled {work}", work, time.time()) for work in works),
        )
        connection.executemany(
            "INSERT INTO judgements VALUES (?, ?, ?, ?, 2.5, 2.0, NULL)",
            ((rater + 1, criterion, work, work) for criterion in range(_CRITERIA) for work in works),
        )

    for rater in range(start, end):
        await database.run(partial(fill, rater=rater))


class _Panel(SubmissionReviewer):
    """Buys one answer for each request that it has none of."""

    def __init__(self) -> None:
        self.bought = 0

    @override
    async def review(
        self, request: GetFeedbackRequest, budget: TimeBudget, earlier: EarlierRun, audience: Audience
    ) -> AsyncGenerator[ReviewEvent]:
        self.bought += "a/b" not in earlier.results
        result = ModelResult(model="a/b", feedback=ModelFeedback(summary="x" * 40_000))
        yield Event(result=result)
        yield Event(response=GetFeedbackResponse(results=[result], feedback_id=f"{request.request_id}"))


async def _measure_load(folder: Path) -> None:
    panel = _Panel()
    started = time.perf_counter()
    async with SqliteStore.open(folder / "load", _RETENTION_SECONDS) as store:
        runs = IdempotentRuns(panel, PatientStore(store))
        for _ in range(_REPEATS):
            await asyncio.gather(*(_ask(runs, number) for number in range(_AT_ONCE)))
    calls, seconds = _AT_ONCE * _REPEATS, time.perf_counter() - started
    twice = panel.bought - _AT_ONCE
    print(
        f"\n{calls} calls, each {_REPEATS} times, {_AT_ONCE} at once: {twice} bought twice, {seconds:.1f} s"
    )


async def _ask(runs: IdempotentRuns, number: int) -> None:
    request = GetFeedbackRequest(submission=Submission(text="A text."), request_id=f"r{number}")
    await runs.response(request, Deadline.after(60))


async def _median_ms(operate: Callable[[], Awaitable[object]]) -> float:
    times = []
    for _ in range(_ROUNDS):
        before = time.process_time()
        await operate()
        times.append(time.process_time() - before)
    return 1000 * statistics.median(times)


def _print_row(row: str, times: list[float], first: list[float]) -> None:
    print(row, *(f"{each / other:6.2f}" for each, other in zip(times, first, strict=True)))


def _pieces(start: int, end: int, size: int) -> Iterator[range]:
    for at in range(start, end, size):
        yield range(at, min(at + size, end))


if __name__ == "__main__":
    main()
