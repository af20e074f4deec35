"""Chooses the language that the command line speaks around a feedback."""

import re

from chorus_command_line.english import ENGLISH
from chorus_command_line.korean import KOREAN
from chorus_command_line.words import Words

_LETTER = re.compile(r"[^\W\d_]")
# Syllables, and the letters that decomposed (NFD) Korean consists of.
_HANGUL = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")
_KOREAN_SHARE = 0.3


def words_for(language_code: str, text: str = "") -> Words:
    """Returns the words of a BCP 47 language or, if none is given, of the text's; English by default."""
    if language_code:
        return KOREAN if language_code.lower().split("-")[0] == "ko" else ENGLISH
    hangul = len(_HANGUL.findall(text))
    return KOREAN if hangul and hangul >= _KOREAN_SHARE * len(_LETTER.findall(text)) else ENGLISH
