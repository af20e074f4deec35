"""Runs patterns of faults over a text."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from services.proofreader.english.verb_form_reasons import verb_form_wording
from services.proofreader.english.word_mentions import speaks_of_word
from services.proofreader.finding import Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.required_words import Pieces, required_words

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
# A passage is so long, and the words of a match that begins in it are no farther from it than the reach.
_PASSAGE, _REACH = 1_000, 200
Correct = Callable[[re.Match[str]], str | None]


@dataclass(frozen=True)
class FaultPattern:
    """What a fault looks like.

    Attributes:
        wording: The entry of `wording.toml` that says it.
        expression: A regular expression. Its group "bad", if it has one, is the fault, else all of it.
        correct: Returns what should stand there: "" if that is not sure, None if it is no fault after all.
        issue: The answer form's word for it.
    """

    wording: str
    expression: str
    correct: Correct
    issue: str = "sentence_error"

    @classmethod
    def of(
        cls, wording: str, pattern: str, correct: Correct | str, issue: str = "sentence_error"
    ) -> "FaultPattern":
        """Makes one of a pattern and its correction, which may be a template of the groups.

        A space in the pattern stands for any white space.
        """
        ends_a_word = r"(?:(?<![\w’'-])|(?![\w’'-]))"
        expression = rf"(?<![\w’'-])(?:{pattern}){ends_a_word}".replace(" ", r"\s")
        if isinstance(correct, str):
            template = correct
            return cls(wording, expression, lambda found: found.expand(template), issue)
        return cls(wording, expression, correct, issue)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The expression, compiled on first use: a text needs a few of some hundred."""
        return re.compile(self.expression)


class FaultPatterns:
    """Patterns that are looked for together. Of each passage only those are searched whose words it holds."""

    def __init__(self, patterns: Iterable[FaultPattern]) -> None:
        self._patterns = [(each, required_words(each.expression)) for each in patterns]
        self._pieces = Pieces(word for _, sets in self._patterns for words in sets for word in words)
        # The patterns of each piece of their rarest set, so that those are not asked whose pieces are not held.
        self._by_piece: dict[str, list[int]] = {}
        self._always = frozenset(number for number, (_, sets) in enumerate(self._patterns) if not sets)
        for number, (_, sets) in enumerate(self._patterns):
            for piece in sets[0] if sets else ():
                self._by_piece.setdefault(piece, []).append(number)

    def find(self, submission: ParsedText, reading: Reading) -> Iterator[Finding]:
        """Finds the faults among the author's own words. Where no correction is sure, none is offered."""
        matches: list[list[re.Match[str]]] = [[] for _ in self._patterns]
        for start in range(0, len(submission.text), _PASSAGE):
            reading.check()
            if reading.has_spent():
                break
            self._search(submission.text, start, matches)
        for (each, _), found in zip(self._patterns, matches, strict=True):
            if found:
                yield from _faults(each, found, submission)

    def _search(self, text: str, start: int, matches: Sequence[list[re.Match[str]]]) -> None:
        """Adds the matches that begin in the passage from `start` on, pattern by pattern."""
        end, limit = start + _PASSAGE, start + _PASSAGE + _REACH
        held = self._pieces.held_by(text[max(0, start - _REACH) : limit])
        possible = set(self._always)
        for piece in held:
            possible.update(self._by_piece.get(piece, ()))
        for number in possible:
            (each, sets), found = self._patterns[number], matches[number]
            if any(words.isdisjoint(held) for words in sets[1:]):
                continue
            place = max(start, found[-1].end()) if found else start
            for match in each.pattern.finditer(text, place, limit):
                if match.start() >= end:
                    break
                found.append(match)


def _faults(
    pattern: FaultPattern, matches: Iterable[re.Match[str]], submission: ParsedText
) -> Iterator[Finding]:
    for found in matches:
        group = "bad" if "bad" in found.re.groupindex else 0
        start, end = found.span(group)
        correction = pattern.correct(found)
        if correction in (None, found[group]) or not submission.is_own(start, end):
            continue
        if speaks_of_word(submission.text, start):
            continue
        if correction.endswith(" ") and submission.text[end - 1].isspace():
            # The space that a pattern takes along is no part of the fault.
            correction, end = correction.rstrip(), end - 1
        word = " ".join(submission.text[start:end].split())
        wording = pattern.wording if correction else f"{pattern.wording}_unsure"
        if wording.startswith("verb_form"):
            wording = verb_form_wording(submission.text[max(0, start - _REACH) : start], word, correction)
        values = {"word": word, "correction": correction}
        yield Finding(wording, pattern.issue, start, end, values=values, rewrite=correction)
