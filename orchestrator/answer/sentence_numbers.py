"""Says in words which sentence a model means by its number: readers do not see the numbers."""

import re

from modelkit.language import primary_subtag
from orchestrator.submission.reading import SubmissionReading

# A number stands alone, or in brackets as models read it; two of them may be the ends of a range.
_NUMBER = (
    r"(?<![\w.])(?:\[(?P<bracketed>S\d{1,7})\]|(?P<plain>S\d{1,7})(?:\s?[-–~]\s?S?(?P<last>\d{1,7}))?)"
    r"(?![A-Za-z0-9_])"
)
_ENGLISH = re.compile(rf"(?P<before>\b(?:[Ss]entences?|[Aa]n) )?{_NUMBER}")
# A particle goes with the word before it, which is another one now.
_KOREAN = re.compile(
    rf"(?:문장 )?{_NUMBER}(?:번째|번)?(?: ?문장)?(?P<particle>[는가를](?![가-힣])|[와로나라랑였]|예요)?"
)
_AFTER_CODA = {
    "는": "은",
    "가": "이",
    "를": "을",
    "와": "과",
    "로": "으로",
    "나": "이나",
    "라": "이라",
    "랑": "이랑",
    "였": "이었",
    "예요": "이에요",
}
_BEGINS_SENTENCE = re.compile(r"(?:^|(?<!e\.g)(?<!i\.e)(?<!\bcf)[.!?][\"'”’)]*\s+)$")
_BEFORE = 6


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
    number = _sentence(found, reading)
    if not number:
        return found[0]
    before, last = found["before"] or "", found["last"]
    if before.lower().startswith("sentence"):
        word = before
    else:
        article = f"{before[0]} " if before else ""
        begins = not before and _BEGINS_SENTENCE.search(
            found.string, max(0, found.start() - _BEFORE), found.start()
        )
        word = f"{article}{'S' if begins else 's'}entence{'s' if last else ''} "
    return f"{word}{number} to {last}" if last else f"{word}{number}"


def _korean(found: re.Match[str], reading: SubmissionReading) -> str:
    number = _sentence(found, reading)
    if not number:
        return found[0]
    particle = found["particle"] or ""
    numbers = f"{number}~{found['last']}" if found["last"] else number
    return f"{numbers}번 문장{_AFTER_CODA.get(particle, particle)}"


def _sentence(found: re.Match[str], reading: SubmissionReading) -> str:
    """Returns the number; nothing if no sentence has it, or if the work calls something so."""
    name = found["bracketed"] or found["plain"]
    if not 1 <= int(name[1:]) <= len(reading.sentences):
        return ""
    work = reading.visible_text
    is_named = name in work and re.search(rf"(?<![A-Za-z0-9]){name}(?![A-Za-z0-9])", work)
    return "" if is_named else name[1:]
