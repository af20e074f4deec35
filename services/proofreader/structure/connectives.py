"""Checks how sentences are joined."""

import re
from collections import Counter
from collections.abc import Iterator

from services.proofreader.finding import STRENGTH, Finding
from services.proofreader.parsed_text import ParsedSentence, ParsedText
from services.proofreader.reading import Reading
from services.proofreader.structure.markers import CONNECTIVES, JOINING

_FEWEST_SENTENCES = 8
# Endings join sentences too, so only a longer text lacks connectives.
_FEWEST_TO_MISS_THEM = 12
_KINDS_FOR_STRENGTH = 3
# A text that uses one connective more often than this is not praised for its variety.
_MOST_OF_ONE = 2
_OVERUSED_TIMES = 4
_OVERUSED_SHARE = 0.25
# Without a comma no main clause follows.
_FRAGMENT = re.compile(r"(?:Because|Since|Although|While|Despite)\b[^,]*$")


def connectives(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds a text without connectives, or with always the same; praises one with several kinds."""
    sentences = reading.through(submission.sentences)
    joined = [found for each in sentences if (found := _connective(each, submission.language))]
    total = len(submission.sentences)
    if total < _FEWEST_SENTENCES:
        return
    if not joined:
        joining = JOINING[submission.language]
        if total < _FEWEST_TO_MISS_THEM or any(joining.search(each.text) for each in submission.sentences):
            return
        first, second = submission.sentences[1:3]
        yield Finding(
            "connective_none", "transition", first.start, second.end, values={"sentences": str(total)}
        )
        return
    (word, times), *_ = Counter(word for _, word, _ in joined).most_common()
    if times >= _OVERUSED_TIMES and times >= _OVERUSED_SHARE * total:
        last = [sentence for _, each, sentence in joined if each == word][-1]
        values = {"word": word, "times": str(times)}
        yield Finding("connective_overused", "transition", last.start, last.end, values=values)
    well_joined = [each for each in joined if not _FRAGMENT.match(each[2].text)]
    kinds = {kind: (word, sentence) for kind, word, sentence in reversed(well_joined)}
    if len(kinds) >= _KINDS_FOR_STRENGTH and times <= _MOST_OF_ONE:
        words = ", ".join(f"'{word}'" for word, _ in sorted(kinds.values(), key=lambda pair: pair[1].start))
        yield Finding("connective_varied", "transition", 0, 0, polarity=STRENGTH, values={"words": words})


def _connective(sentence: ParsedSentence, language: str) -> tuple[str, str, ParsedSentence] | None:
    """Returns the kind of connective that a sentence begins with, the connective, and the sentence."""
    for kind, pattern in CONNECTIVES[language].items():
        found = pattern.match(sentence.text)
        if found:
            return kind, found.group(), sentence
    return None
