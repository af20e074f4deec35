"""`SHAPE=4b|1b|270m|tiny python -m bench.gemma`: what a Gemma of that shape costs and yields here."""

import asyncio
import importlib.util
import itertools
import os
import subprocess
import sys
from pathlib import Path

from bench.gemma.figures import CALLERS, Figures
from bench.gemma.runners import TOKENS, of_process, of_report, of_server
from bench.gemma.weights import built
from services.gemma.weights.quantized_checkpoint import find_quantized

CACHE = Path(os.environ.get("BENCH_GEMMA_DIR", ".state/bench-gemma"))
_PORT = 50952
_HEADER = f"{'way':<26}{'ready s':>9}{'anonymous GiB':>15}{'first token s':>15}" + "".join(
    f"{f'tokens/s, {each}':>14}" for each in CALLERS
)
_REPORT, _LLAMA, _INT4, _ALONE = "report", "llama", "int4", "alone"
_NAMES = {
    _REPORT: "the report's way, fp32",
    _LLAMA: "llama.cpp, Q4_0",
    _ALONE: "int4, passes alone",
}


def quantized(source: Path, precision: str) -> Path:
    """The folder of copies, with this one."""
    copies = CACHE / "copies"
    if precision in find_quantized(copies, source):
        return copies
    command = [sys.executable, "-m", "services.gemma", "quantize", str(source), "--precision", precision]
    environment = os.environ | {"GEMMA_CACHE_DIR": str(copies)}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return copies


async def main(shape: str, ways: list[str]) -> None:
    """Prints the table, a row as soon as it is measured, and what is how many times as quick."""
    source = built(CACHE, shape)
    print(f"{shape}, {os.cpu_count()} threads, answers of {TOKENS} tokens\n\n{_HEADER}")
    measured: dict[str, Figures] = {}
    for way in ways:
        if way == _LLAMA and not importlib.util.find_spec("llama_cpp"):
            print("llama.cpp: not measured, for the extra bench-gemma is not installed")
            continue
        measured[way] = await _measured(way, source)
        print(_row(_NAMES.get(way, f"Chorus, {way}"), measured[way]), flush=True)
    print()
    for way, baseline in itertools.product(measured, (_REPORT, _LLAMA, _ALONE)):
        if way not in _NAMES and baseline in measured and (baseline != _ALONE or way == _INT4):
            pairs = zip(measured[way].speeds, measured[baseline].speeds, strict=True)
            ratios = ", ".join(f"{ours / theirs:.2f}" for ours, theirs in pairs)
            print(f"{way} against {_NAMES[baseline]}: {ratios} x")
    for way, figures in measured.items():
        print(f"{way}, {CALLERS[-1]} callers against 1: {figures.speeds[-1] / figures.speeds[0]:.2f} x")


async def _measured(way: str, source: Path) -> Figures:
    if way == _REPORT:
        return await of_report(source)
    if way == _LLAMA:
        return await of_process("bench.gemma.llama", str(source), "--answer", str(TOKENS))
    precision = _INT4 if way == _ALONE else way
    settings = {"GEMMA_PRECISION": precision}
    if precision != "bf16":
        settings["GEMMA_CACHE_DIR"] = str(quantized(source, precision))
    if way == _ALONE:
        own = {"GEMMA_MODEL": str(source), "GEMMA_THREADS": str(os.cpu_count())}
        return await of_process("bench.gemma.alone", **settings, **own)
    return await of_server(source, _PORT, **settings)


def _row(name: str, figures: Figures) -> str:
    numbers = (
        f"{figures.ready_seconds:>9.1f}{figures.anonymous_gib:>15.2f}{figures.first_token_seconds:>15.1f}"
    )
    return f"{name:<26}{numbers}" + "".join(f"{each:>14.2f}" for each in figures.speeds)


if __name__ == "__main__":
    asyncio.run(
        main(
            os.environ.get("SHAPE", "270m"),
            os.environ.get("BENCH_WAYS", "report llama bf16 int4 alone").split(),
        )
    )
