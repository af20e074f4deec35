import asyncio
import json
import threading
from dataclasses import dataclass, field, fields, replace

import pytest
from prometheus_client import CollectorRegistry
from typing_extensions import override

from chorus.model.v1 import content_pb2, generation_pb2, model_service_pb2
from modelkit.json_schema.answer_schema import AnswerSchema
from modelkit.usage import usage_of
from rpckit import errors
from services.cloud_proxy.metrics import ProviderMetrics
from services.cloud_proxy.provider import AnswerEnd, Finish, Prompt, Provider, text
from services.cloud_proxy.provider_client import ProviderClient
from services.cloud_proxy.provider_errors import ConnectionLost, NoAnswer
from tests.patience import with_growing_deadline
from tests.unit.cloud_proxy.prompts import prompt
from tests.unit.cloud_proxy.scripted_provider import (
    COST,
    STOP,
    USAGE,
    Endless,
    ProviderScript,
    ScriptedProvider,
    Silent,
)

SCHEMA = {"type": "object", "required": ["a"]}


def client(provider: Provider, registry: CollectorRegistry | None = None) -> ProviderClient:
    return ProviderClient(provider, places=1, metrics=ProviderMetrics(registry or CollectorRegistry()))


async def generate(provider: ScriptedProvider, asked: Prompt) -> tuple[str, model_service_pb2.Completion]:
    words, completion = "", None
    async for event in client(provider).generate(asked):
        if isinstance(event, content_pb2.Part):
            words += event.text
        else:
            completion = event
    assert completion is not None
    return words, completion


both = pytest.mark.parametrize("streaming", [False, True])


@both
async def test_an_answer_passes(streaming: bool) -> None:
    words, completion = await generate(
        ScriptedProvider([text("a "), text("b"), STOP]), prompt(streaming=streaming)
    )
    assert words == "a b"
    assert completion.finish_reason == generation_pb2.FINISH_REASON_STOP
    assert completion.model_version == "b-1"
    assert completion.usage.cost_usd_nanos == COST


@both
async def test_without_an_ending_it_is_no_answer(streaming: bool) -> None:
    provider = ScriptedProvider([text("a")], [text("a")])
    with pytest.raises(NoAnswer):
        await generate(provider, prompt(streaming=streaming))
    # In a stream the word is out, so nothing may follow.
    assert len(provider.prompts) == (1 if streaming else 2)


async def test_text_without_an_ending_never_leaves_a_unary_call() -> None:
    events = client(ScriptedProvider([text("a")], [text("a")])).generate(prompt())
    with pytest.raises(NoAnswer):
        await anext(events)


@both
async def test_white_space_first_is_held_back_but_not_lost(streaming: bool) -> None:
    words, _ = await generate(
        ScriptedProvider([text("\n"), text(" "), text("a"), STOP]), prompt(streaming=streaming)
    )
    assert words == "\n a"


@both
@pytest.mark.parametrize("ending", [[STOP], []], ids=["empty", "unfinished"])
async def test_no_answer_is_asked_for_again_where_the_caller_set_no_limit(
    streaming: bool, ending: ProviderScript
) -> None:
    provider = ScriptedProvider([text(" \n"), *ending], [text("a"), STOP])
    words, completion = await generate(provider, prompt(streaming=streaming))
    assert words == "a"
    assert completion.usage.input_tokens == 100 + 100 * len(ending)


@both
@pytest.mark.parametrize("ending", [[STOP], []], ids=["empty", "unfinished"])
async def test_who_limits_an_answer_pays_for_one(streaming: bool, ending: ProviderScript) -> None:
    provider = ScriptedProvider([text(" \n"), *ending], [text("a"), STOP])
    asked = prompt(streaming=streaming)
    asked.request.sampling.max_output_tokens = 100
    with pytest.raises(errors.BadOutput):
        await generate(provider, asked)
    assert len(provider.prompts) == 1


async def test_a_picture_is_content() -> None:
    picture = content_pb2.Part(image=content_pb2.Image(data=b"x", media_type="image/png"))
    _, completion = await generate(ScriptedProvider([picture, STOP]), prompt())
    assert completion.finish_reason == generation_pb2.FINISH_REASON_STOP


