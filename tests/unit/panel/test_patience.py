import itertools
from collections.abc import Mapping
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from chorus.feedback.v1.feedback_service_pb2 import PanelPolicy
from chorus.model.v1 import failure_pb2
from chorus.model.v1.generation_pb2 import USAGE_BASIS_UNKNOWN
from orchestrator.panel.track_record import TrackRecords
from orchestrator.store.model_call import ModelCall
from tests.fakes.clock import run_in_virtual_time
from tests.unit.panel.fanning_out import ScriptedModels, by_model, timed_outcomes

ALL_THE_TIME = pytest.approx(9.6)


def answers(model: str, *seconds: float) -> list[ModelCall]:
    return [ModelCall(model, answered=True, seconds=each, output_tokens_per_second=0) for each in seconds]


def records(usual: Mapping[str, float], count: int = 20) -> TrackRecords:
    calls = (answers(name, *[seconds] * count) for name, seconds in usual.items())
    return TrackRecords(itertools.chain.from_iterable(calls))


def seconds_of(asked: list[str], **fields: Any) -> float:
    _, seconds = run_in_virtual_time(timed_outcomes(asked, seconds=10, **fields))
    return seconds


def test_a_model_that_hangs_is_given_up_after_what_it_usually_takes_at_most() -> None:
    models = ScriptedModels()
    kept = records({"hang": 4})
    found, seconds = run_in_virtual_time(
        timed_outcomes(["ok", "hang"], models=models, records=kept, seconds=60)
    )
    result = by_model(found)["hang"]
    assert seconds == pytest.approx(5)
    assert result.failure.reason == failure_pb2.ERROR_REASON_TIMEOUT
    assert result.usage.basis == USAGE_BASIS_UNKNOWN
    assert result.latency.seconds == 5
    assert models.cancelled == ["hang"]
    record = kept.of("hang")
    assert record is not None
    assert record.failure_rate == pytest.approx(1 / 21)


def test_nobody_stands_in_for_a_model_that_is_given_up() -> None:
    models = ScriptedModels()
    usual = records({"hang": 4})
    assert seconds_of(["ok", "hang"], models=models, records=usual, spare=["ok-2"]) == pytest.approx(5)
    assert models.asked == ["ok", "hang"]


def test_each_model_is_given_up_by_its_own_record() -> None:
    usual = records({"hang-1": 2, "hang-2": 4, "slow": 1})
    found, seconds = run_in_virtual_time(timed_outcomes(["ok", "hang-1", "hang-2", "slow"], records=usual))
    assert [each.listed.name for each in found] == ["ok", "slow", "hang-1", "hang-2"]
    assert seconds == pytest.approx(5)


def test_nobody_is_given_up_within_a_second() -> None:
    assert seconds_of(["ok", "hang"], records=records({"hang": 0.001})) == pytest.approx(1)


def test_a_model_that_the_minimum_needs_is_waited_for() -> None:
    assert seconds_of(["ok", "hang"], records=records({"hang": 4}), min_models=2) == ALL_THE_TIME


@pytest.mark.parametrize(("count", "seconds"), [(0, ALL_THE_TIME), (9, ALL_THE_TIME), (10, pytest.approx(5))])
def test_a_model_whose_record_is_too_short_is_waited_for(count: int, seconds: object) -> None:
    assert seconds_of(["ok", "hang"], records=records({"hang": 4}, count)) == seconds


@pytest.mark.parametrize(
    ("policy", "seconds"),
    [
        (PanelPolicy(wait_for_all=True), ALL_THE_TIME),
        (PanelPolicy(straggler_grace=Duration(seconds=3)), pytest.approx(3)),
        (PanelPolicy(straggler_grace=Duration(seconds=8)), pytest.approx(8)),
        (PanelPolicy(straggler_grace=Duration(seconds=8), wait_for_all=True), pytest.approx(8)),
    ],
)
def test_the_policy_goes_before_the_record(policy: PanelPolicy, seconds: object) -> None:
    assert seconds_of(["ok", "hang"], records=records({"hang": 4}), policy=policy) == seconds


def test_where_the_others_take_longer_than_usual_so_may_everybody() -> None:
    # The slow ones take a second.
    usual = records({"slow-1": 0.5, "slow-2": 0.5, "ok": 1, "hang": 2})
    assert seconds_of(["slow-1", "slow-2", "ok", "hang"], records=usual) == pytest.approx(5)


def test_each_tenth_in_a_row_is_waited_for_so_that_the_record_learns() -> None:
    usual = records({"hang": 4})
    taken = [seconds_of(["ok", "hang"], records=usual) for _ in range(20)]
    assert taken == pytest.approx([*[5.0] * 9, 9.6] * 2)


def test_a_model_that_answers_is_given_up_again_only_after_a_whole_row() -> None:
    usual = records({"hang": 4})
    for _ in range(9):
        assert usual.give_up("hang", 5)
    usual.add(answers("hang", 4)[0])
    assert all(usual.give_up("hang", 5) for _ in range(9))
    assert not usual.give_up("hang", 5)


@pytest.mark.parametrize(
    ("latest", "longest"),
    [
        ([1.0] * 9, None),
        ([1.0] * 10, 1.0),
        ([*[1.0] * 95, *[7.0] * 4, 1.0], 1.0),
        ([*[1.0] * 93, *[7.0] * 6, 1.0], 7.0),
        # One answer tells of a model that has become slower.
        ([*[1.0] * 99, 7.0], 7.0),
        # What was before the latest hundred is forgotten.
        ([*[7.0] * 100, *[1.0] * 100], 1.0),
    ],
)
def test_the_longest_usual_time_is_of_the_latest_answers(latest: list[float], longest: float | None) -> None:
    found = TrackRecords(answers("a/b", *latest)).longest_usual_seconds("a/b")
    assert found == (longest if longest is None else pytest.approx(longest))
