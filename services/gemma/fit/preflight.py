"""What a model would take, before a weight is touched. Arithmetic from values to values."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.gemma.fit.model_size import KNOWN, Shape
from services.gemma.fit.resources import Device, Resources
from services.gemma.kv_cache.size import PROMPT_TOKENS, KvSize
from services.gemma.scheduler.local_model import LoadError

GIB = 2**30
# Python, torch, and what is used of the libraries' files; the work on a piece of a prompt. On a GPU, where it
# was not measured, pieces are bigger.
_RUNTIME_BYTES = {False: int(0.38 * GIB), True: int(0.45 * GIB)}
# Of an image, which is read in one piece.
_IMAGE_TOKENS = 256
# In transformers' tokenizer, and in what holds answers to a schema: 560 to 600 with 262,144 words, which were
# a little shorter than Gemma's.
_WORD_BYTES = 700
_SPARE_BYTES = int(0.1 * GIB)
# The logits, and what sampling makes of them.
_LOGITS_COPIES = 4
# One layer's look at an image, in fp32, and beside it the next image as it was sent.
_LOOKING_BYTES = int(0.65 * GIB)
# A short prompt and its answer: less than that is of no use. A review takes some thousands.
_LEAST_TOKENS = 1024

# Of a number, in memory. In four bits 64 numbers share four bytes; with int4 128 share a scale, a zero of
# four bits, and a sum.
_BYTES = {"fp32": 4.0, "bf16": 2.0, "nf4": 0.5 + 4 / 64, "int4": 0.5 + 8.5 / 128}
# In files there is no sum.
_FILE_BYTES = _BYTES | {"int4": 0.5 + 4.5 / 128}
SAVED = ("nf4", "int4")
# The kernel for int4 is quick on every CPU; that of bitsandbytes with AVX512_BF16 and on GPUs.
_OF_A_CPU = ("int4", "bf16", "nf4", "fp32")
_OF_A_GPU = ("bf16", "nf4")
# Never taken unasked: twice the memory and slower, or slower on most.
_UNASKED = {True: ("bf16", "nf4"), False: ("int4", "bf16")}


@dataclass(frozen=True, slots=True)
class Plan:
    """One model in one precision on one device.

    Attributes:
        memory_bytes: What it needs to answer one caller.
        disk_bytes: What the files take, in this precision.
        most_tokens_per_second: Of one caller, if nothing but reading the weights took time.
    """

    shape: Shape
    precision: str
    device: Device
    answers: int

    @property
    def weight_bytes(self) -> int:
        """Of the weights that each token needs."""
        return int(_BYTES[self.precision] * self._numbers)

    @property
    def disk_bytes(self) -> int:
        """Of the files."""
        return int(_FILE_BYTES[self.precision] * self._numbers) + self._rows_bytes + self.vision_bytes

    @property
    def vision_bytes(self) -> int:
        """Of the weights that look at images: bf16 in every precision, and the original's."""
        return 2 * self.shape.vision

    @property
    def memory_bytes(self) -> int:
        """What it takes to answer one caller."""
        return self._without_cache + self.kv_size.of(_LEAST_TOKENS, whole=False)

    @property
    def left_bytes(self) -> int:
        """What stays free; negative: what is missing."""
        return self.device.free_bytes - self.memory_bytes

    @property
    def fits(self) -> bool:
        """Whether there is the memory for it."""
        return self.left_bytes >= 0

    @property
    def kv_bytes(self) -> int:
        """What is there for keys and values, over all answers."""
        most = self.answers * self.kv_size.of(self.shape.context_tokens, whole=True)
        return max(0, min(self.device.free_bytes - self._without_cache, most))

    @property
    def context_tokens(self) -> int:
        """The longest answer, with its prompt."""
        return min(self.shape.context_tokens, self.kv_size.most_tokens(self.kv_bytes))

    @property
    def kv_size(self) -> KvSize:
        """What keys and values take; for attention on a CPU those of one layer at a time in fp32, too."""
        each, sliding = self.shape.kv_bytes, self.shape.sliding
        in_fp32 = 0 if self.device.is_gpu else 2 * each
        piece = PROMPT_TOKENS["cuda" if self.device.is_gpu else "cpu"]
        return KvSize(
            full_bytes=each * (self.shape.layers - sliding) + in_fp32,
            sliding_bytes=each * sliding,
            kept=self.shape.window + max(piece, _IMAGE_TOKENS if self.shape.vision else 0),
        )

    @property
    def most_tokens_per_second(self) -> float:
        """Of one caller, if nothing but reading the weights took time."""
        return self.device.bandwidth / self.weight_bytes

    @property
    def _numbers(self) -> int:
        return self.shape.matrices + self.shape.embedding

    @property
    def _without_cache(self) -> int:
        logits = self.answers * self.shape.vocabulary * 4 * _LOGITS_COPIES
        vision = self.vision_bytes + _LOOKING_BYTES if self.shape.vision else 0
        # They lie beside a GPU, not in it.
        words = 0 if self.device.is_gpu else self.shape.words * _WORD_BYTES
        return _RUNTIME_BYTES[self.device.is_gpu] + words + self.weight_bytes + vision + logits + _SPARE_BYTES

    @property
    def _rows_bytes(self) -> int:
        """In four bits the head is a copy of its own, and tokens are looked up in the original.

        Its file is mapped, beside a GPU too, and only the rows of the tokens in use are read.
        """
        return 2 * self.shape.embedding if self.precision in SAVED else 0


