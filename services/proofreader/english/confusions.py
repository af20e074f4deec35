"""Finds English words that are often confused, where their neighbours leave no doubt."""

import re
from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading

# The pattern of a fault and its correction, with the issue and the wording.
_CONFUSIONS = {
    ("word_choice", "word_choice"): (
        (r"([Cc]ould|[Ss]hould|[Ww]ould|must|might) of(?= (?!course))", r"\1 have"),
        (
            r"(the|adverse|negative|positive|side|harmful|these|those|their|its) affects(?= (?:of|on|from))",
            r"\1 effects",
        ),
        (r"(the|an|no|any) affect(?= (?:of|on))", r"\1 effect"),
        (r"it[’']s own", "its own"),
        (
            (
                r"(of|in|on|from|by|with) it[’']s (name|size|price|colou?r|purpose|importance|history|culture"
                r"|members|users|owner|tail|body|head|beauty|advantages|disadvantages)"
            ),
            r"\1 its \2",
        ),
        (r"([Ii])ts(?= (?:a(?! cappella| priori| posteriori)|an|the|been|not(?! in| un)) )", r"\1t's"),
        (
            r"(more|less|better|worse|higher|lower|larger|smaller|rather) then(?= (?:the|an?|in|it|they|\d))",
            r"\1 than",
        ),
        (
            (
                r"(of|in|on|from|by|with|for|to|at|into|have|has|had|make|made|do|did|bring|brought|choose|chose"
                r"|buy|bought|write|wrote|build|built|grow|grew|find|found|follow|create|created) there own"
            ),
            r"\1 their own",
        ),
        (
            r"(is|are|was|were|way|far|ate|eats?|drank|drinks?|spends?|spent|costs?) to much(?! of)",
            r"\1 too much",
        ),
        (r"(have|has|had|ate|eats?) to many", r"\1 too many"),
        (
            (
                r"([Ii]t|he|she|[Tt]hey|we|I|you) (is|are|was|were|am) to"
                r" (late|tired|big|small|expensive|young|old|hot|cold|slow|busy|difficult|dangerous)"
                r"(?=[.,!?]| (?:to|for|and)\b)"
            ),
            r"\1 \2 too \3",
        ),
        (r"(to|will|can|not) loose(?= (?:weight|money|time|points)[ .,!?])", r"\1 lose"),
        (r"(I|[Yy]ou|[Ww]e|[Tt]hey|[Hh]e|[Ss]he|[Ii]t) (ca|wo)nt", r"\1 \2n't"),
    ),
    ("word_choice", "usage"): (
        (r"in regards to", "in regard to"),
        (r"despite of", "despite"),
        (r"(discuss|discussed|discusses|discussing|emphasize|emphasizes|emphasized) about", r"\1"),
        (r"according with", "according to"),
        (r"(informations)", "information"),
        (r"(researches)(?= (?:show|have|has|on|about|suggest|indicate|are|were)\b)", "research"),
    ),
    ("spelling", "two_words"): (
        (r"([Aa])lot", r"\1 lot"),
        (r"([Aa])tleast", r"\1t least"),
        (r"([Ee])verytime", r"\1very time"),
    ),
}
_PATTERNS = tuple(
    (issue, wording, re.compile(rf"(?<![\w'’-])(?:{wrong})(?![\w'’-])"), right)
    for (issue, wording), pairs in _CONFUSIONS.items()
    for wrong, right in pairs
)


def english_confusions(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds confused words among the author's own words."""
    for issue, wording, wrong, right in reading.through(_PATTERNS):
        for found in wrong.finditer(submission.text):
            if submission.is_own(*found.span()):
                correction = found.expand(right)
                values = {"word": found.group(), "correction": correction}
                yield Finding(wording, issue, *found.span(), values=values, rewrite=correction)
