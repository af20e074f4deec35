"""Finds claims that no reason stands beside."""

from collections.abc import Iterator

from services.proofreader.finding import MODERATE, Finding
from services.proofreader.parsed_text import ParsedSentence, ParsedText
from services.proofreader.reading import Reading
from services.proofreader.structure.markers import CLAIM
from services.proofreader.structure.reasons import argues_for_itself, may_argue

# How many sentences before and after a claim may argue for it.
_BEFORE, _AFTER = 1, 2
_MAX_FINDINGS = 2
_SEVERAL_PARAGRAPHS = 3


def claims(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds claims that neither argue for themselves nor stand beside a sentence that may argue for them."""
    reading.check()
    language, sentences = submission.language, submission.sentences
    claim = CLAIM[language]
    to_argue = _to_argue(submission)
    bare = (
        each
        for place, each in enumerate(sentences)
        if claim.search(each.text)
        and each in to_argue
        and submission.is_own(each.start, each.end)
        and not argues_for_itself(each.text, language)
        and not any(
            may_argue(other.text, each.text, language)
            for other in (
                *sentences[max(0, place - _BEFORE) : place],
                *sentences[place + 1 : place + 1 + _AFTER],
            )
        )
    )
    for each, _ in zip(bare, range(_MAX_FINDINGS), strict=False):
        yield Finding("claim_bare", "reason_weak", each.start, each.end, severity=MODERATE)


def _to_argue(submission: ParsedText) -> set[ParsedSentence]:
    """Returns the sentences that need a reason beside them.

    Titles are left out. So are the first and the last of several paragraphs, whose claims the others argue.
    """
    body = submission.body()
    if len(body) >= _SEVERAL_PARAGRAPHS:
        body = body[1:-1]
    return {sentence for paragraph in body for sentence in paragraph.sentences}