def plans(shape: Shape, resources: Resources, answers: int) -> list[Plan]:
    """Every way to run a model here, for `answers` at once."""
    devices = [(each, _OF_A_GPU) for each in resources.gpus] + [(resources.cpu, _OF_A_CPU)]
    return [Plan(shape, precision, device, answers) for device, those in devices for precision in those]


def choose(
    shape: Shape, resources: Resources, *, answers: int, precision: str, saved: Collection[str]
) -> Plan:
    """The plan to take: the first GPU's before the CPU's, and on each what answers soonest.

    Args:
        shape: The model.
        resources: What is free.
        answers: How many at once.
        precision: "auto", or the one to take.
        saved: The precisions that need a quantised copy, and have one.

    Raises:
        LoadError: None fits, or none that fits is there.
    """
    wanted = [each for each in plans(shape, resources, answers) if _is_wanted(each, precision)]
    wanted.sort(key=lambda each: not each.device.is_gpu)
    for each in wanted:
        if each.fits and (each.precision not in SAVED or each.precision in saved):
            return each
    raise LoadError(_refusal(shape, resources, answers, wanted))


def smaller(shape: Shape) -> list[Shape]:
    """The known Gemmas that are smaller and see if it does, from the biggest down."""
    size, sees = shape.matrices + shape.embedding, bool(shape.vision)
    able = [each.seeing(images=sees) for each in KNOWN if each.vision or not sees]
    return [each for each in able if each.matrices + each.embedding < 0.9 * size]


def disk_fault(needed_bytes: int, free_bytes: int, what: str) -> str:
    """Why something cannot be put on the disk, or ""."""
    if needed_bytes <= free_bytes:
        return ""
    return f"{what} needs {gib(needed_bytes)} GiB of disk, {gib(free_bytes)} free"


def gib(size: float) -> str:
    """A size in GiB, for people."""
    return f"{size / GIB:.1f}" if abs(size) >= GIB / 10 else f"{size / GIB:.2f}"


def _is_wanted(plan: Plan, precision: str) -> bool:
    return plan.precision in (_UNASKED[plan.device.is_gpu] if precision == "auto" else (precision,))


def _refusal(shape: Shape, resources: Resources, answers: int, wanted: Iterable[Plan]) -> str:
    """Says what is missing, and what would do."""
    unsaved = [each for each in wanted if each.precision not in SAVED]
    ready = max(unsaved or wanted, key=lambda each: each.left_bytes)
    said = f"needs {gib(ready.memory_bytes)} GiB, {gib(ready.device.free_bytes)} free"
    if ready.fits:
        return f"there is no {ready.precision} copy: run `{_quantize(shape, ready.precision)}`"
    for each in plans(shape, resources, answers):
        if each.fits and each.precision in SAVED:
            command = _quantize(shape, each.precision)
            return f"{said}; {each.precision} needs {gib(each.memory_bytes)}: run `{command}`"
    for other in smaller(shape):
        for each in plans(other, resources, answers):
            if each.fits and each.precision in {"bf16", *SAVED}:
                needed = gib(each.memory_bytes)
                return f"{said}; {other.name} in {each.precision} needs {needed}: set GEMMA_MODEL to it"
    blind = plans(shape.seeing(images=False), resources, answers) if shape.vision else []
    for each in blind:
        if each.fits and each.precision in {"bf16", *SAVED}:
            needed = gib(each.memory_bytes)
            return f"{said}; without images {each.precision} needs {needed}: unset GEMMA_IMAGES"
    return f"{said}, and no smaller Gemma fits"


def _quantize(shape: Shape, precision: str) -> str:
    return f"python -m services.gemma quantize {shape.name} --precision {precision}"
