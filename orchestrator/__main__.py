"""Starts the orchestrator."""

import gc

if __name__ == "__main__":
    # What is loaded lives as long as the process, so that to look through it again and again is in vain.
    gc.disable()

import asyncio
import sqlite3

from chorus.classroom.v1 import classroom_service_pb2_grpc
from chorus.feedback.v1 import feedback_service_pb2_grpc, submission_pb2
from orchestrator.answer.check import load_validators
from orchestrator.calibration.calibrator import RaterCalibrator
from orchestrator.calibration.judgement_history import JudgementHistory
from orchestrator.calibration.pool import Pools
from orchestrator.calibration.sqlite import SqliteJudgementHistory
from orchestrator.injection.detection import suspected_injections
from orchestrator.injection.meaning import load_meaning
from orchestrator.metrics import ModelMetrics, store_failures
from orchestrator.panel.directory import ModelDirectory
from orchestrator.panel.model_reviewer import ModelReviewer
from orchestrator.panel.track_record import TrackRecords
from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.review.pipeline import ReviewPipeline
from orchestrator.servicers.classroom import SERVICE as CLASSROOM_SERVICE
from orchestrator.servicers.classroom import ClassroomServicer
from orchestrator.servicers.feedback import SERVICE as FEEDBACK_SERVICE
from orchestrator.servicers.feedback import FeedbackServicer
from orchestrator.servicers.stored_feedbacks import StoredFeedbacks
from orchestrator.settings import OrchestratorSettings
from orchestrator.store.patient import PatientStore
from orchestrator.store.sqlite import SqliteStore
from orchestrator.store.sqlite_database import SqliteDatabase
from orchestrator.store.store import Store, StoreError
from orchestrator.submission.reading import read_submission
from orchestrator.submission.reading_threads import ReadingThreads, reading_executor
from rpckit.malloc_trim import release_freed_memory, share_malloc_arenas
from rpckit.retry_budget import RetryBudgets
from rpckit.server import Host, run
from rpckit.settings import SettingError

# The third is too short to be plainly English, so that what tells languages apart is loaded too.
_SAMPLES = (
    "준비합니다. 왜냐하면 글이 옵니다.",
    "They have read this, because the text is there.",
    "Get ready.",
)


async def register(host: Host, settings: OrchestratorSettings) -> None:
    """Constructs everything and adds both services, which are ready once the language models are loaded."""
    kept, history = await _open_state(host, settings)
    store = PatientStore(kept, store_failures(host.metrics))
    host.exit_stack.push_async_callback(store.finish)
    metrics = ModelMetrics(host.metrics, settings.server.metrics_callers)
    directory = ModelDirectory(settings.model_servers, settings.server.security, host.exit_stack, metrics)
    records = TrackRecords(await store.latest_calls())
    retries = RetryBudgets()
    model_reviewer = ModelReviewer(directory, records, store, retries=retries)
    calibrator = RaterCalibrator(history, Pools(settings.calibration_groups))
    pipeline = ReviewPipeline(
        directory,
        directory,
        model_reviewer,
        settings.panel,
        metrics,
        records,
        calibrator,
        retries,
        ReadingThreads(host.exit_stack.enter_context(reading_executor())),
    )
    feedback = FeedbackServicer(
        IdempotentRuns(pipeline, store),
        directory,
        records,
        StoredFeedbacks(store, calibrator),
        settings.panel,
        settings.batch_window,
        settings.batch_idle_seconds,
        host.admission,
        host.draining,
    )
    await host.add(
        FEEDBACK_SERVICE,
        feedback_service_pb2_grpc.add_FeedbackServiceServicer_to_server,
        feedback,
        ready=False,
    )
    await host.add(
        CLASSROOM_SERVICE,
        classroom_service_pb2_grpc.add_ClassroomServiceServicer_to_server,
        ClassroomServicer(directory, settings.student_model, settings.picture_model),
    )
    host.spawn(store.run())
    host.spawn(store.keep_deleting())
    host.spawn(calibrator.run())
    host.spawn(_warm_up(host))


async def _open_state(host: Host, settings: OrchestratorSettings) -> tuple[Store, JudgementHistory]:
    enter = host.exit_stack.enter_async_context
    if settings.redis_url:
        # As in the settings, an orchestrator with a file does without the client.
        from orchestrator.calibration.redis import RedisJudgementHistory  # noqa: PLC0415
        from orchestrator.store.connection import connected  # noqa: PLC0415
        from orchestrator.store.redis import RedisStore  # noqa: PLC0415

        try:
            client = await enter(connected(settings.redis_url))
        except StoreError as error:
            raise SettingError("CHORUS_REDIS_URL", str(error)) from None
        return RedisStore(client, settings.retention_seconds), RedisJudgementHistory(client)
    path = settings.state_path
    try:
        database = await enter(SqliteDatabase.open(path))
        store = await SqliteStore.of(database, settings.retention_seconds)
        return store, await SqliteJudgementHistory.of(database)
    except sqlite3.Error as error:
        raise SettingError("CHORUS_STATE_DIR", f"{path} cannot be used: {error}") from None


async def _warm_up(host: Host) -> None:
    """Loads what a review takes in any language, so that the first caller does not wait for it.

    The model servers are first asked for a caller: those that begin later would be taken for silent, and
    their names not be looked up again for a while.
    """

    def read() -> None:
        load_validators()
        load_meaning()
        for text in _SAMPLES:
            suspected_injections(read_submission(submission_pb2.Submission(text=text)))

    await asyncio.to_thread(read)
    release_freed_memory()
    await host.set_ready(FEEDBACK_SERVICE, ready=True)


if __name__ == "__main__":
    share_malloc_arenas()
    run(OrchestratorSettings.read, register)
