"""Makes the two reviewers out of the rules that each reads a text by."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.proofreader.english.confusions import english_confusions
from services.proofreader.english.grammar import english_grammar
from services.proofreader.english.register import english_register
from services.proofreader.english.sentence_rules import english_sentences
from services.proofreader.english.spelling import EnglishSpelling
from services.proofreader.english.word_grammar import english_word_grammar
from services.proofreader.finding import Finding
from services.proofreader.korean.confusions import korean_confusions
from services.proofreader.korean.morphology import KoreanMorphology
from services.proofreader.korean.register import korean_register
from services.proofreader.korean.usage import korean_partners, korean_usage
from services.proofreader.parsed_text import ParsedText
from services.proofreader.prose.long_sentences import long_sentences
from services.proofreader.prose.punctuation import punctuation
from services.proofreader.prose.repetition import repetition
from services.proofreader.reading import Reading
from services.proofreader.structure.claims import claims
from services.proofreader.structure.connectives import connectives
from services.proofreader.structure.framing import framing
from services.proofreader.structure.paragraphs import paragraphs

Rule = Callable[[ParsedText, Reading], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class RuleReviewer:
    """Reads a text by the rules for its language."""

    name: str
    display_name: str
    rules: Mapping[str, Sequence[Rule]]

    def review(self, submission: ParsedText, reading: Reading) -> list[Finding]:
        """Returns everything the rules find. Where two find fault with the same words, the first counts."""
        findings: list[Finding] = []
        words = _FaultyWords()
        for rule in self.rules.get(submission.language, ()):
            reading.check()
            for found in rule(submission, reading):
                reading.check()
                if found.issue not in _WORD_ISSUES or words.add(found.start, found.end):
                    findings.append(found)
        return findings


_WORD_ISSUES = frozenset({"spelling", "spacing", "sentence_error", "word_choice"})


class _FaultyWords:
    """The ranges of words that a fault was found with, in order and without overlaps."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, start: int, end: int) -> bool:
        """Adds a range if it overlaps none of the others; returns whether it does not."""
        place = bisect_right(self._ends, start)
        if place < len(self._starts) and self._starts[place] < end:
            return False
        self._starts.insert(place, start)
        self._ends.insert(place, end)
        return True


def load_reviewers() -> tuple[RuleReviewer, ...]:
    """Returns both reviewers with their dictionaries loaded, which takes some seconds."""
    # First what reads every text to its end. What may leave a part unread has the rest of the time.
    everywhere: tuple[Rule, ...] = (punctuation, repetition, long_sentences)
    structure: tuple[Rule, ...] = (paragraphs, framing, connectives, claims)
    return (
        RuleReviewer(
            name="chorus/proofreader-language",
            display_name="Chorus proofreader: language",
            rules={
                "ko": (
                    *everywhere,
                    korean_register,
                    korean_confusions,
                    korean_usage,
                    KoreanMorphology().find,
                    korean_partners,
                ),
                "en": (
                    *everywhere,
                    english_register,
                    english_confusions,
                    english_grammar,
                    english_word_grammar,
                    english_sentences,
                    EnglishSpelling().find,
                ),
            },
        ),
        RuleReviewer(
            name="chorus/proofreader-structure",
            display_name="Chorus proofreader: structure",
            rules={"ko": structure, "en": structure},
        ),
    )
