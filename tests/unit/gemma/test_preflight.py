"""The arithmetic of what fits, against made-up machines."""

import dataclasses
import json
from pathlib import Path

import pytest

from services.gemma.fit.model_dimensions import KNOWN_MODELS, ModelDimensions
from services.gemma.fit.preflight import (
    GIB,
    DeploymentPlan,
    all_plans,
    choose_plan,
    disk_fault,
    precision_to_quantize,
    smaller_models,
)
from services.gemma.fit.resources import ComputeDevice, MachineResources
from services.gemma.interface.load_error import LoadError

E4B, SEEING, E2B, TWO_B, ONE_B, SMALLEST = KNOWN_MODELS
FOUR_B = SEEING.loaded(images=False)
QUANTIZE = "run `python -m services.gemma quantize gemma-3-4b-it --precision int4"


def machine(memory: float, *gpus: float) -> MachineResources:
    """With so many GiB of memory, and of memory on each GPU."""
    devices = [ComputeDevice(f"cuda:{index}", int(free * GIB), 2e12) for index, free in enumerate(gpus)]
    return MachineResources(ComputeDevice("cpu", int(memory * GIB), 27e9), 2**40, tuple(devices))


def chosen(
    resources: MachineResources,
    dimensions: ModelDimensions = FOUR_B,
    precision: str = "auto",
    *quantized: str,
) -> str:
    plan = choose_plan(dimensions, resources, max_sequences=8, precision=precision, quantized=quantized)
    return f"{plan.precision} on {plan.device.name}"


def refusal(
    resources: MachineResources,
    dimensions: ModelDimensions = FOUR_B,
    precision: str = "auto",
    *quantized: str,
) -> str:
    with pytest.raises(LoadError) as refused:
        chosen(resources, dimensions, precision, *quantized)
    return str(refused.value)


def plan(
    dimensions: ModelDimensions, precision: str, resources: MachineResources, max_sequences: int = 1
) -> DeploymentPlan:
    return next(
        each for each in all_plans(dimensions, resources, max_sequences) if each.precision == precision
    )


def test_the_sizes_are_the_real_models() -> None:
    # 262208 x 2560 x 2 bytes: what the report could not allocate.
    assert FOUR_B.embedding_parameters * 2 == 1_342_504_960
    assert FOUR_B.text_parameters == pytest.approx(3.88e9, rel=0.01)
    assert ONE_B.text_parameters == pytest.approx(1.0e9, rel=0.01)
    assert SMALLEST.text_parameters == pytest.approx(268e6, rel=0.01)
    assert TWO_B.text_parameters == pytest.approx(2.51e9, rel=0.01)
    assert (E4B.text_parameters, E2B.text_parameters) == (4_643_880_960, 2_279_473_152)
    cached = [sum(layer.kv_bytes for layer in each.layers) for each in (FOUR_B, ONE_B, E4B, E2B)]
    # Of 42 layers of E4B, 24 cache their own: four with full attention and heads of 512, twenty of 256.
    assert cached == [139_264, 26_624, 4 * 4096 + 20 * 2048, 3 * 2048 + 12 * 1024]
    sliding = [sum(layer.sliding for layer in each.layers) for each in KNOWN_MODELS]
    assert sliding == [35, 29, 28, 0, 22, 15]


def test_memory_is_what_was_measured() -> None:
    # Measured with a tokenizer of few words: fp32 took 14.8 GiB, the quantised copy 2.05 and its runtime.
    few = dataclasses.replace(FOUR_B, tokenizer_tokens=400)
    assert plan(few, "fp32", machine(64)).memory_bytes / GIB == pytest.approx(15.3, abs=0.3)
    assert plan(few, "bf16", machine(64)).memory_bytes / GIB == pytest.approx(8.1, abs=0.3)
    assert plan(few, "nf4", machine(64)).memory_bytes / GIB == pytest.approx(2.7, abs=0.1)


