"""How one call ended, and what makes calls."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from bench.faults.case import NOTHING, Case
from chorus.model.v1 import generation_pb2

_BASIS_PREFIX = "USAGE_BASIS_"
_MEASURED = generation_pb2.USAGE_BASIS_MEASURED


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call ended.

    Attributes:
        ending: ANSWER, LENGTH, a reason of the contract, or in small letters what must never be.
        text: What was answered, if that was asked for without a schema; None for anything else.
        usage: What was told of the tokens; None if nothing was.
        retry_delay: The seconds that the caller is told to wait; None if it is not told any.
        merged: How many points a review has in the end.
    """

    ending: str
    text: str | None = None
    usage: generation_pb2.Usage | None = None
    retry_delay: float | None = None
    merged: int = 0

    @property
    def basis(self) -> str:
        """Returns what is known of the tokens."""
        usage = self.usage
        if usage is None or (usage.basis == _MEASURED and not (usage.input_tokens or usage.output_tokens)):
            return NOTHING
        return generation_pb2.UsageBasis.Name(usage.basis).removeprefix(_BASIS_PREFIX)


class Target(Protocol):
    """Something that is asked through the faults.

    Attributes:
        kind: What it is, for people.
        prefix: What comes before a fault in the names of its models.
        reviews: Whether it reviews texts.
        tells_reasons: Whether its errors have the reasons of the contract, and usages.
    """

    kind: str
    prefix: str
    reviews: bool
    tells_reasons: bool

    async def ask(self, case: Case, *, streaming: bool, seconds: float) -> Outcome:
        """Asks once, through a fault, with a deadline in so many seconds."""


def tally(words: Iterable[str]) -> str:
    """Returns how often each word comes, the most frequent one first: "3 ANSWER, 1 TIMEOUT"."""
    return ", ".join(f"{count} {word}" for word, count in Counter(words).most_common())
