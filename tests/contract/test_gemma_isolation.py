"""What fails in one answer ends it, on a tiny Gemma: the others get the tokens they get without it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

from rpckit.errors import ChorusError, Internal, NotSupported, OutOfMemory, Unavailable
from services.gemma.generation.runner import GemmaRunner
from services.gemma.interface.generation_request import (
    ChatMessage,
    GenerationRequest,
    RgbImage,
    SamplingParameters,
)
from services.gemma.interface.local_model import GenerationResult
from services.gemma.scheduler.engine import ModelState
from tests.fakes import tiny_gemma
from tests.fakes.engine_run import generated, running

SAMPLING = SamplingParameters(temperature=1, seed=3, max_output_tokens=40)
NEIGHBOURS = (
    GenerationRequest(
        (ChatMessage("user", "Hello, 글"),), SamplingParameters(temperature=0, max_output_tokens=40)
    ),
    GenerationRequest((ChatMessage("user", "글 " * 200),), SAMPLING),
    GenerationRequest(
        (ChatMessage("user", "a list"),),
        SAMPLING,
        '{"type":"array","items":{"type":"integer"},"minItems":20}',
    ),
)
PRIVATE = "the text of a submission"


class UncountableText(str):
    """A stop sequence that no code expects: its length cannot be asked for."""

    __slots__ = ()

    def __len__(self) -> int:
        raise KeyError(PRIVATE)


def asking(
    content: str | tuple[str | RgbImage, ...] = "b", schema: str | None = None, **sampling: Any
) -> GenerationRequest:
    return GenerationRequest((ChatMessage("user", content),), SamplingParameters(**sampling), schema)


HALF_AN_IMAGE = RgbImage(b"\x00" * 100, placeholder=-7)
FAILING: dict[str, tuple[GenerationRequest, type[ChorusError]]] = {
    "a schema that is no object": (asking(schema="true"), NotSupported),
    "a number that llguidance cannot read": (asking(schema='{"const":1e400}'), NotSupported),
    "half a character in a schema": (asking(schema='{"enum":["\\udfff"]}'), NotSupported),
    "a schema nested beyond a limit": (asking(schema='{"items":' * 3000 + "{}" + "}" * 3000), NotSupported),
    "a schema that allows no token": (asking(schema='{"$ref":"#"}'), NotSupported),
    "tokenizing": (asking("\udfff"), Internal),
    "sampling": (asking(temperature=float("nan")), Internal),
    "a seed of too many bits": (asking(seed=2**70), Internal),
    "detokenizing": (asking(stop_sequences=(UncountableText("x"),)), Internal),
    "an image": (asking(("a", HALF_AN_IMAGE)), Internal),
}


@pytest.fixture(scope="module")
def gemma(tmp_path_factory: pytest.TempPathFactory) -> GemmaRunner:
    folder = tiny_gemma.build_seeing(tmp_path_factory.mktemp("gemma") / "tiny-gemma-it")
    return tiny_gemma.loaded(folder, GEMMA_IMAGES="yes")


async def answers(
    gemma: GemmaRunner, *requests: GenerationRequest
) -> list[list[str | GenerationResult] | BaseException]:
    """Writes all at once, through the engine; the model is not loaded a second time."""
    gemma.cache_pool.evict_retained()
    async with running(lambda: gemma) as (engine, recorder):
        calls = [generated(engine, each) for each in requests]
        found = await asyncio.gather(*calls, return_exceptions=True)
        assert [each.state for each in recorder.statuses] == [ModelState.READY]
    return found


@pytest.mark.parametrize("failing", FAILING)
async def test_what_fails_in_one_answer_ends_it_alone(
    gemma: GemmaRunner, failing: str, caplog: pytest.LogCaptureFixture
) -> None:
    bad, kind = FAILING[failing]
    expected = await answers(gemma, *NEIGHBOURS)
    first, failed, *others = await answers(gemma, NEIGHBOURS[0], bad, *NEIGHBOURS[1:])
    assert [first, *others] == expected
    assert isinstance(failed, kind)
    assert PRIVATE not in f"{failed} {failed.__cause__} {failed.__context__}"
    # A bug leaves its class and its place in the log, and none of its text.
    assert [each.getMessage() for each in caplog.records] == ["unexpected error"] * (kind is Internal)
    assert PRIVATE not in caplog.text


@contextmanager
def failing_at(gemma: GemmaRunner, fails: Callable[[list[int]], bool]) -> Iterator[None]:
    """Passes whose tokens `fails` accepts raise what no code expects."""

    def fail(module: object, arguments: object, given: dict[str, Any]) -> None:
        if fails(given["input_ids"][0].tolist()):
            raise RuntimeError(PRIVATE)

    hook = gemma.model.register_forward_pre_hook(fail, with_kwargs=True)
    try:
        yield
    finally:
        hook.remove()


def poison(gemma: GemmaRunner) -> int:
    """A token that no neighbour reads or writes."""
    token: Any = gemma.prompt_encoder.tokenizer.convert_tokens_to_ids("~")
    return int(token)


async def test_a_sequence_that_makes_every_pass_fail_ends_alone(gemma: GemmaRunner) -> None:
    expected = await answers(gemma, *NEIGHBOURS)
    with failing_at(gemma, lambda tokens: poison(gemma) in tokens):
        *others, failed = await answers(gemma, *NEIGHBOURS, asking("a ~"))
        assert isinstance(failed, Internal)
        assert others == expected
        # So it does with nobody beside it.
        (failed,) = await answers(gemma, asking("a ~"))
        assert isinstance(failed, Internal)


async def test_a_model_that_can_make_no_pass_is_loaded_anew(gemma: GemmaRunner) -> None:
    async with running(lambda: gemma) as (engine, recorder):
        with failing_at(gemma, lambda tokens: True):
            calls = [generated(engine, each) for each in NEIGHBOURS]
            found = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(each, Unavailable) for each in found)
        assert (await recorder.times(3)).state is ModelState.READY
        states = [each.state for each in recorder.statuses]
        assert states == [ModelState.READY, ModelState.LOADING, ModelState.READY]


def test_no_memory_for_a_reused_prefix_ends_that_answer_alone(gemma: GemmaRunner) -> None:
    gemma.cache_pool.evict_retained()
    (expected,) = tiny_gemma.write_all(gemma, NEIGHBOURS[0])
    first, second = (gemma.begin(NEIGHBOURS[0]) for _ in range(2))
    assert gemma.admit(first)
    assert gemma.admit(second)
    while first.in_prefill:
        begun = gemma.step([first])[0].text
    # To reuse a prefix it allocates its capacity, which is more memory than there is.
    second.cache.capacity = 2**45
    text, failed, end = begun, None, None
    while not failed:
        mine, others = gemma.step([first, second])
        text, failed = text + mine.text, others.result
    gemma.release(second)
    while not end:
        (mine,) = gemma.step([first])
        text, end = text + mine.text, mine.result
    gemma.release(first)
    assert isinstance(failed, OutOfMemory)
    assert ([text], end) == (["".join(expected[0])], expected[1])
