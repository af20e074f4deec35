"""How long a model thinks for one answer, as its server sends it and as its caller reckons with it.

`Sampling.max_output_tokens` counts what a reader sees. The model server adds the room for thinking, and the
provider bills both.
"""

from chorus.model.v1 import generation_pb2, model_pb2


def effort_taken(
    model: model_pb2.Model, sampling: generation_pb2.Sampling
) -> generation_pb2.ReasoningEffort.ValueType:
    """Returns the level that a model thinks at, one of those that it offers.

    It is the one asked for, else the nearest below it, else the lowest of all. Unspecified: that is the
    provider's own choice.
    """
    asked = sampling.reasoning_effort or model.default_reasoning_effort
    if not asked or not model.reasoning_efforts:
        return generation_pb2.REASONING_EFFORT_UNSPECIFIED
    lower = [each for each in model.reasoning_efforts if each <= asked]
    return max(lower, default=min(model.reasoning_efforts))


def reasoning_room(model: model_pb2.Model, sampling: generation_pb2.Sampling) -> int:
    """Returns the most tokens that a model thinks for one answer."""
    if effort_taken(model, sampling) == generation_pb2.REASONING_EFFORT_NONE:
        return 0
    return model.max_reasoning_tokens


def output_room(model: model_pb2.Model, sampling: generation_pb2.Sampling) -> int:
    """Returns the most tokens that one answer is billed for, thinking included."""
    visible = sampling.max_output_tokens or model.max_output_tokens
    room = visible + reasoning_room(model, sampling)
    return min(room, max(visible, model.max_output_tokens)) if model.max_output_tokens else room
