"""Checks how a text opens and ends."""

from collections.abc import Iterator

from services.proofreader.finding import STRENGTH, Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.structure.markers import ADDING, CONCLUDING, CONNECTIVES

_FEWEST_SENTENCES = 8
_LAST_SENTENCES = 3


def framing(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds openings that lean on something unsaid and endings that start anew; praises a conclusion."""
    reading.check()
    sentences = [each for each in submission.sentences if submission.is_own(each.start, each.start + 1)]
    if len(sentences) < _FEWEST_SENTENCES:
        return
    language = submission.language
    first, last = sentences[0], sentences[-1]
    leaning = CONNECTIVES[language]["contrast"].match(first.text) or ADDING[language].match(first.text)
    if leaning and language == "ko":
        values = {"word": leaning.group()}
        yield Finding("opening_leaning", "introduction", first.start, first.end, values=values)
    adding = ADDING[language].match(last.text)
    concluding = [each for each in sentences[-_LAST_SENTENCES:] if CONCLUDING[language].match(each.text)]
    if adding and not concluding:
        values = {"word": adding.group()}
        yield Finding("ending_adds", "conclusion", last.start, last.end, values=values)
    for each in concluding[:1]:
        yield Finding("ending_concludes", "conclusion", each.start, each.end, polarity=STRENGTH)
