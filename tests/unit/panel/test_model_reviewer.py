import json
import math
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import pytest
from typing_extensions import override

from chorus.feedback.v1.feedback_pb2 import Anchor, ModelResult, Point
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1 import failure_pb2
from chorus.model.v1.content_pb2 import Part
from chorus.model.v1.generation_pb2 import (
    FINISH_REASON_LENGTH,
    FINISH_REASON_STOP,
    REASONING_EFFORT_HIGH,
    REASONING_EFFORT_LOW,
    REASONING_EFFORT_MEDIUM,
    REASONING_EFFORT_UNSPECIFIED,
    ReasoningEffort,
    Sampling,
    Usage,
)
from chorus.model.v1.model_pb2 import Model, Price
from chorus.model.v1.model_service_pb2 import (
    Completion,
    GenerateRequest,
    GenerateResponse,
    StreamGenerateResponse,
)
from modelkit.answer_limits import MAX_ANSWER_TEXT_BYTES
from orchestrator.panel.audience import PointListener
from orchestrator.panel.directory import GenerationClient, ListedModel
from orchestrator.panel.model_reviewer import ModelReviewer, ReviewQuestion
from orchestrator.panel.reasoning import BYTES_PER_TOKEN as SAFE_BYTES_PER_TOKEN
from orchestrator.panel.spending import Spending
from orchestrator.panel.track_record import TrackRecords
from orchestrator.rubrics.default import default_rubric
from orchestrator.store.model_call import ModelCall
from orchestrator.store.sqlite import SqliteStore
from orchestrator.submission.reading import SubmissionReading, read_submission
from rpckit.call import Deadline
from rpckit.errors import BadOutput, ChorusError, RateLimited, Unavailable
from tests.fakes.clock import FakeClock
from tests.fakes.thinking_model import (
    BYTES_PER_TOKEN,
    THINKING_SECONDS,
    TOKEN_USD_NANOS,
    WRITING_SECONDS,
    ThinkingModel,
)

SUBMISSION = Submission(text="Cats are kind. Dogs are loud.", language_code="en")
RUBRIC = default_rubric("en")
QUESTION = ReviewQuestion(
    read_submission(SUBMISSION), SUBMISSION, RUBRIC, "en", Sampling(), include_raw=False
)
MODEL = ListedModel(Model(name="a/b", family="a", price=Price(output_usd_nanos=1_000_000)), server="a:1")

GOOD = json.dumps(
    {
        "work_language": "en",
        "injection": {"suspected": False, "quote": ""},
        "points": [
            {
                "id": "p1",
                "criterion_id": "",
                "issue": "reason_weak",
                "polarity": "improvement",
                "sentence_ids": ["S1"],
                "quote": "Cats are kind.",
                "observation": "No reason is given.",
                "reason": "A reader may ask why.",
                "next_step": "Say why.",
                "suggested_rewrite": "",
                "severity": "moderate",
            },
        ],
        "criteria": [
            {
                "criterion_id": each.id,
                "observable": True,
                "evidence_quotes": ["Cats are kind."],
                "rationale": "Short.",
                "score": 2,
            }
            for each in RUBRIC.criteria
        ],
        "summary": {"goal": "", "strengths": "", "next": ""},
    },
)


