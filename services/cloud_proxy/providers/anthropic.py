"""Speaks to Anthropic's Messages API."""

import base64
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import aiohttp
import anthropic
import httpx2
from anthropic.types import Message, RawMessageStreamEvent, Usage
from typing_extensions import override

from chorus.model.v1 import content_pb2, generation_pb2
from modelkit.generate_request import content_parts, shared_parts
from modelkit.json_schema.answer_schema import AnswerSchema
from rpckit.errors import (
    ContentBlocked,
    InputTooLong,
    ModelNotFound,
    NotSupported,
    ProviderAuth,
    QuotaExhausted,
    RateLimited,
    Timeout,
    Unavailable,
)
from services.cloud_proxy.endpoints import Sdk
from services.cloud_proxy.provider import AnswerEnd, AnswerPiece, Finish, Prompt, Provider, text
from services.cloud_proxy.provider_errors import (
    MALFORMED,
    ErrorTable,
    NoAnswer,
    ProviderError,
    retry_delay,
    too_long,
)
from services.cloud_proxy.providers.anthropic_client import anthropic_client
from services.cloud_proxy.providers.cloud_credentials import mapped_credentials
from services.cloud_proxy.providers.connection_lost import broken_connection
from services.cloud_proxy.settings import Connection

# The API requires a limit.
_DEFAULT_MAX_TOKENS = 4096
_ROLES = {content_pb2.ROLE_USER: "user", content_pb2.ROLE_MODEL: "assistant"}
# These are no efforts, but ways of thinking. Without tools there is nothing to think between.
_WITHOUT_THINKING = frozenset({"disabled", "between_tools"})

FINISHES = {
    "end_turn": Finish.STOP,
    "stop_sequence": Finish.STOP,
    "max_tokens": Finish.LENGTH,
    "refusal": Finish.BLOCKED,
    "model_context_window_exceeded": Finish.TOO_LONG,
    # No tools are offered.
    "tool_use": Finish.BROKEN,
    "pause_turn": Finish.BROKEN,
}

_ERROR_TABLE = ErrorTable(
    codes={
        "billing_error": QuotaExhausted,
        "contract_spend_limit_reached": QuotaExhausted,
        "enforced_spend_limit_reached": QuotaExhausted,
        "linked_organization_spend_limit_reached": QuotaExhausted,
        "linked_organization_billing_unavailable": QuotaExhausted,
        "authentication_error": ProviderAuth,
        "permission_error": ProviderAuth,
        "not_found_error": ModelNotFound,
        "request_too_large": InputTooLong,
        # Within a stream these come with the status 200.
        "rate_limit_error": RateLimited,
        "overloaded_error": Unavailable,
        "api_error": Unavailable,
        "timeout_error": Timeout,
    },
    # All of these are 400 invalid_request_error.
    phrases=(
        ("credit balance is too low", QuotaExhausted),
        ("usage limits", QuotaExhausted),
        ("prompt is too long", InputTooLong),
        ("exceed context limit", InputTooLong),
        ("blocked by content filtering policy", ContentBlocked),
        # Amazon Bedrock's words.
        ("input is too long", InputTooLong),
    ),
)


class Anthropic(Provider):
    """Adapts Anthropic's SDK."""

    def __init__(self, connection: Connection) -> None:
        self._endpoint = connection.endpoint
        self._client = anthropic_client(connection)

    @override
    async def refuses_key(self) -> bool:
        if not isinstance(self._client, anthropic.AsyncAnthropic):
            # A cloud's own door to the models has no list of them.
            return False
        try:
            await self._client.models.with_raw_response.list(limit=1)
        except anthropic.AuthenticationError:
            return True
        except anthropic.APIError:
            # A key may answer and not list: the status 403 refuses the list alone.
            return False
        return False

    @override
    async def close(self) -> None:
        await self._client.close()

    @override
    async def answer(self, prompt: Prompt) -> AsyncGenerator[AnswerPiece, None]:
        question = _question(prompt)
        limit = prompt.max_output_tokens or _DEFAULT_MAX_TOKENS + prompt.entry.thinking_tokens
        arguments = question | {"max_tokens": limit}
        if prompt.request.sampling.stop_sequences:
            arguments["stop_sequences"] = list(prompt.request.sampling.stop_sequences)
        if self._endpoint.data_region:
            arguments["inference_geo"] = self._endpoint.data_region
        with _mapped_errors(prompt), mapped_credentials(prompt):
            if prompt.may_be_too_long() and self._endpoint.sdk is not Sdk.ANTHROPIC_BEDROCK:
                # The provider does not bill for counting.
                count = await self._client.messages.count_tokens(**question)
                if count.input_tokens > prompt.entry.max_input_tokens:
                    raise too_long(prompt.entry, "counted before it was sent", count.input_tokens)
            if not prompt.streaming:
                message = await self._client.messages.create(**arguments)
                for piece in _whole(message, prompt):
                    yield piece
                return
            stream = await self._client.messages.create(**arguments, stream=True)
            async with stream:
                collected = _AnthropicStream()
                async for event in stream:
                    if words := collected.take(event):
                        yield text(words)
                if collected.stop_reason:
                    yield collected.answer_end()


