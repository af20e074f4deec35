"""Finds mistakes in English grammar that learners make, where the words beside them leave no doubt."""

from collections.abc import Iterator

from services.proofreader.english.agreement import AGREEMENT_PATTERNS
from services.proofreader.english.collocations import COLLOCATION_PATTERNS
from services.proofreader.english.companions import COMPANION_PATTERNS
from services.proofreader.english.confused_pairs import CONFUSED_PAIR_PATTERNS
from services.proofreader.english.learner_phrases import LEARNER_PHRASE_PATTERNS
from services.proofreader.english.nouns import NOUN_PATTERNS
from services.proofreader.english.patterns import FaultPatterns
from services.proofreader.english.split_words import SPLIT_WORD_PATTERNS
from services.proofreader.english.verb_companions import VERB_COMPANION_PATTERNS
from services.proofreader.english.verb_phrases import VERB_PATTERNS
from services.proofreader.english.word_forms import WORD_FORM_PATTERNS
from services.proofreader.english.word_order import WORD_ORDER_PATTERNS
from services.proofreader.finding import Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading

PATTERNS = (
    *VERB_PATTERNS,
    *VERB_COMPANION_PATTERNS,
    *WORD_ORDER_PATTERNS,
    *AGREEMENT_PATTERNS,
    *NOUN_PATTERNS,
    *COMPANION_PATTERNS,
    *WORD_FORM_PATTERNS,
    *CONFUSED_PAIR_PATTERNS,
    *LEARNER_PHRASE_PATTERNS,
    *COLLOCATION_PATTERNS,
    *SPLIT_WORD_PATTERNS,
)
_FAULTS = FaultPatterns(PATTERNS)


def english_grammar(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds them among the author's own words."""
    return _FAULTS.find(submission, reading)
