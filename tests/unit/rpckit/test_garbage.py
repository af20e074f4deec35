"""Tests how soon a process collects what refers to itself."""

import subprocess
import sys

# What is loaded is so much that Python would put a full collection off until long after.
PROGRAM = """
import gc
import weakref
from rpckit.garbage import collect_often

class Cycle:
    def __init__(self):
        self.own = self

loaded = [[] for _ in range(400_000)]
gc.collect()
collect_often()
# Old enough when it becomes garbage that only a full collection looks at it.
cycle = Cycle()
gc.collect(1)
seen = weakref.ref(cycle)
del cycle
new = []
while seen() and len(new) < 300_000:
    new.append([])
print(len(new))
"""


def test_old_garbage_goes_soon_whatever_is_loaded() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True)  # noqa: S603 - our own
    # Without it, 100,000 and more.
    assert int(told.stdout) < 30_000
