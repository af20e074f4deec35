import pytest

from orchestrator.panel.track_record import TrackRecords
from orchestrator.store.model_call import MAX_CALLS, ModelCall


def test_a_model_never_called_has_no_record() -> None:
    assert TrackRecords().of("a/b") is None


def test_rate_and_medians_are_over_the_calls_that_answered() -> None:
    calls = [
        ModelCall("a/b", answered=True, seconds=1, output_tokens_per_second=10),
        ModelCall("a/b", answered=True, seconds=3, output_tokens_per_second=0),
        ModelCall("a/b", answered=True, seconds=2, output_tokens_per_second=30),
        ModelCall("a/b", answered=False, seconds=60, output_tokens_per_second=0),
    ]
    record = TrackRecords(calls).of("a/b")
    assert record is not None
    assert record.calls == 4
    assert record.failure_rate == pytest.approx(0.25)
    assert record.latency.ToMilliseconds() == 2000
    assert record.output_tokens_per_second == pytest.approx(20)


def test_a_model_that_only_failed_has_no_latency() -> None:
    record = TrackRecords([ModelCall("a/b", answered=False, seconds=1, output_tokens_per_second=0)]).of("a/b")
    assert record is not None
    assert record.failure_rate == 1
    assert not record.HasField("latency")


def test_only_the_latest_calls_count() -> None:
    records = TrackRecords(
        ModelCall("a/b", answered=False, seconds=1, output_tokens_per_second=0) for _ in range(MAX_CALLS)
    )
    for _ in range(MAX_CALLS):
        records.add(ModelCall("a/b", answered=True, seconds=1, output_tokens_per_second=0))
    record = records.of("a/b")
    assert record is not None
    assert (record.calls, record.failure_rate) == (MAX_CALLS, 0)
