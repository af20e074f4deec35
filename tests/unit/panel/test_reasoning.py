import pytest

from chorus.model.v1.generation_pb2 import (
    REASONING_EFFORT_HIGH,
    REASONING_EFFORT_LOW,
    REASONING_EFFORT_MAX,
    REASONING_EFFORT_MEDIUM,
    REASONING_EFFORT_MINIMAL,
    REASONING_EFFORT_NONE,
    REASONING_EFFORT_UNSPECIFIED,
    ReasoningEffort,
    Sampling,
    Usage,
)
from chorus.model.v1.model_pb2 import Model
from orchestrator.panel.reasoning import less_effort, thought_too_long, visible_tokens

THINKER = Model(max_output_tokens=64_000, max_reasoning_tokens=30_000)
LEVELS = (REASONING_EFFORT_NONE, REASONING_EFFORT_LOW, REASONING_EFFORT_MEDIUM, REASONING_EFFORT_HIGH)


@pytest.mark.parametrize(
    ("levels", "default", "asked", "less"),
    [
        (LEVELS, REASONING_EFFORT_UNSPECIFIED, REASONING_EFFORT_HIGH, REASONING_EFFORT_MEDIUM),
        (LEVELS, REASONING_EFFORT_HIGH, REASONING_EFFORT_LOW, REASONING_EFFORT_NONE),
        (LEVELS, REASONING_EFFORT_HIGH, REASONING_EFFORT_UNSPECIFIED, REASONING_EFFORT_MEDIUM),
        (LEVELS, REASONING_EFFORT_HIGH, REASONING_EFFORT_NONE, None),
        # What it took is the next lower one of its levels.
        (LEVELS, REASONING_EFFORT_UNSPECIFIED, REASONING_EFFORT_MAX, REASONING_EFFORT_MEDIUM),
        (LEVELS[1:], REASONING_EFFORT_UNSPECIFIED, REASONING_EFFORT_MINIMAL, None),
        (LEVELS[1:], REASONING_EFFORT_UNSPECIFIED, REASONING_EFFORT_UNSPECIFIED, REASONING_EFFORT_LOW),
        ((), REASONING_EFFORT_UNSPECIFIED, REASONING_EFFORT_HIGH, None),
    ],
)
def test_less_effort_is_the_next_lower_level_of_the_model(
    levels: tuple[ReasoningEffort.ValueType, ...],
    default: ReasoningEffort.ValueType,
    asked: ReasoningEffort.ValueType,
    less: ReasoningEffort.ValueType | None,
) -> None:
    model = Model(reasoning_efforts=levels, default_reasoning_effort=default)
    assert less_effort(model, Sampling(reasoning_effort=asked)) == less


@pytest.mark.parametrize(
    ("model", "usage", "text", "is_cut", "too_long"),
    [
        # Cut, and there is little of it.
        (THINKER, Usage(output_tokens=34_096, reasoning_tokens=33_000), "x" * 3000, True, True),
        (THINKER, Usage(output_tokens=34_096), "x" * 3000, True, True),
        # Cut, and there is as much of it as was allowed.
        (THINKER, Usage(output_tokens=13_096, reasoning_tokens=9000), "x" * 12_000, True, False),
        (THINKER, Usage(output_tokens=13_096), "x" * 12_000, True, False),
        (Model(), Usage(output_tokens=4096), "x" * 3000, True, False),
        # A model whose description does not say that it thinks.
        (Model(), Usage(output_tokens=4096, reasoning_tokens=4000), "x" * 300, True, True),
        (Model(), Usage(output_tokens=4096, reasoning_tokens=4096), "", False, True),
        # No answer, with the room used up, or with room left.
        (THINKER, Usage(output_tokens=34_000), "", False, True),
        (THINKER, Usage(output_tokens=9000, reasoning_tokens=8000), "{}", False, False),
        # A server that reports nothing.
        (THINKER, Usage(), "", False, False),
        (THINKER, Usage(), "x" * 300, True, False),
    ],
)
def test_thinking_took_the_room_where_less_is_seen_than_was_allowed(
    model: Model, usage: Usage, text: str, is_cut: bool, too_long: bool
) -> None:
    sampling = Sampling(max_output_tokens=4096)
    assert thought_too_long(model, sampling, usage, text, is_cut=is_cut) is too_long


@pytest.mark.parametrize(
    ("model", "usage", "visible"),
    [
        (Model(), Usage(output_tokens=1000), 1000),
        (Model(), Usage(output_tokens=1000, reasoning_tokens=900), 100),
        (THINKER, Usage(output_tokens=1000, reasoning_tokens=400), 600),
        (THINKER, Usage(output_tokens=1000), 200),
        (THINKER, Usage(output_tokens=150), 150),
        (THINKER, Usage(), 0),
    ],
)
def test_what_is_seen_is_counted_without_thinking(model: Model, usage: Usage, visible: int) -> None:
    assert visible_tokens(model, usage, "x" * 600) == visible