def test_on_a_gpu_there_is_no_embedding_of_a_copy_no_tokenizer_and_no_fp32() -> None:
    resources = machine(64, 64)
    few = dataclasses.replace(FOUR_B, tokenizer_tokens=400)
    gpu, cpu = (each for each in all_plans(few, resources, 1) if each.precision == "nf4")
    # Keys and values, of four heads of 256, for 1,024 tokens in four bytes.
    in_fp32 = 2 * 4 * 256 * 1024 * 4
    # Which of them a piece of a prompt takes was measured on a CPU alone.
    runtime = int(0.45 * GIB) - int(0.38 * GIB)
    assert gpu.memory_bytes - cpu.memory_bytes == runtime - in_fp32 - 400 * 700
    many = plan(FOUR_B, "nf4", machine(64))
    assert (many.memory_bytes - cpu.memory_bytes) / GIB == pytest.approx(0.17, abs=0.01)


def test_words_are_counted_by_the_size_of_their_file(tmp_path: Path) -> None:
    sizes = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "vocab_size": 1000}
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gemma3_text", **sizes}))
    found = {}
    for size in (0, 4000, 10**6):
        if size:
            (tmp_path / "tokenizer.json").write_bytes(b" " * size)
        found[size] = ModelDimensions.of_folder(tmp_path, "gemma").tokenizer_tokens
    assert found == {0: 1000, 4000: 100, 10**6: 1000}


def test_the_ceiling_is_the_reading_of_the_weights() -> None:
    assert plan(FOUR_B, "bf16", machine(64)).max_tokens_per_second == pytest.approx(3.5, abs=0.1)
    assert plan(FOUR_B, "int4", machine(64)).max_tokens_per_second == pytest.approx(12.3, abs=0.1)


@pytest.mark.parametrize(
    ("resources", "quantized", "taken"),
    [
        (machine(64), (), "bf16 on cpu"),
        (machine(64), ("int4",), "int4 on cpu"),
        (machine(4), ("int4",), "int4 on cpu"),
        (machine(64, 16), (), "bf16 on cuda:0"),
        (machine(64, 16, 80), ("int4", "nf4"), "bf16 on cuda:0"),
        (machine(64, 3.9, 80), ("int4",), "bf16 on cuda:1"),
        (machine(64, 5), ("int4", "nf4"), "nf4 on cuda:0"),
        (machine(64, 5), (), "bf16 on cpu"),
        (machine(64, 1), ("int4", "nf4"), "int4 on cpu"),
        (machine(64), ("int4", "int4h8", "int8"), "int4h8 on cpu"),
        (machine(3.1), ("int4", "int4h8"), "int4 on cpu"),
        (machine(64), ("int8",), "int8 on cpu"),
    ],
)
def test_the_best_that_fits_and_is_there_is_taken(
    resources: MachineResources, quantized: tuple[str, ...], taken: str
) -> None:
    assert chosen(resources, FOUR_B, "auto", *quantized) == taken


@pytest.mark.parametrize(
    ("dimensions", "free", "made"),
    [
        (FOUR_B, 64, "int4h8"),
        (FOUR_B, 3.2, "int4h8"),
        (FOUR_B, 3, "int4"),
        (FOUR_B, 1, "int4"),
        (ONE_B, 4, "int8"),
        (ONE_B, 1.6, "int4h8"),
        (SMALLEST, 1, "int8"),
        (SMALLEST, 0.3, "int4"),
    ],
)
def test_the_copy_to_make_is_the_best_that_fits(dimensions: ModelDimensions, free: float, made: str) -> None:
    assert precision_to_quantize(dimensions, machine(free)) == made
    # A copy is for the CPU, unless nf4 is asked for.
    assert precision_to_quantize(dimensions, machine(free, 80)) == made


@pytest.mark.parametrize(("free", "made"), [(64, "q4_0"), (3.8, "q4_0"), (3.7, "int4h8"), (3, "int4")])
def test_what_was_trained_for_q4_0_is_kept_where_memory_allows(free: float, made: str) -> None:
    trained = dataclasses.replace(FOUR_B, on_q4_0_grid=True)
    assert precision_to_quantize(trained, machine(free)) == made
    assert chosen(machine(free), trained, "auto", "int4", "int4h8", "q4_0") == f"{made} on cpu"


def test_nothing_else_is_offered_that_grid() -> None:
    assert "q4_0" not in {each.precision for each in all_plans(FOUR_B, machine(64, 80), 1)}
    assert refusal(machine(64), FOUR_B, "q4_0") == "its weights do not lie on the grid of Q4_0: take int4h8"


