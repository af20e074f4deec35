"""Has the reviewers read a text of each language, so that the first caller does not wait for loading."""

from collections.abc import Iterable

from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.rule_reviewers import RuleReviewer
from services.proofreader.wording import word

_TEXTS = {
    "ko": "[S1] 학교에 정원이 필요하다. [S2] 왜냐하면 학생들이 식물을 배우기 때문이다."
    " [S3] 나는 됬다고 생각해요.",
    # It holds what most texts hold, so that the patterns are compiled which most of them need.
    "en": "[S1] Our school needs a garden. [S2] Studens would learn there, because they is curious."
    " [S3] When I was a child, my grandmother gave me some seeds, and every day I went to see how much they"
    " had grown. [S4] People say that it is too expensive, but I think we should do it for our health and for"
    " the next year. [S5] Many of my friends have never been to a farm, so they do not know what they eat at"
    " home. [S6] If you want to make good use of your time, you can start with one of these beds and look at"
    " it in the morning. [S7] She told us that there are more than ten ways to get better results from the"
    " same work, and that all of them need some help from other people.",
}


def warm_up(reviewers: Iterable[RuleReviewer]) -> None:
    """Has each reviewer read a text of each language, and words what it finds, which is dropped."""
    for language, text in _TEXTS.items():
        submission = ParsedText.read(text, language)
        for reviewer in reviewers:
            for finding in reviewer.review(submission, Reading()):
                word(finding, language)
