"""Asking one model, and what becomes of its answer."""

import json
import math
from dataclasses import fields, replace
from pathlib import Path

import pytest

from chorus.model.v1 import failure_pb2
from chorus.model.v1.generation_pb2 import (
    REASONING_EFFORT_HIGH,
    REASONING_EFFORT_LOW,
    Sampling,
    Usage,
)
from chorus.model.v1.model_pb2 import Model
from chorus.model.v1.model_service_pb2 import (
    Completion,
)
from modelkit.answer_limits import MAX_ANSWER_TEXT_BYTES
from orchestrator.panel.directory import ListedModel
from orchestrator.panel.model_reviewer import ModelReviewer
from orchestrator.panel.review_question import ReviewQuestion
from orchestrator.panel.spending import Spending
from orchestrator.panel.track_record import TrackRecords
from orchestrator.store.model_call import ModelCall
from orchestrator.store.sqlite import SqliteStore
from rpckit.call import Deadline
from rpckit.errors import BadOutput, ChorusError, RateLimited, Unavailable
from tests.fakes.clock import FakeClock
from tests.unit.panel.scripted_model import (
    CUT,
    GOOD,
    MODEL,
    QUESTION,
    RUBRIC,
    SUBMISSION,
    CountedReading,
    Script,
    Silence,
    ask,
)


async def test_a_good_answer_becomes_feedback_and_its_points_are_heard_early(tmp_path: Path) -> None:
    result, points = await ask(Script(GOOD), tmp_path)
    assert result.model_version == "b-1"
    assert [each.observation for each in result.feedback.points] == ["No reason is given."]
    assert [each.anchor.quote for each in points] == ["Cats are kind."]
    assert result.usage.cost_usd_nanos == 7
    assert result.HasField("latency")


@pytest.mark.parametrize(("since", "early"), [(0, 1), (math.inf, 0), (20, 1)])
async def test_points_are_read_early_for_those_who_listen_and_for_nobody_else(
    tmp_path: Path, since: float, early: int
) -> None:
    plain = QUESTION.reading
    reading = CountedReading(*(getattr(plain, each.name) for each in fields(plain) if each.init))
    script = Script(GOOD)
    question = replace(QUESTION, reading=reading)
    result, points = await ask(script, tmp_path, question=question, listens_since=since)
    assert len(points) == early
    # The whole answer's point, and a quotation for each criterion, are looked up once in any case.
    assert len(reading.lookups) == len(result.feedback.points) + len(RUBRIC.criteria) + early
    assert script.pieces > 20


@pytest.mark.parametrize(("since", "interval"), [(0, 0), (math.inf, 1)])
async def test_pieces_come_as_they_are_written_for_those_who_listen_alone(
    tmp_path: Path, since: float, interval: float
) -> None:
    script = Script("no JSON", GOOD)
    await ask(script, tmp_path, listens_since=since)
    # A second try is heard by those who heard the first.
    assert script.intervals == [interval] * 2


async def test_an_answer_of_the_wrong_form_is_asked_for_once_more_and_both_are_paid(tmp_path: Path) -> None:
    script = Script("no JSON", GOOD)
    result, _ = await ask(script, tmp_path)
    assert result.HasField("feedback")
    assert result.usage.cost_usd_nanos == 14


@pytest.mark.parametrize("reply", [CUT, "", "no JSON", BadOutput("the answer is empty")], ids=repr)
async def test_a_model_whose_answers_are_all_bad_is_asked_a_fifth_more_often(
    tmp_path: Path, reply: str | ChorusError | Completion
) -> None:
    calls, clock = 150, FakeClock()
    script = Script(*[reply] * 2 * calls)
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        model_reviewer = ModelReviewer(script, TrackRecords(), store, clock)
        for _ in range(calls):
            clock.now += 0.1
            deadline = Deadline.after(60, clock)
            result = await model_reviewer.ask(MODEL, QUESTION, Spending(None), deadline, Silence())
            assert result.failure.reason == failure_pb2.ERROR_REASON_BAD_OUTPUT
    assert calls < len(script.requests) <= 1.2 * calls


async def test_twice_of_the_wrong_form_is_bad_output(tmp_path: Path) -> None:
    result, _ = await ask(Script("no JSON", "{}"), tmp_path)
    assert result.failure.reason == failure_pb2.ERROR_REASON_BAD_OUTPUT


async def test_a_cut_answer_is_asked_for_with_twice_the_room(tmp_path: Path) -> None:
    script = Script(CUT, GOOD)
    result, _ = await ask(script, tmp_path)
    assert result.HasField("feedback")
    first, second = (each.sampling.max_output_tokens for each in script.requests)
    assert second == 2 * first
    assert result.usage.cost_usd_nanos == 107


async def test_a_cut_answer_is_final_where_the_caller_set_the_limit(tmp_path: Path) -> None:
    sampling = Sampling(max_output_tokens=50)
    question = ReviewQuestion(QUESTION.reading, SUBMISSION, RUBRIC, "en", sampling, include_raw=False)
    script = Script(CUT)
    result, _ = await ask(script, tmp_path, question=question)
    assert result.failure.reason == failure_pb2.ERROR_REASON_BAD_OUTPUT
    assert [each.sampling.max_output_tokens for each in script.requests] == [50]


