"""The levels of thinking in the words of each provider's SDK."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from chorus.model.v1 import generation_pb2

Effort: TypeAlias = generation_pb2.ReasoningEffort.ValueType

# What "max" is to some is "xhigh" to those that have no "max". Anthropic's models differ in how they are kept
# from thinking.
_EFFORTS: Mapping[str, Effort] = {
    "none": generation_pb2.REASONING_EFFORT_NONE,
    "disabled": generation_pb2.REASONING_EFFORT_NONE,
    "between_tools": generation_pb2.REASONING_EFFORT_NONE,
    "minimal": generation_pb2.REASONING_EFFORT_MINIMAL,
    "low": generation_pb2.REASONING_EFFORT_LOW,
    "medium": generation_pb2.REASONING_EFFORT_MEDIUM,
    "high": generation_pb2.REASONING_EFFORT_HIGH,
    "xhigh": generation_pb2.REASONING_EFFORT_MAX,
    "max": generation_pb2.REASONING_EFFORT_MAX,
}
# As the types of the SDKs have them; OpenAI's hold for every server that speaks its API.
_OPENAI = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_WORDS: Mapping[str, Sequence[str]] = {
    "anthropic": ("disabled", "between_tools", "low", "medium", "high", "xhigh", "max"),
    "google": ("none", "minimal", "low", "medium", "high", "xhigh"),
}


def read_efforts(provider: str, words: Sequence[str]) -> dict[Effort, str]:
    """Returns the provider's word for each level that a model takes, from the least.

    Raises:
        ValueError: The provider has no such word.
    """
    known = _WORDS.get(provider, _OPENAI)
    for word in words:
        if word not in known:
            raise ValueError(f"{word!r} is none of {', '.join(known)}")
    return {_EFFORTS[word]: word for word in known if word in words}
