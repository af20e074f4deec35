"""The words in what is given back, in each language."""

from collections.abc import Mapping

from chorus_wording.feedback_words import FEEDBACK_WORDS
from chorus_wording.words import NoteWords

WORDING: Mapping[str, NoteWords] = {language: words.note for language, words in FEEDBACK_WORDS.items()}
