"""Speaks to the Gemini API through google-genai."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import aiohttp
from google import genai
from google.genai import errors, types
from typing_extensions import override

from chorus.model.v1 import content_pb2, generation_pb2, model_pb2
from rpckit.task_end import end
from services.cloud_proxy.endpoints import Sdk
from services.cloud_proxy.provider import AnswerEnd, AnswerPiece, Finish, Prompt, Provider, text
from services.cloud_proxy.provider_errors import MALFORMED, NoAnswer, too_long
from services.cloud_proxy.providers.cloud_credentials import mapped_credentials
from services.cloud_proxy.providers.connection_lost import broken_connection
from services.cloud_proxy.providers.gemini_request import (
    ERROR_TABLE,
    FINISHES,
    contents,
    generation_config,
    nearest_ratio,
    provider_error,
    refuses_key,
    wants_picture,
)
from services.cloud_proxy.providers.response_meter import BoundedClientResponse, opened_responses
from services.cloud_proxy.settings import Connection

# A picture comes as one line of the stream.
_READ_BUFFER_BYTES = 4 * 1024 * 1024
# How many responses of a stream are read before the first of them is taken.
_MAX_READ_AHEAD = 4


class Gemini(Provider):
    """Adapts google-genai."""

    def __init__(self, connection: Connection) -> None:
        # The SDK would subclass ClientSession to make its own, which aiohttp has deprecated.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            read_bufsize=_READ_BUFFER_BYTES,
            response_class=BoundedClientResponse,
            trust_env=True,
        )
        endpoint = connection.endpoint
        is_vertex = endpoint.sdk is Sdk.GOOGLE_VERTEX
        # Of Vertex the SDK searches for credentials at the first call, in a thread.
        place: dict[str, Any] = (
            {"project": endpoint.project, "location": endpoint.region} if is_vertex else {}
        )
        self._client = genai.Client(
            vertexai=is_vertex,
            api_key=None if is_vertex else connection.key,
            **place,
            http_options=types.HttpOptions(
                base_url=endpoint.base_url or None,
                headers=dict(endpoint.headers) or None,
                aiohttp_client=self._session,
                async_client_args={"allow_redirects": False},
                # By default the SDK reconnects once, without a word, after up to ten seconds.
                retry_options=types.HttpRetryOptions(attempts=1),
            ),
        )

    @override
    async def refuses_key(self) -> bool:
        try:
            await self._client.aio.models.list(config={"page_size": 1})
        except errors.APIError as error:
            return refuses_key(provider_error(error.code, error.details))
        except (aiohttp.ClientError, errors.UnknownApiResponseError, *MALFORMED):
            return False
        return False

    @override
    async def close(self) -> None:
        await self._client.aio.aclose()
        self._client.close()
        await self._session.close()

    @override
    async def answer(self, prompt: Prompt) -> AsyncGenerator[AnswerPiece, None]:
        # The SDK's types are dicts with the same keys as ours.
        question: Any = contents(prompt)
        config = _config(prompt)
        models = self._client.aio.models
        with _mapped_errors(prompt), mapped_credentials(prompt), _closed_connections():
            if prompt.may_be_too_long():
                # The provider does not bill for counting. The API refuses a system instruction there, so none
                # is sent.
                count = await models.count_tokens(model=prompt.entry.id, contents=question)
                if (count.total_tokens or 0) > prompt.entry.max_input_tokens:
                    raise too_long(prompt.entry, "counted before it was sent", count.total_tokens)
            collected = _GeminiResponses(prompt)
            if not prompt.streaming:
                response = await models.generate_content(
                    model=prompt.entry.id, contents=question, config=config
                )
                for part in collected.take(response):
                    yield part
            else:
                stream = await models.generate_content_stream(
                    model=prompt.entry.id, contents=question, config=config
                )
                async with aclosing(_read_ahead(stream)) as responses:
                    async for response in responses:
                        for part in collected.take(response):
                            yield part
            if (piece := collected.answer_end()) is not None:
                yield piece


def _config(prompt: Prompt) -> types.GenerateContentConfig:
    config = types.GenerateContentConfig(
        **generation_config(prompt),
        seed=_seed(prompt),
        thinking_config=_thinking(prompt),
        system_instruction=prompt.fence.system_instruction(prompt.request.system_instruction) or None,
    )
    if prompt.entry.service_tier:
        config.service_tier = types.ServiceTier(prompt.entry.service_tier)
    if prompt.schema is not None:
        config.response_mime_type = "application/json"
        config.response_json_schema = prompt.schema.anonymous
    if wants_picture(prompt) and prompt.request.output_format.image.HasField("aspect_ratio"):
        ratio = nearest_ratio(prompt.request.output_format.image.aspect_ratio)
        config.image_config = types.ImageConfig(aspect_ratio=ratio)
    return config


def _thinking(prompt: Prompt) -> types.ThinkingConfig | None:
    if not prompt.reasoning_effort:
        return None
    if prompt.reasoning_effort == "none":
        return types.ThinkingConfig(thinking_budget=0)
    return types.ThinkingConfig(thinking_level=types.ThinkingLevel(prompt.reasoning_effort.upper()))


def _seed(prompt: Prompt) -> int | None:
    sampling = prompt.request.sampling
    is_honoured = prompt.entry.can(model_pb2.CAPABILITY_SEED) and sampling.HasField("seed")
    # The API takes a signed integer of 32 bits.
    return sampling.seed % 2**31 if is_honoured else None


@contextmanager
def _closed_connections() -> Iterator[None]:
    """Closes what is still open of a call that ends early.

    An abandoned generator of the SDK is in a cycle of references, and would keep its connection open until
    garbage is collected.
    """
    opened: list[aiohttp.ClientResponse] = []
    opened_responses.set(opened)
    try:
        yield
    finally:
        for each in opened:
            each.close()


async def _read_ahead(
    stream: AsyncIterator[types.GenerateContentResponse],
) -> AsyncGenerator[types.GenerateContentResponse, None]:
    """Reads the stream in a task of its own, so that leaving it early raises inside the SDK, which waits."""
    queue: asyncio.Queue[types.GenerateContentResponse | None] = asyncio.Queue()
    places = asyncio.Semaphore(_MAX_READ_AHEAD)

    async def read() -> None:
        async for response in stream:
            await places.acquire()
            queue.put_nowait(response)

    reader = asyncio.create_task(read())
    reader.add_done_callback(lambda _: queue.put_nowait(None))
    try:
        while (response := await queue.get()) is not None:
            yield response
            places.release()
        await reader
    finally:
        await end([reader])


class _GeminiResponses:
    """Collects what the responses say about the end of the answer."""

    def __init__(self, prompt: Prompt) -> None:
        self._finish: Finish | None = None
        self._word = ""
        self._model = prompt.entry.id
        self._usage: types.GenerateContentResponseUsageMetadata | None = None

    def take(self, response: types.GenerateContentResponse) -> Iterator[content_pb2.Part]:
        """Reads a response and yields its parts."""
        self._model = response.model_version or self._model
        self._usage = response.usage_metadata or self._usage
        feedback = response.prompt_feedback
        if feedback is not None and feedback.block_reason is not None:
            self._finish, self._word = Finish.BLOCKED, feedback.block_reason.value
        if not response.candidates:
            return
        candidate = response.candidates[0]
        if candidate.finish_reason is not None:
            self._word = candidate.finish_reason.value
            self._finish = FINISHES.get(self._word, Finish.BROKEN)
        for part in (candidate.content and candidate.content.parts) or ():
            if part.text and not part.thought:
                yield text(part.text)
            elif part.inline_data is not None and part.inline_data.data:
                image = content_pb2.Image(
                    data=part.inline_data.data, media_type=part.inline_data.mime_type or ""
                )
                yield content_pb2.Part(image=image)

    def answer_end(self) -> AnswerEnd | None:
        if self._finish is None:
            return None
        usage = None if self._usage is None else _usage(self._usage)
        return AnswerEnd(self._finish, self._word, self._model, usage)


def _usage(usage: types.GenerateContentResponseUsageMetadata) -> generation_pb2.Usage:
    thoughts = usage.thoughts_token_count or 0
    return generation_pb2.Usage(
        input_tokens=usage.prompt_token_count or 0,
        # The API counts the thoughts apart from the candidates and bills them alike.
        output_tokens=(usage.candidates_token_count or 0) + thoughts,
        cached_input_tokens=usage.cached_content_token_count or 0,
        reasoning_tokens=thoughts,
        basis=generation_pb2.USAGE_BASIS_MEASURED,
    )


@contextmanager
def _mapped_errors(prompt: Prompt) -> Iterator[None]:
    try:
        yield
    except errors.APIError as error:
        # The response of an error within a stream is one of the SDK's own, with the status 200.
        status = getattr(error.response, "status_code", error.code)
        raise ERROR_TABLE.classify(provider_error(status, error.details), prompt) from None
    except aiohttp.ClientError as error:
        raise broken_connection(error, prompt.entry.provider) from None
    except (errors.UnknownApiResponseError, *MALFORMED):
        raise NoAnswer(f"{prompt.entry.provider}: the response is malformed") from None
