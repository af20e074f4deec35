"""What this machine, or this container, has to give."""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

# Read and written once to see how quickly memory is read; small enough for any machine, beyond its caches.
_PROBE_BYTES = 128 * 2**20
# Of Linux, and of Linux within Windows.
_DRIVERS = (Path("/dev/nvidiactl"), Path("/dev/dxg"))


@dataclass(frozen=True, slots=True)
class Device:
    """Something that computes, with memory of its own.

    Attributes:
        name: As in `Footprint.device`.
        bandwidth: Bytes read in a second.
    """

    name: str
    free_bytes: int
    bandwidth: float

    @property
    def is_gpu(self) -> bool:
        """Whether it is a GPU."""
        return self.name != "cpu"


@dataclass(frozen=True, slots=True)
class Resources:
    """What is free. `gpus` are in the order of their indices; `disk_bytes` are free where copies go."""

    cpu: Device
    disk_bytes: int
    gpus: tuple[Device, ...] = ()

    @classmethod
    def read(cls, cache: Path) -> Self:
        """What is free now, with the disk of the folder `cache`, which need not be there yet."""
        return cls(Device("cpu", free_memory(), _bandwidth()), free_disk(cache), tuple(_gpus()))


def free_memory(system: Path = Path("/")) -> int:
    """Bytes that this process may still take: the machine's, or what its container leaves it."""
    return min([_available(system), *_left_by_cgroups(system)])


def free_disk(folder: Path) -> int:
    """Bytes free on the disk where the folder is, or would be made."""
    there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    return shutil.disk_usage(there).free


def _available(system: Path) -> int:
    for line in (system / "proc/meminfo").read_text().splitlines():
        key, _, value = line.partition(":")
        if key == "MemAvailable":
            return int(value.split()[0]) * 1024
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _left_by_cgroups(system: Path) -> Iterator[int]:
    """What each cgroup leaves that this process is in; pages of files count as free: they can be dropped."""
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
        # A limit of a group holds for those below it. Within a container the path may name the host's.
        for each in (group, *group.parents):
            yield from _left(system / root / each, *names)


def _left(folder: Path, limit: str, use: str, droppable: str) -> Iterator[int]:
    try:
        allowed, used = (folder / limit).read_text().strip(), int((folder / use).read_text())
        statistics = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    except FileNotFoundError:
        return
    if allowed != "max":
        yield max(0, int(allowed) - used + int(statistics.get(droppable, 0)))


def _bandwidth() -> float:
    source, target = bytearray(_PROBE_BYTES), bytearray(_PROBE_BYTES)
    # The first time, the system finds the memory.
    for _ in range(2):
        started = time.perf_counter()
        target[:] = source
    # It was read and written.
    return 2 * _PROBE_BYTES / (time.perf_counter() - started)


def _gpus() -> Iterator[Device]:
    # Torch takes seconds to import: where there is no driver there is nothing to ask it for.
    if not any(each.exists() for each in _DRIVERS):
        return
    try:
        import torch  # noqa: PLC0415
    except ModuleNotFoundError:
        return
    for index in range(torch.cuda.device_count()):
        free, _ = torch.cuda.mem_get_info(index)
        properties = torch.cuda.get_device_properties(index)
        # Two transfers a tick, kHz, bits.
        bandwidth = 2 * properties.memory_clock_rate * 1000 * properties.memory_bus_width / 8
        yield Device(f"cuda:{index}", free, bandwidth)