@both
@pytest.mark.parametrize(
    ("finish", "kind"),
    [
        (Finish.BLOCKED, errors.ContentBlocked),
        (Finish.TOO_LONG, errors.InputTooLong),
        (Finish.BROKEN, errors.BadOutput),
    ],
)
async def test_a_bad_ending_is_an_error_with_its_usage(
    finish: Finish, kind: type[errors.ChorusError], streaming: bool
) -> None:
    provider = ScriptedProvider([text("a"), AnswerEnd(finish, "word", "b-1", USAGE)])
    with pytest.raises(kind) as caught:
        await generate(provider, prompt(streaming=streaming))
    told = generation_pb2.Usage()
    assert caught.value.details[0].Unpack(told)
    assert told.cost_usd_nanos == COST


@both
async def test_a_whole_answer_is_checked_against_its_schema(streaming: bool) -> None:
    provider = ScriptedProvider([text("{}"), STOP])
    with pytest.raises(errors.BadOutput):
        await generate(provider, prompt(schema=SCHEMA, streaming=streaming))
    assert len(provider.prompts) == 1


@both
async def test_a_cut_answer_is_not_checked(streaming: bool) -> None:
    provider = ScriptedProvider([text('{"'), AnswerEnd(Finish.LENGTH, "length", "b-1", USAGE)])
    words, completion = await generate(provider, prompt(schema=SCHEMA, streaming=streaming))
    assert words == '{"'
    assert completion.finish_reason == generation_pb2.FINISH_REASON_LENGTH


@both
async def test_who_thought_until_no_room_was_left_is_not_asked_again(streaming: bool) -> None:
    dry = AnswerEnd(Finish.LENGTH, "length", "b-1", USAGE)
    provider = ScriptedProvider([text(" "), dry], [text("a"), STOP])
    with pytest.raises(errors.BadOutput) as caught:
        await generate(provider, prompt(streaming=streaming))
    assert len(provider.prompts) == 1
    usage = usage_of(caught.value)
    assert usage is not None
    assert (usage.output_tokens, usage.basis) == (50, generation_pb2.USAGE_BASIS_MEASURED)


@both
@pytest.mark.parametrize(
    "ending",
    [
        pytest.param([errors.Unavailable("overloaded")], id="an error"),
        pytest.param([errors.RateLimited("slow down")], id="a limit"),
        pytest.param([ConnectionLost("cut")], id="a cut connection"),
        pytest.param([errors.Timeout("too late")], id="a timeout"),
        pytest.param([], id="no ending"),
        pytest.param([AnswerEnd(Finish.STOP, "stop", "b-1", None)], id="an ending that counts nothing"),
    ],
)
async def test_what_fails_in_its_middle_may_be_billed(streaming: bool, ending: ProviderScript) -> None:
    # Its answer is not what was asked for either.
    provider = ScriptedProvider(*[[text("{}"), *ending]] * 3)
    asked = prompt(schema={"type": "array"}, streaming=streaming)
    asked.request.sampling.max_output_tokens = 100
    with pytest.raises(errors.ChorusError) as caught:
        await generate(provider, asked)
    assert usage_of(caught.value) == generation_pb2.Usage(basis=generation_pb2.USAGE_BASIS_UNKNOWN)


@both
async def test_a_provider_that_refuses_takes_nothing(streaming: bool) -> None:
    provider = ScriptedProvider([errors.QuotaExhausted("no")])
    with pytest.raises(errors.QuotaExhausted) as caught:
        await generate(provider, prompt(streaming=streaming))
    assert usage_of(caught.value) is None


@both
@pytest.mark.parametrize("said", [True, False])
async def test_a_caller_that_leaves_may_have_to_pay(streaming: bool, said: bool) -> None:
    registry, asked = CollectorRegistry(), prompt(streaming=streaming)
    provider = Silent([text("a")] if said else [])

    async def take() -> None:
        async for _ in client(provider, registry).generate(asked):
            pass

    task = asyncio.create_task(take())
    await provider.reached.wait()
    task.cancel()
    await asyncio.wait([task])
    assert registry.get_sample_value("chorus_provider_unknown_costs_total", {"model": asked.entry.name}) == 1


