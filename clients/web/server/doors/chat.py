"""Answers the Chat Completions API, so that any chat client can ask the panel."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Mapping
from contextlib import aclosing
from typing import Any

from google.protobuf import json_format
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from chorus.feedback.v1 import feedback_service_pb2
from chorus.model.v1 import generation_pb2, model_pb2
from chorus_client.errors import ChorusCallError, InternalServerError
from chorus_wording.feedback_text import feedback_text, language_of, provisional_line
from chorus_wording.feedback_words import FEEDBACK_WORDS
from clients.web.server.bodies import bounded
from clients.web.server.doors.chat_request import PANEL_MODEL, PREFIX, ChatRequest, read_chat_request
from clients.web.server.doors.failures import problem_of
from clients.web.server.doors.panel import Panel
from clients.web.server.guard import REQUEST_ID_HEADER, Visitor
from clients.web.server.problems import CHAT_PREFIX, Problem

_MAX_BYTES = 4 * 1024 * 1024
_CLIENT_CLOSED_REQUEST = 499
_OWNER = "chorus"
_DONE = "data: [DONE]\n\n"


class ChatDoor:
    """Answers /v1/chat/completions and /v1/models."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    def routes(self) -> list[Route]:
        """Returns the routes of the API."""
        return [
            Route(f"{CHAT_PREFIX}chat/completions", self._complete, methods=["POST"]),
            Route(f"{CHAT_PREFIX}models", self._list),
            Route(f"{CHAT_PREFIX}models/{{name:path}}", self._get),
        ]

    async def _complete(self, request: Request) -> Response:
        visitor: Visitor = request.state.visitor
        async with bounded(request, _MAX_BYTES) as whole:
            body = await whole.body()
        chat = read_chat_request(body, visitor.teacher, request.headers.get("idempotency-key", ""))
        request_id = request.headers[REQUEST_ID_HEADER]
        if chat.streams:
            events = self._panel.review(chat.request, request_id)
            try:
                # What is wrong with the request is known before the first event, and has a status of its own.
                first = await anext(events)
            except ChorusCallError as error:
                raise problem_of(error) from None
            return StreamingResponse(_chunks(chat, first, events), media_type="text/event-stream")
        response = await _while_connected(request, self._answer(chat, request_id))
        if response is None:
            return Response(status_code=_CLIENT_CLOSED_REQUEST)
        return JSONResponse(_completion(chat, response))

    async def _answer(self, chat: ChatRequest, request_id: str) -> feedback_service_pb2.GetFeedbackResponse:
        try:
            async with aclosing(self._panel.review(chat.request, request_id)) as events:
                async for event in events:
                    if event.HasField("response"):
                        return event.response
        except ChorusCallError as error:
            raise problem_of(error) from None
        raise problem_of(InternalServerError("the review ended without an answer"))

    async def _list(self, request: Request) -> Response:
        return JSONResponse({"object": "list", "data": await self._models(request)})

    async def _get(self, request: Request) -> Response:
        name = request.path_params["name"]
        for each in await self._models(request):
            if each["id"] == name:
                return JSONResponse(each)
        raise Problem(404, "model_not_found", "no such model; GET /v1/models lists them", "model")

    async def _models(self, request: Request) -> list[dict[str, Any]]:
        try:
            listed = await self._panel.list_models(request.headers[REQUEST_ID_HEADER])
        except ChorusCallError as error:
            raise problem_of(error) from None
        names = [PREFIX + each.name for each in listed.models if _reviews(each)]
        return [
            {"id": name, "object": "model", "created": 0, "owned_by": _OWNER}
            for name in (PANEL_MODEL, *names)
        ]


def _reviews(model: model_pb2.Model) -> bool:
    return model.state == model_pb2.Model.STATE_READY and model_pb2.CAPABILITY_TEXT in model.capabilities


async def _chunks(
    chat: ChatRequest,
    first: feedback_service_pb2.StreamFeedbackResponse,
    events: AsyncGenerator[feedback_service_pb2.StreamFeedbackResponse, None],
) -> AsyncIterator[str]:
    head = _head(chat, f"chatcmpl-{uuid.uuid4().hex}", "chat.completion.chunk")
    words = FEEDBACK_WORDS[language_of(chat.request.feedback_language_code, _text_language(chat))]
    yield _event(head | _delta({"role": "assistant", "content": ""}))
    wrote = False
    try:
        async for event in _from_first(first, events):
            if event.HasField("delta"):
                line = provisional_line(event.delta.model, event.delta.point)
                yield _event(
                    head | _delta({"content": line if wrote else f"*{words.provisional}*\n\n{line}"})
                )
                wrote = True
            elif event.HasField("response"):
                text = _text(chat, event.response)
                yield _event(head | _delta({"content": f"\n---\n\n{text}" if wrote else text}))
                last = head | _delta({}, "stop") | {"chorus": _proto_json(event.response)}
                yield _event(last)
                if chat.counts:
                    yield _event(head | {"choices": [], "usage": _usage(event.response.usage)})
    except ChorusCallError as error:
        yield _event(problem_of(error).chat_error())
    else:
        yield _DONE
    finally:
        await events.aclose()


async def _from_first(
    first: feedback_service_pb2.StreamFeedbackResponse,
    events: AsyncIterator[feedback_service_pb2.StreamFeedbackResponse],
) -> AsyncIterator[feedback_service_pb2.StreamFeedbackResponse]:
    yield first
    async for event in events:
        yield event


def _completion(chat: ChatRequest, response: feedback_service_pb2.GetFeedbackResponse) -> dict[str, Any]:
    message = {"role": "assistant", "content": _text(chat, response), "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    name = response.feedback_id or uuid.uuid4().hex
    head = _head(chat, f"chatcmpl-{name}", "chat.completion")
    return head | {"choices": [choice], "usage": _usage(response.usage), "chorus": _proto_json(response)}


def _head(chat: ChatRequest, name: str, kind: str) -> dict[str, Any]:
    return {"id": name, "object": kind, "created": int(time.time()), "model": chat.model}


def _delta(delta: Mapping[str, str], finish_reason: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}]}


def _event(data: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


def _text(chat: ChatRequest, response: feedback_service_pb2.GetFeedbackResponse) -> str:
    return feedback_text(chat.model, response, chat.request.feedback_language_code)


def _text_language(chat: ChatRequest) -> str:
    """Returns the language of the text as far as it is known before the panel has said it."""
    submission = chat.request.submission
    if submission.language_code:
        return submission.language_code
    return "ko" if any("가" <= each <= "힣" for each in submission.text[:1000]) else "en"


def _proto_json(response: feedback_service_pb2.GetFeedbackResponse) -> dict[str, Any]:
    return json_format.MessageToDict(response)


def _usage(usage: generation_pb2.Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_input_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }


async def _while_connected(
    request: Request, work: Coroutine[Any, Any, feedback_service_pb2.GetFeedbackResponse]
) -> feedback_service_pb2.GetFeedbackResponse | None:
    """Returns what the work returns; once the client has left, cancels it and returns None."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(request.receive())
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        return await working if working.done() else None
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)