def test_a_head_in_eight_bits_costs_half_a_byte_for_each_weight_of_it() -> None:
    plain, mixed = (plan(FOUR_B, precision, machine(64)) for precision in ("int4", "int4h8"))
    more = mixed.weight_bytes - plain.weight_bytes
    assert more / FOUR_B.embedding_parameters == pytest.approx(0.5, abs=0.01)
    assert mixed.disk_bytes - plain.disk_bytes == pytest.approx(more, rel=0.01)


def test_what_is_asked_for_is_taken_though_it_is_not_the_best() -> None:
    assert chosen(machine(64), FOUR_B, "bf16", "int4") == "bf16 on cpu"
    assert chosen(machine(64), FOUR_B, "nf4", "int4", "nf4") == "nf4 on cpu"


@pytest.mark.parametrize(
    ("resources", "dimensions", "precision", "said"),
    [
        (
            machine(6.1),
            FOUR_B,
            "auto",
            f"needs 8.0 GiB, 6.1 free; int4h8 needs 3.2: {QUANTIZE}h8`",
        ),
        (
            machine(64),
            FOUR_B,
            "int4",
            f"there is no int4 copy: {QUANTIZE}`",
        ),
        (
            machine(2.5),
            FOUR_B,
            "auto",
            "needs 8.0 GiB, 2.5 free; gemma-4-E2B-it in int4h8 needs 2.1: set GEMMA_MODEL to it",
        ),
        (
            machine(1.7),
            FOUR_B,
            "bf16",
            "needs 8.0 GiB, 1.7 free; gemma-3-1b-it in int8 needs 1.7: set GEMMA_MODEL to it",
        ),
        (machine(0.5), SMALLEST, "auto", "needs 1.2 GiB, 0.5 free, and no smaller Gemma fits"),
    ],
)
def test_what_cannot_fit_is_refused_with_what_would(
    resources: MachineResources, dimensions: ModelDimensions, precision: str, said: str
) -> None:
    assert refusal(resources, dimensions, precision) == said


@pytest.mark.parametrize(
    ("free", "taken"), [(16, "bf16 on cpu"), (8, "int4 on cpu"), (6, "int4 on cpu"), (4, "int4 on cpu")]
)
def test_e4b_fits_where_gemma_3_4b_does(free: float, taken: str) -> None:
    copies = () if taken.startswith("bf16") else ("int4",)
    assert chosen(machine(free), E4B, "auto", *copies) == taken


def test_under_three_gib_a_smaller_one_is_named_for_e4b() -> None:
    assert refusal(machine(3), E4B, "auto", "int4").endswith(
        "gemma-3-4b-it in int4 needs 2.9: set GEMMA_MODEL to it"
    )
    assert chosen(machine(3), E2B, "auto", "int4") == "int4 on cpu"
    assert chosen(machine(2), E2B, "auto", "int4") == "int4 on cpu"


def test_a_byte_less_is_too_little() -> None:
    needed = plan(FOUR_B, "int4", machine(1), max_sequences=8).memory_bytes
    assert (
        chosen(MachineResources(ComputeDevice("cpu", needed, 1), 0), FOUR_B, "auto", "int4") == "int4 on cpu"
    )
    assert refusal(MachineResources(ComputeDevice("cpu", needed - 1, 1), 0), FOUR_B, "auto", "int4")


def test_what_is_left_is_for_keys_and_values() -> None:
    small, big = (plan(FOUR_B, "int4", machine(free), max_sequences=8) for free in (4, 8))
    assert big.kv_cache_bytes - small.kv_cache_bytes == 4 * GIB
    assert plan(FOUR_B, "int4", machine(10_000)).context_tokens == FOUR_B.context_tokens
    assert plan(FOUR_B, "int4", machine(1)).context_tokens == 0


