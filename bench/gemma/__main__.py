"""`SHAPE=4b|1b|270m|tiny python -m bench.gemma`: compares ways to run a Gemma of that shape."""

import asyncio
import importlib.util
import itertools
import os
import subprocess
import sys
from pathlib import Path

from bench.gemma.figures import CALLERS, Figures, machine
from bench.gemma.runners import TOKENS, of_process, of_report, of_server
from bench.gemma.weights import built
from services.gemma.weights.quantized_checkpoint import find_quantized

CACHE = Path(os.environ.get("BENCH_GEMMA_DIR", ".state/bench-gemma"))
_PORT = 50952
_HEADER = f"{'runner':<26}{'ready s':>9}{'anonymous GiB':>15}{'first token s':>15}" + "".join(
    f"{f'tokens/s, {each}':>14}" for each in CALLERS
)
_REPORT, _LLAMA, _INT4, _ALONE = "report", "llama", "int4", "alone"
_NAMES = {
    _REPORT: "the report's way, fp32",
    _LLAMA: "llama.cpp, Q4_0",
    _ALONE: "int4, passes alone",
}


def quantized(source: Path, precision: str) -> Path:
    """Quantises the model if there is no copy yet; returns the folder of the copies."""
    copies = CACHE / "copies"
    copy = find_quantized(copies, source).get(precision)
    if copy and not copy.is_outdated:
        return copies
    command = [sys.executable, "-m", "services.gemma", "quantize", str(source), "--precision", precision]
    environment = os.environ | {"GEMMA_CACHE_DIR": str(copies)}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return copies


async def main(shape: str, runners: list[str]) -> None:
    """Prints a row for each runner as soon as it is measured, then how many times as quick ours are."""
    source = built(CACHE, shape)
    print(f"{shape}, {machine()}, answers of {TOKENS} tokens")
    has_llama = importlib.util.find_spec("xllamacpp") is not None
    if has_llama and _LLAMA in runners:
        from bench.gemma.llama_library import instructions  # noqa: PLC0415 - of the extra "bench-gemma"

        print(f"llama.cpp is built for {instructions()}")
    print(f"\n{_HEADER}")
    measured: dict[str, Figures] = {}
    for runner in runners:
        if runner == _LLAMA and not has_llama:
            print("llama.cpp: not measured, for the extra bench-gemma is not installed")
            continue
        measured[runner] = await _measured(runner, source)
        print(_row(_NAMES.get(runner, f"Chorus, {runner}"), measured[runner]), flush=True)
    print()
    for runner, baseline in itertools.product(measured, (_REPORT, _LLAMA, _ALONE)):
        if runner not in _NAMES and baseline in measured and (baseline != _ALONE or runner == _INT4):
            pairs = zip(measured[runner].speeds, measured[baseline].speeds, strict=True)
            ratios = ", ".join(f"{ours / theirs:.2f}" for ours, theirs in pairs)
            print(f"{runner} against {_NAMES[baseline]}: {ratios} x")
    for runner, figures in measured.items():
        print(f"{runner}, {CALLERS[-1]} callers against 1: {figures.speeds[-1] / figures.speeds[0]:.2f} x")


async def _measured(runner: str, source: Path) -> Figures:
    if runner == _REPORT:
        return await of_report(source)
    if runner == _LLAMA:
        return await of_process("bench.gemma.llama", str(source), "--answer", str(TOKENS))
    precision = _INT4 if runner == _ALONE else runner
    settings = {"GEMMA_PRECISION": precision}
    if precision != "bf16":
        settings["GEMMA_CACHE_DIR"] = str(quantized(source, precision))
    if runner == _ALONE:
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
            os.environ.get("BENCH_RUNNERS", "report llama bf16 int4 alone").split(),
        )
    )
