"""The words around a feedback, in each language."""

from collections.abc import Mapping

from chorus_wording.english import ENGLISH
from chorus_wording.korean import KOREAN
from chorus_wording.words import FeedbackWords

FEEDBACK_WORDS: Mapping[str, FeedbackWords] = {"en": ENGLISH, "ko": KOREAN}
