"""The morphological analyser of Korean."""

import functools

from kiwipiepy import Kiwi


@functools.cache
def kiwi() -> Kiwi:
    """The process's one analyser: it takes a second and 100 MB to load, and threads may share it."""
    return Kiwi(load_multi_dict=False)
