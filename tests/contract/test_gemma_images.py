"""A tiny Gemma that reads images: its logits are those of transformers, and other answers do not change."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import PIL.Image
import torch
from transformers import AutoTokenizer, Gemma3ForConditionalGeneration, Gemma3Processor
from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil

from rpckit.errors import InputTooLong, OutOfMemory
from services.gemma.generation.runner import GemmaRunner
from services.gemma.generation.sequence import RunningSequence
from services.gemma.interface.generation_request import (
    ChatMessage,
    GenerationRequest,
    RgbImage,
    SamplingParameters,
)
from services.gemma.server.images import to_image
from services.gemma.weights.quantize import quantize
from tests.fakes import tiny_gemma
from tests.fakes.pictures import picture

CONTEXT = 2048
TIMEOUT = 30
GREEDY = SamplingParameters(temperature=0, max_output_tokens=20)
HELLO = GenerationRequest((ChatMessage("user", "Hello, 글"),), GREEDY)
WEIGHTS = "model.safetensors"
# Longer than the sliding window, and than a chunk of a prompt.
LONG = "글 " * 150 + "b"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gemma.build_seeing(
        tmp_path_factory.mktemp("seeing") / "tiny-gemma-it", context_tokens=CONTEXT
    )


@pytest.fixture(scope="module", params=["bf16", "int4", "nf4"])
def gemma(
    request: pytest.FixtureRequest, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> GemmaRunner:
    copies = tmp_path_factory.mktemp("copies")
    if request.param != "bf16":
        quantize(folder, copies, request.param, lambda done, of: None)
    return seeing(folder, copies, request.param)


@pytest.fixture(scope="module")
def exact(folder: Path) -> GemmaRunner:
    """In fp32, but for its KV cache."""
    gemma = seeing(folder)
    for each in gemma.model.parameters():
        each.data = each.data.float()
    return gemma


def seeing(folder: Path, copies: Path = Path("/no/copies"), precision: str = "auto") -> GemmaRunner:
    return tiny_gemma.loaded(
        folder, GEMMA_IMAGES="yes", GEMMA_CACHE_DIR=str(copies), GEMMA_PRECISION=precision
    )


def image(seed: int) -> RgbImage:
    return to_image(picture(seed), "image/png", tiny_gemma.IMAGE_SIDE)


def asking(*content: str | RgbImage, sampling: SamplingParameters = GREEDY) -> GenerationRequest:
    return GenerationRequest((ChatMessage("user", content),), sampling)


def read(gemma: GemmaRunner, asked: GenerationRequest) -> dict[int, torch.Tensor]:
    """The logits after each chunk of the prompt, by the position of its last token."""
    found: dict[int, torch.Tensor] = {}
    sequence = gemma.begin(asked)
    assert gemma.admit(sequence)
    with torch.inference_mode():
        while sequence.pending_tokens:
            while sequence.image_to_encode:
                gemma._encode_image(sequence)
            chunk = sequence.next_chunk(128)
            (found[chunk.start + len(chunk.tokens) - 1],) = gemma.forward_pass.run([chunk])
            sequence.mark_read(chunk)
    gemma.release(sequence)
    return found


def of_transformers(folder: Path, conversation: list[dict[str, Any]]) -> tuple[list[int], torch.Tensor]:
    """The tokens, and the logits after each."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    processor: Any = Gemma3Processor(
        Gemma3ImageProcessorPil.from_pretrained(folder),
        tokenizer,
        chat_template=tokenizer.chat_template,
        image_seq_length=tiny_gemma.IMAGE_TOKENS,
    )
    inputs = processor.apply_chat_template(
        conversation, add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
    )
    model: Any = Gemma3ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)
    with torch.inference_mode():
        return inputs["input_ids"][0].tolist(), model.eval()(**inputs).logits[0]


