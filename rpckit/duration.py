"""Converts seconds to and from protobuf's Duration."""

from google.protobuf import duration_pb2


def to_duration(seconds: float) -> duration_pb2.Duration:
    """Returns a Duration of `seconds`."""
    duration = duration_pb2.Duration()
    duration.FromNanoseconds(round(seconds * 1e9))
    return duration


def to_seconds(duration: duration_pb2.Duration) -> float:
    """Returns the seconds of a Duration."""
    return duration.seconds + duration.nanos / 1e9
