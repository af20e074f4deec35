"""Runs a module as a program that does not outlive its parent: `python -m deploy.local.child MODULE`.

The parent holds the other end of standard input. The program begins with the first byte from there. When the
pipe closes, the parent is gone, killed or not, and the program gets SIGTERM to drain.
"""

import os
import runpy
import signal
import sys
import threading
import time

_RESEND_SECONDS = 1.0


def _drain_after_parent() -> None:
    # The read bypasses Python's buffered standard input, whose lock the interpreter wants when it ends.
    while os.read(0, 1):
        pass
    # The signal is sent repeatedly: where memory has run out, one may not reach the event loop.
    while True:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_RESEND_SECONDS)


if __name__ == "__main__":
    if not os.read(0, 1):
        sys.exit()
    threading.Thread(target=_drain_after_parent, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
