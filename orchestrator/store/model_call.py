"""A call of a model as the store keeps it: numbers, never a text."""

from dataclasses import dataclass

# As many of each model's latest calls are kept.
MAX_CALLS = 1000


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One generation: whether it was answered, its seconds, and how fast it wrote (0: not known)."""

    model: str
    answered: bool
    seconds: float
    output_tokens_per_second: float
