"""Plans how to run a model: in which precision, on which device, and whether its memory is there.

Nothing is read but sizes. `kv_cache/size.py` sizes the KV cache.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from services.gemma.fit.model_dimensions import KNOWN_MODELS, ModelDimensions
from services.gemma.fit.recipes import RECIPES
from services.gemma.fit.resources import ComputeDevice, MachineResources
from services.gemma.interface.load_error import LoadError
from services.gemma.kv_cache.size import KVCacheSize

GIB = 2**30
# By whether the device is a GPU: Python, torch, the used pages of the libraries' files, and the activations
# of one chunk of a prompt. Only the CPU's was measured; chunks on a GPU are longer.
_RUNTIME_BYTES = {False: int(0.38 * GIB), True: int(0.45 * GIB)}
_TOKENS_PER_IMAGE = 256
# A token in transformers' tokenizer and in llguidance's: 560 to 600 bytes were measured with 262,144 tokens
# that were a little shorter than Gemma's.
_TOKENIZER_BYTES_PER_TOKEN = 700
_SPARE_BYTES = int(0.1 * GIB)
# The logits in fp32, and what sampling makes of them.
_LOGITS_COPIES = 4
_LOGIT_BYTES = 4
_BF16_BYTES = 2
# One layer of the vision tower in fp32, and beside it the next image as it was sent.
_IMAGE_ENCODING_BYTES = int(0.65 * GIB)
# The shortest context that is of use: a short prompt and its answer. A review takes some thousands.
_MIN_CONTEXT_TOKENS = 1024
# The compiled kernel for prompts is used where so long a context is left beside it, or all of a shorter one.
_PROMPT_KERNEL_CONTEXT_TOKENS = 32_768
# The precisions whose layers it multiplies by.
_PROMPT_KERNEL_PRECISIONS = ("int4", "int4h8")

# Bytes of a parameter in memory. In nf4, 64 share an fp32 scale; in int4 and int8, 128 share an fp32 scale
# and an fp32 sum that the kernel adds, and in int4 a zero point of four bits; in q4_0, 32 share a scale and a
# sum.
_PARAMETER_BYTES = {
    "fp32": 4.0,
    "bf16": 2.0,
    "nf4": 0.5 + 4 / 64,
    "int4": 0.5 + 8.5 / 128,
    "q4_0": 0.5 + 8 / 32,
    "int8": 1 + 8 / 128,
}
# Files do not hold that sum.
_PARAMETER_FILE_BYTES = _PARAMETER_BYTES | {
    "int4": 0.5 + 4.5 / 128,
    "q4_0": 0.5 + 4 / 32,
    "int8": 1 + 4 / 128,
}
# The precisions of the layers and of the head, where they differ.
_MIXED = {"int4h8": ("int4", "int8"), "q4_0": ("q4_0", "int8")}
# A copy's table of per-layer embeddings holds eight bits, and an fp32 scale for each layer's 256.
_TABLE_FILE_BYTES = 1 + 4 / 256
# The precisions that need a quantised copy.
QUANTIZED = tuple(RECIPES)
# For weights that were trained to lie on that grid: it keeps them as they are, and no others.
_OF_GRID = "q4_0"
OFF_GRID = "its weights do not lie on the grid of Q4_0: take int4h8"
# From the one to choose first. The kernels of whole numbers are quick on every CPU; bitsandbytes' nf4 with
# AVX512_BF16 and on GPUs. Small models lose more by four bits, and can afford eight.
_SMALL_PARAMETERS = 1_500_000_000
_CPU_PRECISIONS = {
    True: (_OF_GRID, "int8", "int4h8", "int4", "bf16", "nf4", "fp32"),
    False: (_OF_GRID, "int4h8", "int4", "int8", "bf16", "nf4", "fp32"),
}
_GPU_PRECISIONS = ("bf16", "nf4")
# What "auto" may choose, by whether the device is a GPU. fp32 takes twice the memory and is slower; nf4 is
# slower on most CPUs.
_AUTO_PRECISIONS = {True: ("bf16", "nf4"), False: (_OF_GRID, "int8", "int4h8", "int4", "bf16")}


@dataclass(frozen=True, slots=True)
class DeploymentPlan:
    """One model in one precision on one device.

    Attributes:
        max_sequences: How many answers are generated at once, at the most.
        prompt_kernel_built: Whether the machine has the compiled kernel for prompts.
    """

    dimensions: ModelDimensions
    precision: str
    device: ComputeDevice
    max_sequences: int
    prompt_kernel_built: bool = False

    @property
    def weight_bytes(self) -> int:
        """Bytes of the weights that a forward pass reads."""
        return self._text_bytes(_PARAMETER_BYTES)

    @property
    def disk_bytes(self) -> int:
        """Bytes of the files in this precision."""
        text_bytes = self._text_bytes(_PARAMETER_FILE_BYTES)
        return text_bytes + self._per_layer_embedding_bytes + self._embedding_bytes + self.vision_bytes

    @property
    def vision_bytes(self) -> int:
        """Bytes of the vision tower, which stays in bf16 in every precision."""
        return _BF16_BYTES * self.dimensions.vision_parameters

    @property
    def memory_bytes(self) -> int:
        """The least memory that the model runs in: one caller with the shortest context of use."""
        return self._bytes_without_cache + self.kv_cache_size.bytes_for(_MIN_CONTEXT_TOKENS, windowed=True)

    @property
    def left_bytes(self) -> int:
        """Bytes that stay free; negative if some are missing."""
        return self.device.free_bytes - self.memory_bytes

    @property
    def fits(self) -> bool:
        """Whether the memory is there."""
        return self.left_bytes >= 0

    @property
    def kv_cache_bytes(self) -> int:
        """The KV cache's budget over all sequences."""
        free_bytes = self.device.free_bytes - self._bytes_without_cache
        if self.prompt_kernel:
            free_bytes -= self._mapped_codes_bytes
        return self.kv_cache_size.budget(free_bytes, self.max_sequences, self.dimensions.context_tokens)

    @property
    def prompt_kernel(self) -> bool:
        """Whether prompts are read by the compiled kernel.

        It reads the layers' codes from their mapped files, so that those pages have to stay in memory.
        """
        if not self.prompt_kernel_built or self.precision not in _PROMPT_KERNEL_PRECISIONS:
            return False
        tokens = min(self.dimensions.context_tokens, _PROMPT_KERNEL_CONTEXT_TOKENS)
        cache_bytes = self.kv_cache_size.bytes_for(tokens, windowed=True)
        free_bytes = self.device.free_bytes - self._bytes_without_cache
        return free_bytes >= self._mapped_codes_bytes + cache_bytes

    @property
    def context_tokens(self) -> int:
        """The longest prompt with its answer."""
        return min(self.dimensions.context_tokens, self.kv_cache_size.max_tokens(self.kv_cache_bytes))

    @property
    def kv_cache_size(self) -> KVCacheSize:
        """The size of one sequence's KV cache."""
        layers = self.dimensions.layers
        return KVCacheSize.of_layers(
            full_bytes=[each.kv_bytes for each in layers if not each.sliding],
            sliding_bytes=[each.kv_bytes for each in layers if each.sliding],
            window=self.dimensions.window,
            image_tokens=_TOKENS_PER_IMAGE if self.dimensions.vision_parameters else 0,
            device="cuda" if self.device.is_gpu else "cpu",
        )

    @property
    def max_tokens_per_second(self) -> float:
        """The ceiling of one caller's decode speed, as if reading the weights took all the time."""
        return self.device.bandwidth / self.weight_bytes

    def _text_bytes(self, parameter_bytes: Mapping[str, float]) -> int:
        layers, head = _MIXED.get(self.precision, (self.precision, self.precision))
        matrices, embedding = self.dimensions.matrix_parameters, self.dimensions.embedding_parameters
        return int(parameter_bytes[layers] * matrices + parameter_bytes[head] * embedding)

    @property
    def _mapped_codes_bytes(self) -> int:
        """Bytes of the files' pages that the kernel for prompts reads for each chunk."""
        return int(_PARAMETER_FILE_BYTES["int4"] * self.dimensions.matrix_parameters)

    @property
    def _bytes_without_cache(self) -> int:
        on_gpu = self.device.is_gpu
        logits = self.max_sequences * self.dimensions.vocab_size * _LOGIT_BYTES * _LOGITS_COPIES
        vision = self.vision_bytes + _IMAGE_ENCODING_BYTES if self.dimensions.vision_parameters else 0
        # The tokenizers lie in the memory beside a GPU.
        tokenizers = 0 if on_gpu else self.dimensions.tokenizer_tokens * _TOKENIZER_BYTES_PER_TOKEN
        # What a copy looks up by row is mapped; the system drops what is not in use.
        looked_up = 0 if self.precision in QUANTIZED else self._per_layer_embedding_bytes
        return (
            _RUNTIME_BYTES[on_gpu]
            + tokenizers
            + self.weight_bytes
            + looked_up
            + vision
            + logits
            + _SPARE_BYTES
        )

    @property
    def _per_layer_embedding_bytes(self) -> int:
        """Bytes of that table's file."""
        bytes_each: float = 4 if self.precision == "fp32" else _BF16_BYTES
        if self.precision in QUANTIZED:
            bytes_each = _TABLE_FILE_BYTES
        return int(bytes_each * self.dimensions.per_layer_embedding_parameters)

    @property
    def _embedding_bytes(self) -> int:
        """Bytes of an embedding in bf16 besides the head, which a quantised copy holds separately.

        Its file is mapped into the host's memory, and only the rows of the tokens in use are read.
        """
        return _BF16_BYTES * self.dimensions.embedding_parameters if self.precision in QUANTIZED else 0


