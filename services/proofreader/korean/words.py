"""Takes the words of an analysed Korean sentence apart into noun, particles, stem and endings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from services.proofreader.finding import Finding
from services.proofreader.hangul import coda, is_syllable
from services.proofreader.korean.analyser import AnalysedText, Morpheme
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading

_NOUNS = frozenset({"NNG", "NNP", "NNB", "NP", "NR", "XSN", "XPN", "XR", "SN", "SL"})
_STEMS = frozenset({"VV", "VA", "VX", "VCP", "VCN"})
_SUFFIXES = {"XSV": "VV", "XSA": "VA"}
_ADVERBS = {"MAG": "MAG", "MAJ": "MAG", "MM": "MM"}
_OBJECT = frozenset({"을", "를"})
_SUBJECT = frozenset({"이", "가", "께서"})
_TOPICS = frozenset({("은",), ("는",), ("께서", "는")})
_MARKS = frozenset({"SF", "SP", "SE", "SS", "SSO", "SSC"})
# What ends a clause in writing.
_CLOSING = frozenset({"SF", "SP", "SE"})
# The analysis takes "좋아하다" for one word at times, and for "좋다" with a helping verb at others.
_LIKING = {"좋": "좋아", "싫": "싫어"}
# A sentence of more words is a list or no sentence: rules that look far would take long.
_MOST_WORDS = 60


class Word(NamedTuple):
    """What stands between two spaces, without the marks around it.

    Attributes:
        noun: The nouns that it begins with, as they are written.
        head: The last of them.
        particles: The particles after the nouns, in their order.
        particles_start: Where the first particle begins.
        stem: The first verb or adjective in it, with the noun that "-하다" made it of: "공부하".
        kind: "VV", "VA", "VX", "VCP" or "VCN"; "MAG" for an adverb, "MM" for a determiner, otherwise "".
        helpers: The stems after the first one: "주" in "읽어주었다".
        endings: The endings of the last of its stems.
        ending: The last of them, and its tag.
        closed: Whether a mark follows it.
        known: Whether the dictionary has all of it.
        written: The word itself.
        is_adverb: Whether it is an adverb, or an adjective as one.
        is_object: Whether "을" or "를" marks it.
        is_subject: Whether "이", "가" or "께서" marks it.
        is_topic: Whether "은" or "는" marks it, and no other particle but "께서".
    """

    start: int
    end: int
    noun: str = ""
    head: str = ""
    head_tag: str = ""
    particles: tuple[str, ...] = ()
    particles_start: int = 0
    stem: str = ""
    kind: str = ""
    helpers: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    ending: str = ""
    ending_tag: str = ""
    closed: bool = False
    known: bool = True
    written: str = ""
    is_adverb: bool = False
    is_object: bool = False
    is_subject: bool = False
    is_topic: bool = False

    @property
    def particle(self) -> str:
        """All its particles."""
        return "".join(self.particles)

    @property
    def is_past(self) -> bool:
        """Whether "-았-" or "-었-" is in it."""
        return "었" in self.endings

    @property
    def is_honoured(self) -> bool:
        """Whether "-시-" is in it."""
        return "시" in self.endings or self.ending.startswith(("세", "시", "십"))

    @property
    def ends_sentence(self) -> bool:
        """Whether its ending is a final one."""
        return self.ending_tag == "EF"


@dataclass(frozen=True, slots=True)
class Clause:
    """The words of a sentence and the text that they are in."""

    submission: ParsedText
    words: tuple[Word, ...]

    def gap(self, number: int) -> bool:
        """Returns whether one space alone stands before a word."""
        words = self.words
        return (
            number > 0 and words[number].start == words[number - 1].end + 1 and not words[number - 1].closed
        )

    def finding(
        self, wording: str, issue: str, word: Word, rewrite: str = "", *, until: Word | None = None
    ) -> Iterator[Finding]:
        """Yields a finding about a word, or about all as far as another one, if they are the author's own."""
        start, end = word.start, (until or word).end
        if self.submission.is_own(start, end):
            values = {"word": self.submission.text[start:end], "correction": rewrite}
            name = wording if rewrite else f"{wording}_unsure"
            yield Finding(name, issue, start, end, values=values, rewrite=rewrite)

    def with_particle(self, word: Word, closed: str, open_: str | None = None) -> str:
        """Returns the word with another particle in the place of its own."""
        before = self.submission.text[word.start : word.particles_start]
        return before + (closed if open_ is None or has_coda(before) else open_)


