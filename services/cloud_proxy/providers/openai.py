"""OpenAI, and every server that speaks its Chat Completions API.

Chat Completions rather than Responses: it is what vLLM, Ollama, llama.cpp and the gateways speak.
"""

import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import openai
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.completion_usage import CompletionUsage

from chorus.model.v1 import generation_pb2
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
from services.cloud_proxy.failures import NoAnswer, Refusal, Vocabulary, retry_delay
from services.cloud_proxy.provider import Ending, Finish, Piece, Prompt, text
from services.cloud_proxy.providers.chat_messages import chat_messages, form_arguments
from services.cloud_proxy.providers.connection_lost import broken_connection
from services.cloud_proxy.settings import Connection

_FINISHES = {
    "stop": Finish.STOP,
    "length": Finish.LENGTH,
    "content_filter": Finish.BLOCKED,
}

_VOCABULARY = Vocabulary(
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
        # In mid-stream there is no status to go by.
        "rate_limit_exceeded": RateLimited,
        "server_error": Unavailable,
        "server_is_overloaded": Unavailable,
        "slow_down": Unavailable,
    },
    # vLLM and llama.cpp answer 400 without a code of their own.
    phrases=(
        ("maximum context length", InputTooLong),
        ("exceeds the available context size", InputTooLong),
    ),
)


class OpenAI:
    """One server that speaks Chat Completions."""

    def __init__(self, connection: Connection) -> None:
        self._is_openai = connection.provider == "openai"
        self._client = openai.AsyncOpenAI(
            # A server that asks for no key is sent this word.
            api_key=connection.key or "none",
            base_url=connection.base_url,
            max_retries=0,
            # The call's clock is the only one: httpx's run per operation.
            timeout=None,
            # A third less CPU than its own transport.
            http_client=openai.DefaultAioHttpClient(timeout=None),
        )

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()

    async def answer(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """Asks once."""
        arguments = self._arguments(prompt)
        with _classified(prompt):
            if not prompt.streaming:
                completion = await self._client.chat.completions.create(**arguments)
                for piece in _whole(completion, prompt):
                    yield piece
                return
            stream = await self._client.chat.completions.create(
                **arguments, stream=True, stream_options={"include_usage": True}
            )
            async with stream:
                ending = _Ending()
                async for chunk in stream:
                    if words := ending.take(chunk):
                        yield text(words)
                if ending.finish_reason:
                    yield ending.piece()

    def _arguments(self, prompt: Prompt) -> dict[str, Any]:
        sampling = prompt.request.sampling
        arguments: dict[str, Any] = {"model": prompt.entry.id, "messages": chat_messages(prompt.request)}
        if prompt.max_output_tokens:
            # Only OpenAI itself counts the reasoning in, and only there the older word is refused.
            limit = "max_completion_tokens" if self._is_openai else "max_tokens"
            arguments[limit] = prompt.max_output_tokens
        if sampling.stop_sequences:
            arguments["stop"] = list(sampling.stop_sequences)
        return arguments | form_arguments(prompt)


class _Ending:
    """What a stream says of its end, in several chunks."""

    def __init__(self) -> None:
        self.finish_reason = ""
        self._refused = False
        self._model = ""
        self._usage: CompletionUsage | None = None

    def take(self, chunk: ChatCompletionChunk) -> str:
        """Reads a chunk; the words in it."""
        self._model = self._model or chunk.model or ""
        self._usage = chunk.usage or self._usage
        # The chunk with the usage has no choice.
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self.finish_reason = choice.finish_reason or self.finish_reason
        self._refused = self._refused or bool(choice.delta.refusal)
        return choice.delta.content or ""

    def piece(self) -> Ending:
        return _ending(self.finish_reason, self._model, self._usage, refused=self._refused)


def _whole(completion: ChatCompletion, prompt: Prompt) -> Iterator[Piece]:
    # The SDK gives out an HTML page as a string, and an error inside a good response as a hollow completion.
    if not isinstance(completion, ChatCompletion):
        raise NoAnswer("the response is not JSON")
    if not completion.choices:
        error = (completion.model_extra or {}).get("error")
        raise _VOCABULARY.classify(_refusal(200, error, {}), prompt)
    choice = completion.choices[0]
    yield text(choice.message.content or "")
    if choice.finish_reason:
        refused = bool(choice.message.refusal)
        yield _ending(choice.finish_reason, completion.model, completion.usage, refused=refused)


def _ending(finish_reason: str, model: str, usage: CompletionUsage | None, *, refused: bool) -> Ending:
    finish = Finish.BLOCKED if refused else _FINISHES.get(finish_reason, Finish.BROKEN)
    word = "refusal" if refused else finish_reason
    return Ending(finish, word, model, None if usage is None else _usage(usage))


def _usage(usage: CompletionUsage) -> generation_pb2.Usage:
    prompt, completion = usage.prompt_tokens_details, usage.completion_tokens_details
    return generation_pb2.Usage(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        cached_input_tokens=(prompt and prompt.cached_tokens) or 0,
        reasoning_tokens=(completion and completion.reasoning_tokens) or 0,
        basis=generation_pb2.USAGE_BASIS_MEASURED,
    )


@contextmanager
def _classified(prompt: Prompt) -> Iterator[None]:
    provider = prompt.entry.provider
    try:
        yield
    except openai.APIStatusError as error:
        refusal = _refusal(error.status_code, error.body, error.response.headers)
        raise _VOCABULARY.classify(refusal, prompt) from None
    except openai.APIConnectionError as error:
        raise broken_connection(error, provider) from None
    except openai.APIResponseValidationError:
        raise NoAnswer(f"{provider}: the response is not of the API's form") from None
    except openai.APIError as error:
        # An error object inside a stream.
        raise _VOCABULARY.classify(_refusal(200, error.body, {}), prompt) from None
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError, TypeError):
        # The SDK builds its objects unchecked: a chunk of another form fails where it is read.
        raise NoAnswer(f"{provider}: the response is not of the API's form") from None


def _refusal(status: int, error: object, headers: Mapping[str, str]) -> Refusal:
    fields = error if isinstance(error, dict) else {}
    return Refusal(
        status=status,
        # Gateways put the status into `code`.
        codes=[word for key in ("code", "type") if isinstance(word := fields.get(key), str)],
        message=str(fields.get("message") or error or ""),
        retry_delay=retry_delay(headers),
    )