def all_plans(
    dimensions: ModelDimensions, resources: MachineResources, max_sequences: int
) -> list[DeploymentPlan]:
    """Returns every way to run a model here, GPUs first, and on each device what to choose first."""
    on_cpu = _CPU_PRECISIONS[dimensions.text_parameters < _SMALL_PARAMETERS]
    devices = [(each, _GPU_PRECISIONS) for each in resources.gpus] + [(resources.cpu, on_cpu)]
    return [
        DeploymentPlan(
            dimensions,
            precision,
            device,
            max_sequences,
            prompt_kernel_built=resources.prompt_kernel and not device.is_gpu,
        )
        for device, precisions in devices
        for precision in precisions
        if precision != _OF_GRID or dimensions.on_q4_0_grid
    ]


def choose_plan(
    dimensions: ModelDimensions,
    resources: MachineResources,
    *,
    max_sequences: int,
    precision: str,
    quantized: Collection[str],
) -> DeploymentPlan:
    """Chooses the first GPU that the model fits, else the CPU, and on it the precision to take first.

    Args:
        dimensions: The model's.
        resources: What is free.
        max_sequences: How many answers are generated at once.
        precision: "auto", or the one to take.
        quantized: The precisions that there is a quantised copy of.

    Raises:
        UnsupportedModelError: No model of its architecture can be served.
        LoadError: No plan fits, or none that fits has its copy.
    """
    dimensions.refuse_unsupported()
    if precision == _OF_GRID and not dimensions.on_q4_0_grid:
        raise LoadError(OFF_GRID)
    plans = [each for each in all_plans(dimensions, resources, max_sequences) if _is_wanted(each, precision)]
    for each in plans:
        if each.fits and (each.precision not in QUANTIZED or each.precision in quantized):
            return each
    raise LoadError(_refusal(dimensions, resources, max_sequences, plans))


