"""Puts the page's server together, as an ASGI application."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import grpc
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from clients.web.server.classes.classes import Classes
from clients.web.server.doors.chat import ChatDoor
from clients.web.server.doors.panel import Panel
from clients.web.server.gateway import FEEDBACK, SERVICES, ServiceGateway
from clients.web.server.give_back import GiveBack
from clients.web.server.guard import HEALTH_PATH, Guard, Visitor, csrf_cookie
from clients.web.server.kept_files import KeptFiles
from clients.web.server.languages import LANGUAGES, language_of
from clients.web.server.page import BuiltPage
from clients.web.server.problems import Problem, internal_problem
from clients.web.server.settings import Door, WebSettings
from clients.web.server.uploads import MAX_TEXT_CHARACTERS, Uploads
from clients.web.server.visiting import pseudonym
from clients.web.server.workers import Workers
from rpckit.version import VERSION

if TYPE_CHECKING:
    from clients.web.server.doors.tool_door import ToolDoor

# Each may take a CPU for a while, in a process of its own.
_FILES_AT_ONCE = 2
_FILES_WAITING = 30


def application(
    settings: WebSettings, channels: Mapping[str, grpc.aio.Channel], kept: KeptFiles, database: Engine
) -> ASGIApp:
    """Returns what an ASGI server runs, within a running event loop.

    Args:
        settings: Who may open it, and where the page is.
        channels: To the orchestrator, by the full names of `SERVICES`.
        kept: Where the files of teachers are.
        database: Where the classes are.
    """
    workers = Workers(_FILES_AT_ONCE, _FILES_WAITING)
    uploads = Uploads(kept, workers, settings.max_file_bytes)
    gateways = [ServiceGateway(each, channels[name]) for name, each in SERVICES.items()]
    panel = Panel(channels[FEEDBACK], settings.upstream.door_seconds)
    tools = _tool_door(panel) if Door.MCP in settings.doors else None
    classes = Classes.of(settings, channels[FEEDBACK], workers, database)
    routes = [
        *(route for gateway in gateways for route in gateway.routes()),
        Route("/api/session", _Session(settings).get),
        Route("/api/files", uploads.post, methods=["POST"]),
        Route("/api/files/{file_id}", uploads.delete, methods=["DELETE"]),
        Route("/api/give-back", GiveBack(kept, workers).post, methods=["POST"]),
        *classes.routes(),
        Route(HEALTH_PATH, _health),
        *(ChatDoor(panel).routes() if Door.CHAT in settings.doors else ()),
        *(tools.routes() if tools else ()),
        *BuiltPage(settings.page).routes(),
    ]
    # The last one's errors go on to the guard, too, which logs them.
    handlers = {Problem: _problem, HTTPException: _http_problem, Exception: _unexpected}

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if tools:
                await stack.enter_async_context(tools.running())
            await stack.enter_async_context(classes.running())
            yield

    return Guard(Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan), settings)


def _tool_door(panel: Panel) -> "ToolDoor":
    # It brings the SDK, which takes a second and some memory.
    from clients.web.server.doors.tool_door import ToolDoor  # noqa: PLC0415

    return ToolDoor(panel)


class _Session:
    """Answers /api/session: what the page needs before anything else."""

    def __init__(self, settings: WebSettings) -> None:
        self._limits = {
            "max_file_bytes": settings.max_file_bytes,
            "max_text_characters": MAX_TEXT_CHARACTERS,
        }

    async def get(self, request: Request) -> Response:
        visitor: Visitor = request.state.visitor
        session = {
            "csrf": visitor.csrf,
            "teacher": visitor.teacher,
            "rater": pseudonym(visitor.teacher) or "teacher",
            "languages": LANGUAGES,
            "version": VERSION,
            "limits": self._limits,
        }
        response = JSONResponse(session)
        if visitor.is_new:
            response.set_cookie(**csrf_cookie(visitor))  # type: ignore[arg-type]
        return response


async def _health(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - Starlette calls it for no other
    return error.in_language(language_of(request)).response(request.url.path)


async def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette calls it for no other
    reason = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(error.status_code, "HTTP")
    return Problem(error.status_code, reason, error.detail).response(request.url.path, error.headers)


async def _unexpected(request: Request, _: Exception) -> Response:
    return internal_problem().response(request.url.path)
