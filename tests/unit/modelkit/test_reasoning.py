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
)
from chorus.model.v1.model_pb2 import Model
from modelkit.reasoning import effort_taken, output_room

THINKER = Model(max_output_tokens=64_000, max_reasoning_tokens=30_000)
LEVELS = (REASONING_EFFORT_NONE, REASONING_EFFORT_LOW, REASONING_EFFORT_MEDIUM, REASONING_EFFORT_HIGH)


@pytest.mark.parametrize(
    ("model", "sampling", "room"),
    [
        (Model(), Sampling(max_output_tokens=4096), 4096),
        (Model(max_output_tokens=64_000), Sampling(max_output_tokens=4096), 4096),
        (Model(max_output_tokens=64_000), Sampling(), 64_000),
        (THINKER, Sampling(max_output_tokens=4096), 34_096),
        (THINKER, Sampling(), 64_000),
        (THINKER, Sampling(max_output_tokens=60_000), 64_000),
        # What the catalog says of the model may be too little; the caller is not given less.
        (THINKER, Sampling(max_output_tokens=70_000), 70_000),
        (Model(max_reasoning_tokens=30_000), Sampling(max_output_tokens=4096), 34_096),
        # Where thinking cannot be switched off, it is not.
        (THINKER, Sampling(max_output_tokens=1, reasoning_effort=REASONING_EFFORT_NONE), 30_001),
        (
            Model(max_reasoning_tokens=30_000, reasoning_efforts=LEVELS),
            Sampling(max_output_tokens=1, reasoning_effort=REASONING_EFFORT_NONE),
            1,
        ),
        (
            Model(
                max_reasoning_tokens=9,
                reasoning_efforts=LEVELS,
                default_reasoning_effort=REASONING_EFFORT_NONE,
            ),
            Sampling(max_output_tokens=1, reasoning_effort=REASONING_EFFORT_LOW),
            10,
        ),
        # "Minimal" is not offered, and below it there is none but no thinking at all.
        (
            Model(max_reasoning_tokens=30_000, reasoning_efforts=LEVELS),
            Sampling(max_output_tokens=1, reasoning_effort=REASONING_EFFORT_MINIMAL),
            1,
        ),
    ],
)
def test_the_room_of_an_answer_is_what_is_seen_and_what_is_thought(
    model: Model, sampling: Sampling, room: int
) -> None:
    assert output_room(model, sampling) == room


@pytest.mark.parametrize(
    ("levels", "default", "asked", "taken"),
    [
        (LEVELS, REASONING_EFFORT_MEDIUM, REASONING_EFFORT_HIGH, REASONING_EFFORT_HIGH),
        (LEVELS, REASONING_EFFORT_MEDIUM, REASONING_EFFORT_UNSPECIFIED, REASONING_EFFORT_MEDIUM),
        (LEVELS, REASONING_EFFORT_UNSPECIFIED, REASONING_EFFORT_UNSPECIFIED, REASONING_EFFORT_UNSPECIFIED),
        (LEVELS, REASONING_EFFORT_MEDIUM, REASONING_EFFORT_MAX, REASONING_EFFORT_HIGH),
        (LEVELS, REASONING_EFFORT_MEDIUM, REASONING_EFFORT_MINIMAL, REASONING_EFFORT_NONE),
        # The lower one is taken, though the other is nearer.
        (
            (REASONING_EFFORT_MINIMAL, REASONING_EFFORT_HIGH),
            REASONING_EFFORT_HIGH,
            REASONING_EFFORT_MEDIUM,
            REASONING_EFFORT_MINIMAL,
        ),
        (LEVELS[1:], REASONING_EFFORT_HIGH, REASONING_EFFORT_NONE, REASONING_EFFORT_LOW),
        ((), REASONING_EFFORT_UNSPECIFIED, REASONING_EFFORT_HIGH, REASONING_EFFORT_UNSPECIFIED),
    ],
)
def test_a_level_that_a_model_lacks_is_the_next_lower_one_that_it_has(
    levels: tuple[ReasoningEffort.ValueType, ...],
    default: ReasoningEffort.ValueType,
    asked: ReasoningEffort.ValueType,
    taken: ReasoningEffort.ValueType,
) -> None:
    model = Model(reasoning_efforts=levels, default_reasoning_effort=default)
    assert effort_taken(model, Sampling(reasoning_effort=asked)) == taken