class Script(GenerationClient):
    """Gives the scripted replies, one a call, and remembers the requests."""

    def __init__(self, *replies: str | ChorusError | Completion) -> None:
        self._replies: Iterator[str | ChorusError | Completion] = iter(replies)
        self.requests: list[GenerateRequest] = []
        self.intervals: list[float] = []
        self.pieces = 0

    @override
    async def generate(
        self, listed: ListedModel, request: GenerateRequest, deadline: Deadline, previous_attempts: int = 0
    ) -> GenerateResponse:
        raise AssertionError("the panel is asked by streaming, always")

    @override
    async def stream_generate(
        self,
        listed: ListedModel,
        request: GenerateRequest,
        deadline: Deadline,
        previous_attempts: int = 0,
        delta_interval: float = 0,
    ) -> AsyncGenerator[StreamGenerateResponse]:
        kept = GenerateRequest()
        kept.CopyFrom(request)
        self.requests.append(kept)
        self.intervals.append(delta_interval)
        reply = next(self._replies)
        if isinstance(reply, ChorusError):
            raise reply
        usage = Usage(output_tokens=10, cost_usd_nanos=7)
        if isinstance(reply, Completion):
            yield StreamGenerateResponse(delta=Part(text=GOOD[:50]))
            yield StreamGenerateResponse(completed=reply)
            return
        for start in range(0, len(reply), 40):
            self.pieces += 1
            yield StreamGenerateResponse(delta=Part(text=reply[start : start + 40]))
        completed = Completion(finish_reason=FINISH_REASON_STOP, usage=usage, model_version="b-1")
        yield StreamGenerateResponse(completed=completed)


CUT = Completion(finish_reason=FINISH_REASON_LENGTH, usage=Usage(output_tokens=4096, cost_usd_nanos=100))


class Points(PointListener):
    """Hears points from the piece on that is numbered so."""

    def __init__(self, script: Script, since: float = 0) -> None:
        self.heard: list[Point] = []
        self._script = script
        self._since = since

    @property
    @override
    def is_listening(self) -> bool:
        return self._script.pieces >= self._since

    @override
    def hear(self, model: str, point: Point) -> None:
        assert model == MODEL.name
        self.heard.append(point)


@dataclass(frozen=True, slots=True)
class CountedReading(SubmissionReading):
    """A reading that counts the quotations that are looked up in it."""

    lookups: list[int] = field(default_factory=list)

    @override
    def anchor(self, start: int, end: int, match: Anchor.Match.ValueType) -> Anchor:
        self.lookups.append(start)
        return super(CountedReading, self).anchor(start, end, match)


class Silence(PointListener):
    """Nobody listens."""

    @property
    @override
    def is_listening(self) -> bool:
        return False

    @override
    def hear(self, model: str, point: Point) -> None:
        raise AssertionError("nobody listens")


async def think(
    model: ThinkingModel,
    tmp_path: Path,
    *,
    sampling: Sampling = QUESTION.sampling,
    limit: int | None = None,
    seconds: float = 100,
    records: TrackRecords | None = None,
) -> ModelResult:
    question = replace(QUESTION, sampling=sampling)
    deadline = Deadline.after(seconds, model.clock)
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        model_reviewer = ModelReviewer(model, records or TrackRecords(), store, model.clock)
        return await model_reviewer.ask(model.listed, question, Spending(limit), deadline, Silence())


async def ask(
    script: Script,
    tmp_path: Path,
    *,
    listed: ListedModel = MODEL,
    question: ReviewQuestion = QUESTION,
    records: TrackRecords | None = None,
    limit: int | None = None,
    listens_since: float = 0,
) -> tuple[ModelResult, list[Point]]:
    points = Points(script, listens_since)
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        model_reviewer = ModelReviewer(script, records or TrackRecords(), store)
        result = await model_reviewer.ask(
            listed, question, Spending(limit), Deadline.after(60, FakeClock()), points
        )
    return result, points.heard


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
    reading = CountedReading(*(getattr(plain, each.name) for each in fields(plain)))
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


LOW_AND_HIGH = {REASONING_EFFORT_LOW: 200, REASONING_EFFORT_HIGH: 30_000}


@pytest.mark.parametrize("thought", [0, 9000, 30_000])
async def test_an_answer_survives_thinking_for_which_there_is_room(tmp_path: Path, thought: int) -> None:
    model = ThinkingModel(GOOD, {REASONING_EFFORT_HIGH: thought}, room=32_000)
    result = await think(model, tmp_path, limit=40_000 * TOKEN_USD_NANOS)
    assert result.HasField("feedback")
    assert len(model.efforts) == 1
    assert result.usage.reasoning_tokens == thought


