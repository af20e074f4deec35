"""Several answers at once, on a tiny Gemma: none knows of the others, whatever becomes of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch

from chorus.feedback.v1.submission_pb2 import Criterion, Rubric
from modelkit.answer_form.schema import answer_schema
from rpckit.errors import OutOfMemory
from services.gemma.fit.model_size import Shape
from services.gemma.fit.preflight import plans
from services.gemma.fit.resources import Device, Resources
from services.gemma.generation.runner import Gemma
from services.gemma.scheduler.local_model import Job, Message, Sampling
from services.gemma.weights.quantize import quantize
from tests.fakes import tiny_gemma

CONTEXT = 2048
GREEDY = Sampling(temperature=0)
HELLO = (Message("user", "Hello, 글"),)
ANSWER_SCHEMA = answer_schema(Rubric(criteria=[Criterion(id="evidence")]), "ko")


@pytest.fixture(scope="module", params=["bf16", "int4"])
def gemma(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Gemma:
    """In each of the precisions that a server takes on a CPU unasked."""
    folder = tmp_path_factory.mktemp("gemma")
    source = tiny_gemma.build(folder / "tiny-gemma-it", context_tokens=CONTEXT)
    if request.param == "int4":
        quantize(source, folder / "copies", "int4", lambda done, of: None)
    return tiny_gemma.loaded(source, GEMMA_CACHE_DIR=str(folder / "copies"), GEMMA_PRECISION=request.param)


def test_a_long_prompt_is_read_in_several_passes(gemma: Gemma) -> None:
    gemma._pasts.forget()
    writing = gemma.begin(Job((Message("user", "a" * 500),), GREEDY))
    assert gemma.admit(writing)
    assert [gemma.step([writing])[0].text for _ in range(3)] == ["", "", ""]
    gemma.release(writing)


def jobs_of_all_kinds() -> list[Job]:
    """Different lengths, ways of sampling, schemas and stop sequences."""
    return [
        Job(HELLO, Sampling(temperature=0, max_output_tokens=60)),
        Job((Message("user", "글 " * 200),), Sampling(temperature=0, max_output_tokens=30)),
        Job(HELLO, Sampling(temperature=1.2, top_p=0.95, seed=3, max_output_tokens=60)),
        Job((Message("user", "b" * 90),), Sampling(temperature=0, max_output_tokens=200), ANSWER_SCHEMA),
        Job(HELLO, Sampling(temperature=1, seed=4, stop_sequences=("]",), max_output_tokens=100)),
        Job(HELLO, Sampling(temperature=0.5, seed=5, max_output_tokens=1000), ANSWER_SCHEMA),
    ]


def test_an_answer_is_the_same_alone_and_in_a_batch(gemma: Gemma) -> None:
    alone = [tiny_gemma.write_all(gemma, each)[0] for each in jobs_of_all_kinds()]
    gemma._pasts.forget()
    together = tiny_gemma.write_all(gemma, *jobs_of_all_kinds())
    for (pieces, ending), (expected, expected_ending) in zip(together, alone, strict=True):
        assert "".join(pieces) == "".join(expected)
        assert ending == expected_ending


def test_a_prompt_that_begins_like_another_is_read_from_where_they_part(gemma: Gemma) -> None:
    gemma._pasts.forget()
    shared = "The rubric. " * 60
    first, second = (Job((Message("user", f"{shared}{text}"),), GREEDY) for text in ("One", "Two"))
    tiny_gemma.write_all(gemma, first)
    writing = gemma.begin(second)
    prompt = list(writing.pending)
    assert gemma.admit(writing)
    gemma.step([writing])
    gemma.release(writing)
    assert not writing.pending or len(writing.pending) == 1
    assert writing.past.tokens[: len(prompt)] == prompt
    with_help = tiny_gemma.write_all(gemma, second)
    gemma._pasts.forget()
    assert tiny_gemma.write_all(gemma, second) == with_help


def test_there_is_room_for_as_many_tokens_as_were_planned(tmp_path: Path) -> None:
    folder = tiny_gemma.build(tmp_path / "tiny-gemma-it", context_tokens=CONTEXT)
    needed = plans(Shape.of_folder(folder, ""), tiny_gemma.ROOMY, 8)[1].memory_bytes
    gemma = tiny_gemma.loaded(folder, resources=Resources(Device("cpu", needed + 1000, 1.0), 0))
    first, second = (gemma.begin(Job(HELLO, Sampling(max_output_tokens=1500))) for _ in range(2))
    assert gemma.admit(first)
    assert not gemma.admit(second)
    gemma.release(first)
    assert gemma.admit(second)


@pytest.fixture
def no_memory(gemma: Gemma) -> Iterator[None]:
    """The model's steps ask for more than there is, in the way torch does it."""
    hook = gemma._model.register_forward_pre_hook(lambda *_: torch.empty(2**50) and None)
    yield
    hook.remove()


@pytest.mark.usefixtures("no_memory")
def test_out_of_memory_says_how_much_is_missing(gemma: Gemma) -> None:
    with pytest.raises(OutOfMemory) as refused:
        tiny_gemma.write_all(gemma, Job(HELLO, GREEDY))
    assert int(refused.value.metadata["needed_bytes"]) == 4 * 2**50
    assert int(refused.value.metadata["free_bytes"]) > 0


def test_another_runtime_error_is_not_taken_for_it(gemma: Gemma) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("size mismatch")

    hook = gemma._model.register_forward_pre_hook(fail)
    try:
        with pytest.raises(RuntimeError, match="size mismatch"):
            tiny_gemma.write_all(gemma, Job(HELLO, GREEDY))
    finally:
        hook.remove()


class OutOfMemoryAt:
    """Passes of more than so many tokens ask for more than there is, in the way torch does it."""

    def __init__(self, tokens: int) -> None:
        self._tokens = tokens

    def __call__(self, module: object, arguments: object, given: dict[str, Any]) -> None:
        if given["input_ids"].shape[1] > self._tokens:
            torch.empty(2**50)


def test_one_who_runs_out_of_memory_ends_alone(gemma: Gemma) -> None:
    expected = tiny_gemma.write_all(gemma, Job(HELLO, Sampling(temperature=0, max_output_tokens=30)))[0]
    small, big = (
        gemma.begin(Job(HELLO, Sampling(temperature=0, max_output_tokens=30))),
        gemma.begin(Job((Message("user", "b" * 400),), GREEDY)),
    )
    assert gemma.admit(small)
    assert gemma.admit(big)
    gemma._pasts.forget()
    hook = gemma._model.register_forward_pre_hook(OutOfMemoryAt(100), with_kwargs=True)
    text, end, failed = "", None, None
    try:
        while not failed:
            mine, others = gemma.step([small, big])
            text, failed = text + mine.text, others.end
        gemma.release(big)
        while not end:
            (mine,) = gemma.step([small])
            text, end = text + mine.text, mine.end
        gemma.release(small)
    finally:
        hook.remove()
    assert isinstance(failed, OutOfMemory)
    assert ([text], end) == (["".join(expected[0])], expected[1])
