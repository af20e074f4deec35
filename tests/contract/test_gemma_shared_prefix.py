"""The common beginning of a class's prompts is read once where memory is short, and no answer changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from typing_extensions import override

from services.gemma.generation.runner import GemmaRunner
from services.gemma.interface.generation_request import ChatMessage, GenerationRequest, SamplingParameters
from services.gemma.interface.local_model import GenerationResult
from services.gemma.kv_cache.cache_pool import KVCachePool, common_length
from services.gemma.kv_cache.sequence_cache import SequenceKVCache, first_visible
from services.gemma.kv_cache.size import KVCacheSize
from tests.fakes import tiny_gemma, tiny_gemma_4

# The window of the tiny Gemma 3, and a chunk of a prompt. Those of Gemma 4 have a window of 16.
WINDOWED = 64 + 128
SIZE = KVCacheSize(full_bytes=1, sliding_bytes=10, windowed_tokens=WINDOWED)
OUTPUT_TOKENS = 12
# More than two chunks, and it does not end with one.
SHARED = "The rubric. " * 60
WORKS = ("One work, of 글.", "Two works", "A third one, which is somewhat longer.")


def asking(work: str, *shared_messages: ChatMessage) -> GenerationRequest:
    return GenerationRequest(
        (ChatMessage("user", f"{SHARED}\n\nDocument: {work}"),),
        SamplingParameters(temperature=0, max_output_tokens=OUTPUT_TOKENS),
        shared_messages=shared_messages or (ChatMessage("user", SHARED),),
    )


CLASS = [asking(work) for work in WORKS]


@pytest.fixture(scope="module", params=["Gemma 3", "E2B", "E4B", "12B"])
def gemma(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> GemmaRunner:
    folder = tmp_path_factory.mktemp("gemma") / "tiny-it"
    if request.param == "Gemma 3":
        return tiny_gemma.loaded(tiny_gemma.build(folder))
    return tiny_gemma.loaded(tiny_gemma_4.build(folder, request.param))


@pytest.fixture(scope="module")
def gemma_3(tmp_path_factory: pytest.TempPathFactory) -> GemmaRunner:
    return tiny_gemma.loaded(tiny_gemma.build(tmp_path_factory.mktemp("gemma") / "tiny-it"))


def with_pool(gemma: GemmaRunner, pool: KVCachePool) -> GemmaRunner:
    """The same model with another KV cache."""
    return GemmaRunner(gemma.model, gemma.prompt_encoder, gemma._vocabulary, gemma.info, pool)


def prompt_of(gemma: GemmaRunner, request: GenerationRequest) -> list[int]:
    return gemma.prompt_encoder.encode(request.messages)


def shared_tokens(gemma: GemmaRunner) -> int:
    """How many tokens the prompts of the class are known to begin with."""
    shared = gemma.prompt_encoder.encode(CLASS[0].shared_messages)
    return common_length(prompt_of(gemma, CLASS[0]), shared)


def needed(gemma: GemmaRunner, *, windowed: bool) -> int:
    """Bytes of the longest prompt with its answer."""
    longest = max(len(prompt_of(gemma, each)) for each in CLASS)
    return SIZE.bytes_for(longest + OUTPUT_TOKENS, windowed=windowed)


def for_one_windowed(gemma: GemmaRunner) -> int:
    """Bytes of a windowed cache and of a snapshot beside it, where no full cache has room."""
    budget = needed(gemma, windowed=True) + SIZE.bytes_for(shared_tokens(gemma), windowed=True)
    assert budget < SIZE.bytes_for(len(prompt_of(gemma, CLASS[1])), windowed=False)
    return budget


def for_one_full(gemma: GemmaRunner) -> int:
    """Bytes of a full cache, where no windowed one has room beside it."""
    return needed(gemma, windowed=False)


def written(gemma: GemmaRunner, request: GenerationRequest) -> tuple[list[str], GenerationResult, int]:
    """Writes an answer; returns its texts, its result, and how many tokens of its prompt were read."""
    passes: list[int] = []

    def count(module: object, arguments: object, given: dict[str, Any]) -> None:
        passes.append(given["input_ids"].shape[1])

    hook = gemma.model.register_forward_pre_hook(count, with_kwargs=True)
    try:
        ((texts, result),) = tiny_gemma.write_all(gemma, request)
    finally:
        hook.remove()
    # The last token of an answer is not read.
    return texts, result, sum(passes) - (result.output_tokens - 1)


def expected_of(gemma: GemmaRunner) -> list[tuple[list[str], GenerationResult]]:
    """The answers to the class, each read from its beginning."""
    answers = []
    for each in CLASS:
        gemma.cache_pool.evict_retained()
        answers += tiny_gemma.write_all(gemma, each)
    return answers


def test_of_a_class_the_common_beginning_is_read_once(gemma: GemmaRunner) -> None:
    small = with_pool(gemma, KVCachePool(SIZE, for_one_windowed(gemma)))
    found = [written(small, each) for each in CLASS]
    assert [answer[:2] for answer in found] == expected_of(gemma)
    first, *others = [len(prompt_of(gemma, each)) for each in CLASS]
    assert [answer[2] for answer in found] == [first, *(each - shared_tokens(gemma) for each in others)]


def test_a_full_cache_is_shrunk_to_what_the_next_prompt_shares(gemma: GemmaRunner) -> None:
    small = with_pool(gemma, KVCachePool(SIZE, for_one_full(gemma)))
    found = [written(small, each) for each in CLASS]
    assert [answer[:2] for answer in found] == expected_of(gemma)
    prompts = [prompt_of(gemma, each) for each in CLASS]
    lengths = [0, *(common_length(prompts[0], each) for each in prompts[1:])]
    assert [answer[2] for answer in found] == [
        len(prompt) - length for prompt, length in zip(prompts, lengths, strict=True)
    ]


def read(gemma: GemmaRunner, request: GenerationRequest) -> SequenceKVCache:
    """Reads a prompt, and returns its keys and values."""
    sequence = gemma.begin(request)
    assert gemma.admit(sequence)
    while sequence.in_prefill:
        gemma.step([sequence])
    gemma.release(sequence)
    return sequence.cache


def test_keys_and_values_are_those_of_a_prompt_that_was_read_whole(gemma: GemmaRunner) -> None:
    small, alone = (with_pool(gemma, KVCachePool(SIZE, for_one_windowed(gemma))) for _ in range(2))
    read(small, CLASS[0])
    for request in CLASS[1:]:
        reused = read(small, request)
        alone.cache_pool.evict_retained()
        whole = read(alone, request)
        assert (reused.tokens, reused.layers.keys()) == (whole.tokens, whole.layers.keys())
        end, shared = len(whole.tokens), shared_tokens(gemma)
        for near, far in zip(reused.layers.values(), whole.layers.values(), strict=True):
            start = first_visible(end, far.window)
            parts = [each.keys_values[:, :, start - each.start : end - each.start] for each in (near, far)]
            # What was copied is the same to the bit. The rest was read in chunks of another length.
            copied = [each[:, :, : max(0, shared - start)] for each in parts]
            assert torch.equal(*copied)
            torch.testing.assert_close(*parts, rtol=0.02, atol=0.05)


def test_a_prefix_that_saves_little_is_not_retained(gemma_3: GemmaRunner) -> None:
    small = with_pool(gemma_3, KVCachePool(SIZE, for_one_windowed(gemma_3)))
    beginning = ChatMessage("user", SHARED[: len(SHARED) // 5])
    for work in WORKS:
        request = asking(work, beginning)
        assert written(small, request)[2] == len(prompt_of(gemma_3, request))


def test_a_beginning_that_cannot_be_encoded_costs_no_answer(gemma_3: GemmaRunner) -> None:
    small = with_pool(gemma_3, KVCachePool(SIZE, for_one_windowed(gemma_3)))
    broken = asking(WORKS[0], ChatMessage("user", "\udfff"))
    assert written(small, broken)[:2] == written(small, CLASS[0])[:2] == expected_of(gemma_3)[0]


def test_a_pass_without_memory_evicts_the_snapshot_and_is_made_again(gemma_3: GemmaRunner) -> None:
    small = with_pool(gemma_3, KVCachePool(SIZE, for_one_windowed(gemma_3)))
    written(small, CLASS[0])
    failing = iter([True])

    def fail_once(*_: object) -> None:
        if next(failing, False):
            torch.empty(2**50)

    hook = gemma_3.model.register_forward_pre_hook(fail_once)
    try:
        answers = tiny_gemma.write_all(small, CLASS[1])
    finally:
        hook.remove()
    assert answers == expected_of(gemma_3)[1:2]
    assert not small.cache_pool.evict_retained()
    assert written(small, CLASS[2])[2] == len(prompt_of(gemma_3, CLASS[2]))


class PoolWithoutMemory(KVCachePool):
    """Has none to make a snapshot of, nor to shrink a cache to one."""

    @override
    def retain_snapshot(self, cache: SequenceKVCache, length: int) -> None:
        torch.empty(2**50)

    @override
    def reserve(self, cache: SequenceKVCache, prompt: Sequence[int]) -> bool:
        if self._retained:
            torch.empty(2**50)
        return super().reserve(cache, prompt)


@pytest.mark.parametrize("budget", [for_one_windowed, for_one_full])
def test_no_memory_for_a_snapshot_costs_no_answer(gemma_3: GemmaRunner, budget: Any) -> None:
    small = with_pool(gemma_3, PoolWithoutMemory(SIZE, budget(gemma_3)))
    for request, expected in zip(CLASS, expected_of(gemma_3), strict=True):
        sequence = small.begin(request)
        # Asked again once what was retained has made way.
        assert small.admit(sequence) or small.admit(sequence)
        text, end = "", None
        while not end:
            (output,) = small.step([sequence])
            text, end = text + output.text, output.result
        small.release(sequence)
        assert (text, end) == ("".join(expected[0]), expected[1])


@dataclass(frozen=True, slots=True)
class Filled:
    """A cache whose prompt was read, and how many of its tokens another one had."""

    cache: SequenceKVCache
    tokens: int


def filled(pool: KVCachePool, prompt: list[int]) -> Filled:
    """Reads a prompt in one chunk, in two layers, one with a window, and retains what others share."""
    cache = SequenceKVCache(CAPACITY)
    assert pool.reserve(cache, prompt)
    pool.reuse_prefix(cache, prompt)
    reused = len(cache.tokens)
    keys_values = torch.randn(2, 1, len(prompt) - reused, 4).bfloat16()
    for layer, window in ((0, 64), (1, None)):
        cache.append(layer, keys_values, window)
    cache.tokens = list(prompt)
    if not reused:
        pool.retain_snapshot(cache, 300)
    return Filled(cache, reused)


RUBRICS = [[number] * 300 for number in range(1, 4)]
# No full cache has room where a windowed one and two snapshots have.
CAPACITY = 1000
SNAPSHOT = SIZE.bytes_for(300, windowed=True)
WINDOWED_BYTES = SIZE.bytes_for(CAPACITY, windowed=True)


def answer(pool: KVCachePool, rubric: list[int]) -> int:
    """Reads a work of a class as the runner does; returns how many of its tokens were reused."""
    reused = filled(pool, [*rubric, 9])
    pool.release(reused.cache)
    return reused.tokens


def test_the_snapshot_that_was_not_used_for_longest_makes_way() -> None:
    pool = KVCachePool(SIZE, WINDOWED_BYTES + 2 * SNAPSHOT)
    first, second, third = RUBRICS
    assert [answer(pool, rubric) for rubric in (first, second, first, third)] == [0, 0, 300, 0]
    assert [answer(pool, rubric) for rubric in (first, third, second)] == [300, 300, 0]


def test_a_snapshot_makes_way_for_a_sequence() -> None:
    pool = KVCachePool(SIZE, WINDOWED_BYTES + SNAPSHOT)
    running = filled(pool, [*RUBRICS[0], 9]).cache
    # For one that has no room at all it does not.
    assert not pool.reserve(SequenceKVCache(400), [7])
    another = SequenceKVCache(300)
    assert pool.reserve(another, [7])
    for cache in (another, running):
        pool.release(cache)
    assert answer(pool, RUBRICS[0]) == 0


def test_beside_sequences_that_run_there_may_be_no_room_for_a_snapshot() -> None:
    pool = KVCachePool(SIZE, WINDOWED_BYTES + SNAPSHOT - 1)
    assert [answer(pool, RUBRICS[0]) for _ in range(2)] == [0, 0]
