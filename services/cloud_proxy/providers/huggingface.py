"""Hugging Face's Inference Providers, or an endpoint of one's own."""

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx2
from huggingface_hub import AsyncInferenceClient, set_async_client_factory
from huggingface_hub.errors import (
    HfHubHTTPError,
    InferenceTimeoutError,
    OverloadedError,
    TextGenerationError,
    ValidationError,
)

from chorus.model.v1 import generation_pb2
from rpckit.errors import (
    ContentBlocked,
    InputTooLong,
    ModelNotFound,
    QuotaExhausted,
    RateLimited,
    Timeout,
    Unavailable,
)
from services.cloud_proxy.failures import Dropped, NoAnswer, Refusal, Vocabulary, retry_delay
from services.cloud_proxy.provider import Ending, Finish, Piece, Prompt, text
from services.cloud_proxy.providers.chat_messages import chat_messages, form_arguments
from services.cloud_proxy.settings import Connection

_FINISHES = {
    "stop": Finish.STOP,
    # Text Generation Inference's own words.
    "eos_token": Finish.STOP,
    "stop_sequence": Finish.STOP,
    "length": Finish.LENGTH,
    "content_filter": Finish.BLOCKED,
}

_VOCABULARY = Vocabulary(
    codes={
        "insufficient_quota": QuotaExhausted,
        "context_length_exceeded": InputTooLong,
        "content_policy_violation": ContentBlocked,
        # The router knows no inference provider that serves it.
        "model_not_supported": ModelNotFound,
        "model_not_found": ModelNotFound,
        "rate_limit_exceeded": RateLimited,
        "overloaded": Unavailable,
        "server_error": Unavailable,
    },
    # Text Generation Inference says "validation" for every bad parameter, vLLM has no code at all.
    phrases=(
        ("must be <=", InputTooLong),
        ("maximum context length", InputTooLong),
    ),
)


class HuggingFace:
    """Hugging Face. The SDK's factory of HTTP clients is one per process; this sets it."""

    def __init__(self, connection: Connection, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._connection = connection
        self._transport = _Shared(transport or httpx2.AsyncHTTPTransport())
        set_async_client_factory(self._http_client)

    async def close(self) -> None:
        """Closes the connections."""
        await self._transport.close()

    async def answer(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """Asks once."""
        arguments = _arguments(prompt)
        # A client for each call: it closes its streams when it is closed itself, and never before.
        async with self._client() as client:
            with _classified(prompt):
                if not prompt.streaming:
                    completion = await client.chat_completion(**arguments)
                    for piece in _whole(completion, prompt):
                        yield piece
                    return
                ending = _Ending()
                arguments |= {"stream": True, "stream_options": {"include_usage": True}}
                async for chunk in await client.chat_completion(**arguments):
                    if words := ending.take(chunk):
                        yield text(words)
                if ending.finish_reason:
                    yield ending.piece()

    def _client(self) -> AsyncInferenceClient:
        token = self._connection.key
        if self._connection.base_url:
            return AsyncInferenceClient(base_url=self._connection.base_url, token=token)
        # "auto" leaves the choice to the router; naming none would look providers up by blocking HTTP.
        return AsyncInferenceClient(provider="auto", token=token)

    def _http_client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            transport=self._transport, timeout=None, event_hooks={"response": [_read_error]}
        )


class _Shared(httpx2.AsyncBaseTransport):
    """One pool of connections for clients that come and go."""

    def __init__(self, transport: httpx2.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Called when a client is closed, whose pool this is not."""

    async def close(self) -> None:
        await self._transport.aclose()


async def _read_error(response: httpx2.Response) -> None:
    # In a stream the SDK raises before it reads.
    if response.is_error:
        await response.aread()


def _arguments(prompt: Prompt) -> dict[str, Any]:
    sampling = prompt.request.sampling
    arguments: dict[str, Any] = {
        "model": prompt.entry.id,
        "messages": chat_messages(prompt.request),
        "max_tokens": prompt.max_output_tokens or None,
        "stop": list(sampling.stop_sequences) or None,
    }
    return arguments | form_arguments(prompt)


class _Ending:
    """What a stream says of its end, in several chunks."""

    def __init__(self) -> None:
        self.finish_reason = ""
        self._model = ""
        self._usage: Any = None

    def take(self, chunk: Any) -> str:
        """Reads a chunk; the words in it."""
        self._model = self._model or chunk.model
        self._usage = chunk.usage or self._usage
        # The chunk with the usage has no choice.
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self.finish_reason = choice.finish_reason or self.finish_reason
        return choice.delta.content or ""

    def piece(self) -> Ending:
        return _ending(self.finish_reason, self._model, self._usage)


def _whole(completion: Any, prompt: Prompt) -> Iterator[Piece]:
    if not completion.choices:
        raise _VOCABULARY.classify(_refusal(200, completion.get("error")), prompt)
    choice = completion.choices[0]
    yield text(choice.message.content or "")
    if choice.finish_reason:
        yield _ending(choice.finish_reason, completion.model, completion.usage)


def _ending(finish_reason: str, model: str, usage: Any) -> Ending:
    finish = _FINISHES.get(finish_reason, Finish.BROKEN)
    return Ending(finish, finish_reason, model or "", _usage(usage) if usage else None)


def _usage(usage: Any) -> generation_pb2.Usage:
    # The SDK's class does not know the details, but keeps them.
    return generation_pb2.Usage(
        input_tokens=usage["prompt_tokens"],
        output_tokens=usage["completion_tokens"],
        cached_input_tokens=(usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0,
        reasoning_tokens=(usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0,
        basis=generation_pb2.USAGE_BASIS_MEASURED,
    )


@contextmanager
def _classified(prompt: Prompt) -> Iterator[None]:
    try:
        yield
    except HfHubHTTPError as error:
        raise _VOCABULARY.classify(_http_refusal(error.response), prompt) from None
    except (InferenceTimeoutError, httpx2.TimeoutException):
        raise Timeout("huggingface: the connection timed out") from None
    except httpx2.ConnectError:
        raise Unavailable("huggingface cannot be reached") from None
    except httpx2.RequestError:
        raise Dropped("huggingface: the connection broke") from None
    except OverloadedError:
        raise Unavailable("huggingface: overloaded") from None
    except ValidationError as error:
        raise _VOCABULARY.classify(Refusal(400, ["validation"], str(error)), prompt) from None
    except TextGenerationError as error:
        # An error object inside a stream; it is the exception's argument.
        raise _VOCABULARY.classify(_refusal(200, error.args[0] if error.args else None), prompt) from None
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError, TypeError, KeyError):
        # The SDK builds its objects unchecked: a chunk of another form fails where it is read.
        raise NoAnswer("huggingface: the response is not of the API's form") from None


def _http_refusal(response: httpx2.Response) -> Refusal:
    try:
        body = response.json()
    except ValueError:
        body = None
    fields = body if isinstance(body, dict) else {}
    refusal = _refusal(response.status_code, fields.get("error", fields), fields.get("error_type"))
    # A model that is being loaded says how long that takes.
    loading = fields.get("estimated_time")
    delay = loading if isinstance(loading, int | float) else retry_delay(response.headers)
    return replace(refusal, retry_delay=delay)


def _refusal(status: int, error: object, error_type: object = None) -> Refusal:
    fields = error if isinstance(error, dict) else {}
    words = (fields.get("code"), fields.get("type"), error_type)
    return Refusal(
        status=status,
        codes=[word for word in words if isinstance(word, str)],
        message=str(fields.get("message") or error or ""),
    )
