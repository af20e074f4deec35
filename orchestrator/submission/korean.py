"""The morphological analyser of Korean."""

import functools

from kiwipiepy import Kiwi


@functools.cache
def kiwi() -> Kiwi:
    """Returns the process's one analyser, which threads may share. It takes a second and 200 MB to load.

    Its dictionaries of names would take 0.2 GB more. They tell nothing about the end of a sentence or the
    similarity of two points.
    """
    return Kiwi(load_default_dict=False, load_multi_dict=False)
