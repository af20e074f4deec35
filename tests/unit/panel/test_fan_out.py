import pytest
from google.protobuf.duration_pb2 import Duration

from chorus.feedback.v1.feedback_pb2 import ModelResult
from chorus.feedback.v1.feedback_service_pb2 import PanelPolicy
from chorus.model.v1 import failure_pb2
from chorus.model.v1.generation_pb2 import USAGE_BASIS_UNKNOWN
from chorus.model.v1.model_pb2 import Model
from orchestrator.panel.directory import ListedModel
from orchestrator.panel.fan_out import Delta, Outcome
from orchestrator.panel.selection import SelectedPanel
from tests.fakes.clock import run_in_virtual_time
from tests.unit.panel.fanning_out import (
    ANSWER,
    USED,
    Hearers,
    ScriptedModels,
    by_model,
    fan_out_of,
    model,
    outcomes,
    timed_outcomes,
)


async def test_each_point_comes_before_the_outcome_of_its_model() -> None:
    panel = SelectedPanel((model("ok"),), (), None, 1, 1)
    fan_out = fan_out_of(panel, hearers=Hearers(listening=True))
    delta, outcome = [event async for event in fan_out.run()]
    assert isinstance(delta, Delta)
    assert (delta.model, delta.point.id) == ("ok", "p1")
    assert isinstance(outcome, Outcome)
    assert not fan_out.is_open


async def test_one_failure_takes_no_other_answer_away() -> None:
    results = by_model(await outcomes(["fail", "ok", "crash"]))
    assert results["ok"].feedback == ANSWER
    assert results["fail"].failure.reason == failure_pb2.ERROR_REASON_UNAVAILABLE
    assert results["crash"].failure.reason == failure_pb2.ERROR_REASON_INTERNAL


def test_a_model_that_hangs_is_given_up_in_time_and_its_call_ends() -> None:
    models = ScriptedModels()
    found, seconds = run_in_virtual_time(timed_outcomes(["hang", "ok"], models=models, seconds=10))
    results = by_model(found)
    assert results["hang"].failure.reason == failure_pb2.ERROR_REASON_TIMEOUT
    assert results["hang"].usage.basis == USAGE_BASIS_UNKNOWN
    assert results["hang"].latency.ToMilliseconds() == pytest.approx(9600)
    assert models.cancelled == ["hang"]
    assert seconds == pytest.approx(9.6)


def test_a_call_that_ends_at_its_deadline_is_still_heard() -> None:
    found, seconds = run_in_virtual_time(timed_outcomes(["late", "ok"], seconds=10))
    assert by_model(found)["late"].usage == USED
    assert seconds == pytest.approx(9.4)


async def test_points_are_heard_while_somebody_listens_and_not_otherwise() -> None:
    panel = SelectedPanel((model("ok"), model("fail")), (model("ok-2"),), None, 1, 1)
    audience = Hearers()
    fan_out = fan_out_of(panel, hearers=audience)
    heard = []
    async for event in fan_out.run():
        heard.append(event.model if isinstance(event, Delta) else event.result.model)
        audience.listening = True
    assert heard == ["ok", "fail", "ok-2", "ok-2"]


async def test_the_straggler_grace_runs_from_when_the_minimum_is_reached() -> None:
    policy = PanelPolicy(straggler_grace=Duration())
    results = by_model(await outcomes(["hang", "ok"], policy=policy))
    assert results["hang"].failure.reason == failure_pb2.ERROR_REASON_TIMEOUT
    assert results["ok"].HasField("feedback")


def test_a_later_answer_does_not_prolong_the_straggler_grace() -> None:
    policy = PanelPolicy(straggler_grace=Duration(seconds=3))
    found, seconds = run_in_virtual_time(timed_outcomes(["ok", "slow", "hang"], policy=policy))
    assert by_model(found)["slow"].feedback == ANSWER
    assert seconds == pytest.approx(3)


async def test_a_failed_model_is_replaced_and_the_substitute_says_for_whom() -> None:
    results = by_model(await outcomes(["fail", "ok"], spare=["ok-spare"]))
    assert results["ok-spare"].substitute_for == "fail"
    assert results["ok-spare"].HasField("feedback")


async def test_a_failed_substitute_is_replaced_once_more_and_no_further() -> None:
    results = by_model(await outcomes(["fail"], spare=["fail-1", "fail-2", "ok-3"]))
    assert list(results) == ["fail", "fail-1", "fail-2"]
    assert {each.substitute_for for each in results.values()} == {"", "fail"}


async def test_once_the_minimum_is_reached_a_failed_substitute_is_the_last() -> None:
    results = by_model(await outcomes(["ok", "fail"], spare=["fail-1", "ok-2"]))
    assert list(results) == ["ok", "fail", "fail-1"]


def test_where_nobody_else_writes_a_substitute_that_hangs_does_not_take_all_the_time() -> None:
    found, seconds = run_in_virtual_time(timed_outcomes(["ok", "fail"], spare=["hang"], seconds=10))
    assert by_model(found)["hang"].failure.reason == failure_pb2.ERROR_REASON_TIMEOUT
    assert seconds == pytest.approx(4.8)


