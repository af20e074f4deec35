"""Finds text in a submission that no person sees or can read: invisible characters and base64."""

import base64
import re

import regex

# Tag characters spell out text that nobody sees, except in the flags of regions. So does a long run of other
# invisible characters, which no writer needs. Hangul fillers are excluded, because people type them as
# blanks.
_INVISIBLE_RUN = regex.compile(
    r"(?<!\U0001F3F4[\U000E0020-\U000E007F]*)[\U000E0020-\U000E007F]{4,}"
    r"|[\p{Default_Ignorable_Code_Point}--\u3164\u115F\u1160\uFFA0]{8,}",
    regex.VERSION1,
)
# It tells at once that most texts have no such run.
_INVISIBLE = regex.compile(r"[\p{Default_Ignorable_Code_Point}\U000E0020-\U000E007F]")
# 24 letters of base64 hold 18 bytes, which are a few words.
_BASE64 = re.compile(r"(?<![\w+/.:-])[A-Za-z0-9+/]{24,}={0,2}(?![\w+/-])")


def hidden_spans(text: str) -> list[tuple[int, int]]:
    """Returns the spans of a text as received that may hide text from a person."""
    encoded = (match.span() for match in _BASE64.finditer(text) if _holds_words(match.group()))
    runs = _INVISIBLE_RUN.finditer(text) if _INVISIBLE.search(text) else ()
    return [*(match.span() for match in runs), *encoded]


def _holds_words(encoded: str) -> bool:
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        return False
    return decoded.isprintable() and " " in decoded
