"""A request that is sent again and again."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from chorus.feedback.v1.feedback_service_pb2 import (
    GetFeedbackRequest,
    GetFeedbackResponse,
    PanelPolicy,
)
from chorus.feedback.v1.submission_pb2 import Submission
from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.store.patient import PatientStore
from orchestrator.store.sqlite import SqliteStore
from orchestrator.store.store import Store
from rpckit.call import Deadline
from tests.fakes.redis_server import redis_server, redis_store
from tests.fakes.scripted_panel import (
    ScriptedPanel,
    language_model,
    pipeline_over,
)

A, B, C = "a/1", "b/1", "c/1"


class Repeater:
    """One request that is sent again and again, to orchestrators that share nothing but a store."""

    def __init__(self, store: Store, folder: Path, panel: ScriptedPanel, request: GetFeedbackRequest) -> None:
        self.panel = panel
        self.request = request
        self.store = store
        self._folder = folder

    async def send(self, seconds: float = 60) -> GetFeedbackResponse:
        async with pipeline_over(self.panel, self._folder) as pipeline:
            return await IdempotentRuns(pipeline, self.store).response(self.request, Deadline.after(seconds))

    async def stored(self, feedback_id: str) -> GetFeedbackResponse | None:
        found = await self.store.feedback("", feedback_id)
        return found.response if found else None


def request_of(
    *models: str, providers: Sequence[str] = (), policy: PanelPolicy | None = None
) -> GetFeedbackRequest:
    return GetFeedbackRequest(
        submission=Submission(text="Dogs bark.", language_code="en"),
        request_id="r1",
        models=models,
        allowed_providers=providers,
        policy=policy or PanelPolicy(substitution=PanelPolicy.SUBSTITUTION_NONE),
    )


@asynccontextmanager
async def repeating(
    folder: Path, request: GetFeedbackRequest, *models: str, kind: str = "sqlite"
) -> AsyncIterator[Repeater]:
    async with AsyncExitStack() as stack:
        store: Store
        if kind == "redis":
            server = await stack.enter_async_context(redis_server(folder))
            store = await stack.enter_async_context(redis_store(server.url, 60))
        else:
            store = await stack.enter_async_context(SqliteStore.open(folder / "store", 60))
        panel = ScriptedPanel(*map(language_model, models or (A, B, C)))
        yield Repeater(PatientStore(store), folder, panel, request)


def answered(response: GetFeedbackResponse) -> set[str]:
    return {each.model for each in response.results if each.HasField("feedback")}
