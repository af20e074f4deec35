"""The levels of thinking in the words of each provider's SDK."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from chorus.model.v1 import generation_pb2
from services.cloud_proxy.endpoints import Sdk

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
_ANTHROPIC = ("disabled", "between_tools", "low", "medium", "high", "xhigh", "max")
_GOOGLE = ("none", "minimal", "low", "medium", "high", "xhigh")
_WORDS: Mapping[Sdk, Sequence[str]] = {
    Sdk.ANTHROPIC: _ANTHROPIC,
    Sdk.ANTHROPIC_BEDROCK: _ANTHROPIC,
    Sdk.ANTHROPIC_FOUNDRY: _ANTHROPIC,
    Sdk.ANTHROPIC_VERTEX: _ANTHROPIC,
    Sdk.GOOGLE: _GOOGLE,
    Sdk.GOOGLE_VERTEX: _GOOGLE,
}


def read_efforts(sdk: Sdk, words: Sequence[str]) -> dict[Effort, str]:
    """Returns the provider's word for each level that a model takes, from the least.

    Raises:
        ValueError: The provider has no such word.
    """
    known = _WORDS.get(sdk, _OPENAI)
    for word in words:
        if word not in known:
            raise ValueError(f"{word!r} is none of {', '.join(known)}")
    return {_EFFORTS[word]: word for word in known if word in words}
