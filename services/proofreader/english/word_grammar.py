"""Finds mistakes in English grammar by the classes of the words of a sentence."""

from collections.abc import Iterator
from functools import cache

from services.proofreader.english.agreement_rules import AGREEMENT_RULES
from services.proofreader.english.article_rules import ARTICLE_RULES
from services.proofreader.english.auxiliary_rules import AUXILIARY_RULES
from services.proofreader.english.capital_rules import CAPITAL_RULES
from services.proofreader.english.clause_rules import CLAUSE_RULES
from services.proofreader.english.comparison_rules import COMPARISON_RULES
from services.proofreader.english.complement_rules import COMPLEMENT_RULES
from services.proofreader.english.condition_rules import CONDITION_RULES
from services.proofreader.english.confused_rules import CONFUSED_RULES
from services.proofreader.english.copula_rules import COPULA_RULES
from services.proofreader.english.degree_rules import DEGREE_RULES
from services.proofreader.english.family_rules import FAMILY_RULES
from services.proofreader.english.feeling_rules import FEELING_RULES
from services.proofreader.english.gap_rules import GAP_RULES
from services.proofreader.english.homophone_rules import HOMOPHONE_RULES
from services.proofreader.english.missing_word_rules import MISSING_WORD_RULES
from services.proofreader.english.negation_rules import NEGATION_RULES
from services.proofreader.english.noun_form_rules import NOUN_FORM_RULES
from services.proofreader.english.noun_rules import NOUN_RULES
from services.proofreader.english.order_rules import ORDER_RULES
from services.proofreader.english.phrases import Rule, WordRule
from services.proofreader.english.preposition_rules import PREPOSITION_RULES
from services.proofreader.english.pronoun_rules import PRONOUN_RULES
from services.proofreader.english.question_rules import QUESTION_RULES
from services.proofreader.english.relative_rules import RELATIVE_RULES
from services.proofreader.english.tagged_words import tagged_sentence
from services.proofreader.english.tense_rules import TENSE_RULES
from services.proofreader.english.verb_form_reasons import verb_form_wording
from services.proofreader.english.verb_rules import VERB_RULES
from services.proofreader.english.voice_rules import VOICE_RULES
from services.proofreader.english.word_mentions import speaks_of_word
from services.proofreader.finding import Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading

_RULES: tuple[WordRule, ...] = (
    *AGREEMENT_RULES,
    *AUXILIARY_RULES,
    *VERB_RULES,
    *NOUN_RULES,
    *ARTICLE_RULES,
    *PRONOUN_RULES,
    *PREPOSITION_RULES,
    *COMPARISON_RULES,
    *ORDER_RULES,
    *CLAUSE_RULES,
    *CONFUSED_RULES,
    *CAPITAL_RULES,
    *DEGREE_RULES,
    *HOMOPHONE_RULES,
    *NEGATION_RULES,
    *NOUN_FORM_RULES,
    *MISSING_WORD_RULES,
    *COMPLEMENT_RULES,
    *TENSE_RULES,
    *RELATIVE_RULES,
    *CONDITION_RULES,
    *COPULA_RULES,
    *FAMILY_RULES,
    *FEELING_RULES,
    *GAP_RULES,
    *QUESTION_RULES,
    *VOICE_RULES,
)
_BY_WORD = {
    word: tuple(each.rule for each in _RULES if word in each.words) for each in _RULES for word in each.words
}


@cache
def _rules_at(word: str, classes: int) -> tuple[Rule, ...]:
    """Returns the rules that begin at a word of some classes, once each.

    The word is "" unless a rule names it, so that what is kept is bounded by the lexicon.
    """
    of_classes = (each.rule for each in _RULES if each.classes & classes)
    return tuple(dict.fromkeys((*_BY_WORD.get(word, ()), *of_classes)))


def english_word_grammar(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds them among the author's own words. Where no correction is sure, none is offered."""
    text = submission.text
    for sentence in submission.sentences:
        reading.check()
        if reading.has_spent():
            return
        words = tagged_sentence(text, sentence.start, sentence.end)
        for place, word in enumerate(words):
            for rule in _rules_at(word.word if word.word in _BY_WORD else "", word.classes):
                fault = rule(words, place)
                if fault is None:
                    continue
                start, end = words[fault.first].start, words[fault.last].end
                if (
                    text[start:end] != fault.correction
                    and submission.is_own(start, end)
                    and not speaks_of_word(text, start)
                ):
                    values = {"word": " ".join(text[start:end].split()), "correction": fault.correction}
                    wording = fault.wording
                    if wording.startswith("verb_form"):
                        before = text[sentence.start : start]
                        wording = verb_form_wording(before, text[start:end], fault.correction)
                    yield Finding(wording, fault.issue, start, end, values=values, rewrite=fault.correction)
