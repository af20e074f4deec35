"""Google's Gemini through google-generativeai, which its vendor no longer keeps up (docs/adr/0002).

Its REST transport is synchronous, so each call runs in a thread.
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
from urllib3.exceptions import MaxRetryError

from chorus.model.v1 import content_pb2, generation_pb2
from modelkit.fencing import TaggedFence
from rpckit.errors import Timeout, Unavailable
from services.cloud_proxy.failures import Dropped, NoAnswer, too_long
from services.cloud_proxy.provider import Ending, Finish, Piece, Prompt, text
from services.cloud_proxy.providers.abortable_connection import CuttableAdapter, Wire, current_wire
from services.cloud_proxy.providers.gemini_request import (
    FINISHES,
    VOCABULARY,
    contents,
    generation_config,
    refusal,
)
from services.cloud_proxy.settings import Connection

with warnings.catch_warnings():
    # It says on import that it has reached its end, and this Python soon will; whoever chose it knows.
    warnings.simplefilter("ignore", FutureWarning)
    from google.api_core import exceptions
    from google.generativeai.client import configure, get_default_generative_client
    from google.generativeai.generative_models import GenerativeModel

Result = TypeVar("Result")


class GenerativeAI:
    """The Gemini API; `calls` threads carry as many calls. The SDK keeps one configuration per process."""

    def __init__(self, connection: Connection, calls: int) -> None:
        configure(
            api_key=connection.key,
            transport="rest",
            client_options={"api_endpoint": connection.base_url},
        )
        # The SDK has no way of its own to reach its connections.
        transport: Any = get_default_generative_client().transport
        self._session: Any = transport._session  # noqa: SLF001
        # It asks again after a 401, as if a key could be refreshed.
        self._session._max_refresh_attempts = 0  # noqa: SLF001
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, CuttableAdapter(pool_maxsize=calls))
        self._threads = ThreadPoolExecutor(calls, thread_name_prefix="generativeai")

    async def close(self) -> None:
        """Closes the connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._session.close()

    async def answer(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """Asks once."""
        fence = TaggedFence(prompt.request)
        question = contents(prompt.request, fence)
        model = GenerativeModel(
            prompt.entry.id,
            generation_config=_config(prompt),
            system_instruction=_instruction(prompt, fence) or None,
        )
        call = _ThreadedCall(self._threads)
        with _classified(prompt), call:
            if prompt.may_be_too_long():
                # Counting is free.
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
            ending = _Ending(prompt)
            ending.take_feedback(response)
            if not ending.is_there:
                chunks = iter(response)
                while (chunk := await call.run(lambda: next(chunks, None), is_whole=False)) is not None:
                    for part in ending.take(chunk):
                        yield part
            if ending.is_there:
                yield ending.piece()


class _ThreadedCall:
    """One call's turns in the threads; leaving it early cuts its connection."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._wire = Wire()
        self._context = copy_context()
        self._context.run(current_wire.set, self._wire)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._wire.cut()

    async def run(self, function: Callable[[], Result], *, is_whole: bool) -> Result:
        """Runs it in a thread. `is_whole`: it reads the response to the end; else None says that it has."""

        def turn() -> Result:
            result = _guarded(function)
            if is_whole or result is None:
                # The connection may serve another call from now on.
                self._wire.release()
            return result

        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._context.run, turn)


def _guarded(function: Callable[[], Result]) -> Result:
    try:
        return function()
    except StopIteration:
        # On its way out of a thread it would leave the loop waiting for ever.
        raise NoAnswer("google: the response is empty") from None


def _config(prompt: Prompt) -> Any:
    # As a dict: the SDK's own class does not know response_modalities.
    config = generation_config(prompt)
    if prompt.schema is not None:
        config["response_mime_type"] = "application/json"
    return config


def _instruction(prompt: Prompt, fence: TaggedFence) -> str:
    instruction = fence.system_instruction(prompt.request.system_instruction)
    if prompt.schema is None:
        return instruction
    # The SDK's own schemas are a subset without alternatives or closed objects.
    schema = json.dumps(prompt.schema.anonymous, ensure_ascii=False)
    return f"{instruction}\n\nAnswer with JSON of this JSON Schema:\n{schema}".lstrip()


def _options(prompt: Prompt) -> Any:
    return {"retry": None, "timeout": prompt.deadline.remaining()}


class _Ending:
    """What the responses say of the end."""

    def __init__(self, prompt: Prompt) -> None:
        self._finish: Finish | None = None
        self._word = ""
        self._model: str = prompt.entry.id
        self._usage: Any = None

    @property
    def is_there(self) -> bool:
        return self._finish is not None

    def take_feedback(self, response: Any) -> None:
        """Reads whether the prompt was let through."""
        self._read_counts(response)
        reason = response.prompt_feedback.block_reason
        if reason:
            self._finish, self._word = Finish.BLOCKED, _name(reason)

    def take(self, response: Any) -> Iterator[content_pb2.Part]:
        """Reads a response; its content."""
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

    def piece(self) -> Ending:
        usage = None if self._usage is None else _usage(self._usage)
        return Ending(self._finish or Finish.BROKEN, self._word, self._model, usage)

    def _read_counts(self, response: Any) -> None:
        self._model = response.model_version or self._model
        if response.usage_metadata.total_token_count:
            self._usage = response.usage_metadata


def _name(value: Any) -> str:
    """The name of an enum's value, or its number where this old SDK has no name for it."""
    return str(getattr(value, "name", value))


def _usage(usage: Any) -> generation_pb2.Usage:
    # The thoughts are in the total alone.
    output_tokens = usage.total_token_count - usage.prompt_token_count
    return generation_pb2.Usage(
        input_tokens=usage.prompt_token_count,
        output_tokens=output_tokens,
        cached_input_tokens=usage.cached_content_token_count,
        reasoning_tokens=output_tokens - usage.candidates_token_count,
        basis=generation_pb2.USAGE_BASIS_MEASURED,
    )


@contextmanager
def _classified(prompt: Prompt) -> Iterator[None]:
    try:
        yield
    except exceptions.GoogleAPICallError as error:
        if error.response is None:
            raise NoAnswer("google: the response is not of the API's form") from None
        raise VOCABULARY.classify(refusal(error.code or 0, _json(error.response)), prompt) from None
    except requests.Timeout:
        raise Timeout("google: the connection timed out") from None
    except requests.ConnectionError as error:
        if error.args and isinstance(error.args[0], MaxRetryError):
            raise Unavailable("google cannot be reached") from None
        raise Dropped("google: the connection broke") from None
    except requests.RequestException:
        raise Dropped("google: the connection broke") from None
    except (json_format.ParseError, ValueError):
        raise NoAnswer("google: the response is not of the API's form") from None


def _json(response: requests.Response) -> object:
    try:
        return response.json()
    except ValueError:
        return None
