"""Checks whether an English text keeps to one register."""

import re
from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading

_CONTRACTION = re.compile(
    r"\b(?:do|does|did|is|are|was|were|ca|could|would|should|wo|have|has|had)n[’']t\b", re.IGNORECASE
)
_FULL_FORM = re.compile(
    r"\b(?:do|does|did|is|are|was|were|could|would|should|will|have|has|had) not\b|\bcannot\b", re.IGNORECASE
)
_COLLOQUIAL = re.compile(
    r"\b(?:gonna|wanna|gotta|kinda|sorta|lots of|a bunch of|super (?:easy|hard|good|bad|important))\b",
    re.IGNORECASE,
)
_FORMAL_TIMES = 2
_MAX_EACH = 2


def english_register(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds contractions in a text that spells such forms out, and colloquial words in it."""
    reading.check()
    if len(_FULL_FORM.findall(submission.text)) < _FORMAL_TIMES:
        return
    for pattern, wording in ((_CONTRACTION, "register_contraction"), (_COLLOQUIAL, "register_colloquial")):
        own = (each for each in pattern.finditer(submission.text) if submission.is_own(*each.span()))
        for found, _ in zip(own, range(_MAX_EACH), strict=False):
            yield Finding(wording, "register_mix", *found.span(), values={"word": found.group()})
