"""A panel of models, each of which answers or fails as it is told, and the pipeline that asks it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from prometheus_client import CollectorRegistry
from typing_extensions import override

from chorus.feedback.v1.feedback_pb2 import CriterionScore, ModelFeedback, ModelResult
from chorus.model.v1.failure_pb2 import ErrorReason, Failure
from chorus.model.v1.generation_pb2 import USAGE_BASIS_MEASURED, Usage
from chorus.model.v1.model_pb2 import CAPABILITY_JSON_SCHEMA, Model
from orchestrator.calibration.calibrator import RaterCalibrator
from orchestrator.calibration.sqlite import SqliteJudgementHistory
from orchestrator.metrics import ModelMetrics
from orchestrator.panel.audience import PointListener
from orchestrator.panel.directory import ListedModel, Listing, ModelLister
from orchestrator.panel.hedging import HedgeTimes
from orchestrator.panel.model_reviewer import FeedbackSource
from orchestrator.panel.review_question import ReviewQuestion
from orchestrator.panel.spending import Spending
from orchestrator.panel.track_record import TrackRecords
from orchestrator.review.pipeline import ReviewPipeline
from rpckit.call import Deadline
from tests.fakes.silent_generation import SilentGeneration

# What a call costs, whether it is answered or not.
COST_USD_NANOS = 7
# How long it takes to fail, as it says.
LATENCY_SECONDS = 50


def language_model(name: str) -> Model:
    """A ready model, of the family and the provider before the slash."""
    provider = name.partition("/")[0]
    return Model(
        name=name,
        family=provider,
        provider=provider,
        state=Model.STATE_READY,
        capabilities=[CAPABILITY_JSON_SCHEMA],
    )


def rules(name: str) -> Model:
    """A reviewer by rule, which is our own."""
    return Model(
        name=name,
        family="chorus",
        kind=Model.KIND_RULES,
        state=Model.STATE_READY,
        capabilities=[CAPABILITY_JSON_SCHEMA],
    )


class ScriptedPanel(ModelLister, SilentGeneration, FeedbackSource):
    """Lists models, and answers for them.

    Attributes:
        models: What is listed. It may change.
        failing: The models that fail, with their reasons. It may change.
        asked: Who was asked, call by call.
        bought: Who answered, call by call.
        committed: What the review had committed as each was asked.
        asking: Whether anybody was asked.
        go: Until it is set, nobody answers. It is, to begin with.
    """

    def __init__(self, *models: Model) -> None:
        self.models: Sequence[Model] = models
        self.failing: dict[str, ErrorReason.ValueType] = {}
        self.asked: list[str] = []
        self.bought: list[str] = []
        self.committed: list[int] = []
        self.asking = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()

    @override
    async def listing(self) -> Listing:
        return Listing(tuple(ListedModel(each, "a:1") for each in self.models), ())

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
        self.committed.append(spending.committed)
        self.asking.set()
        await self.go.wait()
        usage = Usage(output_tokens=1, cost_usd_nanos=COST_USD_NANOS, basis=USAGE_BASIS_MEASURED)
        if listed.name in self.failing:
            failure = Failure(reason=self.failing[listed.name])
            latency = Duration(seconds=LATENCY_SECONDS)
            return ModelResult(model=listed.name, usage=usage, latency=latency, failure=failure)
        self.bought.append(listed.name)
        scores = [CriterionScore(criterion_id=each.id, score=3) for each in question.rubric.criteria]
        return ModelResult(model=listed.name, usage=usage, feedback=ModelFeedback(scores=scores))


@asynccontextmanager
async def pipeline_over(
    panel: ScriptedPanel, folder: Path, default_panel: Sequence[str] = ()
) -> AsyncIterator[ReviewPipeline]:
    """A pipeline that asks a panel, with a history in a folder."""
    metrics = ModelMetrics(CollectorRegistry())
    async with SqliteJudgementHistory.open(folder / "history") as history:
        calibrator = RaterCalibrator(history)
        yield ReviewPipeline(panel, panel, panel, default_panel, metrics, TrackRecords(), calibrator)
