"""Models that think before they write: room for it, less effort, and what their speed is."""

from pathlib import Path

import pytest

from chorus.model.v1 import failure_pb2
from chorus.model.v1.generation_pb2 import (
    REASONING_EFFORT_HIGH,
    REASONING_EFFORT_LOW,
    REASONING_EFFORT_MEDIUM,
    REASONING_EFFORT_UNSPECIFIED,
    ReasoningEffort,
    Sampling,
)
from orchestrator.panel.reasoning import BYTES_PER_TOKEN as SAFE_BYTES_PER_TOKEN
from orchestrator.panel.track_record import TrackRecords
from orchestrator.store.model_call import ModelCall
from tests.fakes.thinking_model import (
    BYTES_PER_TOKEN,
    THINKING_SECONDS,
    TOKEN_USD_NANOS,
    WRITING_SECONDS,
    ThinkingModel,
)
from tests.unit.panel.scripted_model import GOOD, think

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
