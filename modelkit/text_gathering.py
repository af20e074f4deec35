"""Joins the pieces of a text for callers who show nobody the answer as it is written."""

import time
from collections.abc import Iterator

from chorus.model.v1 import content_pb2
from rpckit.call import Clock

# The longest time that a caller may ask for between two deltas.
MAX_INTERVAL_SECONDS = 10.0
# More than this is not held back. A message may be much larger.
_MOST_CHARACTERS = 64 * 1024


class TextGathering:
    """Gives out parts as they come, but texts at most once in an interval, joined. Nothing is lost.

    Args:
        interval_seconds: 0: every part goes out at once.
    """

    def __init__(self, interval_seconds: float, clock: Clock = time.monotonic) -> None:
        self._interval_seconds = interval_seconds
        self._clock = clock
        self._held: list[str] = []
        self._characters = 0
        self._next_at = 0.0

    def take(self, part: content_pb2.Part) -> Iterator[content_pb2.Part]:
        """Takes the answer's next part, and yields what is to go out now."""
        if not self._interval_seconds:
            yield part
        elif not part.HasField("text"):
            yield from self.rest()
            yield part
        else:
            self._held.append(part.text)
            self._characters += len(part.text)
            now = self._clock()
            if now >= self._next_at or self._characters > _MOST_CHARACTERS:
                self._next_at = now + self._interval_seconds
                yield from self.rest()

    def rest(self) -> Iterator[content_pb2.Part]:
        """Yields what is held back."""
        if self._held:
            text = "".join(self._held)
            self._held.clear()
            self._characters = 0
            yield content_pb2.Part(text=text)
