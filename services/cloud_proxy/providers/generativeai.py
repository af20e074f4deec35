"""Speaks to the Gemini API through google-generativeai, which its vendor no longer maintains (docs/adr/0002).

The SDK's REST transport is synchronous, so each call runs in a thread.
"""

import asyncio
import json
import warnings
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, TypeVar

import requests
from google.protobuf import json_format
from typing_extensions import override
from urllib3.exceptions import MaxRetryError

from chorus.model.v1 import content_pb2, generation_pb2
from rpckit.errors import Timeout, Unavailable
from services.cloud_proxy.provider import AnswerEnd, AnswerPiece, Finish, Prompt, Provider, text
from services.cloud_proxy.provider_errors import (
    MALFORMED,
    ConnectionLost,
    NoAnswer,
    ProviderError,
    too_long,
)
from services.cloud_proxy.providers.abortable_connection import (
    AbortableAdapter,
    AbortableConnection,
    current_connection,
)
from services.cloud_proxy.providers.gemini_request import (
    ERROR_TABLE,
    FINISHES,
    contents,
    generation_config,
    provider_error,
    refuses_key,
)
from services.cloud_proxy.settings import Connection

with warnings.catch_warnings():
    # On import it warns that it is no longer maintained, and of versions of Python that soon are not. Whoever
    # chose it knows.
    warnings.simplefilter("ignore", FutureWarning)
    from google.api_core import exceptions
    from google.generativeai.client import configure, get_default_generative_client
    from google.generativeai.generative_models import GenerativeModel

T = TypeVar("T")

# A thread cannot be interrupted, so the time to connect and to read has a limit of its own.
_KEY_CHECK_SECONDS = 5.0


class GenerativeAI(Provider):
    """Adapts google-generativeai, which has one configuration a process. `calls` threads carry the calls."""

    def __init__(self, connection: Connection, calls: int) -> None:
        self._connection = connection
        configure(
            api_key=connection.key,
            transport="rest",
            client_options={"api_endpoint": connection.endpoint.base_url},
        )
        # The SDK offers no way to reach its connections.
        transport: Any = get_default_generative_client().transport
        self._session: Any = transport._session  # noqa: SLF001
        # By default it repeats a request after a 401, as if a key could be refreshed.
        self._session._max_refresh_attempts = 0  # noqa: SLF001
        # A redirect raises.
        self._session.max_redirects = 0
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, AbortableAdapter(pool_maxsize=calls))
        self._threads = ThreadPoolExecutor(calls, thread_name_prefix="generativeai")

    @override
    async def refuses_key(self) -> bool:
        return await asyncio.to_thread(self._refuses_key)

    def _refuses_key(self) -> bool:
        # The SDK would list the models by a client of its own, which cannot be closed.
        headers = {**dict(self._connection.endpoint.headers), "x-goog-api-key": self._connection.key}
        url = f"{self._connection.endpoint.base_url}/v1beta/models?pageSize=1"
        try:
            response = requests.get(url, headers=headers, timeout=_KEY_CHECK_SECONDS, allow_redirects=False)
        except requests.RequestException:
            return False
        return not response.ok and refuses_key(provider_error(response.status_code, _json(response)))

    @override
    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._session.close()

    @override
    async def answer(self, prompt: Prompt) -> AsyncGenerator[AnswerPiece, None]:
        question = contents(prompt)
        model = GenerativeModel(
            prompt.entry.id,
            generation_config=_config(prompt),
            system_instruction=_instruction(prompt) or None,
        )
        call = _ThreadedCall(self._threads)
        with _mapped_errors(prompt), call:
            if prompt.may_be_too_long():
                # The provider does not bill for counting.
                count = await call.run(
                    lambda: model.count_tokens(question, request_options=_options(prompt)), is_whole=True
                )
                if count.total_tokens > prompt.entry.max_input_tokens:
                    raise too_long(prompt.entry, "counted before it was sent", count.total_tokens)
            response = await call.run(
                lambda: model.generate_content(
                    question, stream=prompt.streaming, request_options=_options(prompt)
                ),
                is_whole=not prompt.streaming,
            )
            collected = _GenerativeAIResponses(prompt)
            collected.take_feedback(response)
            if not collected.has_ended:
                chunks = iter(response)
                while (chunk := await call.run(lambda: next(chunks, None), is_whole=False)) is not None:
                    for part in collected.take(chunk):
                        yield part
            if collected.has_ended:
                yield collected.answer_end()


