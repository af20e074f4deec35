"""Chooses the language of the words around a feedback."""

import re

_OURS = ("en", "ko")
_LETTER = re.compile(r"[^\W\d_]")
# Syllables, and the letters that decomposed (NFD) Korean consists of.
_HANGUL = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")
_KOREAN_SHARE = 0.3


def language_of(code: str, text: str = "") -> str:
    """Returns "ko" or "en": what a BCP 47 code means or, without one, what a text is in; by default "en"."""
    if code:
        primary = code.partition("-")[0].lower()
        return primary if primary in _OURS else "en"
    hangul = len(_HANGUL.findall(text))
    return "ko" if hangul and hangul >= _KOREAN_SHARE * len(_LETTER.findall(text)) else "en"