def precision_to_quantize(dimensions: ModelDimensions, resources: MachineResources) -> str:
    """Returns the precision of the copy to make: of those that a CPU is quick with, the best that fits."""
    plans = [
        each
        for each in all_plans(dimensions, resources, max_sequences=1)
        if not each.device.is_gpu and _is_wanted(each, "auto") and each.precision in QUANTIZED
    ]
    smallest = min(plans, key=lambda each: each.memory_bytes)
    return next((each for each in plans if each.fits), smallest).precision


def smaller_models(dimensions: ModelDimensions) -> list[ModelDimensions]:
    """Returns the known models that are smaller, from the biggest down; if this one reads images, they do."""
    images = bool(dimensions.vision_parameters)
    capable = [each.loaded(images=images) for each in KNOWN_MODELS if each.vision_parameters or not images]
    return [each for each in capable if each.text_parameters < 0.9 * dimensions.text_parameters]


def disk_fault(needed_bytes: int, free_bytes: int, what: str, folder_variable: str) -> str:
    """Says that something does not fit the disk, and which variable names another; empty if it does."""
    if needed_bytes <= free_bytes:
        return ""
    return (
        f"{what} needs {gib(needed_bytes)} GiB of disk, {gib(free_bytes)} free: make room, or set "
        f"{folder_variable} to a folder on another disk"
    )


def gib(size: float) -> str:
    """Returns a number of bytes in GiB, for people."""
    return f"{size / GIB:.1f}" if abs(size) >= GIB / 10 else f"{size / GIB:.2f}"


def _is_wanted(plan: DeploymentPlan, precision: str) -> bool:
    return plan.precision in (_AUTO_PRECISIONS[plan.device.is_gpu] if precision == "auto" else (precision,))


def _refusal(
    dimensions: ModelDimensions,
    resources: MachineResources,
    max_sequences: int,
    wanted: Iterable[DeploymentPlan],
) -> str:
    """Says what is missing, and proposes what would fit."""
    unquantized = [each for each in wanted if each.precision not in QUANTIZED]
    nearest = max(unquantized or wanted, key=lambda each: each.left_bytes)
    missing = f"needs {gib(nearest.memory_bytes)} GiB, {gib(nearest.device.free_bytes)} free"
    if nearest.fits:
        command = _quantize_command(dimensions, nearest.precision)
        return f"there is no {nearest.precision} copy: run `{command}`"
    for each in all_plans(dimensions, resources, max_sequences):
        if each.fits and each.precision in QUANTIZED:
            command = _quantize_command(dimensions, each.precision)
            return f"{missing}; {each.precision} needs {gib(each.memory_bytes)}: run `{command}`"
    for smaller in smaller_models(dimensions):
        for each in all_plans(smaller, resources, max_sequences):
            if each.fits and each.precision in {"bf16", *QUANTIZED}:
                needed = gib(each.memory_bytes)
                return f"{missing}; {smaller.name} in {each.precision} needs {needed}: set GEMMA_MODEL to it"
    text_only = dimensions.loaded(images=False)
    for each in all_plans(text_only, resources, max_sequences) if dimensions.vision_parameters else []:
        if each.fits and each.precision in {"bf16", *QUANTIZED}:
            needed = gib(each.memory_bytes)
            return f"{missing}; without images {each.precision} needs {needed}: unset GEMMA_IMAGES"
    return f"{missing}, and no smaller Gemma fits"


def _quantize_command(dimensions: ModelDimensions, precision: str) -> str:
    return f"python -m services.gemma quantize {dimensions.name} --precision {precision}"
