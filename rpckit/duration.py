"""Converts seconds to and from protobuf's Duration."""

import math

from google.protobuf import duration_pb2

# Nobody means a longer wait.
_LONGEST_DELAY = 24 * 3600.0


def to_duration(seconds: float) -> duration_pb2.Duration:
    """Returns a Duration of `seconds`."""
    duration = duration_pb2.Duration()
    duration.FromNanoseconds(round(seconds * 1e9))
    return duration


def to_seconds(duration: duration_pb2.Duration) -> float:
    """Returns the seconds of a Duration."""
    return duration.seconds + duration.nanos / 1e9


def bounded_delay(seconds: float | None) -> float | None:
    """Returns a delay that another party has named, from 0 to a day; None: it is no number."""
    if seconds is None or math.isnan(seconds):
        return None
    return min(max(0.0, seconds), _LONGEST_DELAY)
