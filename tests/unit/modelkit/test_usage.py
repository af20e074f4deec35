import pytest
from google.protobuf import any_pb2

from chorus.model.v1.generation_pb2 import (
    USAGE_BASIS_ESTIMATED,
    USAGE_BASIS_MEASURED,
    USAGE_BASIS_UNKNOWN,
    Usage,
)
from modelkit.usage import total_usage, usage_of
from rpckit.errors import BadOutput, InvalidRequest


def test_a_total_is_as_sure_as_its_weakest_part() -> None:
    parts = [
        Usage(input_tokens=1, output_tokens=2, basis=USAGE_BASIS_MEASURED, cost_usd_nanos=5),
        Usage(input_tokens=10, reasoning_tokens=3, basis=USAGE_BASIS_ESTIMATED),
    ]
    assert total_usage(parts) == Usage(
        input_tokens=11,
        output_tokens=2,
        reasoning_tokens=3,
        cost_usd_nanos=5,
        basis=USAGE_BASIS_ESTIMATED,
    )
    assert not total_usage(parts[1:]).HasField("cost_usd_nanos")


def test_a_usage_of_which_nothing_is_said_is_unknown() -> None:
    assert total_usage([Usage()]).basis == USAGE_BASIS_UNKNOWN


def test_every_count_of_the_contract_is_summed() -> None:
    usage = Usage()
    for field in Usage.DESCRIPTOR.fields:
        if field.name != "basis":
            setattr(usage, field.name, 2)
    total = total_usage([usage, usage])
    assert [value for field, value in total.ListFields() if field.name != "basis"] == [4] * (
        len(Usage.DESCRIPTOR.fields) - 1
    )


def test_a_sum_that_its_field_cannot_hold_is_the_most_that_it_can() -> None:
    most = Usage(input_tokens=2**31 - 1, cost_usd_nanos=2**63 - 1, basis=USAGE_BASIS_MEASURED)
    assert total_usage([most, most]) == most


def test_nothing_is_measured_to_be_nothing() -> None:
    assert total_usage([]) == Usage(basis=USAGE_BASIS_MEASURED)


@pytest.mark.parametrize("used", [Usage(input_tokens=3), None])
def test_a_failure_says_what_it_used(used: Usage | None) -> None:
    assert usage_of(BadOutput("", details=[used] if used else [])) == used


def test_details_of_another_kind_are_no_usage() -> None:
    assert usage_of(InvalidRequest({"turns": "empty"})) is None


def _below_zero(name: str) -> Usage:
    usage = Usage()
    setattr(usage, name, -1)
    return usage


def test_what_nobody_can_have_used_is_not_said_of_a_failure() -> None:
    garbled = any_pb2.Any(type_url="type.googleapis.com/chorus.model.v1.Usage", value=b"\xff\xff")
    assert usage_of(BadOutput("", details=[garbled])) is None
    for field in Usage.DESCRIPTOR.fields:
        if field.name != "basis":
            assert usage_of(BadOutput("", details=[_below_zero(field.name)])) is None