async def test_what_may_have_been_billed_makes_the_usage_unknown() -> None:
    provider = ScriptedProvider([ConnectionLost("x", retry_delay=0)], [text("a"), STOP])
    _, completion = await generate(provider, prompt())
    assert completion.usage.basis == generation_pb2.USAGE_BASIS_UNKNOWN


@both
async def test_nothing_follows_what_is_out(streaming: bool) -> None:
    provider = ScriptedProvider([text("a"), errors.Unavailable("x", retry_delay=0)], [text("b"), STOP])
    if streaming:
        with pytest.raises(errors.Unavailable):
            await generate(provider, prompt(streaming=True))
    else:
        words, _ = await generate(provider, prompt())
        assert words == "b"


async def test_the_last_error_says_when_to_come_back() -> None:
    with pytest.raises(errors.RateLimited) as caught:
        await generate(ScriptedProvider([errors.RateLimited("x")]), prompt())
    assert caught.value.retry_delay == 1


@both
async def test_silence_ends_at_the_deadline(streaming: bool) -> None:
    provider = Silent()

    async def attempt(seconds: float) -> bool:
        with pytest.raises(errors.Timeout):
            await generate(provider, prompt(seconds=seconds, streaming=streaming))
        return provider.reached.is_set()

    assert await with_growing_deadline(attempt, bool, first_seconds=0.01)
    assert provider.left == 1


async def test_who_leaves_takes_the_providers_call_along() -> None:
    provider = Silent()
    task = asyncio.create_task(generate(provider, prompt()))
    await provider.reached.wait()
    task.cancel()
    await asyncio.wait([task])
    assert provider.left == 1


async def test_places_are_few_and_waiting_is_bounded() -> None:
    silent = client(Silent())

    async def take() -> None:
        async for _ in silent.generate(prompt()):
            pass

    tasks = [asyncio.create_task(take()) for _ in range(6)]
    done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    assert [type(task.exception()) for task in done] == [errors.RateLimited]
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_every_attempt_is_counted_and_what_they_used_together() -> None:
    registry, asked = CollectorRegistry(), prompt()
    provider = ScriptedProvider([AnswerEnd(Finish.STOP, "stop", "b-1", USAGE)], [text("a"), STOP])
    async for _ in client(provider, registry).generate(asked):
        pass

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, {"model": asked.entry.name} | labels)

    assert value("chorus_provider_attempts_total", outcome="OK") == 1
    assert value("chorus_provider_attempts_total", outcome="BAD_OUTPUT") == 1
    assert value("chorus_provider_tokens_total", kind="input") == 2 * USAGE.input_tokens
    assert value("chorus_provider_tokens_total", kind="output") == 2 * USAGE.output_tokens
    assert value("chorus_provider_tokens_total", kind="reasoning") == 2 * USAGE.reasoning_tokens
    assert value("chorus_provider_tokens_total", kind="cached_input") == 2 * USAGE.cached_input_tokens
    assert value("chorus_provider_tokens_total", kind="cache_write") == 2 * USAGE.cache_write_tokens
    assert value("chorus_provider_unknown_costs_total") is None


@both
async def test_a_provider_that_never_pauses_is_ended_by_the_deadline(streaming: bool) -> None:
    provider = Endless()
    with pytest.raises(errors.Timeout):
        await generate(provider, prompt(streaming=streaming, seconds=0.1))
    assert provider.left == 1


@pytest.mark.parametrize(("length", "is_beside"), [(10, False), (100_000, True)])
async def test_a_long_answer_is_checked_beside_the_event_loop(length: int, is_beside: bool) -> None:
    @dataclass(frozen=True, slots=True, eq=False)
    class Watched(AnswerSchema):
        threads: list[int] = field(default_factory=list)

        @override
        def check_text(self, answer: str) -> None:
            self.threads.append(threading.get_ident())
            super(Watched, self).check_text(answer)

    plain = AnswerSchema.parse(json.dumps({"type": "string", "maxLength": 50_000}))
    watched = Watched(*(getattr(plain, each.name) for each in fields(plain)))
    provider = ScriptedProvider([text(json.dumps("a" * length)), STOP])
    asked = replace(prompt(), schema=watched)
    if is_beside:
        with pytest.raises(errors.BadOutput):
            await generate(provider, asked)
    else:
        await generate(provider, asked)
    assert [each != threading.get_ident() for each in watched.threads] == [is_beside]
