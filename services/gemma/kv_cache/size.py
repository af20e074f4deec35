"""What the keys and values of an answer take. Arithmetic from values to values."""

from dataclasses import dataclass

# Of prompts, in one pass: what others write waits for it, and a caller who leaves is noticed after it.
# An image is read whole, for its tokens see each other.
PROMPT_TOKENS = {"cpu": 128, "cuda": 2048}


@dataclass(frozen=True, slots=True)
class KvSize:
    """Of one model on one device.

    Attributes:
        full_bytes: Of a token in the layers that see all tokens.
        sliding_bytes: Of a token in the layers that see a window of the last ones.
        kept: How many tokens the latter hold, if they do not hold all.
    """

    full_bytes: int
    sliding_bytes: int
    kept: int

    def of(self, tokens: int, *, whole: bool) -> int:
        """Bytes of an answer with its prompt, of all its tokens or of what its layers still see."""
        return self.full_bytes * tokens + self.sliding_bytes * (tokens if whole else min(tokens, self.kept))

    def most_tokens(self, size: int) -> int:
        """The longest answer, with its prompt, in so many bytes."""
        short = size // (self.full_bytes + self.sliding_bytes)
        if short < self.kept:
            return max(0, short)
        return (size - self.sliding_bytes * self.kept) // self.full_bytes
