"""Words findings for their reader, in the language of the feedback."""

import functools
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from services.proofreader.finding import Finding
from services.proofreader.hangul import CODA_RIEUL, coda, is_syllable
from services.proofreader.parsed_text import ParsedText

# The end of the names of what no correction is sure for.
_UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Wording:
    """Says what was seen, why it matters and what to do next."""

    observation: str
    reason: str
    next_step: str


def word(finding: Finding, language: str) -> Wording:
    """Returns the wording of a finding in "ko" or "en".

    What no correction is sure for is worded in general where its kind has no words of its own for that.
    """
    entries = _entries()
    is_general = finding.wording not in entries and finding.wording.endswith(f"_{_UNSURE}")
    templates = entries[_UNSURE if is_general else finding.wording][language]
    values = {key: _ParticleValue(value) for key, value in finding.values.items()}
    return Wording(*(template.format(**values) for template in templates))


def word_unread(submission: ParsedText, start: int, language: str) -> str:
    """Says in "ko" or "en" which part of a text no dictionary was asked about."""
    unread = _entries()["unread"][language]
    first = bisect_right(submission.sentences, start, key=lambda each: each.start)
    values = {"sentence": str(max(1, first)), "sentences": str(len(submission.sentences))}
    return " ".join(template.format(**values) for template in unread)


class _ParticleValue(str):
    """Formats itself with the particle that a template asks for, as in "{word:은/는}"."""

    __slots__ = ()

    def __format__(self, particles: str) -> str:
        if not particles:
            return str(self)
        after_consonant, after_vowel = particles.split("/")
        last = self[-1:]
        if last.isascii() and last.isalpha():
            # Letters do not tell how a foreign word sounds, so the particle goes to a Korean word after it.
            return f"'{self!s}' 표현{after_consonant}"
        closed = is_syllable(last) and coda(last)
        takes_vowel_form = not closed or (after_consonant == "으로" and closed == CODA_RIEUL)
        return f"'{self!s}'{after_vowel if takes_vowel_form else after_consonant}"


@functools.cache
def _entries() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(files(__package__).joinpath("wording.toml").read_text(encoding="utf-8"))
