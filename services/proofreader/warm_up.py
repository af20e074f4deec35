"""Has the reviewers read a text of each language, so that the first caller does not wait for loading."""

from collections.abc import Iterable

from modelkit.language import load_identifier
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.rule_reviewers import RuleReviewer

_TEXTS = {
    "ko": "[S1] 학교에 정원이 필요하다. [S2] 왜냐하면 학생들이 식물을 배우기 때문이다."
    " [S3] 나는 됬다고 생각해요.",
    "en": "[S1] Our school needs a garden. [S2] Studens would learn there, because they is curious.",
}


def warm_up(reviewers: Iterable[RuleReviewer]) -> None:
    """Has each reviewer read a text of each language; what it finds is dropped."""
    load_identifier()
    for language, text in _TEXTS.items():
        submission = ParsedText.read(text, language)
        for reviewer in reviewers:
            reviewer.review(submission, Reading())
