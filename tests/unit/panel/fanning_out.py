"""A panel of scripted models, and what its fan-out brings."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from chorus.feedback.v1.feedback_pb2 import ModelFeedback, ModelResult, Point
from chorus.feedback.v1.feedback_service_pb2 import PanelPolicy
from chorus.feedback.v1.submission_pb2 import Rubric, Submission
from chorus.model.v1 import failure_pb2
from chorus.model.v1.failure_pb2 import Failure
from chorus.model.v1.generation_pb2 import Sampling, Usage
from chorus.model.v1.model_pb2 import Model
from orchestrator.panel.audience import Audience, PointListener
from orchestrator.panel.directory import ListedModel
from orchestrator.panel.fan_out import FanOut, Outcome
from orchestrator.panel.hedging import HedgeTimes
from orchestrator.panel.model_reviewer import FeedbackSource
from orchestrator.panel.review_question import ReviewQuestion
from orchestrator.panel.selection import SelectedPanel
from orchestrator.panel.spending import Spending
from orchestrator.panel.track_record import TrackRecords
from orchestrator.store.model_call import ModelCall
from orchestrator.submission.reading import read_submission
from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline
from tests.fakes.clock import loop_deadline

SUBMISSION = Submission(text="One sentence.", language_code="en")
QUESTION = ReviewQuestion(
    read_submission(SUBMISSION), SUBMISSION, Rubric(), "en", Sampling(), include_raw=False
)
ANSWER = ModelFeedback(summary="fine")
USED = Usage(output_tokens=5)


def model(name: str, family: str | None = None) -> ListedModel:
    return ListedModel(Model(name=name, family=family or name), server=f"{name}:1")


class ScriptedModels(FeedbackSource):
    """Answers as each model's name begins: ok, fail, hang, late, slow, crash; the rest tells them apart.

    One that hangs pays no heed to its deadline, and one that is late fails at it. A slow one answers after a
    second.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.cancelled: list[str] = []
        self.seconds: dict[str, float] = {}

    @override
    async def ask(
        self,
        listed: ListedModel,
        question: ReviewQuestion,
        spending: Spending,
        deadline: Deadline,
        listener: PointListener | None,
        hedge_times: HedgeTimes | None = None,
    ) -> ModelResult:
        self.asked.append(listed.name)
        self.seconds[listed.name] = deadline.remaining()
        if listed.name.startswith("crash"):
            raise ZeroDivisionError
        if listed.name.startswith("hang"):
            try:
                await asyncio.Event().wait()
            finally:
                self.cancelled.append(listed.name)
        if listed.name.startswith("slow"):
            await asyncio.sleep(1)
        if listed.name.startswith("late"):
            await asyncio.sleep(deadline.remaining())
            failure = Failure(reason=failure_pb2.ERROR_REASON_TIMEOUT)
            return ModelResult(model=listed.name, failure=failure, usage=USED)
        if listed.name.startswith("fail"):
            failure = Failure(reason=failure_pb2.ERROR_REASON_UNAVAILABLE)
            return ModelResult(model=listed.name, failure=failure)
        if listener is not None and listener.is_listening:
            listener.hear(listed.name, Point(id="p1"))
        return ModelResult(model=listed.name, feedback=ANSWER)


@dataclass
class Hearers(Audience):
    """An audience that listens or does not."""

    listening: bool = False

    @property
    @override
    def is_listening(self) -> bool:
        return self.listening


def budget(seconds: float = 60) -> TimeBudget:
    """What a caller's seconds from now come to, by the clock of the event loop."""
    return TimeBudget.of(loop_deadline(seconds), with_summary=False)


def fan_out_of(
    panel: SelectedPanel,
    models: ScriptedModels | None = None,
    *,
    records: TrackRecords | None = None,
    policy: PanelPolicy | None = None,
    seconds: float = 60,
    kept: Sequence[Outcome] = (),
    hearers: Hearers | None = None,
) -> FanOut:
    return FanOut(
        models or ScriptedModels(),
        records or TrackRecords(),
        panel,
        policy or PanelPolicy(),
        QUESTION,
        Spending(None),
        budget(seconds),
        kept,
        hearers or Hearers(),
    )


async def outcomes(
    asked: list[str],
    *,
    models: ScriptedModels | None = None,
    spare: list[str] | None = None,
    policy: PanelPolicy | None = None,
    seconds: float = 60,
    kept: Sequence[Outcome] = (),
    usual_seconds: Mapping[str, float] | None = None,
    records: TrackRecords | None = None,
    min_models: int = 1,
) -> list[Outcome]:
    panel = SelectedPanel(
        asked=tuple(map(model, asked)),
        spare=tuple(map(model, spare or [])),
        summary_model=None,
        min_models=min_models,
        min_families=1,
    )
    fan_out = fan_out_of(
        panel,
        models,
        records=records or records_of(usual_seconds or {}),
        policy=policy,
        seconds=seconds,
        kept=kept,
    )
    return [event async for event in fan_out.run() if isinstance(event, Outcome)]


def records_of(usual_seconds: Mapping[str, float]) -> TrackRecords:
    return TrackRecords(
        ModelCall(name, answered=True, seconds=seconds, output_tokens_per_second=0)
        for name, seconds in usual_seconds.items()
    )


async def timed_outcomes(asked: list[str], **fields: Any) -> tuple[list[Outcome], float]:
    """The outcomes, and the seconds that they took."""
    clock = asyncio.get_running_loop().time
    started = clock()
    return await outcomes(asked, **fields), clock() - started


def by_model(found: list[Outcome]) -> dict[str, ModelResult]:
    assert len({each.listed.name for each in found}) == len(found)
    return {each.listed.name: each.result for each in found}
