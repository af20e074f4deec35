"""Whether a Korean text keeps to one style of sentence endings."""

import re
from collections import Counter
from collections.abc import Iterator

from services.proofreader.engine import Checkpoint
from services.proofreader.finding import MODERATE, STRENGTH, Finding
from services.proofreader.hangul import CODA_BIEUP, coda
from services.proofreader.submission import Sentence, Submission

_HAEYO = "해요체"
_HASIPSIO = "하십시오체"
_HAERA = "해라체"
_CLOSING = re.compile(r"[\s.!?…~\"'”’)]+$")
_FORMAL = re.compile(r"([가-힣])니(?:다|까)$")
_FEWEST_SENTENCES = 4
_FEWEST_FOR_STRENGTH = 6
_MAX_FINDINGS = 2


def korean_register(submission: Submission, checkpoint: Checkpoint) -> Iterator[Finding]:
    """Names the first sentences that leave the style of the others; praises a text that keeps to one."""
    checkpoint()
    styled = [
        (style, each)
        for each in submission.sentences
        if submission.is_own(max(each.start, each.end - 2), each.end) and (style := _style(each.text))
    ]
    counts = Counter(style for style, _ in styled)
    if len(styled) < _FEWEST_SENTENCES:
        return
    ((main, often), *others) = counts.most_common()
    if not others:
        if often >= _FEWEST_FOR_STRENGTH:
            yield _finding("register_kept", styled[0][1], polarity=STRENGTH, main=main)
        return
    leaving = [(style, each) for style, each in styled if style != main]
    for style, each in leaving[:_MAX_FINDINGS]:
        yield _finding(
            "register_mixed", each, main=main, other=style, often=str(often), seldom=str(len(leaving))
        )


def _style(sentence: str) -> str:
    """The style a sentence ends in, "" where that cannot be told."""
    end = _CLOSING.sub("", sentence)
    formal = _FORMAL.search(end)
    if end.endswith(("십시오", "십시요")) or (formal and coda(formal[1]) == CODA_BIEUP):
        return _HASIPSIO
    if end.endswith("요"):
        return _HAEYO
    # Other endings in "니다" are misspelt.
    return _HAERA if end.endswith("다") and (not end.endswith("니다") or end.endswith("아니다")) else ""


def _finding(wording: str, sentence: Sentence, *, polarity: str = "improvement", **values: str) -> Finding:
    return Finding(
        wording,
        "register_mix",
        sentence.start,
        sentence.end,
        polarity=polarity,
        severity=MODERATE,
        values=values,
    )
