"""`python -m bench.soak.collecting MODULE`: runs a program, which collects its garbage at SIGUSR1."""

import gc
import runpy
import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, lambda *_: gc.collect())
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
