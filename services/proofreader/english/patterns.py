"""Runs patterns of faults over a text."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from services.proofreader.finding import Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading

# Where a clause begins, so that the next word is its subject.
CLAUSE = (
    r"(?:(?<![^.!?;:,\n] )(?<![\w’'\"-])|(?<=\bbut )|(?<=\bbecause )"
    r"|(?<=\bwhen )|(?<=\bso ))"
)
# What ends a noun phrase: its last word is no part of a compound.
NOUN_ENDS = (
    r"(?=[.,!?;:]|$| (?:and|or|but|because|so|who|which|that|when|while|if|in|on|at|to|for|from|with|near|about"
    r"|of|is|are|was|were|has|have|had|can|will|yesterday|today|every|too|than|now|there|here|last|a|the|my"
    r"|it|I|we|he|she|they|you|outside|inside|left|went|came)\b)"
)
# What begins with the sound of a consonant, though not with its letter.
CONSONANT_SOUND = re.compile(r"uni(?!n|m)|us[aeu]|usual|eur|eul|ewe|one\b|once|ubiq|utop|uten|ut[ie]l")
Correct = Callable[[re.Match[str]], str | None]


@dataclass(frozen=True, slots=True)
class FaultPattern:
    """What a fault looks like.

    Attributes:
        wording: The entry of `wording.toml` that says it.
        pattern: Its group "bad", if it has one, is the fault, else all of it. A space
            stands for any white space.
        correct: Returns what should stand there: "" if that is not sure, None if it is no fault after all.
        issue: The answer form's word for it.
    """

    wording: str
    pattern: re.Pattern[str]
    correct: Correct
    issue: str = "sentence_error"

    @classmethod
    def of(
        cls, wording: str, pattern: str, correct: Correct | str, issue: str = "sentence_error"
    ) -> "FaultPattern":
        """Makes one of a pattern and its correction, which may be a template of the groups."""
        ends_a_word = r"(?:(?<![\w’'-])|(?![\w’'-]))"
        compiled = re.compile(rf"(?<![\w’'-])(?:{pattern}){ends_a_word}".replace(" ", r"\s"))
        if isinstance(correct, str):
            template = correct
            return cls(wording, compiled, lambda found: found.expand(template), issue)
        return cls(wording, compiled, correct, issue)


def find_faults(
    patterns: Iterable[FaultPattern], submission: ParsedText, reading: Reading
) -> Iterator[Finding]:
    """Finds the faults among the author's own words. Where no correction is sure, none is offered."""
    for each in patterns:
        reading.check()
        if reading.has_spent():
            return
        group = "bad" if "bad" in each.pattern.groupindex else 0
        for found in each.pattern.finditer(submission.text):
            start, end = found.span(group)
            correction = each.correct(found)
            if correction in (None, found[group]) or not submission.is_own(start, end):
                continue
            word = " ".join(submission.text[start:end].split())
            wording = each.wording if correction else f"{each.wording}_unsure"
            values = {"word": word, "correction": correction}
            yield Finding(wording, each.issue, start, end, values=values, rewrite=correction)
