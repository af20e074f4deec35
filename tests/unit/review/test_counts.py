"""What one review takes of the dear steps, counted and never timed: a step that is taken twice fails here."""

import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any

from prometheus_client import CollectorRegistry
from typing_extensions import override

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1.content_pb2 import Part
from chorus.model.v1.generation_pb2 import FINISH_REASON_STOP
from chorus.model.v1.model_pb2 import CAPABILITY_JSON_SCHEMA, Model
from chorus.model.v1.model_service_pb2 import (
    Completion,
    GenerateRequest,
    StreamGenerateResponse,
)
from modelkit.answer_form.schema import answer_schema
from modelkit.json_schema import strict_json
from orchestrator.answer import check
from orchestrator.answer.point_stream import PointStreamParser
from orchestrator.answer.prompt import review_request
from orchestrator.calibration.calibrator import RaterCalibrator
from orchestrator.calibration.sqlite import SqliteJudgementHistory
from orchestrator.injection.detection import suspicions
from orchestrator.merge.merge import merge
from orchestrator.metrics import ModelMetrics
from orchestrator.panel.directory import ListedModel, Listing, ModelLister
from orchestrator.panel.model_reviewer import ModelReviewer
from orchestrator.panel.track_record import TrackRecords
from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.review.pipeline import ReviewPipeline
from orchestrator.store.sqlite import SqliteStore
from orchestrator.submission.reading import read_submission
from rpckit.call import Deadline
from tests.fakes.answers import good_answer
from tests.fakes.silent_generation import SilentGeneration

_MOST_STATEMENTS = 40
MODELS = ("a/a", "b/b", "c/c")
STEPS = (
    read_submission,
    suspicions,
    review_request,
    answer_schema,
    check.check_answer,
    strict_json.count,
    merge,
    PointStreamParser.feed,
)
REQUEST = GetFeedbackRequest(
    submission=Submission(text="Cats are kind to us. Dogs are loud. Birds sing.", language_code="en"),
    request_id="1",
)


class ThreeModels(ModelLister, SilentGeneration):
    """Three models that write a sound answer, three characters at a time."""

    @override
    async def listing(self) -> Listing:
        models = (
            Model(name=name, family=name[0], state=Model.STATE_READY, capabilities=[CAPABILITY_JSON_SCHEMA])
            for name in MODELS
        )
        return Listing(tuple(ListedModel(each, "a:1") for each in models), ())

    @override
    async def stream_generate(
        self,
        listed: ListedModel,
        request: GenerateRequest,
        deadline: Deadline,
        previous_attempts: int = 0,
        delta_interval: float = 0,
    ) -> AsyncGenerator[StreamGenerateResponse]:
        answer = good_answer(request, nth=MODELS.index(listed.name), voice=listed.name)
        for start in range(0, len(answer), 3):
            yield StreamGenerateResponse(delta=Part(text=answer[start : start + 3]))
        yield StreamGenerateResponse(completed=Completion(finish_reason=FINISH_REASON_STOP))


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Counts the calls of `STEPS`, of jsonschema's validators and of SQLite's statements, in all threads."""
    counts: Counter[str] = Counter()
    names = {_code(each): each.__name__ for each in STEPS}

    def count(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and (name := names.get(frame.f_code)):
            counts[name] += 1
        elif event == "call" and frame.f_code.co_name == "iter_errors":
            counts["jsonschema"] += 1
        elif event == "c_call" and isinstance(getattr(argument, "__self__", None), sqlite3.Connection):
            counts[argument.__name__] += 1

    # The pool of threads is the test's own, so its threads begin after this.
    threading.setprofile(count)
    sys.setprofile(count)
    try:
        yield counts
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def _code(function: Callable[..., Any]) -> Any:
    assert isinstance(function, FunctionType)
    return function.__code__


async def test_a_review_takes_each_dear_step_once(tmp_path: Path) -> None:
    check.load_validators()
    models = ThreeModels()
    with counted() as counts:
        async with (
            SqliteStore.open(tmp_path / "s", retention_seconds=60) as store,
            SqliteJudgementHistory.open(tmp_path / "h") as history,
        ):
            records = TrackRecords()
            reviewer = ModelReviewer(models, records, store)
            calibrator = RaterCalibrator(history)
            metrics = ModelMetrics(CollectorRegistry())
            runs = IdempotentRuns(
                ReviewPipeline(models, models, reviewer, (), metrics, records, calibrator), store
            )
            await runs.response(REQUEST, Deadline.after(600))
            counts.clear()
            request = GetFeedbackRequest(request_id="2")
            request.MergeFrom(GetFeedbackRequest(submission=REQUEST.submission))
            response = await runs.response(request, Deadline.after(600))
            seen = Counter(counts)
    assert all(each.HasField("feedback") for each in response.results)
    statements = seen.pop("execute") + seen.pop("executemany")
    assert seen == {
        "read_submission": 1,
        "suspicions": 1,
        # The three get copies of one prompt. Its schema is that of the review before.
        "review_request": 1,
        "check_answer": len(MODELS),
        "count": len(MODELS),
        # Nobody listens: one merge, no early points, and no validator but the quick one.
        "merge": 1,
    }
    # To open and keep the run, and a call of each model; each alone in its transaction at worst.
    assert statements <= _MOST_STATEMENTS