@pytest.mark.parametrize("tells_thinking", [True, False])
@pytest.mark.parametrize(
    ("room", "max_output_tokens"), [(8000, 0), (26_000, 0), (29_900, 30_100), (60_000, 20_000)]
)
async def test_whoever_thought_too_long_is_asked_once_more_with_less_effort(
    tmp_path: Path, room: int, max_output_tokens: int, tells_thinking: bool
) -> None:
    model = ThinkingModel(
        GOOD,
        LOW_AND_HIGH,
        room=room,
        max_output_tokens=max_output_tokens,
        tells_thinking=tells_thinking,
    )
    result = await think(model, tmp_path)
    assert result.HasField("feedback")
    assert model.efforts == [REASONING_EFFORT_UNSPECIFIED, REASONING_EFFORT_LOW]
    assert result.usage.output_tokens > min(30_000, max_output_tokens or 30_000, room) + 200


async def test_the_effort_that_a_caller_asks_for_is_the_one_to_go_down_from(tmp_path: Path) -> None:
    levels = {REASONING_EFFORT_LOW: 200, REASONING_EFFORT_MEDIUM: 5000, REASONING_EFFORT_HIGH: 30_000}
    model = ThinkingModel(GOOD, levels, room=1000)
    sampling = Sampling(reasoning_effort=REASONING_EFFORT_HIGH, max_output_tokens=4000)
    result = await think(model, tmp_path, sampling=sampling)
    assert result.failure.reason == failure_pb2.ERROR_REASON_BAD_OUTPUT
    assert model.efforts == [REASONING_EFFORT_HIGH, REASONING_EFFORT_MEDIUM]


@pytest.mark.parametrize(
    ("efforts", "limit", "seconds"),
    [
        ({REASONING_EFFORT_HIGH: 30_000}, None, 100),
        (LOW_AND_HIGH, 13_000 * TOKEN_USD_NANOS, 100),
        (LOW_AND_HIGH, None, THINKING_SECONDS + 9),
    ],
    ids=["no less effort", "no money", "no time"],
)
async def test_nobody_is_asked_again_by_the_same_means_or_beyond_money_and_time(
    tmp_path: Path, efforts: dict[ReasoningEffort.ValueType, int], limit: int | None, seconds: float
) -> None:
    model = ThinkingModel(GOOD, efforts, room=8000)
    usual = ModelCall("a/thinker", answered=True, seconds=10, output_tokens_per_second=0)
    records = TrackRecords([usual])
    result = await think(model, tmp_path, limit=limit, seconds=seconds, records=records)
    assert result.failure.reason == failure_pb2.ERROR_REASON_BAD_OUTPUT
    assert len(model.efforts) == 1
    assert result.usage.cost_usd_nanos == (8000 + 4096) * TOKEN_USD_NANOS


@pytest.mark.parametrize(("thought", "tells_thinking"), [(0, True), (30_000, True), (30_000, False)])
async def test_speed_counts_what_a_reader_sees_over_the_whole_time_of_the_call(
    tmp_path: Path, thought: int, tells_thinking: bool
) -> None:
    effort = {REASONING_EFFORT_HIGH: thought}
    model = ThinkingModel(GOOD, effort, room=32_000, tells_thinking=tells_thinking)
    records = TrackRecords()
    await think(model, tmp_path, records=records)
    record = records.of("a/thinker")
    assert record is not None
    seen = len(GOOD) / (BYTES_PER_TOKEN if tells_thinking else SAFE_BYTES_PER_TOKEN)
    expected = seen / (THINKING_SECONDS + WRITING_SECONDS)
    assert record.output_tokens_per_second == pytest.approx(expected, rel=0.01)
    assert record.latency.seconds == THINKING_SECONDS + WRITING_SECONDS


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
