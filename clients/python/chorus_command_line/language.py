"""Chooses the language that the command line speaks around a feedback."""

from chorus_command_line.english import ENGLISH
from chorus_command_line.korean import KOREAN
from chorus_command_line.words import Words
from chorus_wording.language import language_of

_WORDS = {"en": ENGLISH, "ko": KOREAN}


def words_for(language_code: str, text: str = "") -> Words:
    """Returns the words of a BCP 47 language or, if none is given, of the text's; English by default."""
    return _WORDS[language_of(language_code, text)]
