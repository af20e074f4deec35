"""Models that think before they write, and what is done about one that leaves no room for its answer."""

from chorus.model.v1 import generation_pb2, model_pb2
from modelkit.reasoning import effort_taken, output_room
from rpckit.errors import BadOutput

# A token of English has some four bytes, one of Korean some five: three bytes a token overestimates them.
BYTES_PER_TOKEN = 3

# Providers end an answer a few tokens before its limit, or count a few differently.
_NEARLY = 0.9


class ThoughtTooLong(BadOutput):
    """The model thought until there was no room left for its answer."""


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
    taken = effort_taken(model, sampling)
    if not taken:
        # Which of its levels the provider takes is not known.
        return min(model.reasoning_efforts, default=None)
    return max((each for each in model.reasoning_efforts if each < taken), default=None)
