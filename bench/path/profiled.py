"""`python -m bench.path.profiled FILE MODULE...`: runs a module, and tells where its processor time goes.

SIGUSR1 begins the profile, and the end of the process writes it to the file. A thread looks every two
milliseconds at what the others do, and counts for each of them the processor time that it took since.
What the threads of libraries take, which Python does not see, is one line.
"""

import runpy
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType

_INTERVAL_SECONDS = 0.002
_ROOT = Path(__file__).parents[2]
_OURS = ("orchestrator", "modelkit", "rpckit", "services", "clients")
_LINES = 40


class CpuProfile:
    """Samples the stacks of all threads, weighed by the processor time of each."""

    def __init__(self) -> None:
        self._own: Counter[CodeType] = Counter()
        self._inside: Counter[CodeType] = Counter()
        self._began_at = 0.0
        self._spent = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="profile", daemon=True)

    def begin(self) -> None:
        """Begins to sample."""
        sys.setswitchinterval(_INTERVAL_SECONDS / 10)
        self._began_at = time.process_time()
        self._thread.start()

    def report(self) -> str:
        """Ends the sampling; returns what was seen, the most expensive first, in shares of the whole."""
        if not self._thread.is_alive():
            return "nothing was sampled\n"
        self._stopped.set()
        self._thread.join()
        whole = time.process_time() - self._began_at - self._spent
        seen = self._own.total() / 1e9
        lines = [f"{1000 * whole:.0f} ms, of which {100 * (1 - seen / whole):.0f} % in threads of libraries"]
        ours = Counter({each: spent for each, spent in self._inside.items() if _is_ours(each)})
        for title, counts in (("inside a function of Chorus", ours), ("in a function itself", self._own)):
            lines += ["", f"  % {title}"]
            lines += [
                f"{100 * spent / 1e9 / whole:5.1f}  {_name(code)}"
                for code, spent in counts.most_common(_LINES)
            ]
        return "\n".join(lines) + "\n"

    def _sample(self) -> None:
        before: dict[int, float] = {}
        while not self._stopped.wait(_INTERVAL_SECONDS):
            frames = sys._current_frames()  # noqa: SLF001 - there is no other way to see them
            for thread in threading.enumerate():
                if thread is threading.current_thread() or thread.ident not in frames:
                    continue
                with suppress(OSError):  # It has ended.
                    now = _processor_seconds(thread)
                    self._count(frames[thread.ident], now - before.get(thread.ident, now))
                    before[thread.ident] = now
            self._spent = time.thread_time()

    def _count(self, frame: FrameType, spent: float) -> None:
        nanoseconds = round(1e9 * spent)
        self._own[frame.f_code] += nanoseconds
        for code in set(_stack(frame)):
            self._inside[code] += nanoseconds


def _processor_seconds(thread: threading.Thread) -> float:
    """Returns what a thread has taken so far.

    Raises:
        OSError: It has ended.
    """
    assert thread.native_id is not None
    return time.clock_gettime((~thread.native_id << 3) | 6)


def _stack(frame: FrameType | None) -> Iterator[CodeType]:
    while frame is not None:
        yield frame.f_code
        frame = frame.f_back


def _is_ours(code: CodeType) -> bool:
    path = Path(code.co_filename)
    return path.is_relative_to(_ROOT) and path.relative_to(_ROOT).parts[0] in _OURS


def _name(code: CodeType) -> str:
    path = Path(code.co_filename)
    where = path.relative_to(_ROOT) if _is_ours(code) else Path(*path.parts[-2:])
    return f"{where}:{code.co_firstlineno} {code.co_qualname}"


def main(file: str, module: str) -> None:
    """Runs the module until it ends."""
    profile = CpuProfile()
    signal.signal(signal.SIGUSR1, lambda *_: profile.begin())
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        Path(file).write_text(profile.report(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
