"""Words findings for their reader, in the language of the feedback."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from services.proofreader.finding import Finding
from services.proofreader.hangul import CODA_RIEUL, coda, is_syllable


@dataclass(frozen=True, slots=True)
class Wording:
    """Says what was seen, why it matters and what to do next."""

    observation: str
    reason: str
    next_step: str


def word(finding: Finding, language: str) -> Wording:
    """Returns the wording of a finding in "ko" or "en"."""
    templates = _entries()[finding.wording][language]
    values = {key: _ParticleValue(value) for key, value in finding.values.items()}
    return Wording(*(template.format(**values) for template in templates))


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
