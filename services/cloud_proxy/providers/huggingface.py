"""Speaks to Hugging Face's Inference Providers, or to an Inference Endpoint."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
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
from typing_extensions import override

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
from services.cloud_proxy.provider import AnswerEnd, AnswerPiece, Finish, Prompt, Provider, text
from services.cloud_proxy.provider_errors import (
    MALFORMED,
    ConnectionLost,
    ErrorTable,
    NoAnswer,
    ProviderError,
    SchemaNotSupported,
    retry_delay,
)
from services.cloud_proxy.providers.chat_messages import chat_messages, form_arguments
from services.cloud_proxy.providers.response_meter import UNCOMPRESSED, bound_response
from services.cloud_proxy.providers.shared_transport import SharedTransport
from services.cloud_proxy.settings import Connection

FINISHES = {
    "stop": Finish.STOP,
    # Text Generation Inference has names of its own.
    "eos_token": Finish.STOP,
    "stop_sequence": Finish.STOP,
    "length": Finish.LENGTH,
    "content_filter": Finish.BLOCKED,
}

_ERROR_TABLE = ErrorTable(
    codes={
        "insufficient_quota": QuotaExhausted,
        "context_length_exceeded": InputTooLong,
        "content_policy_violation": ContentBlocked,
        "content_filter": ContentBlocked,
        # No inference provider that the router knows serves the model.
        "model_not_supported": ModelNotFound,
        "model_not_found": ModelNotFound,
        "rate_limit_exceeded": RateLimited,
        "overloaded": Unavailable,
        "server_error": Unavailable,
    },
    # The code of Text Generation Inference is "validation" for every bad parameter. vLLM sends no code.
    phrases=(
        ("must be <=", InputTooLong),
        ("maximum context length", InputTooLong),
        ("invalid schema for response_format", SchemaNotSupported),
    ),
)


_WHO_AM_I = "https://huggingface.co/api/whoami-v2"


class HuggingFace(Provider):
    """Adapts Hugging Face's SDK. Making an adapter sets the SDK's factory of HTTP clients for the process."""

    def __init__(self, connection: Connection, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._connection = connection
        self._transport = SharedTransport(transport)
        set_async_client_factory(self._http_client)

    @override
    async def refuses_key(self) -> bool:
        if self._connection.endpoint.base_url:
            # An endpoint of one's own says nothing but by an answer.
            return False
        headers = {"authorization": f"Bearer {self._connection.key}"}
        try:
            async with httpx2.AsyncClient(transport=self._transport, timeout=None) as client:
                response = await client.get(_WHO_AM_I, headers=headers)
        except httpx2.RequestError:
            return False
        return response.status_code == HTTPStatus.UNAUTHORIZED

    @override
    async def close(self) -> None:
        await self._transport.close()

    @override
    async def answer(self, prompt: Prompt) -> AsyncGenerator[AnswerPiece, None]:
        arguments = _arguments(prompt)
        # Each call has a client of its own, because a client closes a stream only when it is closed itself.
        async with self._client() as client:
            with _mapped_errors(prompt):
                if not prompt.streaming:
                    completion = await client.chat_completion(**arguments)
                    for piece in _whole(completion, prompt):
                        yield piece
                    return
                collected = _HuggingFaceStream()
                arguments |= {"stream": True, "stream_options": {"include_usage": True}}
                async for chunk in await client.chat_completion(**arguments):
                    if words := collected.take(chunk):
                        yield text(words)
                if collected.finish_reason:
                    yield collected.answer_end()

    def _client(self) -> AsyncInferenceClient:
        endpoint, token = self._connection.endpoint, self._connection.key
        headers = dict(endpoint.headers)
        if endpoint.base_url:
            return AsyncInferenceClient(base_url=endpoint.base_url, token=token, headers=headers)
        # "auto" leaves the choice to the router. Without it the SDK would look providers up by blocking HTTP.
        return AsyncInferenceClient(provider="auto", token=token, headers=headers)

    def _http_client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            transport=self._transport,
            timeout=None,
            headers=UNCOMPRESSED,
            event_hooks={"response": [bound_response, _read_error]},
        )


async def _read_error(response: httpx2.Response) -> None:
    # For a stream the SDK raises its error before it has read the body. It takes a redirect for an answer.
    if not response.is_success:
        await response.aread()
    if response.is_redirect:
        raise HfHubHTTPError("a redirect", response=response)


def _arguments(prompt: Prompt) -> dict[str, Any]:
    sampling = prompt.request.sampling
    arguments: dict[str, Any] = {
        "model": prompt.entry.id,
        "messages": chat_messages(prompt),
        "max_tokens": prompt.max_output_tokens or None,
        "stop": list(sampling.stop_sequences) or None,
    }
    if prompt.reasoning_effort:
        # The SDK has no argument for it, but the servers behind it know OpenAI's.
        arguments["extra_body"] = {"reasoning_effort": prompt.reasoning_effort}
    return arguments | form_arguments(prompt)


class _HuggingFaceStream:
    """Collects what the chunks of a stream say about the end of the answer."""

    def __init__(self) -> None:
        self.finish_reason = ""
        self._model = ""
        self._usage: Any = None

    def take(self, chunk: Any) -> str:
        """Reads a chunk and returns the text in it."""
        self._model = self._model or chunk.model
        self._usage = chunk.usage or self._usage
        # The chunk that carries the usage has no choices.
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self.finish_reason = choice.finish_reason or self.finish_reason
        return choice.delta.content or ""

    def answer_end(self) -> AnswerEnd:
        return _answer_end(self.finish_reason, self._model, self._usage)


def _whole(completion: Any, prompt: Prompt) -> Iterator[AnswerPiece]:
    if not completion.choices:
        raise _ERROR_TABLE.classify(_provider_error(200, completion.get("error")), prompt)
    choice = completion.choices[0]
    yield text(choice.message.content or "")
    if choice.finish_reason:
        yield _answer_end(choice.finish_reason, completion.model, completion.usage)


def _answer_end(finish_reason: str, model: str, usage: Any) -> AnswerEnd:
    finish = FINISHES.get(finish_reason, Finish.BROKEN)
    return AnswerEnd(finish, finish_reason, model or "", _usage(usage) if usage else None)


def _usage(usage: Any) -> generation_pb2.Usage:
    # The SDK's class has no attributes for the details, but keeps them as items.
    prompt = usage.get("prompt_tokens_details") or {}
    return generation_pb2.Usage(
        input_tokens=usage["prompt_tokens"],
        output_tokens=usage["completion_tokens"],
        cached_input_tokens=prompt.get("cached_tokens") or 0,
        cache_write_tokens=prompt.get("cache_write_tokens") or 0,
        reasoning_tokens=(usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0,
        basis=generation_pb2.USAGE_BASIS_MEASURED,
    )


@contextmanager
def _mapped_errors(prompt: Prompt) -> Iterator[None]:
    try:
        yield
    except HfHubHTTPError as error:
        raise _ERROR_TABLE.classify(_http_provider_error(error.response), prompt) from None
    except (InferenceTimeoutError, httpx2.TimeoutException):
        raise Timeout("huggingface: the connection timed out") from None
    except httpx2.ConnectError:
        raise Unavailable("huggingface cannot be reached") from None
    except httpx2.RequestError:
        raise ConnectionLost("huggingface: the connection broke") from None
    except OverloadedError:
        raise Unavailable("huggingface: overloaded") from None
    except ValidationError as error:
        raise _ERROR_TABLE.classify(ProviderError(400, ["validation"], str(error)), prompt) from None
    except TextGenerationError as error:
        # The stream held an error object, which is the exception's argument.
        raise _ERROR_TABLE.classify(
            _provider_error(200, error.args[0] if error.args else None), prompt
        ) from None
    except MALFORMED:
        raise NoAnswer("huggingface: the response is malformed") from None


def _http_provider_error(response: httpx2.Response) -> ProviderError:
    try:
        body = response.json()
    except MALFORMED:
        body = None
    fields = body if isinstance(body, dict) else {}
    provider_error = _provider_error(
        response.status_code, fields.get("error", fields), fields.get("error_type")
    )
    # The error of a model that is being loaded says how many seconds that takes.
    loading = fields.get("estimated_time")
    delay = loading if isinstance(loading, int | float) else retry_delay(response.headers)
    return replace(provider_error, retry_delay=delay)


def _provider_error(status: int, error: object, error_type: object = None) -> ProviderError:
    fields = error if isinstance(error, dict) else {}
    words = (fields.get("code"), fields.get("type"), error_type)
    return ProviderError(
        status=status,
        codes=[word for word in words if isinstance(word, str)],
        message=str(fields.get("message") or error or ""),
    )
