"""Makes what cannot be seen in a text visible; texts and answers come from anywhere."""

import re

# Controls, what reverses a line, and what is no character at all: XML holds none of these.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def visible(text: str) -> str:
    """Returns the text with its control characters written out, line breaks and tabs excepted."""
    return _UNSEEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)
