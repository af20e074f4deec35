"""How far four bits are from bf16 on a trained model, where one is at hand."""

import os
from pathlib import Path

from bench.gemma.gpu.journal import record


def main() -> None:
    """Says why there is nothing to measure, where there is nothing."""
    folder = os.environ.get("BENCH_TRAINED", "")
    if not folder or not Path(folder).is_dir():
        record("skipped", reason="BENCH_TRAINED names no folder with a trained model")
        return


if __name__ == "__main__":
    main()
