"""English words that are often taken for each other, where their neighbours leave no doubt."""

import re
from collections.abc import Iterator

from services.proofreader.engine import Checkpoint
from services.proofreader.finding import Finding
from services.proofreader.submission import Submission

# What is wrong and what is right.
_CONFUSIONS = tuple(
    (re.compile(rf"(?<![\w'’-])(?:{wrong})(?![\w'’-])"), right)
    for wrong, right in (
        (r"(could|should|would|must|might) of(?= (?!course))", r"\1 have"),
        (
            r"(the|adverse|negative|positive|side|harmful|these|those|their|its) affects(?= (?:of|on|from))",
            r"\1 effects",
        ),
        (r"(the|an|no|any) affect(?= (?:of|on))", r"\1 effect"),
        (r"alot", "a lot"),
        (r"atleast", "at least"),
        (r"everytime", "every time"),
        (r"it[’']s own", "its own"),
        (
            r"(more|less|better|worse|higher|lower|larger|smaller|rather) then(?= (?:the|an?|in|it|they|\d))",
            r"\1 than",
        ),
        (r"in regards to", "in regard to"),
        (r"despite of", "despite"),
        (r"(discuss|discussed|discusses|discussing|emphasize|emphasizes|emphasized) about", r"\1"),
        (r"according with", "according to"),
        (r"(informations)", "information"),
        (r"(researches)(?= (?:show|have|has|on|about|suggest|indicate|are|were)\b)", "research"),
    )
)


def english_confusions(submission: Submission, checkpoint: Checkpoint) -> Iterator[Finding]:
    """Finds them in the author's own words."""
    checkpoint()
    for wrong, right in _CONFUSIONS:
        for found in wrong.finditer(submission.text):
            if submission.is_own(*found.span()):
                correction = found.expand(right)
                values = {"word": found.group(), "correction": correction}
                yield Finding("word_choice", "word_choice", *found.span(), values=values, rewrite=correction)
