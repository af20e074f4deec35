"""Says in words which sentence a model means by its number: readers do not see the numbers."""

import re

from modelkit.language import primary_subtag
from orchestrator.submission.reading import SubmissionReading

_ENGLISH = re.compile(r"(?P<before>\b[Ss]entences? )?(?<![\w.])\[?(?P<id>S(?P<number>\d{1,7}))\]?(?!\w)")
# A particle goes with the word before it, which is another one now.
_KOREAN = re.compile(
    r"(?<![A-Za-z0-9_])\[?(?P<id>S(?P<number>\d{1,7}))\]?(?![A-Za-z0-9_])"
    r"(?: ?문장|(?P<particle>[은는이가을를와과로]|으로)(?![가-힣]))?"
)
_AFTER_CODA = {"는": "은", "가": "이", "를": "을", "와": "과", "로": "으로"}
_BEGINS_SENTENCE = re.compile(r"(?:^|[.!?]\s+)$")


def in_words(text: str, reading: SubmissionReading, language_code: str) -> str:
    """Returns what a model says of a work with "S4" as "sentence 4".

    In other languages than English and Korean it stays, as do numbers that no sentence has and what the work
    itself calls so.
    """
    if "S" not in text:
        return text
    language = primary_subtag(language_code)
    if language == "ko":
        return _KOREAN.sub(lambda found: _korean(found, reading), text)
    return _ENGLISH.sub(lambda found: _english(found, reading), text) if language == "en" else text


def _english(found: re.Match[str], reading: SubmissionReading) -> str:
    if not _is_sentence(found, reading):
        return found[0]
    begins = _BEGINS_SENTENCE.search(found.string, max(0, found.start() - 3), found.start())
    word = found["before"] or ("Sentence " if begins else "sentence ")
    return f"{word}{found['number']}"


def _korean(found: re.Match[str], reading: SubmissionReading) -> str:
    if not _is_sentence(found, reading):
        return found[0]
    particle = found["particle"] or ""
    return f"{found['number']}번 문장{_AFTER_CODA.get(particle, particle)}"


def _is_sentence(found: re.Match[str], reading: SubmissionReading) -> bool:
    return 1 <= int(found["number"]) <= len(reading.sentences) and found["id"] not in reading.visible_text
