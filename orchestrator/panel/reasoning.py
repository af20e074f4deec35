"""Models that think before they write: the room that it takes, and what is done about one that took it all.

`Sampling.max_output_tokens` counts what a reader sees. The model server adds the room for thinking, and the
provider bills both.
"""

from chorus.model.v1 import generation_pb2, model_pb2
from rpckit.errors import BadOutput

# A token of English has some four bytes, one of Korean some five: three bytes a token overestimates them.
BYTES_PER_TOKEN = 3

# Providers end an answer a few tokens before its limit, or count a few differently.
_NEARLY = 0.9


class ThoughtTooLong(BadOutput):
    """The model thought until there was no room left for its answer."""


def reasoning_room(model: model_pb2.Model, sampling: generation_pb2.Sampling) -> int:
    """Returns the most tokens that a model thinks for one answer."""
    effort = sampling.reasoning_effort or model.default_reasoning_effort
    if effort == generation_pb2.REASONING_EFFORT_NONE and effort in model.reasoning_efforts:
        return 0
    return model.max_reasoning_tokens


def output_room(model: model_pb2.Model, sampling: generation_pb2.Sampling) -> int:
    """Returns the most tokens that one answer is billed for, thinking included."""
    visible = sampling.max_output_tokens or model.max_output_tokens
    room = visible + reasoning_room(model, sampling)
    return min(room, max(visible, model.max_output_tokens)) if model.max_output_tokens else room


def visible_tokens(model: model_pb2.Model, usage: generation_pb2.Usage, text: str) -> int:
    """Returns the tokens of an answer that a reader sees.

    Not every provider tells thinking from writing. Where it does not, the text sets a bound.
    """
    visible = usage.output_tokens - usage.reasoning_tokens
    if usage.reasoning_tokens or not thinks(model, usage):
        return visible
    return min(visible, -(-len(text.encode()) // BYTES_PER_TOKEN))


def thinks(model: model_pb2.Model, usage: generation_pb2.Usage) -> bool:
    """Returns whether a model thinks, by its description or by what an answer of it used."""
    efforts = {*model.reasoning_efforts} - {generation_pb2.REASONING_EFFORT_NONE}
    return bool(usage.reasoning_tokens or model.max_reasoning_tokens or efforts)


def thought_too_long(
    model: model_pb2.Model,
    sampling: generation_pb2.Sampling,
    usage: generation_pb2.Usage,
    text: str,
    *,
    is_cut: bool,
) -> bool:
    """Returns whether thinking took the room of an answer.

    The text is what there is of the answer. One that is not cut at its limit is empty or of the wrong form.
    """
    if not usage.output_tokens or not thinks(model, usage):
        return False
    if is_cut:
        return visible_tokens(model, usage, text) < _NEARLY * sampling.max_output_tokens
    return usage.output_tokens >= _NEARLY * output_room(model, sampling)


def less_effort(
    model: model_pb2.Model, sampling: generation_pb2.Sampling
) -> generation_pb2.ReasoningEffort.ValueType | None:
    """Returns the level of thinking below the one that was asked for; None: the model has no lower one."""
    levels = list(model.reasoning_efforts)
    asked = sampling.reasoning_effort or model.default_reasoning_effort
    if not levels:
        return None
    if not asked:
        # Which of its levels the provider takes is not known.
        return levels[0]
    taken = min(range(len(levels)), key=lambda place: abs(levels[place] - asked))
    return levels[taken - 1] if taken else None
