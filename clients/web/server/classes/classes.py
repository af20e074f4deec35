"""Puts together what classes need of the page's server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import grpc
from sqlalchemy import Engine
from starlette.routing import Route

from chorus.feedback.v1 import feedback_service_pb2_grpc
from clients.web.server.classes.class_api import ClassApi
from clients.web.server.classes.class_give_back import ClassGiveBack
from clients.web.server.classes.class_store import ClassStore
from clients.web.server.classes.missing_files import MissingFiles
from clients.web.server.classes.review_prices import ReviewPrices
from clients.web.server.classes.runner import ClassRunner
from clients.web.server.classes.work_files import WorkFiles
from clients.web.server.classes.work_queue import WorkQueue
from clients.web.server.settings import WebSettings
from clients.web.server.workers import Workers


@dataclass(frozen=True, slots=True)
class Classes:
    """The routes of classes, and what runs their reviews."""

    api: ClassApi
    give_back: ClassGiveBack
    runner: ClassRunner

    @classmethod
    def of(
        cls, settings: WebSettings, channel: grpc.aio.Channel, workers: Workers, database: Engine
    ) -> "Classes":
        """Puts them together, within a running event loop."""
        store = ClassStore(database)
        stub = feedback_service_pb2_grpc.FeedbackServiceStub(channel)
        prices = ReviewPrices(stub)
        runner = ClassRunner(
            store=store,
            queue=WorkQueue(database),
            stub=stub,
            prices=prices,
            calls=settings.class_calls,
            kept_seconds=settings.kept_seconds,
        )
        missing = MissingFiles(database)
        files = WorkFiles(store, missing, workers, settings.max_file_bytes)
        api = ClassApi(store=store, missing=missing, runner=runner, prices=prices, files=files, stub=stub)
        return cls(api, ClassGiveBack(store, workers), runner)

    def routes(self) -> list[Route]:
        """Returns the routes."""
        return [*self.api.routes(), *self.give_back.routes()]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Runs classes that were started while the block runs, those among them that another server began."""
        task = asyncio.create_task(self.runner.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
