"""`check` says what fits on this machine; `quantize` writes a quantised copy, which takes less memory."""

import argparse
import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rpckit.settings import Environment, SettingError
from services.gemma.fit.model_dimensions import KNOWN_MODELS, ModelDimensions
from services.gemma.fit.preflight import (
    OFF_GRID,
    QUANTIZED,
    DeploymentPlan,
    all_plans,
    choose_plan,
    disk_fault,
    gib,
    precision_to_quantize,
    smaller_models,
)
from services.gemma.fit.resources import ComputeDevice, MachineResources, free_disk
from services.gemma.interface.base_model import is_base_model
from services.gemma.interface.load_error import LoadError
from services.gemma.settings import GemmaSettings
from services.gemma.weights.quantized_checkpoint import QuantizedCheckpoint, find_quantized
from services.gemma.weights.required_files import NoChatTemplateError
from services.gemma.weights.source import HuggingFaceHub, ModelHub, ModelSource

_FAILED = 1
_WRONG_SETTING = 2
# Without these, glibc keeps the memory that each layer took, and the process grows to three times its size.
# With huge pages the system clears a sixteenth of the pages.
MALLOC_SETTINGS = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "MALLOC_MMAP_THRESHOLD_": "4194304",
    "MALLOC_TRIM_THRESHOLD_": "67108864",
    "MALLOC_ARENA_MAX": "2",
}
_HEADER = f"{'model':<18} {'device':<7}{'precision':<10}{'memory':>8}{'disk':>8}{'tokens/s*':>11}  fits"


def main(arguments: Sequence[str]) -> int:
    """Runs the command that the arguments name; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.gemma", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="what fits on this machine, and what the server would take")
    check.add_argument("model", nargs="?", help="a folder or a repository's name; else GEMMA_MODEL")
    quantizing = commands.add_parser("quantize", help="makes a copy in four or eight bits, once")
    quantizing.add_argument("model")
    quantizing.add_argument("--precision", choices=QUANTIZED, help="else the best that fits")
    parsed = parser.parse_args(arguments)
    try:
        # Nobody is served while a copy is made, and it takes long enough.
        spare_cores = 0 if parsed.command == "quantize" else 1
        settings = GemmaSettings.read(Environment(), spare_cores=spare_cores)
        if parsed.model:
            settings = dataclasses.replace(settings, source=parsed.model)
        if parsed.command == "check":
            _print(*checked(settings, MachineResources.read(settings.cache), HuggingFaceHub()))
        else:
            _quantize(settings, parsed.precision)
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        return _WRONG_SETTING
    except LoadError as error:
        sys.stderr.write(f"{error}\n")
        return _FAILED
    return 0


def checked(settings: GemmaSettings, resources: MachineResources, hub: ModelHub) -> list[str]:
    """Returns the lines that `check` prints. Sizes are in GiB."""
    source = ModelSource.find(settings.source, hub) if settings.source else None
    biggest = next(each for each in KNOWN_MODELS if each.vision_parameters or not settings.images)
    dimensions = (source.dimensions if source else biggest).loaded(images=settings.images)
    lines = [_HEADER]
    for each in (dimensions, *smaller_models(dimensions)):
        lines += map(_row, all_plans(each, resources, settings.server.max_in_flight))
    lines += [
        "",
        *map(_ceiling, (*resources.gpus, resources.cpu)),
        f"{gib(resources.disk_bytes)} GiB of disk free in {settings.cache}",
    ]
    if source and source.download_bytes:
        lines += [f"{gib(source.download_bytes)} GiB to download", "its other files are looked at then"]
    return [*lines, _verdict(settings, resources, source, dimensions)]


def _ceiling(device: ComputeDevice) -> str:
    basis = "as its driver says" if device.is_gpu else "measured by a copy just now"
    return (
        f"* {device.name}: no measured speed, but the most that one caller could get: its memory's "
        f"{device.bandwidth / 1e9:.1f} GB/s ({basis}) over the bytes of the weights"
    )


def _row(plan: DeploymentPlan) -> str:
    left = gib(abs(plan.left_bytes))
    fits = f"{left} to spare" if plan.fits else f"{left} too much"
    return (
        f"{Path(plan.dimensions.name).name:<18} {plan.device.name:<7}{plan.precision:<10}"
        f"{gib(plan.memory_bytes):>8}{gib(plan.disk_bytes):>8}{plan.max_tokens_per_second:>11.1f}  {fits}"
    )


def _verdict(
    settings: GemmaSettings,
    resources: MachineResources,
    source: ModelSource | None,
    dimensions: ModelDimensions,
) -> str:
    try:
        copies = find_quantized(settings.cache, source.folder) if source and source.folder else {}
        plan = choose_plan(
            dimensions,
            resources,
            max_sequences=settings.server.max_in_flight,
            precision=settings.precision,
            quantized=copies,
        )
        if source and source.folder:
            _inspect(source.folder, copies.get(plan.precision), settings.threads)
    except LoadError as error:
        return f"the server would refuse it: {error}"
    chosen = f"{plan.precision} on {plan.device.name}"
    if is_base_model(Path(plan.dimensions.name).name):
        chosen += ", by its name a base model, not made to follow instructions"
    return f"the server would take {chosen}, {plan.context_tokens} tokens for a prompt and its answer"


def _inspect(folder: Path, copy: QuantizedCheckpoint | None, threads: int) -> None:
    # Torch takes seconds to import, and memory that the plan counts as free.
    from services.gemma.loading.inspection import inspect_copy, inspect_model  # noqa: PLC0415

    if copy:
        inspect_copy(copy, threads)
    else:
        inspect_model(folder)


def _quantize(settings: GemmaSettings, wanted: str | None) -> None:
    if not MALLOC_SETTINGS.items() <= os.environ.items():
        # The allocator reads its settings when a process starts.
        command = [sys.executable, "-m", "services.gemma", "quantize", settings.source]
        command += ["--precision", wanted] if wanted else []
        os.execve(sys.executable, command, os.environ | MALLOC_SETTINGS)  # noqa: S606
    hub = HuggingFaceHub()
    source = ModelSource.find(settings.source, hub)
    source.dimensions.refuse_unsupported()
    # A copy holds no vision tower.
    dimensions = source.dimensions.loaded(images=False)
    resources = MachineResources.read(settings.cache)
    precision = wanted or precision_to_quantize(dimensions, resources)
    plans = all_plans(dimensions, resources, max_sequences=1)
    plan = next((each for each in plans if each.precision == precision), None)
    if plan is None:
        raise LoadError(OFF_GRID)
    if fault := disk_fault(plan.disk_bytes, free_disk(settings.cache), "the copy", "GEMMA_CACHE_DIR"):
        raise LoadError(fault)
    folder = source.fetch(hub)
    try:
        _inspect(folder, None, settings.threads)
    except NoChatTemplateError as error:
        sys.stderr.write(f"the server would refuse the copy: {error}\n")
    # Torch takes seconds to import.
    import torch  # noqa: PLC0415

    from services.gemma.weights.quantize import quantize  # noqa: PLC0415

    torch.set_num_threads(settings.threads)
    copy = quantize(folder, settings.cache, precision, _report_progress)
    _print("", f"{copy.folder}")


def _report_progress(written: int, files: int) -> None:
    sys.stderr.write(f"\r{written} of {files} files written")
    sys.stderr.flush()


def _print(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
