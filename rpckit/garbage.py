"""Has Python collect soon what refers to itself, as each error of a call does, and holds the call's text."""

import gc

# A full collection comes after so many of the younger generations', Python's own being 10 and 10.
_THRESHOLDS = (700, 10, 2)


def collect_often() -> None:
    """Takes what is loaded so far for what lives as long as the process, and collects the rest often.

    A process may hold the collection off by `gc.disable` while it loads.

    Python puts a full collection off until a quarter as many objects are new as had lived through the one
    before. Of a server's hundred thousands that is minutes of calls, in tens of MiB; a collection of all
    would hold up its calls for long. What is frozen is neither counted nor looked through.
    """
    gc.freeze()
    # Nothing is left, so that no full collection is put off any more.
    gc.collect()
    gc.set_threshold(*_THRESHOLDS)
    gc.enable()
