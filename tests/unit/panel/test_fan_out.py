import asyncio
import time
from collections.abc import Mapping

import pytest
from google.protobuf.duration_pb2 import Duration

from chorus.feedback.v1.feedback_pb2 import ModelFeedback, ModelResult, Point
from chorus.feedback.v1.feedback_service_pb2 import PanelPolicy
from chorus.feedback.v1.submission_pb2 import Rubric, Submission
from chorus.model.v1 import failure_pb2
from chorus.model.v1.failure_pb2 import Failure
from chorus.model.v1.generation_pb2 import USAGE_BASIS_UNKNOWN, Sampling, Usage
from chorus.model.v1.model_pb2 import Model
from orchestrator.panel.directory import ListedModel
from orchestrator.panel.fan_out import Delta, FanOut, Outcome
from orchestrator.panel.model_reviewer import OnPoint, ReviewQuestion
from orchestrator.panel.selection import Panel
from orchestrator.panel.spending import Spending
from orchestrator.submission.reading import read_submission
from rpckit.call import Deadline

SUBMISSION = Submission(text="One sentence.", language_code="en")
QUESTION = ReviewQuestion(
    read_submission(SUBMISSION), SUBMISSION, Rubric(), "en", Sampling(), include_raw=False
)
ANSWER = ModelFeedback(summary="fine")


def model(name: str, family: str | None = None) -> ListedModel:
    return ListedModel(Model(name=name, family=family or name), server="a:1")


class ScriptedModels:
    """Answers as each model's name says: ok, fail, hang, crash; the rest of the name tells them apart."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.cancelled: list[str] = []

    async def ask(
        self,
        listed: ListedModel,
        question: ReviewQuestion,
        spending: Spending,
        deadline: Deadline,
        on_point: OnPoint,
    ) -> ModelResult:
        self.asked.append(listed.name)
        if listed.name.startswith("crash"):
            raise ZeroDivisionError
        if listed.name.startswith("hang"):
            try:
                await asyncio.Event().wait()
            finally:
                self.cancelled.append(listed.name)
        if listed.name.startswith("fail"):
            failure = Failure(reason=failure_pb2.ERROR_REASON_UNAVAILABLE)
            return ModelResult(model=listed.name, failure=failure)
        on_point(listed.name, Point(id="p1"))
        return ModelResult(model=listed.name, feedback=ANSWER)


async def outcomes(
    asked: list[str],
    *,
    models: ScriptedModels | None = None,
    spare: list[str] | None = None,
    policy: PanelPolicy | None = None,
    seconds: float = 60,
    kept: Mapping[str, ModelResult] | None = None,
) -> list[Outcome]:
    panel = Panel(
        asked=tuple(map(model, asked)),
        spare=tuple(map(model, spare or [])),
        summary_model=None,
        min_models=1,
        min_families=1,
    )
    fan_out = FanOut(
        (models or ScriptedModels()).ask,
        panel,
        policy or PanelPolicy(),
        QUESTION,
        Spending(None),
        Deadline.after(seconds),
        kept or {},
    )
    return [event async for event in fan_out.run() if isinstance(event, Outcome)]


def by_model(found: list[Outcome]) -> dict[str, ModelResult]:
    assert len({each.listed.name for each in found}) == len(found)
    return {each.listed.name: each.result for each in found}


async def test_each_point_comes_before_the_outcome_of_its_model() -> None:
    panel = Panel((model("ok"),), (), None, 1, 1)
    fan_out = FanOut(
        ScriptedModels().ask, panel, PanelPolicy(), QUESTION, Spending(None), Deadline.after(60), {}
    )
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


async def test_a_model_that_hangs_is_given_up_at_the_deadline_and_its_call_ends() -> None:
    models = ScriptedModels()
    results = by_model(await outcomes(["hang", "ok"], models=models, seconds=0.05))
    assert results["hang"].failure.reason == failure_pb2.ERROR_REASON_TIMEOUT
    assert results["hang"].usage.basis == USAGE_BASIS_UNKNOWN
    assert models.cancelled == ["hang"]


async def test_the_straggler_grace_runs_from_when_the_minimum_is_reached() -> None:
    policy = PanelPolicy(straggler_grace=Duration())
    results = by_model(await outcomes(["hang", "ok"], policy=policy))
    assert results["hang"].failure.reason == failure_pb2.ERROR_REASON_TIMEOUT
    assert results["ok"].HasField("feedback")


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


async def test_where_nobody_else_writes_a_substitute_that_hangs_does_not_take_all_the_time() -> None:
    started = time.monotonic()
    results = by_model(await outcomes(["ok", "fail"], spare=["hang"], seconds=1.5))
    assert time.monotonic() - started < 1.2
    assert results["hang"].failure.reason == failure_pb2.ERROR_REASON_TIMEOUT


async def test_a_substitute_that_the_minimum_needs_has_all_the_time() -> None:
    started = time.monotonic()
    await outcomes(["fail"], spare=["hang"], seconds=0.2)
    assert time.monotonic() - started >= 0.2


async def test_no_model_is_asked_twice() -> None:
    models = ScriptedModels()
    await outcomes(["fail-a", "fail-b"], models=models, spare=["ok"])
    assert sorted(models.asked) == ["fail-a", "fail-b", "ok"]


async def test_a_kept_answer_is_not_bought_again() -> None:
    models = ScriptedModels()
    kept = {"fail": ModelResult(model="fail", feedback=ANSWER)}
    results = by_model(await outcomes(["fail", "ok"], models=models, kept=kept))
    assert results["fail"].feedback == ANSWER
    assert models.asked == ["ok"]


async def test_what_a_kept_answer_cost_counts_toward_the_limit() -> None:
    spending = Spending(limit=10)
    panel = Panel((model("ok"),), (), None, 1, 1)
    kept = {"ok": ModelResult(model="ok", feedback=ANSWER, usage=Usage(cost_usd_nanos=7))}
    fan_out = FanOut(ScriptedModels().ask, panel, PanelPolicy(), QUESTION, spending, Deadline.after(60), kept)
    assert [event async for event in fan_out.run()]
    assert spending.committed == 7


async def test_leaving_early_ends_every_call() -> None:
    models = ScriptedModels()
    panel = Panel((model("hang"), model("ok")), (), None, 1, 1)
    fan_out = FanOut(models.ask, panel, PanelPolicy(), QUESTION, Spending(None), Deadline.after(60), {})
    events = fan_out.run()
    await anext(events)
    await events.aclose()
    assert models.cancelled == ["hang"]


async def test_a_model_timeout_shortens_the_time_of_one_model() -> None:
    deadlines: list[float] = []

    async def ask(
        listed: ListedModel,
        question: ReviewQuestion,
        spending: Spending,
        deadline: Deadline,
        on_point: OnPoint,
    ) -> ModelResult:
        deadlines.append(deadline.remaining())
        return ModelResult(model=listed.name, feedback=ANSWER)

    panel = Panel((model("ok"),), (), None, 1, 1)
    policy = PanelPolicy(model_timeout=Duration(seconds=5))
    fan_out = FanOut(ask, panel, policy, QUESTION, Spending(None), Deadline.after(60), {})
    assert [event async for event in fan_out.run()]
    assert deadlines == [pytest.approx(5, abs=1)]
