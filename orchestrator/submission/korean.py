"""The morphological analyser of Korean."""

import functools

from kiwipiepy import Kiwi


@functools.cache
def kiwi() -> Kiwi:
    """The process's one analyser: it takes a second and 200 MB to load, and threads may share it.

    Its dictionaries of names take 0.2 GB more, and tell nothing of where a sentence ends, or of how alike two
    points are.
    """
    return Kiwi(load_default_dict=False, load_multi_dict=False)