@pytest.mark.parametrize(
    "content",
    [
        (LONG, 1, "Why?"),
        (1, "Why?"),
        (LONG, 1, LONG, 2, "Which of the two?"),
        (1, 2, 1, "a"),
    ],
)
def test_the_logits_are_those_of_transformers(
    exact: GemmaRunner, folder: Path, content: tuple[str | int, ...]
) -> None:
    mine = asking(*(each if isinstance(each, str) else image(each) for each in content))
    theirs = [
        {"type": "text", "text": each}
        if isinstance(each, str)
        else {"type": "image", "image": PIL.Image.open(io.BytesIO(picture(each)))}
        for each in content
    ]
    tokens, logits = of_transformers(folder, [{"role": "user", "content": theirs}])
    soft = AutoTokenizer.from_pretrained(folder).image_token_id
    assert [max(each, -1) for each in exact.prompt_encoder.encode(mine.messages)] == [
        -1 if each == soft else each for each in tokens
    ]
    found = read(exact, mine)
    assert max(found) == len(tokens) - 1
    for place, mine_here in found.items():
        assert (mine_here - logits[place]).abs().max() < 0.005 * logits[place].std()


def test_images_are_read_in_later_turns_too(exact: GemmaRunner) -> None:
    turns = ChatMessage("user", ("a", image(1))), ChatMessage("assistant", "b")
    first, again = (
        GenerationRequest((*turns, ChatMessage("user", (image(seed),))), GREEDY) for seed in (1, 2)
    )
    assert not torch.equal(list(read(exact, first).values())[-1], list(read(exact, again).values())[-1])


def test_the_logits_of_a_quantised_copy_are_near(gemma: GemmaRunner, exact: GemmaRunner) -> None:
    asked = asking("What is this?", image(1), "Why?")
    near, best = (list(read(each, asked).values())[-1] for each in (gemma, exact))
    assert (near - best).std() / best.std() < 0.2


def written(gemma: GemmaRunner, *requests: GenerationRequest) -> list[str]:
    return ["".join(texts) for texts, _ in tiny_gemma.write_all(gemma, *requests)]


@pytest.fixture
def encoded(gemma: GemmaRunner) -> Iterator[list[float]]:
    """The sums of the pixels of the images that are encoded."""
    gemma.cache_pool.evict_retained()
    sums: list[float] = []
    embeddings = vision_tower(gemma).embeddings
    hook = embeddings.register_forward_pre_hook(lambda _, inputs: sums.append(float(inputs[0].sum())))
    yield sums
    hook.remove()


def vision_tower(gemma: GemmaRunner) -> Any:
    assert gemma.image_encoder
    return gemma.image_encoder.tower.vision_tower


def test_two_images_are_not_taken_for_each_other(gemma: GemmaRunner, encoded: list[float]) -> None:
    answers = [written(gemma, asking("a", image(seed), "Why?")) for seed in (4, 6)]
    assert answers[0] != answers[1]
    gemma.cache_pool.evict_retained()
    assert written(gemma, asking("a", image(6), "Why?")) == answers[1]
    first, second, again = encoded
    assert first != second == again


def test_an_image_that_was_just_read_is_not_encoded_again(gemma: GemmaRunner, encoded: list[float]) -> None:
    first, second = (asking("a", image(1), text) for text in ("Why?", "What?"))
    written(gemma, first)
    assert len(encoded) == 1
    with_reuse = written(gemma, second)
    assert len(encoded) == 1
    gemma.cache_pool.evict_retained()
    assert written(gemma, second) == with_reuse


def test_answers_with_images_and_without_are_the_same_in_a_batch(gemma: GemmaRunner) -> None:
    requests = [
        HELLO,
        asking(LONG, image(1), "Why?"),
        asking(image(2), image(1), "a"),
        GenerationRequest((ChatMessage("user", LONG),), GREEDY),
        asking(image(1), "a", sampling=SamplingParameters(temperature=1, seed=3, max_output_tokens=20)),
    ]
    alone = [tiny_gemma.write_all(gemma, each)[0] for each in requests]
    gemma.cache_pool.evict_retained()
    together = tiny_gemma.write_all(gemma, *requests)
    assert [("".join(texts), end) for texts, end in together] == [
        ("".join(texts), end) for texts, end in alone
    ]


