"""`python -m bench.gemma.gpu`: runs the parts within a time, and prints one table of what they found."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.gemma.gpu.journal import JOURNAL, PART, Journal
from bench.gemma.gpu.parts import BenchPart, stages
from bench.gemma.gpu.table import lines

# Weights in bf16 and in four bits, of both shapes, and some room.
_MODEL_BYTES = 16 * 2**30
_TAIL_LINES = 25
_SHUTDOWN_SECONDS = 3.0
_POLL_SECONDS = 0.2


def main(arguments: Sequence[str]) -> int:
    """Runs what the command line asks for; returns how many parts failed."""
    parser = argparse.ArgumentParser(prog="python -m bench.gemma.gpu", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(os.environ.get("OUT", ".state/bench-gemma-gpu")))
    parser.add_argument(
        "--models", type=Path, help="where random weights are made; default: memory, if it has room"
    )
    parser.add_argument("--limit", type=float, default=460.0, help="seconds for everything")
    parser.add_argument("--patience", type=float, default=1.0, help="times what each part is given")
    parser.add_argument("--resume", type=Path, help="the journal of an earlier run, whose parts are kept")
    parser.add_argument("--parts", nargs="*", help="only these, although they were finished before")
    parser.add_argument("--list", action="store_true", help="names the parts")
    parsed = parser.parse_args(arguments)
    if parsed.list:
        print("\n".join(part.name for stage in stages() for part in stage))
        return 0
    parsed.out.mkdir(parents=True, exist_ok=True)
    journal = Journal(parsed.out / "journal.jsonl")
    if parsed.resume:
        shutil.copyfile(parsed.resume, journal.path)
    models = parsed.models or _place()
    print(f"models in {models}, figures in {parsed.out}", flush=True)
    end = time.monotonic() + parsed.limit
    run = _Run(journal, models, parsed.out / "parts.log", end, parsed.patience)
    for stage in stages():
        run.stage([part for part in stage if _is_wanted(part, parsed.parts, journal)])
    table = "\n".join(lines(journal))
    (parsed.out / "table.txt").write_text(f"{table}\n", encoding="utf-8")
    print(f"\n{table}", flush=True)
    return run.failed


def _is_wanted(part: BenchPart, named: Sequence[str] | None, journal: Journal) -> bool:
    if named:
        return part.repeats or part.name in named
    finished = {entry["part"] for entry in journal.entries() if entry["what"] == "finished"}
    return part.repeats or part.name not in finished


def _place() -> Path:
    """Memory, because a disk may take minutes for what a model weighs; a disk where memory is short."""
    memory = Path("/dev/shm")  # noqa: S108 - the name in it is ours alone
    if memory.is_dir() and shutil.disk_usage(memory).free > 2 * _MODEL_BYTES:
        return memory / "chorus-bench-gemma"
    return Path(tempfile.gettempdir()) / "chorus-bench-gemma"


class _Run:
    """The processes of one run.

    Args:
        journal: Where the parts write what they find.
        models: Where they make weights.
        log: Where what they say goes.
        end: When all must be over, on the monotonic clock.
        patience: Multiplies the time that each part is given.
    """

    def __init__(self, journal: Journal, models: Path, log: Path, end: float, patience: float) -> None:
        self.failed = 0
        self._journal = journal
        self._models = models
        self._log = log
        self._end = end
        self._patience = patience

    def stage(self, parts: Sequence[BenchPart]) -> None:
        """Runs some parts at the same time, to their end or the end of their time."""
        started = time.monotonic()
        running = {}
        for part in parts:
            if self._end - started < _SHUTDOWN_SECONDS:
                self._say(part, "left out", reason="the time was up")
                continue
            said = self._log.with_name(f"{part.name}.part")
            with said.open("wb") as output:
                running[part] = (self._start(part, output.fileno()), said)
            print(f"{part.name} has begun", flush=True)
        while running:
            time.sleep(_POLL_SECONDS)
            for part, (process, said) in list(running.items()):
                taken = time.monotonic() - started
                late = taken > part.seconds * self._patience or time.monotonic() > self._end
                if process.poll() is None and not late:
                    continue
                code = _ended(process)
                self._note(part, code, taken, said)
                del running[part]

    def _start(self, part: BenchPart, output: int) -> "subprocess.Popen[bytes]":
        own = {
            JOURNAL: str(self._journal.path.absolute()),
            PART: part.name,
            "BENCH_GEMMA_DIR": str(self._models),
            "PYTHONUNBUFFERED": "1",
            # There is no network to ask, and waiting for it would take the time.
            "HF_HUB_OFFLINE": "1",
            "CHORUS_CONNECTION_AGE_SECONDS": "3600",
        }
        command = [sys.executable, "-m", part.module, *part.arguments]
        # A session of its own: a server that it started ends with it.
        return subprocess.Popen(  # noqa: S603 - our own modules
            command, env=os.environ | own, stdout=output, stderr=output, start_new_session=True
        )

    def _note(self, part: BenchPart, code: int | None, taken: float, said: Path) -> None:
        text = said.read_text(encoding="utf-8", errors="replace")
        said.unlink()
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"===== {part.name}\n{text}\n")
        seconds = round(taken, 1)
        if code == 0:
            self._say(part, "finished", seconds=seconds)
            return
        self.failed += 1
        reason = "its time was up" if code is None else f"it ended with {code}"
        self._say(part, "failed", seconds=seconds, reason=reason)
        # The server logs each call.
        said_last = [line[:300] for line in text.splitlines() if '"event": "call"' not in line]
        tail = "\n".join(f"    {line}" for line in said_last[-_TAIL_LINES:])
        print(tail, flush=True)

    def _say(self, part: BenchPart, what: str, **values: float | str) -> None:
        self._journal.record(part.name, what, **values)
        print(f"{part.name} {what} {json.dumps(values)}", flush=True)


def _ended(process: "subprocess.Popen[bytes]") -> int | None:
    """The exit code; None if it had to be stopped. What it started is stopped in any case."""
    code = process.poll()
    for sent in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sent)
            process.wait(_SHUTDOWN_SECONDS)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