def word_set(words: str) -> frozenset[str]:
    """Returns the words between the spaces."""
    return frozenset(words.split())


def has_coda(text: str) -> bool:
    """Returns whether a word ends in a consonant, as far as that can be told."""
    return is_syllable(text[-1:]) and coda(text[-1]) > 0


def clauses(analysed: AnalysedText, reading: Reading) -> Iterator[Clause]:
    """Yields the sentences whose words are all known enough to be read."""
    for _, morphemes in reading.through(analysed.sentences):
        # Words beyond that are not even made.
        words = tuple(islice(_words(analysed.submission.text, morphemes), _MOST_WORDS + 1))
        if 1 < len(words) <= _MOST_WORDS:
            yield Clause(analysed.submission, words)


def _words(text: str, morphemes: Sequence[Morpheme]) -> Iterator[Word]:
    inside: list[Morpheme] = []
    for each in morphemes:
        if inside and (each.start > inside[-1].end or each.tag in _MARKS):
            yield _word(text, inside, closed=each.tag in _CLOSING and each.start == inside[-1].end)
            inside = []
        if each.tag not in _MARKS:
            inside.append(each)
    if inside:
        yield _word(text, inside, closed=True)


@dataclass(slots=True)
class _Parts:
    """The morphemes of a word by what they are."""

    nouns: list[Morpheme] = field(default_factory=list)
    particles: list[Morpheme] = field(default_factory=list)
    stems: list[str] = field(default_factory=list)
    endings: list[Morpheme] = field(default_factory=list)
    kind: str = ""

    def add(self, morpheme: Morpheme) -> None:
        """Takes the next one."""
        tag = morpheme.tag.split("-")[0]
        if tag in _SUFFIXES or tag in _STEMS:
            self._add_stem(morpheme.form, tag)
        elif tag[0] == "E":
            self.endings.append(morpheme)
        elif self.stems:
            # "큰소리로": the noun is what counts.
            if tag in _NOUNS and tag != "XSN" and self.endings and self.endings[-1].tag == "ETM":
                self.nouns, self.particles, self.stems, self.endings, self.kind = [morpheme], [], [], [], ""
        elif tag in _NOUNS:
            self.nouns.append(morpheme)
        elif tag[0] == "J":
            self.particles.append(morpheme)
        elif tag in _ADVERBS and not self.nouns:
            self.kind = _ADVERBS[tag]

    def _add_stem(self, form: str, tag: str) -> None:
        base = self.nouns[-1].form if tag in _SUFFIXES and self.nouns and not self.stems else ""
        if not self.stems:
            self.kind = _SUFFIXES.get(tag, tag)
        self.stems.append(base + form)
        self.endings.clear()


def _word(text: str, morphemes: Sequence[Morpheme], *, closed: bool) -> Word:
    parts = _Parts()
    for each in morphemes:
        parts.add(each)
    nouns, stems, endings = parts.nouns, parts.stems, parts.endings
    start, end = morphemes[0].start, morphemes[-1].end
    written = text[start:end]
    particles = tuple(each.form for each in parts.particles)
    last = endings[-1] if endings else None
    kind = "" if nouns and not stems else parts.kind
    liking = _LIKING.get(stems[0], "") if len(stems) > 1 and stems[1] == "하" else ""
    if liking and liking in written:
        stems, kind = [f"{liking}하", *stems[2:]], "VV"
    return Word(
        start=start,
        end=end,
        noun="".join(each.form for each in nouns),
        head=nouns[-1].form if nouns else "",
        head_tag=nouns[-1].tag if nouns else "",
        particles=particles,
        particles_start=parts.particles[0].start if particles else end,
        stem=stems[0] if stems else "",
        kind=kind,
        helpers=tuple(stems[1:]),
        endings=tuple(each.form for each in endings),
        ending=last.form if last else "",
        ending_tag=last.tag if last else "",
        closed=closed,
        known=all(each.known for each in morphemes),
        written=written,
        is_adverb=kind == "MAG" or (kind == "VA" and last is not None and last.form == "게"),
        is_object=not stems and bool(particles) and particles[-1] in _OBJECT,
        is_subject=not stems and bool(particles) and particles[0] in _SUBJECT,
        is_topic=not stems and particles in _TOPICS,
    )