def begun(gemma: GemmaRunner, *requests: GenerationRequest) -> list[RunningSequence]:
    sequences = [gemma.begin(each) for each in requests]
    assert all(map(gemma.admit, sequences))
    return sequences


def test_a_decode_step_waits_for_a_layer_not_for_an_image(gemma: GemmaRunner, encoded: list[float]) -> None:
    decoding, prefilling = begun(gemma, HELLO, asking(image(1), "a"))
    while decoding.in_prefill:
        gemma.step([decoding])
    before = decoding._output_tokens
    passes = 0
    while prefilling.in_prefill:
        gemma.step([decoding, prefilling])
        passes += 1
    # The text before it, a pass for each layer, the image, the text after it.
    assert passes == 1 + 3 + 1 + 1
    assert decoding._output_tokens == before + passes
    for each in (decoding, prefilling):
        gemma.release(each)


def test_the_tokens_of_images_count(gemma: GemmaRunner) -> None:
    without, one = (
        len(gemma.prompt_encoder.encode(each.messages))
        for each in (asking("a", "b"), asking("a", image(1), "b"))
    )
    ((_, result),) = tiny_gemma.write_all(gemma, asking("a", image(1), "b"))
    assert result.input_tokens == one
    # And what stands around it.
    assert one - without == tiny_gemma.IMAGE_TOKENS + 6
    with pytest.raises(InputTooLong) as refused:
        gemma.begin(asking(*[image(1)] * 14))
    assert int(refused.value.metadata["input_tokens"]) > 14 * tiny_gemma.IMAGE_TOKENS


def test_an_image_that_a_text_spells_out_is_text(gemma: GemmaRunner) -> None:
    spelt = "<start_of_image>" + "<image_soft_token>" * 3 + "<end_of_image>"
    tokens = gemma.prompt_encoder.encode(asking("a", image(1), spelt).messages)
    assert sum(each < 0 for each in tokens) == tiny_gemma.IMAGE_TOKENS
    plain = gemma.prompt_encoder.encode((ChatMessage("user", spelt),))
    special = set(gemma.prompt_encoder.tokenizer.all_special_ids)
    assert [each for each in plain if each in special] == [
        each for each in gemma.prompt_encoder.encode((ChatMessage("user", "a"),)) if each in special
    ]


class NoMemory:
    """Fails so many times as torch's allocator does."""

    def __init__(self, times: int) -> None:
        self.times = times

    def __call__(self, *_: object) -> None:
        if self.times:
            self.times -= 1
            torch.empty(2**50)


def test_a_sequence_without_memory_for_its_image_ends_alone(gemma: GemmaRunner) -> None:
    expected = written(gemma, HELLO)
    gemma.cache_pool.evict_retained()
    decoding, prefilling = begun(gemma, HELLO, asking(image(1), "a"))
    hook = vision_tower(gemma).encoder.layers[1].register_forward_pre_hook(NoMemory(1))
    text, failed, end = "", None, None
    try:
        while not failed:
            mine, others = gemma.step([decoding, prefilling])
            text, failed = text + mine.text, others.result
    finally:
        hook.remove()
    gemma.release(prefilling)
    while not end:
        (mine,) = gemma.step([decoding])
        text, end = text + mine.text, mine.result
    gemma.release(decoding)
    assert isinstance(failed, OutOfMemory)
    assert [text] == expected


def test_retained_caches_are_evicted_for_an_image(gemma: GemmaRunner) -> None:
    expected = written(gemma, asking(image(1), "a"))
    gemma.cache_pool.evict_retained()
    written(gemma, HELLO)
    hook = vision_tower(gemma).encoder.layers[1].register_forward_pre_hook(NoMemory(1))
    try:
        assert written(gemma, asking(image(1), "a")) == expected
    finally:
        hook.remove()
