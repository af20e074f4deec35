"""Writes money, sizes and times for people."""

import math

from google.protobuf import duration_pb2

from chorus.model.v1 import generation_pb2
from chorus_command_line.words import Words

_NANOS = 1_000_000_000
_BYTES_IN_GB = 1_000_000_000


def dollars(nanos: int) -> str:
    """Writes 1e-9 USD in dollars: with cents from one dollar on, with two significant digits below.

    >>> dollars(1_500_000_000), dollars(4_200_000), dollars(31_000)
    ('$1.50', '$0.0042', '$0.000031')
    """
    amount = nanos / _NANOS
    decimals = 2 if nanos == 0 or abs(amount) >= 1 else 1 - math.floor(math.log10(abs(amount)))
    return f"${amount:.{max(2, decimals)}f}"


def gigabytes(count: int) -> str:
    """Writes bytes in GB."""
    return f"{count / _BYTES_IN_GB:.1f} GB"


def seconds(duration: duration_pb2.Duration, words: Words) -> str:
    """Writes a time in seconds, with tenths below ten."""
    value = duration.ToNanoseconds() / _NANOS
    return words.seconds.format(seconds=f"{value:.1f}" if value < 10 else f"{value:.0f}")  # noqa: PLR2004


def cost(usage: generation_pb2.Usage, words: Words) -> str:
    """Says what a usage cost, and whether that was measured."""
    if not usage.HasField("cost_usd_nanos"):
        return words.unknown_cost
    amount = dollars(usage.cost_usd_nanos) if usage.cost_usd_nanos else words.free
    if usage.basis == generation_pb2.USAGE_BASIS_MEASURED:
        return words.measured.format(cost=amount)
    if usage.basis == generation_pb2.USAGE_BASIS_ESTIMATED:
        return words.estimated.format(cost=amount)
    return words.at_least.format(cost=dollars(usage.cost_usd_nanos))
