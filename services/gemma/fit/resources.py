"""Reads what this machine, or this container, has free: memory, GPUs, bandwidth, disk."""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

# Copied to measure the memory's bandwidth: small enough for any machine, too big for its caches.
_PROBE_BYTES = 128 * 2**20
# NVIDIA's drivers of Linux, and of Linux within Windows.
_GPU_DRIVERS = (Path("/dev/nvidiactl"), Path("/dev/dxg"))
# `low_bit/prompt_kernel.c`, compiled where there was a C compiler when the server was set up.
PROMPT_KERNEL_LIBRARY = Path(__file__).parents[1] / "low_bit/libprompt_kernel.so"


@dataclass(frozen=True, slots=True)
class ComputeDevice:
    """The CPU or a GPU, with the memory that it computes in.

    Attributes:
        name: "cpu" or "cuda:0", worded as in the contract's `Footprint.device`.
        bandwidth: Of its memory, in bytes read per second.
    """

    name: str
    free_bytes: int
    bandwidth: float

    @property
    def is_gpu(self) -> bool:
        """Whether this is a GPU."""
        return self.name != "cpu"


@dataclass(frozen=True, slots=True)
class MachineResources:
    """What is free on this machine.

    Attributes:
        disk_bytes: Free bytes on the disk that quantised copies are written to.
        gpus: In the order of their indices.
        prompt_kernel: Whether the compiled kernel for prompts is there, and is quicker on this CPU.
    """

    cpu: ComputeDevice
    disk_bytes: int
    gpus: tuple[ComputeDevice, ...] = ()
    prompt_kernel: bool = False

    @classmethod
    def read(cls, cache: Path) -> Self:
        """Reads what is free now. The folder `cache` tells the disk; it need not be there yet."""
        cpu = ComputeDevice("cpu", free_memory(), _bandwidth())
        built = PROMPT_KERNEL_LIBRARY.is_file() and suits_prompt_kernel(Path("/proc/cpuinfo"))
        return cls(cpu, free_disk(cache), tuple(_gpus()), prompt_kernel=built)


def suits_prompt_kernel(cpuinfo: Path) -> bool:
    """Whether a CPU has AVX2 and no AVX-512: with that onnxruntime has instructions that the kernel lacks."""
    if not cpuinfo.is_file():
        return False
    lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    flags = set(next((line for line in lines if line.startswith("flags")), "").split())
    return {"avx2", "fma"} <= flags and "avx512f" not in flags


def free_memory(system: Path = Path("/")) -> int:
    """Bytes of memory that this process may still take: the machine's, or what its cgroups leave it."""
    return min([_available(system), *_left_by_cgroups(system)])


def free_disk(folder: Path) -> int:
    """Returns the free bytes on the disk where the folder is, or would be made."""
    # What this user may not look into counts as absent: `Path.exists` would raise.
    there = next(each for each in (folder.absolute(), *folder.absolute().parents) if os.path.exists(each))  # noqa: PTH110
    return shutil.disk_usage(there).free


def _available(system: Path) -> int:
    for line in (system / "proc/meminfo").read_text().splitlines():
        key, _, value = line.partition(":")
        if key == "MemAvailable":
            return int(value.split()[0]) * 1024
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _left_by_cgroups(system: Path) -> Iterator[int]:
    """Bytes that each cgroup of this process leaves it. Pages of files count as free: they can be dropped."""
    for line in (system / "proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            names, root = ("memory.max", "memory.current", "inactive_file"), "sys/fs/cgroup"
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            root = "sys/fs/cgroup/memory"
        else:
            continue
        group = Path(path.lstrip("/"))
        # A group's limit holds for the groups below it. In a container the path may be the host's.
        for each in (group, *group.parents):
            yield from _left_by_group(system / root / each, *names)


def _left_by_group(folder: Path, limit: str, use: str, droppable: str) -> Iterator[int]:
    try:
        allowed, used = (folder / limit).read_text().strip(), int((folder / use).read_text())
        statistics = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    except FileNotFoundError:
        return
    if allowed != "max":
        yield max(0, int(allowed) - used + int(statistics.get(droppable, 0)))


def _bandwidth() -> float:
    source, target = bytearray(_PROBE_BYTES), bytearray(_PROBE_BYTES)
    # The first copy makes the system allocate the pages; the second is measured.
    for _ in range(2):
        started = time.perf_counter()
        target[:] = source
    # The bytes were read once and written once.
    return 2 * _PROBE_BYTES / (time.perf_counter() - started)


def _gpus() -> Iterator[ComputeDevice]:
    # Torch takes seconds to import, and without a driver it would find none.
    if not any(each.exists() for each in _GPU_DRIVERS):
        return
    try:
        import torch  # noqa: PLC0415
    except ModuleNotFoundError:
        return
    for index in range(torch.cuda.device_count()):
        free, _ = torch.cuda.mem_get_info(index)
        properties = torch.cuda.get_device_properties(index)
        # Two transfers per clock; the rate is in kHz and the bus width in bits.
        bandwidth = 2 * properties.memory_clock_rate * 1000 * properties.memory_bus_width / 8
        yield ComputeDevice(f"cuda:{index}", free, bandwidth)
