"""`SHAPE=4b|1b|270m|tiny python -m bench.gemma`: what a Gemma of that shape costs and yields here."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from bench.gemma.ways import CALLERS, Result, of_report, of_server
from bench.gemma.weights import built

CACHE = Path(os.environ.get("BENCH_GEMMA_DIR", ".state/bench-gemma"))
_PORT = 50952
_HEADER = f"{'way':<26}{'ready s':>9}{'anonymous GiB':>15}{'first token s':>15}" + "".join(
    f"{f'tokens/s, {each}':>14}" for each in CALLERS
)


def quantized(source: Path, precision: str) -> Path:
    """The folder of copies, with this one."""
    copies = CACHE / "copies"
    command = [sys.executable, "-m", "services.gemma", "quantize", str(source), "--precision", precision]
    subprocess.run(command, env=os.environ | {"GEMMA_CACHE_DIR": str(copies)}, check=True)  # noqa: S603
    return copies


async def main(shape: str, ways: list[str]) -> None:
    """Prints the table, a row as soon as it is measured."""
    source = built(CACHE, shape)
    print(_HEADER)
    for way in ways:
        if way == "report":
            # It makes no difference to it how many wait.
            print(_row(await of_report(source, callers=2)), flush=True)
            continue
        settings = {"GEMMA_PRECISION": way}
        if way != "bf16":
            settings["GEMMA_CACHE_DIR"] = str(quantized(source, way))
        print(_row(await of_server(f"Chorus, {way}", source, _PORT, CALLERS, **settings)), flush=True)


def _row(result: Result) -> str:
    # The report's way has one speed, for any number of callers.
    speeds = result.speeds if len(result.speeds) > 1 else result.speeds * len(CALLERS)
    numbers = f"{result.ready_seconds:>9.1f}{result.anonymous_gib:>15.2f}{result.first_token_seconds:>15.1f}"
    return f"{result.way:<26}{numbers}" + "".join(f"{each:>14.2f}" for each in speeds)


if __name__ == "__main__":
    asyncio.run(
        main(os.environ.get("SHAPE", "270m"), os.environ.get("BENCH_WAYS", "report bf16 int4 nf4").split())
    )
