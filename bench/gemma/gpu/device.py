"""What the machine is, and how quickly its GPU reads its own memory: the ceiling of all that follows."""

import importlib.metadata
import os
import platform
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import torch

from bench.gemma.gpu.journal import record

_PACKAGES = (
    "torch",
    "transformers",
    "tokenizers",
    "bitsandbytes",
    "llguidance",
    "grpcio",
    "protobuf",
    "onnxruntime",
    "triton",
    "numpy",
)
_COPY_BYTES = {"cuda": 4 * 2**30, "cpu": 2**28}
_MATRIX = {"cuda": 8192, "cpu": 512}
_ROUNDS = 20


def device() -> torch.device:
    """The GPU, if there is one."""
    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


def main() -> None:
    """Records versions, the machine, and its two ceilings."""
    record("versions", python=platform.python_version(), **{each: _version(each) for each in _PACKAGES})
    here = device()
    memory = Path("/proc/meminfo").read_text(encoding="ascii").split()[1]
    record("machine", cores=os.cpu_count(), memory_gib=round(int(memory) / 2**20, 1), **_about(here))
    record("copy", bytes_per_second=_bandwidth(here), device=str(here))
    record("matrix", flops=_rate(here))


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _about(here: torch.device) -> dict[str, str | float | bool]:
    if here.type == "cpu":
        return {"device": "cpu"}
    command = ["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]
    there = shutil.which(command[0])
    smi = subprocess.run(command, capture_output=True, text=True, check=False).stdout if there else ""  # noqa: S603
    properties = torch.cuda.get_device_properties(here)
    free, total = torch.cuda.mem_get_info(here)
    return {
        "device": properties.name,
        "cuda": str(torch.version.cuda),
        "driver": smi.strip(),
        "control_file": Path("/dev/nvidiactl").exists(),
        "has_memory_clock": hasattr(properties, "memory_clock_rate"),
        "free_gib": round(free / 2**30, 2),
        "total_gib": round(total / 2**30, 2),
    }


def synchronize(here: torch.device) -> None:
    """Waits for what was begun there."""
    if here.type == "cuda":
        torch.cuda.synchronize(here)


def _bandwidth(here: torch.device) -> float:
    """Bytes read and written in a second by a copy within the device's memory."""
    source = torch.randint(0, 255, (_COPY_BYTES[here.type],), dtype=torch.uint8, device=here)
    target = torch.empty_like(source)
    return 2 * source.nbytes / _median_seconds(here, lambda: target.copy_(source))


def _rate(here: torch.device) -> float:
    """Operations in a second of a product of two bf16 matrices."""
    size = _MATRIX[here.type]
    left, right = torch.randn(2, size, size, device=here).bfloat16()
    return 2 * size**3 / _median_seconds(here, lambda: left @ right)


def _median_seconds(here: torch.device, work: Callable[[], object]) -> float:
    taken = []
    for _ in range(_ROUNDS):
        synchronize(here)
        started = time.perf_counter()
        work()
        synchronize(here)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken[_ROUNDS // 4 :])


if __name__ == "__main__":
    main()
