"""Several answers at once, on a tiny Gemma: none depends on the others, whatever becomes of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch

from chorus.feedback.v1.submission_pb2 import Criterion, Rubric
from modelkit.answer_form.schema import answer_schema
from rpckit.errors import OutOfMemory
from services.gemma.fit.model_dimensions import ModelDimensions
from services.gemma.fit.preflight import all_plans
from services.gemma.fit.resources import ComputeDevice, MachineResources
from services.gemma.generation.runner import GemmaRunner
from services.gemma.interface.generation_request import ChatMessage, GenerationRequest, SamplingParameters
from services.gemma.weights.quantize import quantize
from tests.fakes import tiny_gemma

CONTEXT = 2048
GREEDY = SamplingParameters(temperature=0)
HELLO = (ChatMessage("user", "Hello, 글"),)
ANSWER_SCHEMA = answer_schema(Rubric(criteria=[Criterion(id="evidence")]), "ko")


@pytest.fixture(scope="module", params=["bf16", "int4"])
def gemma(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> GemmaRunner:
    """In each of the precisions that a server chooses on a CPU by itself."""
    folder = tmp_path_factory.mktemp("gemma")
    source = tiny_gemma.build(folder / "tiny-gemma-it", context_tokens=CONTEXT)
    if request.param == "int4":
        quantize(source, folder / "copies", "int4", lambda done, of: None)
    return tiny_gemma.loaded(source, GEMMA_CACHE_DIR=str(folder / "copies"), GEMMA_PRECISION=request.param)


def test_a_long_prompt_is_read_in_several_passes(gemma: GemmaRunner) -> None:
    gemma.cache_pool.evict_retained()
    sequence = gemma.begin(GenerationRequest((ChatMessage("user", "a" * 500),), GREEDY))
    assert gemma.admit(sequence)
    assert [gemma.step([sequence])[0].text for _ in range(3)] == ["", "", ""]
    gemma.release(sequence)


def requests_of_all_kinds() -> list[GenerationRequest]:
    """Different lengths, ways of sampling, schemas and stop sequences."""
    return [
        GenerationRequest(HELLO, SamplingParameters(temperature=0, max_output_tokens=60)),
        GenerationRequest(
            (ChatMessage("user", "글 " * 200),), SamplingParameters(temperature=0, max_output_tokens=30)
        ),
        GenerationRequest(
            HELLO, SamplingParameters(temperature=1.2, top_p=0.95, seed=3, max_output_tokens=60)
        ),
        GenerationRequest(
            (ChatMessage("user", "b" * 90),),
            SamplingParameters(temperature=0, max_output_tokens=200),
            ANSWER_SCHEMA,
        ),
        GenerationRequest(
            HELLO, SamplingParameters(temperature=1, seed=4, stop_sequences=("]",), max_output_tokens=100)
        ),
        GenerationRequest(
            HELLO, SamplingParameters(temperature=0.5, seed=5, max_output_tokens=1000), ANSWER_SCHEMA
        ),
    ]


def test_an_answer_is_the_same_alone_and_in_a_batch(gemma: GemmaRunner) -> None:
    alone = [tiny_gemma.write_all(gemma, each)[0] for each in requests_of_all_kinds()]
    gemma.cache_pool.evict_retained()
    together = tiny_gemma.write_all(gemma, *requests_of_all_kinds())
    for (texts, result), (expected, expected_result) in zip(together, alone, strict=True):
        assert "".join(texts) == "".join(expected)
        assert result == expected_result


def test_a_prompt_reuses_the_prefix_that_it_shares_with_another(gemma: GemmaRunner) -> None:
    gemma.cache_pool.evict_retained()
    shared = "The rubric. " * 60
    first, second = (
        GenerationRequest((ChatMessage("user", f"{shared}{text}"),), GREEDY) for text in ("One", "Two")
    )
    tiny_gemma.write_all(gemma, first)
    sequence = gemma.begin(second)
    prompt = list(sequence.pending_tokens)
    assert gemma.admit(sequence)
    gemma.step([sequence])
    gemma.release(sequence)
    assert not sequence.pending_tokens or len(sequence.pending_tokens) == 1
    assert sequence.cache.tokens[: len(prompt)] == prompt
    with_reuse = tiny_gemma.write_all(gemma, second)
    gemma.cache_pool.evict_retained()
    assert tiny_gemma.write_all(gemma, second) == with_reuse


def test_there_is_room_for_as_many_tokens_as_were_planned(tmp_path: Path) -> None:
    folder = tiny_gemma.build(tmp_path / "tiny-gemma-it", context_tokens=CONTEXT)
    plans = all_plans(ModelDimensions.of_folder(folder, ""), tiny_gemma.ROOMY, 8)
    (needed,) = [each.memory_bytes for each in plans if each.precision == "bf16"]
    gemma = tiny_gemma.loaded(folder, resources=MachineResources(ComputeDevice("cpu", needed + 1000, 1.0), 0))
    first, second = (
        gemma.begin(GenerationRequest(HELLO, SamplingParameters(max_output_tokens=1500))) for _ in range(2)
    )
    assert gemma.admit(first)
    assert not gemma.admit(second)
    gemma.release(first)
    assert gemma.admit(second)


@pytest.fixture
def no_memory(gemma: GemmaRunner) -> Iterator[None]:
    """Each forward pass allocates more than there is, and fails as torch's allocator does."""
    hook = gemma.model.register_forward_pre_hook(lambda *_: torch.empty(2**50) and None)
    yield
    hook.remove()