def test_a_substitute_that_the_minimum_needs_has_all_the_time() -> None:
    _, seconds = run_in_virtual_time(timed_outcomes(["fail"], spare=["hang"], seconds=10))
    assert seconds == pytest.approx(9.6)


def test_a_substitute_that_hangs_does_not_keep_the_next_one_from_reaching_the_minimum() -> None:
    models = ScriptedModels()
    found = run_in_virtual_time(outcomes(["fail"], models=models, spare=["late-1", "ok-2"], seconds=10))
    results = by_model(found)
    assert results["late-1"].failure.reason == failure_pb2.ERROR_REASON_TIMEOUT
    assert results["ok-2"].feedback == ANSWER
    assert models.seconds == pytest.approx({"fail": 9.4, "late-1": 4.7, "ok-2": 4.7})


def test_nobody_is_asked_once_there_is_no_time_for_a_call() -> None:
    models = ScriptedModels()
    run_in_virtual_time(outcomes(["late"], models=models, spare=["ok"], seconds=10))
    assert models.asked == ["late"]


async def test_nobody_stands_in_whose_server_has_just_failed() -> None:
    def at_one_server(name: str, provider: str = "") -> ListedModel:
        return ListedModel(Model(name=name, family=name, provider=provider), server="a:1")

    models = ScriptedModels()
    spare = (at_one_server("ok-1"), at_one_server("ok-2", "cloud"), at_one_server("ok-3", "other"))
    panel = SelectedPanel((at_one_server("fail"), at_one_server("fail-too", "cloud")), spare, None, 1, 1)
    fan_out = fan_out_of(panel, models)
    found = [event async for event in fan_out.run() if isinstance(event, Outcome)]
    assert "ok-1" not in models.asked
    # Only where its provider had not yet failed, it was asked.
    assert [each.listed.name for each in found if each.answered] in (["ok-2", "ok-3"], ["ok-3"])
    assert models.asked[:2] == ["fail", "fail-too"]


@pytest.mark.parametrize(
    ("asked", "usual", "substitute", "policy"),
    [
        # 10 s less two reserves.
        (["fail"], {"ok-1": 9.3}, "ok-1", PanelPolicy()),
        (["fail"], {"ok-1": 9.5}, "ok-2", PanelPolicy()),
        (["fail"], {"ok-1": 9.5, "ok-2": 100}, "", PanelPolicy()),
        (["fail"], {"ok-1": 5}, "ok-2", PanelPolicy(model_timeout=Duration(seconds=4))),
        # A substitute beyond the minimum has half of the time.
        (["ok", "fail"], {"ok-1": 4.7}, "ok-1", PanelPolicy()),
        (["ok", "fail"], {"ok-1": 4.9}, "ok-2", PanelPolicy()),
        (["ok", "fail"], {"ok-1": 3}, "ok-2", PanelPolicy(straggler_grace=Duration(seconds=2))),
    ],
)
def test_nobody_stands_in_who_usually_takes_longer_than_there_is_time(
    asked: list[str], usual: dict[str, float], substitute: str, policy: PanelPolicy
) -> None:
    found = run_in_virtual_time(
        outcomes(asked, spare=["ok-1", "ok-2"], seconds=10, usual_seconds=usual, policy=policy)
    )
    assert next((each.listed.name for each in found if each.result.substitute_for), "") == substitute


def test_a_substitute_that_is_not_the_last_has_the_time_that_it_usually_takes() -> None:
    models = ScriptedModels()
    usual = {"late-1": 6.0}
    run_in_virtual_time(
        outcomes(["fail"], models=models, spare=["late-1", "ok-2"], seconds=10, usual_seconds=usual)
    )
    assert models.seconds == pytest.approx({"fail": 9.4, "late-1": 6, "ok-2": 3.4})


async def test_no_model_is_asked_twice() -> None:
    models = ScriptedModels()
    await outcomes(["fail-a", "fail-b"], models=models, spare=["ok"])
    assert sorted(models.asked) == ["fail-a", "fail-b", "ok"]


async def test_a_kept_answer_is_not_bought_again() -> None:
    models = ScriptedModels()
    kept = [Outcome(model("fail"), ModelResult(model="fail", feedback=ANSWER))]
    results = by_model(await outcomes(["fail", "ok"], models=models, kept=kept))
    assert results["fail"].feedback == ANSWER
    assert models.asked == ["ok"]


async def test_leaving_early_ends_every_call() -> None:
    models = ScriptedModels()
    panel = SelectedPanel((model("hang"), model("ok")), (), None, 1, 1)
    fan_out = fan_out_of(panel, models)
    events = fan_out.run()
    await anext(events)
    await events.aclose()
    assert models.cancelled == ["hang"]


def test_a_model_timeout_shortens_the_time_of_one_model() -> None:
    models = ScriptedModels()
    policy = PanelPolicy(model_timeout=Duration(seconds=5))
    run_in_virtual_time(outcomes(["ok"], models=models, policy=policy))
    assert models.seconds == {"ok": 5}
