"""`check` says what fits on this machine; `quantize` makes the copy that does."""

import argparse
import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rpckit.settings import Environment, SettingError
from services.gemma.fit.model_dimensions import KNOWN, Shape
from services.gemma.fit.preflight import SAVED, Plan, choose, disk_fault, gib, plans, smaller
from services.gemma.fit.resources import Resources, free_disk
from services.gemma.interface.local_model import LoadError
from services.gemma.settings import Settings
from services.gemma.weights.quantized_checkpoint import finished
from services.gemma.weights.source import Hub, Source

_FAILED = 1
_WRONG_SETTING = 2
# glibc else keeps what each layer took, and the process grows to three times its size.
_TIDY = {"MALLOC_MMAP_THRESHOLD_": "4194304", "MALLOC_TRIM_THRESHOLD_": "67108864", "MALLOC_ARENA_MAX": "2"}
_HEADER = f"{'model':<18} {'device':<7}{'precision':<10}{'memory':>8}{'disk':>8}{'tokens/s':>10}  fits"


def main(arguments: Sequence[str]) -> int:
    """Does what the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.gemma", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="what fits on this machine, and what the server would take")
    check.add_argument("model", nargs="?", help="a folder or a repository's name; else GEMMA_MODEL")
    quantizing = commands.add_parser("quantize", help="makes a copy in four bits, once")
    quantizing.add_argument("model")
    quantizing.add_argument("--precision", choices=SAVED, default="int4")
    parsed = parser.parse_args(arguments)
    try:
        settings = Settings.read(Environment())
        if parsed.model:
            settings = dataclasses.replace(settings, source=parsed.model)
        if parsed.command == "check":
            _say(*checked(settings, Resources.read(settings.cache), Hub()))
        else:
            _quantize(settings, parsed.precision)
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        return _WRONG_SETTING
    except LoadError as error:
        sys.stderr.write(f"{error}\n")
        return _FAILED
    return 0


def checked(settings: Settings, resources: Resources, hub: Hub) -> list[str]:
    """What `check` prints. Sizes are GiB, speeds are of one caller and a ceiling."""
    answers = settings.server.max_in_flight
    source = Source.find(settings.source, hub) if settings.source else None
    shape = (source.shape if source else KNOWN[0]).seeing(images=settings.images)
    lines = [_HEADER]
    for each in (shape, *smaller(shape)):
        lines += map(_row, plans(each, resources, answers))
    lines += ["", f"{gib(resources.disk_bytes)} GiB of disk free in {settings.cache}"]
    if source and source.download_bytes:
        lines.append(f"{gib(source.download_bytes)} GiB to download")
    return [*lines, _verdict(settings, resources, source, shape)]


def _row(plan: Plan) -> str:
    left = gib(abs(plan.left_bytes))
    fits = f"{left} to spare" if plan.fits else f"{left} too much"
    return (
        f"{Path(plan.shape.name).name:<18} {plan.device.name:<7}{plan.precision:<10}"
        f"{gib(plan.memory_bytes):>8}{gib(plan.disk_bytes):>8}{plan.most_tokens_per_second:>10.1f}  {fits}"
    )


def _verdict(settings: Settings, resources: Resources, source: Source | None, shape: Shape) -> str:
    copies = finished(settings.cache, source.folder) if source and source.folder else {}
    try:
        plan = choose(
            shape,
            resources,
            answers=settings.server.max_in_flight,
            precision=settings.precision,
            saved=copies,
        )
    except LoadError as error:
        return f"the server would refuse it: {error}"
    taken = f"{plan.precision} on {plan.device.name}"
    return f"the server would take {taken}, {plan.context_tokens} tokens for a prompt and its answer"


def _quantize(settings: Settings, precision: str) -> None:
    if not _TIDY.items() <= os.environ.items():
        # The allocator reads them when a process starts.
        command = [sys.executable, "-m", "services.gemma", "quantize", settings.source]
        os.execve(sys.executable, [*command, "--precision", precision], os.environ | _TIDY)  # noqa: S606
    hub = Hub()
    source = Source.find(settings.source, hub)
    # What looks at images stays in the original.
    shape = source.shape.seeing(images=False)
    plan = next(
        each
        for each in plans(shape, Resources.read(settings.cache), answers=1)
        if each.precision == precision
    )
    if fault := disk_fault(plan.disk_bytes, free_disk(settings.cache), "the copy"):
        raise LoadError(fault)
    folder = source.fetched(hub)
    # Torch takes seconds to import.
    import torch  # noqa: PLC0415

    from services.gemma.weights.quantize import quantize  # noqa: PLC0415

    torch.set_num_threads(settings.threads)
    copy = quantize(folder, settings.cache, precision, _show)
    _say("", f"{copy.folder}")


def _show(done: int, of: int) -> None:
    sys.stderr.write(f"\r{done} of {of} files written")
    sys.stderr.flush()


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
