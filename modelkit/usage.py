"""Sums of what generations consumed, and how a failed one says it."""

from collections.abc import Iterable

from google.protobuf import any_pb2, descriptor, message

from chorus.model.v1 import generation_pb2
from rpckit.errors import ChorusError

_BASIS = "basis"
_MOST = {
    descriptor.FieldDescriptor.TYPE_INT32: 2**31 - 1,
    descriptor.FieldDescriptor.TYPE_INT64: 2**63 - 1,
}
_WEAKEST_FIRST = (
    generation_pb2.USAGE_BASIS_UNKNOWN,
    generation_pb2.USAGE_BASIS_ESTIMATED,
    generation_pb2.USAGE_BASIS_MEASURED,
)


def total_usage(usages: Iterable[generation_pb2.Usage]) -> generation_pb2.Usage:
    """Adds up usages. The basis of the sum is the weakest of theirs; its cost is unset if none has one.

    A sum that its field cannot hold is the most that it can.
    """
    total = generation_pb2.Usage(basis=generation_pb2.USAGE_BASIS_MEASURED)
    for usage in usages:
        # Every field but the basis is a count or an amount; one that is added to the contract is summed too.
        for field, amount in usage.ListFields():
            if field.name != _BASIS:
                setattr(total, field.name, min(getattr(total, field.name) + amount, _MOST[field.type]))
        total.basis = min(total.basis, usage.basis or _WEAKEST_FIRST[0], key=_strength)
    return total


def negative_count(usage: generation_pb2.Usage) -> str:
    """Returns the name of a count or an amount below zero, which nobody can use; "" if there is none."""
    return next((field.name for field, amount in usage.ListFields() if amount < 0), "")


def usage_of(error: ChorusError) -> generation_pb2.Usage | None:
    """Returns what a failed generation consumed, or None if its server said nothing about it that can be."""
    for packed in error.details:
        if packed.Is(generation_pb2.Usage.DESCRIPTOR):
            try:
                usage = generation_pb2.Usage.FromString(packed.value)
            except message.DecodeError:
                return None
            return None if negative_count(usage) else usage
    return None


def with_usage(error: ChorusError, usage: generation_pb2.Usage) -> ChorusError:
    """Returns the error, with what the generation consumed before it failed."""
    packed = any_pb2.Any()
    packed.Pack(usage)
    error.details = (*error.details, packed)
    return error


def _strength(basis: generation_pb2.UsageBasis.ValueType) -> int:
    return _WEAKEST_FIRST.index(basis) if basis in _WEAKEST_FIRST else 0
