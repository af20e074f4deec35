"""Runs a module as a program that does not outlive its parent: `python -m deploy.local.child MODULE`.

Standard input is a pipe that the parent holds. The program begins with the first byte from it. When it
closes, the parent is gone, killed or not, and the program is told to drain.
"""

import os
import runpy
import signal
import sys
import threading
import time

_AGAIN_SECONDS = 1.0


def _follow_parent() -> None:
    # A plain read: one of a buffered file holds a lock that the interpreter wants when it ends.
    while os.read(0, 1):
        pass
    # Again and again: where memory has run out, a signal may not reach the event loop.
    while True:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_AGAIN_SECONDS)


if __name__ == "__main__":
    if not os.read(0, 1):
        sys.exit()
    threading.Thread(target=_follow_parent, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
