"""Speaks to OpenAI and to every server that offers its Chat Completions API.

The newer Responses API would leave out vLLM, Ollama, llama.cpp and the gateways.
"""

from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import aiohttp
import openai
from typing_extensions import override

from chorus.model.v1 import generation_pb2
from modelkit.generate_request import shared_parts
from rpckit.errors import (
    ContentBlocked,
    InputTooLong,
    ModelNotFound,
    NotSupported,
    ProviderAuth,
    QuotaExhausted,
    RateLimited,
    Unavailable,
)
from services.cloud_proxy.provider import AnswerEnd, AnswerPiece, Finish, Prompt, Provider, text
from services.cloud_proxy.provider_errors import (
    MALFORMED,
    ErrorTable,
    NoAnswer,
    ProviderError,
    SchemaNotSupported,
    retry_delay,
)
from services.cloud_proxy.providers.chat_messages import chat_messages, form_arguments, message_blocks
from services.cloud_proxy.providers.cloud_credentials import mapped_credentials, no_credentials
from services.cloud_proxy.providers.connection_lost import broken_connection
from services.cloud_proxy.providers.openai_client import openai_client
from services.cloud_proxy.settings import Connection

_PATH = "/chat/completions"

FINISHES = {
    "stop": Finish.STOP,
    "length": Finish.LENGTH,
    "content_filter": Finish.BLOCKED,
    # No tools are offered.
    "tool_calls": Finish.BROKEN,
    "function_call": Finish.BROKEN,
}

_ERROR_TABLE = ErrorTable(
    codes={
        "insufficient_quota": QuotaExhausted,
        "billing_hard_limit_reached": QuotaExhausted,
        "billing_not_active": QuotaExhausted,
        "context_length_exceeded": InputTooLong,
        "string_above_max_length": InputTooLong,
        "content_policy_violation": ContentBlocked,
        "content_filter": ContentBlocked,
        "invalid_prompt": ContentBlocked,
        "invalid_api_key": ProviderAuth,
        "model_not_found": ModelNotFound,
        "unsupported_parameter": NotSupported,
        "unsupported_value": NotSupported,
        # An error within a stream has no status.
        "rate_limit_exceeded": RateLimited,
        "server_error": Unavailable,
        "server_is_overloaded": Unavailable,
        "slow_down": Unavailable,
    },
    # vLLM and llama.cpp answer 400 without a code of their own.
    phrases=(
        ("maximum context length", InputTooLong),
        ("exceeds the available context size", InputTooLong),
        # OpenAI's code for it is null.
        ("invalid schema for response_format", SchemaNotSupported),
    ),
)


class OpenAI(Provider):
    """Adapts OpenAI's SDK to one server."""

    def __init__(self, connection: Connection) -> None:
        self._endpoint = connection.endpoint
        self._client = openai_client(connection)

    @override
    async def refuses_key(self) -> bool:
        try:
            await self._client.models.with_raw_response.list()
        except openai.AuthenticationError:
            return True
        except openai.APIError:
            # A key may answer and not list: the status 403 refuses the list alone.
            return False
        return False

    @override
    async def close(self) -> None:
        await self._client.close()

    @override
    async def answer(self, prompt: Prompt) -> AsyncGenerator[AnswerPiece, None]:
        arguments = self._arguments(prompt)
        with _mapped_errors(prompt), mapped_credentials(prompt):
            # `chat.completions.create` would look through all arguments for what JSON cannot hold, and make
            # objects of the response: a quarter of this server's processor time. Both are plain JSON here.
            if not prompt.streaming:
                completion = await self._client.post(_PATH, cast_to=object, body=arguments)
                for piece in _whole(completion, prompt):
                    yield piece
                return
            arguments |= {"stream": True, "stream_options": {"include_usage": True}}
            stream = await self._client.post(
                _PATH, cast_to=object, body=arguments, stream=True, stream_cls=openai.AsyncStream[Any]
            )
            async with stream:
                collected = _OpenAIStream()
                async for chunk in stream:
                    if words := collected.take(chunk):
                        yield text(words)
                if collected.finish_reason:
                    yield collected.answer_end()

    def _arguments(self, prompt: Prompt) -> dict[str, Any]:
        sampling = prompt.request.sampling
        arguments: dict[str, Any] = {"model": prompt.entry.id, "messages": chat_messages(prompt)}
        if self._endpoint.is_own:
            arguments |= _cache_arguments(prompt)
        if prompt.max_output_tokens:
            # OpenAI counts reasoning tokens into the limit and refuses the older name; most other servers
            # know only that.
            limit = "max_completion_tokens" if self._endpoint.max_completion_tokens else "max_tokens"
            arguments[limit] = prompt.max_output_tokens
        if prompt.reasoning_effort:
            arguments["reasoning_effort"] = prompt.reasoning_effort
        if prompt.entry.service_tier:
            arguments["service_tier"] = prompt.entry.service_tier
        if sampling.stop_sequences:
            arguments["stop"] = list(sampling.stop_sequences)
        return arguments | form_arguments(prompt)


