"""Makes the two reviewers out of the rules that each reads a text by."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.proofreader.cancellable_executor import CancellationCheck
from services.proofreader.english.confusions import english_confusions
from services.proofreader.english.register import english_register
from services.proofreader.english.spelling import EnglishSpelling
from services.proofreader.finding import Finding
from services.proofreader.korean.analyser import KoreanAnalyser
from services.proofreader.korean.confusions import korean_confusions
from services.proofreader.korean.grammar import KoreanGrammar
from services.proofreader.korean.register import korean_register
from services.proofreader.korean.spelling import KoreanSpelling
from services.proofreader.parsed_text import ParsedText
from services.proofreader.prose.long_sentences import long_sentences
from services.proofreader.prose.punctuation import punctuation
from services.proofreader.prose.repetition import repetition
from services.proofreader.structure.claims import claims
from services.proofreader.structure.connectives import connectives
from services.proofreader.structure.framing import framing
from services.proofreader.structure.paragraphs import paragraphs

Rule = Callable[[ParsedText, CancellationCheck], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class RuleReviewer:
    """Reads a text by the rules for its language."""

    name: str
    display_name: str
    rules: Mapping[str, Sequence[Rule]]

    def review(self, submission: ParsedText, check_cancelled: CancellationCheck) -> list[Finding]:
        """Returns everything the rules find. Where two find fault with the same words, the first counts."""
        findings: list[Finding] = []
        for rule in self.rules.get(submission.language, ()):
            check_cancelled()
            for found in rule(submission, check_cancelled):
                if not any(_same_matter(found, each) for each in findings):
                    findings.append(found)
        return findings


_WORD_ISSUES = frozenset({"spelling", "spacing", "sentence_error", "word_choice"})


def _same_matter(one: Finding, other: Finding) -> bool:
    overlap = one.start < other.end and other.start < one.end
    return overlap and {one.issue, other.issue} <= _WORD_ISSUES


def load_reviewers() -> tuple[RuleReviewer, ...]:
    """Returns both reviewers with their dictionaries loaded, which takes some seconds."""
    analyser = KoreanAnalyser()
    everywhere: tuple[Rule, ...] = (punctuation, repetition, long_sentences)
    structure: tuple[Rule, ...] = (paragraphs, framing, connectives, claims)
    return (
        RuleReviewer(
            name="chorus/proofreader-language",
            display_name="Chorus proofreader: language",
            rules={
                "ko": (
                    korean_confusions,
                    KoreanSpelling(analyser).find,
                    KoreanGrammar(analyser).find,
                    korean_register,
                    *everywhere,
                ),
                "en": (english_confusions, EnglishSpelling().find, english_register, *everywhere),
            },
        ),
        RuleReviewer(
            name="chorus/proofreader-structure",
            display_name="Chorus proofreader: structure",
            rules={"ko": structure, "en": structure},
        ),
    )
