"""The morphological analyser of Korean."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiwipiepy import Kiwi


@functools.cache
def kiwi() -> Kiwi:
    """Returns the process's one analyser, which threads may share. It takes a second and 200 MB to load.

    Its dictionaries of names would take 0.2 GB more. They tell nothing about the end of a sentence or the
    similarity of two points.
    """
    # Its allocator reads this once, as it is loaded, and then gives back what only the loading took: 26 MB.
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "0")
    from kiwipiepy import Kiwi  # noqa: PLC0415

    return Kiwi(load_default_dict=False, load_multi_dict=False)
