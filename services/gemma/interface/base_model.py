"""Tells by its name a base model, which was trained to continue texts and not to do what is asked."""

import re

# Google's names, such as "gemma-2b", "gemma-3-4b-pt", "gemma-4-E4B"; "-it" follows instructions.
_BASE = re.compile(r"gemma-(?:\d+(?:\.\d+)?-)?e?\d+[bm](?:-a\d+b)?(?:-pt)?", re.IGNORECASE)
_LABEL = " (base model)"


def is_base_model(name: str) -> bool:
    """Returns whether it is Google's name for a base model; another's name says nothing."""
    return _BASE.fullmatch(name) is not None


def display_name(name: str) -> str:
    """Returns a model's name for readers, who are told if it is a base model."""
    return name + _LABEL if is_base_model(name) else name
