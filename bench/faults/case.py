"""What a fault is: what the provider does, and what may come of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.providers.reply import Counts, Fault, Output, Reply
from tests.fakes.providers.schema_instance import instance

TEXT = "Our school needs a garden. Students would learn how plants grow. A garden is worth its cost."
_QUOTES = (
    "Our school needs a garden.",
    "Students would learn how plants grow.",
    "A garden is worth its cost.",
)
PLAIN = "Some words of an answer."

_PIECE = 1024

# How a call may end, beside the reasons of the contract. LENGTH: the answer is cut, and says so. ERROR: that
# of a server whose errors have no reasons.
ANSWER, LENGTH, ERROR = "ANSWER", "LENGTH", "ERROR"
# What is known of the tokens that a call took. NOTHING: no usage is told, or one of nothing.
NOTHING, MEASURED, UNKNOWN = "NOTHING", "MEASURED", "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a fault sees it.

    Attributes:
        nth: How many requests for this fault came before it.
        schema: The JSON Schema that the answer is to keep to; None for plain text.
        elsewhere: The URL of a port that must hear nothing.
    """

    nth: int
    schema: Mapping[str, Any] | None
    elsewhere: str

    def answer(self, *, points: int = 1, same: bool = False, **fields: Any) -> Output:
        """Returns a good answer; `fields` are those of the Output.

        With `same` the points of a review differ in nothing but their ids.
        """
        if self.schema is None:
            return Output(**fields)
        text = json.dumps(_review(self.schema, points, same=same))
        return Output(pieces=tuple(text[at : at + _PIECE] for at in range(0, len(text), _PIECE)), **fields)

    def broken(self, fault: Fault) -> Output:
        """Returns a good answer that the fault ends before its time."""
        return self.answer(fault=fault)

    def after_thinking(self, tokens: int) -> Output:
        """Returns a good answer that so many tokens of thinking came before."""
        return self.answer(counts=Counts(thought=tokens))


@dataclass(frozen=True, slots=True)
class Case:
    """One fault.

    Attributes:
        name: Also the model's name at the provider.
        what: What the provider does, for people.
        reply: What it answers to each request.
        endings: How a call may end.
        bases: What may be known of what it took.
        text: What an answer without a schema says.
        streams_only: Whether there is no such fault without a stream. A server decides by itself how it asks.
        reviews_only: Whether only a review has what is faulty.
        refuses: Whether the provider does not even listen.
        calls: Most calls at once; None: as many as are asked for.
        least_answers: How many of the calls are answered, at least.
        least_delay: The seconds, at least, that a caller is told to wait; 0: whatever it is told.
        most_merged: The most points that a review has in the end; None: whatever it has.
        reasoning_tokens: What the usage of an answer says of thinking; None: whatever it says.
    """

    name: str
    what: str
    reply: Callable[[Asked], Reply]
    endings: frozenset[str]
    bases: frozenset[str] = frozenset({NOTHING})
    text: str = PLAIN
    streams_only: bool = False
    reviews_only: bool = False
    refuses: bool = False
    calls: int | None = None
    least_answers: int = 0
    least_delay: float = 0.0
    most_merged: int | None = None
    reasoning_tokens: int | None = None


def _review(schema: Mapping[str, Any], points: int, *, same: bool) -> Any:
    """Returns an answer of the form that the orchestrator asks for; of any other schema, some value."""
    answer = instance(schema)
    if not isinstance(answer, dict) or "points" not in answer:
        return answer
    form = schema["properties"]["points"]["items"]
    answer["work_language"] = "en"
    answer["points"] = [
        instance(form)
        | {
            "id": f"p{number}",
            "issue": "reason_weak",
            "polarity": "improvement",
            "quote": _QUOTES[0 if same else number % len(_QUOTES)],
            "observation": "The claim stands alone." if same else f"The claim stands alone, {number}.",
            "reason": "A reader wants to know why.",
            "next_step": "Add a reason.",
            "severity": "moderate",
        }
        for number in range(points)
    ]
    return answer
