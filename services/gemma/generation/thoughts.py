"""Withholds what a model thinks before it answers."""

from dataclasses import dataclass


@dataclass(slots=True)
class ThoughtFilter:
    """Tells a model's thoughts from its answer, token by token.

    Gemma 4 is asked not to think, and may all the same where no schema keeps it from that.

    Attributes:
        begin: The token that begins a thought; None if the model has none.
        end: The token that ends it.
    """

    begin: int | None
    end: int | None
    _thinking: bool = False

    def withholds(self, token: int) -> bool:
        """Returns whether the next token is part of a thought."""
        if token in {self.begin, self.end}:
            self._thinking = token == self.begin
            return True
        return self._thinking
