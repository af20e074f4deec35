"""A model that thinks before it writes: within one limit, so that what thinking takes the answer lacks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.fakes.providers.reply import Counts, Output

_BYTES_PER_TOKEN = 4

# Tokens (an integer), or a share of the limit (a float), by the effort in the provider's own word; "" stands
# for any other.
Thinking = Mapping[str, int | float]


@dataclass(frozen=True)
class Means:
    """What a request allows: its limit of tokens, its effort, and the provider's word for a cut answer."""

    limit: int
    effort: str
    cut: str


def thought(thinking: Thinking, answer: Output, means: Means, body: Mapping[str, object]) -> Output:
    """Returns what is left of an answer after thinking, with what both took."""
    planned = thinking.get(means.effort, thinking.get("", 0))
    tokens = min(int(planned * means.limit) if isinstance(planned, float) else planned, means.limit)
    whole = answer.text.encode()
    text = whole[: (means.limit - tokens) * _BYTES_PER_TOKEN].decode(errors="ignore")
    counts = Counts(
        input=_tokens(json.dumps(body, ensure_ascii=False).encode()),
        cached=0,
        visible=_tokens(text.encode()),
        thought=tokens,
    )
    if len(text) == len(answer.text):
        return replace(answer, counts=counts)
    return replace(answer, pieces=(text,) if text else (), finish=means.cut, counts=counts)


def _tokens(text: bytes) -> int:
    return -(-len(text) // _BYTES_PER_TOKEN)