def _question(prompt: Prompt) -> dict[str, Any]:
    messages: list[dict[str, Any]] = [
        {"role": _ROLES[turn.role], "content": [_block(part) for part in content_parts(turn)]}
        for turn in prompt.request.turns
    ]
    instruction = prompt.request.system_instruction
    system = [{"type": "text", "text": instruction}] if instruction else []
    # What is written to the cache costs a quarter more, and what is read from it within five minutes a tenth,
    # so it pays where three beginnings in ten come again. A review's does: with the next work of the class, a
    # second try, a second look without a suspected passage. Marked are the instruction, which other tasks
    # share, and what stands before the work; the API passes over what is too short for its cache.
    material = messages[-1]["content"][: len(shared_parts(prompt.request))]
    for last in (*system, *material[-1:]):
        last["cache_control"] = {"type": "ephemeral"}
    question: dict[str, Any] = {"model": prompt.entry.id, "messages": messages}
    if system:
        question["system"] = system
    if config := _output_config(prompt):
        question["output_config"] = config
    if prompt.reasoning_effort in _WITHOUT_THINKING:
        question["thinking"] = {"type": prompt.reasoning_effort}
    return question


def _output_config(prompt: Prompt) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if prompt.reasoning_effort and prompt.reasoning_effort not in _WITHOUT_THINKING:
        config["effort"] = prompt.reasoning_effort
    if prompt.schema is not None:
        config["format"] = {"type": "json_schema", "schema": _supported(prompt.schema)}
    return config


def _block(part: content_pb2.Part) -> dict[str, Any]:
    match part.WhichOneof("kind"):
        case "document":
            document = part.document
            source = {"type": "text", "media_type": "text/plain", "data": document.text}
            block: dict[str, Any] = {"type": "document", "source": source, "title": document.title}
            if notes := [each for each in (document.media_type, document.language_code) if each]:
                block["context"] = ", ".join(notes)
            return block
        case "image":
            data = base64.b64encode(part.image.data).decode()
            source = {"type": "base64", "media_type": part.image.media_type, "data": data}
            return {"type": "image", "source": source}
        case _:
            return {"type": "text", "text": part.text}


def _supported(schema: AnswerSchema) -> dict[str, Any]:
    """Returns the schema with what the API refuses moved into descriptions."""
    try:
        return anthropic.transform_schema(dict(schema.anonymous))
    except (ValueError, AttributeError, TypeError, AssertionError) as error:
        # What the SDK trips over: `true` as a subschema, a list of types, a schema without a type.
        raise NotSupported(
            "Anthropic takes no such JSON Schema", metadata={"capability": "JSON_SCHEMA"}
        ) from error


class _AnthropicStream:
    """Collects what the events of a stream say about the end of the answer."""

    def __init__(self) -> None:
        self.stop_reason = ""
        self._model = ""
        self._usage: Usage | None = None

    def take(self, event: RawMessageStreamEvent) -> str:
        """Reads an event and returns the text in it."""
        match event.type:
            case "message_start":
                self._model = event.message.model
                self._usage = event.message.usage
            case "content_block_delta" if event.delta.type == "text_delta":
                return event.delta.text
            case "message_delta":
                self.stop_reason = event.delta.stop_reason or self.stop_reason
                if self._usage is not None:
                    # The counts of the last event are those of the whole answer.
                    counts = {name: count for name, count in event.usage if count is not None}
                    self._usage = self._usage.model_copy(update=counts)
        return ""

    def answer_end(self) -> AnswerEnd:
        return _answer_end(self.stop_reason, self._model, self._usage)


def _whole(message: Message, prompt: Prompt) -> Iterator[AnswerPiece]:
    # The SDK returns an HTML page as a string, and an error inside a good response as an empty message.
    if not isinstance(message, Message):
        raise NoAnswer("the response is not JSON")
    if message.type != "message":
        raise _ERROR_TABLE.classify(_provider_error(200, message.to_dict()), prompt)
    for block in message.content:
        if block.type == "text":
            yield text(block.text)
    if message.stop_reason:
        yield _answer_end(message.stop_reason, message.model, message.usage)


def _answer_end(stop_reason: str, model: str, usage: Usage | None) -> AnswerEnd:
    finish = FINISHES.get(stop_reason, Finish.BROKEN)
    return AnswerEnd(finish, stop_reason, model, None if usage is None else _usage(usage))


def _usage(usage: Usage) -> generation_pb2.Usage:
    cached = usage.cache_read_input_tokens or 0
    written = usage.cache_creation_input_tokens or 0
    details = usage.output_tokens_details
    return generation_pb2.Usage(
        # The API leaves what it read from its cache, or wrote to it, out of the input tokens.
        input_tokens=usage.input_tokens + cached + written,
        output_tokens=usage.output_tokens,
        cached_input_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=(details and details.thinking_tokens) or 0,
        basis=generation_pb2.USAGE_BASIS_MEASURED,
    )


@contextmanager
def _mapped_errors(prompt: Prompt) -> Iterator[None]:
    try:
        yield
    except anthropic.APIStatusError as error:
        provider_error = _provider_error(error.status_code, error.body, error.response.headers)
        raise _ERROR_TABLE.classify(provider_error, prompt) from None
    except (anthropic.APIConnectionError, httpx2.RequestError) as error:
        # Within a stream the SDK lets the errors of its transport through.
        raise broken_connection(error, prompt.entry.provider) from None
    except aiohttp.ClientError as error:
        # A status that has no body, with one.
        raise broken_connection(error, prompt.entry.provider) from None
    except (anthropic.APIResponseValidationError, *MALFORMED):
        raise NoAnswer(f"{prompt.entry.provider}: the response is malformed") from None


def _provider_error(status: int, body: object, headers: Mapping[str, str] | None = None) -> ProviderError:
    error = body.get("error") if isinstance(body, dict) else None
    fields = error if isinstance(error, dict) else {}
    details = fields.get("details")
    finer = details.get("error_code") if isinstance(details, dict) else None
    return ProviderError(
        status=status,
        codes=[code for code in (finer, fields.get("type")) if isinstance(code, str)],
        # Amazon Bedrock's errors are the message alone.
        message=str(fields.get("message", "") or (body.get("message", "") if isinstance(body, dict) else "")),
        retry_delay=retry_delay(headers or {}),
    )