@pytest.mark.parametrize(
    ("own", "sampled"),
    [
        (
            None,
            Sampling(temperature=1, seed=7, stop_sequences=["a"], reasoning_effort=REASONING_EFFORT_LOW),
        ),
        (
            Sampling(temperature=0, stop_sequences=["b"], max_output_tokens=50),
            Sampling(
                temperature=0,
                seed=7,
                stop_sequences=["b"],
                reasoning_effort=REASONING_EFFORT_LOW,
                max_output_tokens=50,
            ),
        ),
        (
            Sampling(top_p=0.5, reasoning_effort=REASONING_EFFORT_HIGH),
            Sampling(
                temperature=1,
                seed=7,
                top_p=0.5,
                stop_sequences=["a"],
                reasoning_effort=REASONING_EFFORT_HIGH,
            ),
        ),
    ],
)
async def test_a_model_samples_in_its_own_way_where_it_has_one(
    tmp_path: Path, own: Sampling | None, sampled: Sampling
) -> None:
    of_all = Sampling(temperature=1, seed=7, stop_sequences=["a"], reasoning_effort=REASONING_EFFORT_LOW)
    question = replace(
        QUESTION,
        sampling=of_all,
        model_sampling={"c/d": Sampling(temperature=2)} | ({"a/b": own} if own else {}),
    )
    script = Script(GOOD)
    await ask(script, tmp_path, question=question)
    asked = script.requests[0].sampling
    if not sampled.HasField("max_output_tokens"):
        asked.ClearField("max_output_tokens")
    assert asked == sampled
    assert of_all.stop_sequences == ["a"]


async def test_a_failure_keeps_its_reason_and_is_paid_by_what_it_used(tmp_path: Path) -> None:
    error = RateLimited("wait", retry_delay=3, details=[Usage(output_tokens=1, cost_usd_nanos=2)])
    result, _ = await ask(Script(error), tmp_path)
    assert result.failure.reason == failure_pb2.ERROR_REASON_RATE_LIMITED
    assert result.failure.retry_delay.seconds == 3
    assert result.usage.cost_usd_nanos == 2


async def test_a_model_that_could_pass_the_cost_limit_is_not_asked(tmp_path: Path) -> None:
    script, records = Script(), TrackRecords()
    result, _ = await ask(script, tmp_path, limit=1, records=records)
    assert result.failure.reason == failure_pb2.ERROR_REASON_BUDGET_EXCEEDED
    assert script.requests == []
    assert records.of(MODEL.name) is None


async def test_an_answer_leaves_a_record_of_how_fast_it_was_written(tmp_path: Path) -> None:
    records = TrackRecords()
    await ask(Script(GOOD), tmp_path, records=records)
    record = records.of(MODEL.name)
    assert record is not None
    assert (record.calls, record.failure_rate) == (1, 0)
    # Ten tokens, in no time at all.
    assert record.output_tokens_per_second > 10


async def test_a_model_that_no_server_listed_leaves_no_record(tmp_path: Path) -> None:
    records = TrackRecords()
    await ask(Script(Unavailable("")), tmp_path, listed=ListedModel(MODEL.model, server=""), records=records)
    assert records.of(MODEL.name) is None


@pytest.mark.parametrize(
    ("speed", "seconds", "short"),
    [(29.9, 60, True), (30.1, 60, False), (29.9, 11, True), (29.9, 9, False), (0.0, 60, False)],
)
async def test_a_model_that_cannot_write_1800_tokens_in_time_is_asked_for_the_short_form(
    tmp_path: Path, speed: float, seconds: float, short: bool
) -> None:
    call = ModelCall(MODEL.name, answered=True, seconds=seconds, output_tokens_per_second=speed)
    records = TrackRecords([call])
    script = Script(GOOD)
    await ask(script, tmp_path, records=records)
    schema = json.loads(script.requests[0].output_format.json_schema)
    assert ("summary" not in schema["properties"]) is short
    assert script.requests[0].sampling.max_output_tokens == (1024 if short else 4096)


async def test_no_more_tokens_are_asked_for_than_the_model_can_write(tmp_path: Path) -> None:
    model = Model()
    model.CopyFrom(MODEL.model)
    model.max_output_tokens = 5000
    script = Script(CUT, GOOD)
    await ask(script, tmp_path, listed=ListedModel(model, server="a:1"))
    assert [each.sampling.max_output_tokens for each in script.requests] == [4096, 5000]


async def test_an_answer_without_an_end_is_left_at_the_limit(tmp_path: Path) -> None:
    piece = "x" * 1000
    flood = Script(piece * (3 * MAX_ANSWER_TEXT_BYTES // len(piece)))
    result, _ = await ask(flood, tmp_path)
    assert result.failure.reason == failure_pb2.ERROR_REASON_BAD_OUTPUT
    assert "bytes of text" in result.failure.message
    assert flood.pieces * 40 <= MAX_ANSWER_TEXT_BYTES + 40


async def test_a_flood_of_points_is_read_no_further_than_it_may_go(tmp_path: Path) -> None:
    answer = json.loads(GOOD)
    answer["points"] *= 3000
    script = Script(json.dumps(answer))
    result, _ = await ask(script, tmp_path)
    assert result.failure.reason == failure_pb2.ERROR_REASON_BAD_OUTPUT
    assert "objects" in result.failure.message
    # It is not asked for a second time, and a twentieth of it was enough to know.
    assert len(script.requests) == 1
    assert script.pieces < 3000 * len(json.dumps(answer["points"][0])) / 40 / 20