def test_the_kernel_for_prompts_takes_the_pages_of_the_codes_from_the_kv_cache() -> None:
    pages = int((0.5 + 4.5 / 128) * FOUR_B.matrix_parameters)
    needed = plan(FOUR_B, "int4", machine(1)).memory_bytes
    size = plan(FOUR_B, "int4", machine(1)).kv_cache_size
    # 32,768 tokens in the place of the 1,024 that a model needs at least.
    least = (
        needed + pages + sum(sign * size.bytes_for(n, windowed=True) for sign, n in ((1, 32_768), (-1, 1024)))
    )
    for free_bytes, used in ((least, True), (least - 1, False)):
        built = MachineResources(ComputeDevice("cpu", free_bytes, 1), 0, prompt_kernel=True)
        without = dataclasses.replace(built, prompt_kernel=False)
        ours, others = (plan(FOUR_B, "int4", each) for each in (built, without))
        assert (ours.prompt_kernel, others.prompt_kernel) == (used, False)
        assert others.kv_cache_bytes - ours.kv_cache_bytes == (pages if used else 0)
        assert ours.memory_bytes == others.memory_bytes
    assert ours.context_tokens > 32_768
    roomy = dataclasses.replace(machine(64, 24), prompt_kernel=True)
    using = {(each.device.name, each.precision) for each in all_plans(FOUR_B, roomy, 1) if each.prompt_kernel}
    assert using == {("cpu", "int4"), ("cpu", "int4h8")}


def test_layers_with_a_window_take_no_more_than_that() -> None:
    size = plan(FOUR_B, "int4", machine(8)).kv_cache_size
    # All 34 layers, and of one layer in fp32, too.
    assert size.bytes_for(4800, windowed=False) == 4800 * 4096 * (34 + 2)
    # A window of 1,024, and a piece of a prompt.
    assert size.bytes_for(4800, windowed=True) == 4800 * 4096 * (5 + 2) + (1024 + 128) * 4096 * 29
    assert size.bytes_for(4800, windowed=True) / GIB == pytest.approx(0.26, abs=0.01)
    # An image is read in one piece, which is longer.
    assert plan(SEEING, "int4", machine(8)).kv_cache_size.windowed_tokens == 1024 + 256


def test_what_looks_at_images_is_counted_if_it_is_asked_for() -> None:
    # What a tower built from its config has.
    assert SEEING.vision_parameters == pytest.approx(419_816_304, rel=0.001)
    for precision in ("bf16", "int4", "nf4"):
        with_it, without = (plan(dimensions, precision, machine(64)) for dimensions in (SEEING, FOUR_B))
        assert with_it.disk_bytes - without.disk_bytes == 2 * SEEING.vision_parameters
        assert with_it.memory_bytes - without.memory_bytes == 2 * SEEING.vision_parameters + int(0.65 * GIB)
        assert with_it.max_tokens_per_second == without.max_tokens_per_second
    assert chosen(machine(4), FOUR_B, "auto", "int4") == "int4 on cpu"
    assert refusal(machine(1), SEEING) == "needs 9.5 GiB, 1.0 free, and no smaller Gemma fits"
    assert refusal(machine(4), SEEING, "auto", "int4") == (
        "needs 9.5 GiB, 4.0 free; without images int4h8 needs 3.2: unset GEMMA_IMAGES"
    )


def test_no_model_without_a_vision_tower_is_named_to_one_who_wants_images() -> None:
    bigger = dataclasses.replace(SEEING, matrix_parameters=3 * SEEING.matrix_parameters)
    assert smaller_models(bigger) == [SEEING]
    assert smaller_models(bigger.loaded(images=False))[:2] == [E4B, FOUR_B]
    with pytest.raises(
        LoadError, match="gemma-3-1b-it has no vision tower that is read here: take gemma-3-4b-it"
    ):
        ONE_B.loaded(images=True)


def test_smaller_ones_are_named_from_the_biggest_down() -> None:
    assert smaller_models(E4B) == [FOUR_B, E2B, TWO_B, ONE_B, SMALLEST]
    assert smaller_models(FOUR_B) == [E2B, TWO_B, ONE_B, SMALLEST]
    assert smaller_models(ONE_B) == [SMALLEST]
    assert not smaller_models(SMALLEST)


def test_a_full_disk_is_named() -> None:
    assert disk_fault(2 * GIB, GIB, "the copy", "GEMMA_CACHE_DIR") == (
        "the copy needs 2.0 GiB of disk, 1.0 free: make room, or set GEMMA_CACHE_DIR to a folder on "
        "another disk"
    )
    assert not disk_fault(GIB, GIB, "the copy", "GEMMA_CACHE_DIR")
