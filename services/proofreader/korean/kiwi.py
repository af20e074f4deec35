"""Loads Kiwi, the morphological analyser of Korean."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kiwipiepy import Kiwi


def load_kiwi(**options: Any) -> Kiwi:
    """Returns a new analyser; its first call reads the model.

    Args:
        options: What `kiwipiepy.Kiwi` takes.
    """
    # Its allocator reads this once, as it is loaded, and then gives back what only the loading took: 30 MiB.
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "0")
    from kiwipiepy import Kiwi  # noqa: PLC0415

    return Kiwi(load_multi_dict=False, **options)