class _ThreadedCall:
    """Runs the steps of one call in the threads. Leaving it early aborts the connection of the call."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._connection = AbortableConnection()
        self._context = copy_context()
        self._context.run(current_connection.set, self._connection)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._connection.abort()

    async def run(self, function: Callable[[], T], *, is_whole: bool) -> T:
        """Runs one step in a thread.

        Args:
            function: The step. A result of None means that the response is read to its end.
            is_whole: Whether the step reads the response to its end whatever it returns.
        """

        def turn() -> T:
            result = _guarded(function)
            if is_whole or result is None:
                # From here on the connection may serve another call.
                self._connection.release()
            return result

        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._context.run, turn)


def _guarded(function: Callable[[], T]) -> T:
    try:
        return function()
    except StopIteration:
        # A future cannot carry StopIteration: the event loop would wait for ever.
        raise NoAnswer("google: the response is empty") from None


def _config(prompt: Prompt) -> Any:
    # A dict, because the SDK's own class lacks response_modalities.
    config = generation_config(prompt)
    if prompt.schema is not None:
        config["response_mime_type"] = "application/json"
    return config


def _instruction(prompt: Prompt) -> str:
    instruction = prompt.fence.system_instruction(prompt.request.system_instruction)
    if prompt.schema is None:
        return instruction
    # The SDK's schemas know neither alternatives nor closed objects, so the schema goes into the instruction.
    schema = json.dumps(prompt.schema.anonymous, ensure_ascii=False)
    return f"{instruction}\n\nAnswer with JSON of this JSON Schema:\n{schema}".lstrip()


def _options(prompt: Prompt) -> Any:
    return {"retry": None, "timeout": prompt.deadline.remaining()}


class _GenerativeAIResponses:
    """Collects what the responses say about the end of the answer."""

    def __init__(self, prompt: Prompt) -> None:
        self._finish: Finish | None = None
        self._word = ""
        self._model: str = prompt.entry.id
        self._usage: Any = None

    @property
    def has_ended(self) -> bool:
        return self._finish is not None

    def take_feedback(self, response: Any) -> None:
        """Reads whether the prompt was blocked."""
        self._read_counts(response)
        reason = response.prompt_feedback.block_reason
        if reason:
            self._finish, self._word = Finish.BLOCKED, _name(reason)

    def take(self, response: Any) -> Iterator[content_pb2.Part]:
        """Reads a response and yields its parts."""
        self._read_counts(response)
        if not response.candidates:
            return
        candidate = response.candidates[0]
        if candidate.finish_reason:
            self._word = _name(candidate.finish_reason)
            self._finish = FINISHES.get(self._word, Finish.BROKEN)
        for part in candidate.content.parts:
            if part.inline_data.data:
                image = content_pb2.Image(data=part.inline_data.data, media_type=part.inline_data.mime_type)
                yield content_pb2.Part(image=image)
            elif part.text:
                yield text(part.text)

    def answer_end(self) -> AnswerEnd:
        usage = None if self._usage is None else _usage(self._usage)
        return AnswerEnd(self._finish or Finish.BROKEN, self._word, self._model, usage)

    def _read_counts(self, response: Any) -> None:
        self._model = response.model_version or self._model
        if response.usage_metadata.total_token_count:
            self._usage = response.usage_metadata


def _name(value: Any) -> str:
    """Returns the name of an enum's value, or its number where the SDK has no name for it."""
    return str(getattr(value, "name", value))


def _usage(usage: Any) -> generation_pb2.Usage:
    # The API counts the thoughts in the total alone.
    output_tokens = usage.total_token_count - usage.prompt_token_count
    return generation_pb2.Usage(
        input_tokens=usage.prompt_token_count,
        output_tokens=output_tokens,
        cached_input_tokens=usage.cached_content_token_count,
        reasoning_tokens=output_tokens - usage.candidates_token_count,
        basis=generation_pb2.USAGE_BASIS_MEASURED,
    )


@contextmanager
def _mapped_errors(prompt: Prompt) -> Iterator[None]:
    try:
        yield
    except exceptions.GoogleAPICallError as error:
        if error.response is None:
            raise NoAnswer("google: the response is malformed") from None
        raise ERROR_TABLE.classify(provider_error(error.code or 0, _json(error.response)), prompt) from None
    except requests.Timeout:
        raise Timeout("google: the connection timed out") from None
    except requests.TooManyRedirects as error:
        status = 0 if error.response is None else error.response.status_code
        raise ERROR_TABLE.classify(ProviderError(status), prompt) from None
    except requests.ConnectionError as error:
        if error.args and isinstance(error.args[0], MaxRetryError):
            raise Unavailable("google cannot be reached") from None
        raise ConnectionLost("google: the connection broke") from None
    except requests.RequestException:
        raise ConnectionLost("google: the connection broke") from None
    except (json_format.ParseError, *MALFORMED):
        raise NoAnswer("google: the response is malformed") from None


def _json(response: requests.Response) -> object:
    try:
        return response.json()
    except MALFORMED:
        return None
