"""The tests that need a GPU."""

import re
import subprocess
import sys

from bench.gemma.gpu.journal import record

_FILES = ["tests/contract/test_gemma_quantizing.py"]
_COUNT = re.compile(r"(\d+) (passed|failed|skipped|error)")


def main() -> int:
    """Runs them; returns pytest's exit code."""
    # Another version of torch warns of other things, and a machine may have plugins of its own.
    options = ["-m", "gpu", "-W", "ignore", "-p", "no:cacheprovider", "--tb=short", "-q"]
    done = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, "-m", "pytest", *options, *_FILES], capture_output=True, text=True, check=False
    )
    print(done.stdout, done.stderr, flush=True)
    counts = {what: int(number) for number, what in _COUNT.findall(done.stdout)}
    record("tests", **counts)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
