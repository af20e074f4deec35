"""Checks whether a Korean text keeps to one style of sentence endings."""

import re
import string
from collections import Counter
from collections.abc import Iterator

from services.proofreader.finding import MODERATE, Finding
from services.proofreader.hangul import CODA_BIEUP, coda, is_syllable
from services.proofreader.parsed_text import ParsedSentence, ParsedText
from services.proofreader.reading import Reading

_HAEYO = "해요체"
_HASIPSIO = "하십시오체"
_HAERA = "해라체"
_CLOSING_MARKS = ".!?…~\"'”’)"
_FORMAL = re.compile(r"([가-힣])니(?:다|까)$")
# "-답니다" tells something kindly, among sentences of either polite style.
_TELLING = re.compile(r"[답랍]니다$")
# What 하십시오체 has no ending for: a friendly question, and "-지요" or "-네요", which take the reader along.
_OF_ITS_OWN = ("세요", "까요", "지요", "죠", "네요", "군요", "게요", "거든요", "잖아요")
# A text in 해요체 may be formal now and then; so large a part of it in 하십시오체 is another style.
_MOST_FORMAL = 0.35
# A speaker's name before what is said, as in a play or an interview.
_CUE = re.compile(r"[^\s:：]{1,10}(?: ?\([^()\n]{1,30}\))? ?[:：]\s")
_FEWEST_SENTENCES = 4
_MAX_FINDINGS = 2


def korean_register(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Names the first sentences that leave the style of the others."""
    styled = [
        (style, each)
        for each in reading.through(_told(submission))
        if submission.is_own(max(each.start, each.end - 2), each.end) and (style := _style(each.text))
    ]
    if len(styled) < _FEWEST_SENTENCES:
        return
    styles = Counter(style for style, _ in styled)
    ((main, often),) = styles.most_common(1)
    formal_too = main == _HAEYO and styles[_HASIPSIO] < _MOST_FORMAL * len(styled)
    leaving = (
        (style, each)
        for style, each in styled
        if style != main
        and not (style == _HASIPSIO and formal_too)
        and not (main == _HASIPSIO and _has_no_formal_ending(each.text))
    )
    for (style, each), _ in zip(leaving, range(_MAX_FINDINGS), strict=False):
        values = {"main": main, "other": style, "often": str(often), "leaving": str(len(styled) - often)}
        yield Finding(
            "register_mixed", "register_mix", each.start, each.end, severity=MODERATE, values=values
        )


def _told(submission: ParsedText) -> Iterator[ParsedSentence]:
    """Yields the sentences that no speaker's name stands before."""
    for paragraph in submission.paragraphs:
        if not _CUE.match(submission.text, paragraph.start, paragraph.end):
            yield from paragraph.sentences


def _has_no_formal_ending(sentence: str) -> bool:
    return sentence.rstrip(_CLOSING_MARKS + string.whitespace).endswith(_OF_ITS_OWN)


def _style(sentence: str) -> str:
    """Returns the style that a sentence ends in, or "" where that cannot be told."""
    end = sentence.rstrip(_CLOSING_MARKS + string.whitespace)
    if _TELLING.search(end) or (
        end.endswith("시다") and is_syllable(end[-3:-2]) and coda(end[-3]) == CODA_BIEUP
    ):
        # A proposal in "-ㅂ시다", too, stands in either.
        return ""
    formal = _FORMAL.search(end)
    if end.endswith(("십시오", "십시요")) or (formal and coda(formal[1]) == CODA_BIEUP):
        return _HASIPSIO
    if end.endswith("요"):
        return _HAEYO
    # Other endings in "니다" are misspelt.
    return _HAERA if end.endswith("다") and (not end.endswith("니다") or end.endswith("아니다")) else ""
