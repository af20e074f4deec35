import json

import pytest

from chorus.feedback.v1.merged_pb2 import Summary
from chorus.model.v1.generation_pb2 import (
    REASONING_EFFORT_HIGH,
    REASONING_EFFORT_LOW,
    REASONING_EFFORT_UNSPECIFIED,
    ReasoningEffort,
)
from orchestrator.panel.spending import Bill, Spending
from orchestrator.review.summary import write_summary
from rpckit.call import Deadline
from rpckit.retry_budget import RetryBudget
from tests.fakes.clock import FakeClock
from tests.fakes.thinking_model import TOKEN_USD_NANOS, ThinkingModel
from tests.unit.merge.panels import merged, opinion, point

MERGED = merged(opinion("a", point()), opinion("b", point()))
SENTENCE = {
    "kind": "next_step",
    "point_ids": [MERGED.points[0].id],
    "text": "Add evidence to what you claim, so that a reader believes it. " * 6,
}
WORDED = json.dumps({"sentences": [SENTENCE]})
THINKS_30_000 = {REASONING_EFFORT_LOW: 200, REASONING_EFFORT_HIGH: 30_000}


async def summary_of(
    model: ThinkingModel, limit: int | None = None, seconds: float = 60
) -> tuple[Summary | None, Bill]:
    bill = Bill(model.listed.model, Spending(limit))
    deadline = Deadline.after(seconds, FakeClock())
    retries = RetryBudget()
    return await write_summary(model, model.listed, MERGED, "en", bill, deadline, retries), bill


async def test_a_summary_survives_thinking_for_which_there_is_room() -> None:
    model = ThinkingModel(WORDED, THINKS_30_000, room=32_000)
    summary, bill = await summary_of(model)
    assert summary is not None
    assert summary.model == "a/thinker"
    assert model.efforts == [REASONING_EFFORT_UNSPECIFIED]
    assert bill.spending.committed == bill.usages[0].cost_usd_nanos > 30_000 * TOKEN_USD_NANOS


@pytest.mark.parametrize("room", [8000, 29_000, 29_030])
async def test_whoever_thought_too_long_words_it_once_more_with_less_effort(room: int) -> None:
    model = ThinkingModel(WORDED, THINKS_30_000, room=room)
    summary, bill = await summary_of(model)
    assert summary is not None
    assert model.efforts == [REASONING_EFFORT_UNSPECIFIED, REASONING_EFFORT_LOW]
    assert len(bill.usages) == 2


@pytest.mark.parametrize(
    ("efforts", "limit", "seconds", "calls"),
    [
        ({REASONING_EFFORT_HIGH: 30_000}, None, 60, 1),
        ({REASONING_EFFORT_LOW: 20_000, REASONING_EFFORT_HIGH: 30_000}, None, 60, 2),
        (THINKS_30_000, 12_000 * TOKEN_USD_NANOS, 60, 1),
        (THINKS_30_000, None, 0, 1),
    ],
    ids=["no less effort", "too long again", "no money", "no time"],
)
async def test_the_template_stands_where_no_second_try_helps(
    efforts: dict[ReasoningEffort.ValueType, int], limit: int | None, seconds: float, calls: int
) -> None:
    model = ThinkingModel(WORDED, efforts, room=8000)
    summary, _ = await summary_of(model, limit, seconds)
    assert summary is None
    assert len(model.efforts) == calls