def _cache_arguments(prompt: Prompt) -> dict[str, Any]:
    """Returns the arguments that let the works of a class share what is read of their common beginning.

    Older models look for a shared beginning by themselves, and writing is free. The models that bill for
    writing would write the whole prompt, and find it only where all of it comes again. They are told to write
    no more than what is shared: the instruction, and what stands before the work.
    """
    # Requests with one key come to one machine, which has what the others have left there.
    arguments: dict[str, Any] = {"prompt_cache_key": prompt.fence.boundary}
    if prompt.price is not None and prompt.price.HasField("cache_write_usd_nanos"):
        messages = message_blocks(prompt)
        instruction = [each["content"][-1] for each in messages if each["role"] == "system"]
        material = messages[-1]["content"][: len(shared_parts(prompt.request))]
        for last in (*instruction, *material)[-1:]:
            last["prompt_cache_breakpoint"] = {"mode": "explicit"}
        arguments |= {"messages": messages, "prompt_cache_options": {"mode": "explicit"}}
    return arguments


class _OpenAIStream:
    """Collects what the chunks of a stream say about the end of the answer."""

    def __init__(self) -> None:
        self.finish_reason = ""
        self._refused = False
        self._model = ""
        self._usage: Mapping[str, Any] | None = None

    def take(self, chunk: Mapping[str, Any]) -> str:
        """Reads a chunk and returns the text in it."""
        self._model = self._model or chunk.get("model") or ""
        self._usage = chunk.get("usage") or self._usage
        # The chunk that carries the usage has no choices.
        if not (choices := chunk.get("choices")):
            return ""
        choice = choices[0]
        delta = choice["delta"]
        self.finish_reason = choice.get("finish_reason") or self.finish_reason
        self._refused = self._refused or bool(delta.get("refusal"))
        content: str = delta.get("content") or ""
        return content

    def answer_end(self) -> AnswerEnd:
        return _answer_end(self.finish_reason, self._model, self._usage, refused=self._refused)


def _whole(completion: object, prompt: Prompt) -> Iterator[AnswerPiece]:
    # The SDK returns an HTML page as a string, and an error inside a good response as it came.
    if not isinstance(completion, dict):
        raise NoAnswer("the response is not JSON")
    if not (choices := completion.get("choices")):
        raise _ERROR_TABLE.classify(_provider_error(200, completion.get("error"), {}), prompt)
    choice = choices[0]
    message = choice["message"]
    yield text(message.get("content") or "")
    if finish_reason := choice.get("finish_reason"):
        refused = bool(message.get("refusal"))
        model = completion.get("model") or ""
        yield _answer_end(finish_reason, model, completion.get("usage"), refused=refused)


def _answer_end(
    finish_reason: str, model: str, usage: Mapping[str, Any] | None, *, refused: bool
) -> AnswerEnd:
    finish = Finish.BLOCKED if refused else FINISHES.get(finish_reason, Finish.BROKEN)
    word = "refusal" if refused else finish_reason
    return AnswerEnd(finish, word, model, None if usage is None else _usage(usage))


def _usage(usage: Mapping[str, Any]) -> generation_pb2.Usage:
    prompt = usage.get("prompt_tokens_details") or {}
    completion = usage.get("completion_tokens_details") or {}
    return generation_pb2.Usage(
        input_tokens=usage.get("prompt_tokens") or 0,
        output_tokens=usage.get("completion_tokens") or 0,
        cached_input_tokens=prompt.get("cached_tokens") or 0,
        cache_write_tokens=prompt.get("cache_write_tokens") or 0,
        reasoning_tokens=completion.get("reasoning_tokens") or 0,
        basis=generation_pb2.USAGE_BASIS_MEASURED,
    )


@contextmanager
def _mapped_errors(prompt: Prompt) -> Iterator[None]:
    provider = prompt.entry.provider
    try:
        yield
    except openai.APIStatusError as error:
        provider_error = _provider_error(error.status_code, error.body, error.response.headers)
        raise _ERROR_TABLE.classify(provider_error, prompt) from None
    except openai.APIConnectionError as error:
        raise broken_connection(error, provider) from None
    except openai.APIResponseValidationError:
        raise NoAnswer(f"{provider}: the response is malformed") from None
    except openai.APIError as error:
        # The stream held an error object.
        raise _ERROR_TABLE.classify(_provider_error(200, error.body, {}), prompt) from None
    except openai.OpenAIError:
        # The SDK itself fails where it finds nothing to sign a request with.
        if not prompt.entry.endpoint.finds_credentials:
            raise
        raise no_credentials(prompt) from None
    except aiohttp.ClientError as error:
        # A status that has no body, with one.
        raise broken_connection(error, provider) from None
    except MALFORMED:
        raise NoAnswer(f"{provider}: the response is malformed") from None


def _provider_error(status: int, error: object, headers: Mapping[str, str]) -> ProviderError:
    fields = error if isinstance(error, dict) else {}
    return ProviderError(
        status=status,
        # Gateways put the status, a number, into `code`.
        codes=[word for key in ("code", "type") if isinstance(word := fields.get(key), str)],
        message=str(fields.get("message") or error or ""),
        retry_delay=retry_delay(headers),
    )
