"""Reads the morphemes of a Korean text once, for all the rules that need them."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.korean.agreement import agreement
from services.proofreader.korean.analyser import AnalysedText, KoreanAnalyser
from services.proofreader.korean.collocations import collocations
from services.proofreader.korean.copulas import copulas, short_copulas
from services.proofreader.korean.counted_words import counted_words
from services.proofreader.korean.government import governed_particles
from services.proofreader.korean.grammar import korean_grammar
from services.proofreader.korean.helping_verbs import helping_verbs
from services.proofreader.korean.honour_words import honour_words
from services.proofreader.korean.honours import honours
from services.proofreader.korean.joined_words import joined_words
from services.proofreader.korean.linked_clauses import linked_clauses
from services.proofreader.korean.look_alikes import look_alikes
from services.proofreader.korean.particle_choices import particle_choices
from services.proofreader.korean.particles import KoreanParticles
from services.proofreader.korean.places import place_particles
from services.proofreader.korean.predicate_forms import predicate_forms
from services.proofreader.korean.qualities import qualities
from services.proofreader.korean.sound_alikes import KoreanSoundAlikes
from services.proofreader.korean.spelling import KoreanSpelling
from services.proofreader.korean.tenses import tenses
from services.proofreader.korean.verb_forms import verb_forms
from services.proofreader.korean.voices import voices
from services.proofreader.korean.word_forms import word_forms
from services.proofreader.korean.words import clauses
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading

_SENTENCE_RULES = (
    word_forms,
    verb_forms,
    predicate_forms,
    helping_verbs,
    linked_clauses,
    counted_words,
    joined_words,
    short_copulas,
    particle_choices,
    governed_particles,
    place_particles,
    tenses,
    honours,
    honour_words,
    agreement,
    qualities,
    voices,
    collocations,
    look_alikes,
)
# These look at words far from each other, of which a quotation may hold one.
_FAR_RULES = frozenset(
    {
        linked_clauses,
        particle_choices,
        governed_particles,
        tenses,
        honours,
        honour_words,
        agreement,
        qualities,
        voices,
        collocations,
    }
)


class KoreanMorphology:
    """Finds misspelt words, missing and needless spaces, and what does not go with the words beside it."""

    def __init__(self) -> None:
        self._analyser = KoreanAnalyser()
        self._particles = KoreanParticles(self._analyser)
        self._sound_alikes = KoreanSoundAlikes(self._analyser)
        self._spelling = KoreanSpelling(self._analyser)

    def find(self, submission: ParsedText, reading: Reading) -> Iterator[Finding]:
        """Analyses the text once; the rules read the analysis."""
        analysed = self._analyser.read_text(submission, reading)
        yield from copulas(analysed, reading)
        yield from self._particles.find(submission, reading)
        yield from self._sound_alikes.find(submission, reading)
        yield from _sentences(analysed, reading)
        yield from self._spelling.find(analysed, reading)
        yield from korean_grammar(analysed, reading)


def _sentences(analysed: AnalysedText, reading: Reading) -> Iterator[Finding]:
    for clause in clauses(analysed, reading):
        whole = analysed.submission.is_own(clause.words[0].start, clause.words[-1].end)
        for rule in _SENTENCE_RULES:
            if whole or rule not in _FAR_RULES:
                yield from rule(clause)