@pytest.mark.usefixtures("no_memory")
def test_out_of_memory_says_how_much_is_missing(gemma: GemmaRunner) -> None:
    with pytest.raises(OutOfMemory) as refused:
        tiny_gemma.write_all(gemma, GenerationRequest(HELLO, GREEDY))
    assert int(refused.value.metadata["needed_bytes"]) == 4 * 2**50
    assert int(refused.value.metadata["free_bytes"]) > 0


def test_another_runtime_error_is_not_taken_for_a_lack_of_memory(gemma: GemmaRunner) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("size mismatch")

    hook = gemma.model.register_forward_pre_hook(fail)
    try:
        with pytest.raises(RuntimeError, match="size mismatch"):
            tiny_gemma.write_all(gemma, GenerationRequest(HELLO, GREEDY))
    finally:
        hook.remove()


class OutOfMemoryAt:
    """Forward passes of more than so many tokens fail as torch's allocator does."""

    def __init__(self, tokens: int) -> None:
        self._tokens = tokens

    def __call__(self, module: object, arguments: object, given: dict[str, Any]) -> None:
        if given["input_ids"].shape[1] > self._tokens:
            torch.empty(2**50)


def test_a_sequence_that_runs_out_of_memory_ends_alone(gemma: GemmaRunner) -> None:
    expected = tiny_gemma.write_all(
        gemma, GenerationRequest(HELLO, SamplingParameters(temperature=0, max_output_tokens=30))
    )[0]
    small, big = (
        gemma.begin(GenerationRequest(HELLO, SamplingParameters(temperature=0, max_output_tokens=30))),
        gemma.begin(GenerationRequest((ChatMessage("user", "b" * 400),), GREEDY)),
    )
    assert gemma.admit(small)
    assert gemma.admit(big)
    gemma.cache_pool.evict_retained()
    hook = gemma.model.register_forward_pre_hook(OutOfMemoryAt(100), with_kwargs=True)
    text, end, failed = "", None, None
    try:
        while not failed:
            mine, others = gemma.step([small, big])
            text, failed = text + mine.text, others.result
        gemma.release(big)
        while not end:
            (mine,) = gemma.step([small])
            text, end = text + mine.text, mine.result
        gemma.release(small)
    finally:
        hook.remove()
    assert isinstance(failed, OutOfMemory)
    assert ([text], end) == (["".join(expected[0])], expected[1])
