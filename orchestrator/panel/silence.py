"""How long a model is silent while it writes an answer."""

from collections.abc import Callable

from rpckit.call import Clock, Deadline


class SilenceMeter:
    """Measures the silences of one answer: up to its first piece, and between two.

    Args:
        interval_seconds: What a server keeps at least between two pieces; that is no silence.
        note: Hears at each piece from when on the model is silent if no other one comes; None: nobody does.

    Attributes:
        longest: The longest silence, in seconds, that a piece has ended.
    """

    def __init__(
        self, interval_seconds: float, note: Callable[[Deadline], None] | None, clock: Clock
    ) -> None:
        self._interval_seconds = interval_seconds
        self._note = note
        self._silent_from = Deadline.after(0, clock)
        self.longest = 0.0

    def take(self) -> None:
        """Notes that a piece has come."""
        clock = self._silent_from.clock
        self.longest = max(self.longest, clock() - self._silent_from.at)
        self._silent_from = Deadline.after(self._interval_seconds, clock)
        if self._note:
            self._note(self._silent_from)
