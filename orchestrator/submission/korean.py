"""The morphological analyser of Korean."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from modelkit.kiwi import load_kiwi

if TYPE_CHECKING:
    from kiwipiepy import Kiwi


@functools.cache
def kiwi() -> Kiwi:
    """Returns the process's one analyser, which threads may share. It takes a second and 200 MB to load.

    Its dictionaries of names would take 0.2 GB more. They tell nothing about the end of a sentence or the
    similarity of two points.
    """
    return load_kiwi(load_default_dict=False)
