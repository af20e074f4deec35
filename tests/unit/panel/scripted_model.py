"""A model whose answers are scripted, and whoever listens to its points."""

import json
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from typing_extensions import override

from chorus.feedback.v1.feedback_pb2 import Anchor, ModelResult, Point
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1.content_pb2 import Part
from chorus.model.v1.generation_pb2 import (
    FINISH_REASON_LENGTH,
    FINISH_REASON_STOP,
    Sampling,
    Usage,
)
from chorus.model.v1.model_pb2 import Model, Price
from chorus.model.v1.model_service_pb2 import (
    Completion,
    GenerateRequest,
    GenerateResponse,
    StreamGenerateResponse,
)
from orchestrator.panel.audience import PointListener
from orchestrator.panel.directory import GenerationClient, ListedModel
from orchestrator.panel.model_reviewer import ModelReviewer
from orchestrator.panel.review_question import ReviewQuestion
from orchestrator.panel.spending import Spending
from orchestrator.panel.track_record import TrackRecords
from orchestrator.rubrics.default import default_rubric
from orchestrator.store.sqlite import SqliteStore
from orchestrator.submission.reading import SubmissionReading, read_submission
from rpckit.call import Deadline
from rpckit.errors import ChorusError
from tests.fakes.clock import FakeClock
from tests.fakes.thinking_model import (
    ThinkingModel,
)

SUBMISSION = Submission(text="Cats are kind. Dogs are loud.", language_code="en")
RUBRIC = default_rubric("en")
QUESTION = ReviewQuestion(
    read_submission(SUBMISSION), SUBMISSION, RUBRIC, "en", Sampling(), include_raw=False
)
MODEL = ListedModel(Model(name="a/b", family="a", price=Price(output_usd_nanos=1_000_000)), server="a:1")

GOOD = json.dumps(
    {
        "work_language": "en",
        "injection": {"suspected": False, "quote": ""},
        "points": [
            {
                "id": "p1",
                "criterion_id": "",
                "issue": "reason_weak",
                "polarity": "improvement",
                "sentence_ids": ["S1"],
                "quote": "Cats are kind.",
                "observation": "No reason is given.",
                "reason": "A reader may ask why.",
                "next_step": "Say why.",
                "suggested_rewrite": "",
                "severity": "moderate",
            },
        ],
        "criteria": [
            {
                "criterion_id": each.id,
                "observable": True,
                "evidence_quotes": ["Cats are kind."],
                "rationale": "Short.",
                "score": 2,
            }
            for each in RUBRIC.criteria
        ],
        "summary": {"goal": "", "strengths": "", "next": ""},
    },
)


class Script(GenerationClient):
    """Gives the scripted replies, one a call, and remembers the requests."""

    def __init__(self, *replies: str | ChorusError | Completion) -> None:
        self._replies: Iterator[str | ChorusError | Completion] = iter(replies)
        self.requests: list[GenerateRequest] = []
        self.intervals: list[float] = []
        self.pieces = 0

    @override
    async def generate(
        self, listed: ListedModel, request: GenerateRequest, deadline: Deadline, previous_attempts: int = 0
    ) -> GenerateResponse:
        raise AssertionError("the panel is asked by streaming, always")

    @override
    async def stream_generate(
        self,
        listed: ListedModel,
        request: GenerateRequest,
        deadline: Deadline,
        previous_attempts: int = 0,
        delta_interval: float = 0,
    ) -> AsyncGenerator[StreamGenerateResponse]:
        kept = GenerateRequest()
        kept.CopyFrom(request)
        self.requests.append(kept)
        self.intervals.append(delta_interval)
        reply = next(self._replies)
        if isinstance(reply, ChorusError):
            raise reply
        usage = Usage(output_tokens=10, cost_usd_nanos=7)
        if isinstance(reply, Completion):
            yield StreamGenerateResponse(delta=Part(text=GOOD[:50]))
            yield StreamGenerateResponse(completed=reply)
            return
        for start in range(0, len(reply), 40):
            self.pieces += 1
            yield StreamGenerateResponse(delta=Part(text=reply[start : start + 40]))
        completed = Completion(finish_reason=FINISH_REASON_STOP, usage=usage, model_version="b-1")
        yield StreamGenerateResponse(completed=completed)


CUT = Completion(finish_reason=FINISH_REASON_LENGTH, usage=Usage(output_tokens=4096, cost_usd_nanos=100))


class Points(PointListener):
    """Hears points from the piece on that is numbered so."""

    def __init__(self, script: Script, since: float = 0) -> None:
        self.heard: list[Point] = []
        self._script = script
        self._since = since

    @property
    @override
    def is_listening(self) -> bool:
        return self._script.pieces >= self._since

    @override
    def hear(self, model: str, point: Point) -> None:
        assert model == MODEL.name
        self.heard.append(point)


@dataclass(frozen=True, slots=True)
class CountedReading(SubmissionReading):
    """A reading that counts the quotations that are looked up in it."""

    lookups: list[int] = field(default_factory=list)

    @override
    def anchor(self, start: int, end: int, match: Anchor.Match.ValueType) -> Anchor:
        self.lookups.append(start)
        return super(CountedReading, self).anchor(start, end, match)


class Silence(PointListener):
    """Nobody listens."""

    @property
    @override
    def is_listening(self) -> bool:
        return False

    @override
    def hear(self, model: str, point: Point) -> None:
        raise AssertionError("nobody listens")


async def think(
    model: ThinkingModel,
    tmp_path: Path,
    *,
    sampling: Sampling = QUESTION.sampling,
    limit: int | None = None,
    seconds: float = 100,
    records: TrackRecords | None = None,
) -> ModelResult:
    question = replace(QUESTION, sampling=sampling)
    deadline = Deadline.after(seconds, model.clock)
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        model_reviewer = ModelReviewer(model, records or TrackRecords(), store, model.clock)
        return await model_reviewer.ask(model.listed, question, Spending(limit), deadline, Silence())


async def ask(
    script: Script,
    tmp_path: Path,
    *,
    listed: ListedModel = MODEL,
    question: ReviewQuestion = QUESTION,
    records: TrackRecords | None = None,
    limit: int | None = None,
    listens_since: float = 0,
) -> tuple[ModelResult, list[Point]]:
    points = Points(script, listens_since)
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        model_reviewer = ModelReviewer(script, records or TrackRecords(), store)
        result = await model_reviewer.ask(
            listed, question, Spending(limit), Deadline.after(60, FakeClock()), points
        )
    return result, points.heard
