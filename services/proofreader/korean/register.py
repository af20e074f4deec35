"""Checks whether a Korean text keeps to one style of sentence endings."""

import re
import string
from collections import Counter
from collections.abc import Iterator

from services.proofreader.finding import MODERATE, Finding
from services.proofreader.hangul import CODA_BIEUP, coda
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading

_HAEYO = "해요체"
_HASIPSIO = "하십시오체"
_HAERA = "해라체"
_CLOSING_MARKS = ".!?…~\"'”’)"
_FORMAL = re.compile(r"([가-힣])니(?:다|까)$")
# "-답니다" tells something kindly, among sentences of either polite style.
_TELLING = re.compile(r"[답랍]니다$")
_FEWEST_SENTENCES = 4
_MAX_FINDINGS = 2


def korean_register(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Names the first sentences that leave the style of the others."""
    styled = [
        (style, each)
        for each in reading.through(submission.sentences)
        if submission.is_own(max(each.start, each.end - 2), each.end) and (style := _style(each.text))
    ]
    if len(styled) < _FEWEST_SENTENCES:
        return
    ((main, often),) = Counter(style for style, _ in styled).most_common(1)
    leaving = ((style, each) for style, each in styled if style != main and not _asks(main, each.text))
    for (style, each), _ in zip(leaving, range(_MAX_FINDINGS), strict=False):
        values = {"main": main, "other": style, "often": str(often), "leaving": str(len(styled) - often)}
        yield Finding(
            "register_mixed", "register_mix", each.start, each.end, severity=MODERATE, values=values
        )


def _asks(main: str, sentence: str) -> bool:
    """Returns whether it asks in "-세요" or "-ㄹ까요", as texts in 하십시오체 often do.

    For a question that the speaker puts to everybody, 하십시오체 has no ending of its own.
    """
    end = sentence.rstrip(_CLOSING_MARKS + string.whitespace)
    return main == _HASIPSIO and end.endswith(("세요", "까요"))


def _style(sentence: str) -> str:
    """Returns the style that a sentence ends in, or "" where that cannot be told."""
    end = sentence.rstrip(_CLOSING_MARKS + string.whitespace)
    if _TELLING.search(end):
        return ""
    formal = _FORMAL.search(end)
    if end.endswith(("십시오", "십시요")) or (formal and coda(formal[1]) == CODA_BIEUP):
        return _HASIPSIO
    if end.endswith("요"):
        return _HAEYO
    # Other endings in "니다" are misspelt.
    return _HAERA if end.endswith("다") and (not end.endswith("니다") or end.endswith("아니다")) else ""
