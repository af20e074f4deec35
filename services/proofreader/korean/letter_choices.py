"""Finds the likeliest of the words that differ from one in a letter, many of them in one analysis."""

import heapq
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from services.proofreader.hangul import coda_letter, compose, decompose
from services.proofreader.korean.analyser import KoreanAnalyser

# So few words are read one by one, which takes less than to read them together.
_READ_ALONE = 2
# A word that is less likely than the best by more is the likeliest among no neighbours.
_MOST_BEHIND = 9.0
# Scores of one word, read in two ways, do not differ by more.
_SAME_SCORE = 0.01


@dataclass(frozen=True, slots=True)
class _LetterChoice:
    """Words that differ in one place alone: in an open syllable, or in a final consonant.

    Attributes:
        before: What all of them begin with.
        after: What all of them end with; it may begin with a final consonant.
        words: Each word by what stands between the two.
    """

    before: str
    after: str
    words: Mapping[str, str]

    def without(self, words: Collection[str]) -> "_LetterChoice":
        rest = {letter: each for letter, each in self.words.items() if each not in words}
        return _LetterChoice(self.before, self.after, rest)


def likeliest_words(
    analyser: KoreanAnalyser, word: str, variants: Iterable[str], *, least: float, most: int
) -> tuple[str, ...]:
    """Returns the likeliest of the variants, the best first.

    Args:
        analyser: Reads them.
        word: What each of them differs from in one letter.
        variants: The words to choose from. One whose morphemes are not all known may be left out.
        least: The log-likelihood that each must have.
        most: So many are returned.
    """
    scores: dict[str, float] = {}
    # Hardly any word of a choice is likelier than its bound, the negative of which puts the likeliest first.
    # Of analyses that end alike Kiwi keeps the likelier so far, which once in a while hides a better one.
    waiting = [(-math.inf, number, choice) for number, choice in enumerate(_choices(word, variants))]
    while waiting:
        bound, number, choice = heapq.heappop(waiting)
        if sum(each >= -bound for each in scores.values()) >= most:
            break
        read, bound = _read(analyser, choice)
        scores |= read
        least = max((least, *(each - _MOST_BEHIND for each in read.values())))
        rest = choice.without(read)
        if rest.words and bound >= least:
            heapq.heappush(waiting, (-bound, number, rest))
    likely = (each for each, score in scores.items() if score >= least)
    return tuple(heapq.nlargest(most, likely, key=scores.__getitem__))


def _choices(word: str, variants: Iterable[str]) -> Iterator[_LetterChoice]:
    choices: dict[tuple[str, str], dict[str, str]] = {}
    for each in variants:
        place = next(i for i, (one, other) in enumerate(zip(word, each, strict=True)) if one != other)
        initial, vowel, final = decompose(word[place])
        other_initial, other_vowel, other_final = decompose(each[place])
        before, after = word[:place], word[place + 1 :]
        if other_final == final:
            between = before, coda_letter(final) + after
            choices.setdefault(between, {})[compose(other_initial, other_vowel, 0)] = each
        elif other_final:
            between = before + compose(initial, vowel, 0), after
            choices.setdefault(between, {})[coda_letter(other_final)] = each
        else:
            yield _LetterChoice(before, after, {compose(initial, vowel, 0): each})
    for (before, after), words in choices.items():
        yield _LetterChoice(before, after, words)


def _read(analyser: KoreanAnalyser, choice: _LetterChoice) -> tuple[dict[str, float], float]:
    """Returns the scores of some of the words, the likeliest among them, and a bound for the others."""
    words = tuple(choice.words.values())
    if len(words) <= _READ_ALONE:
        return {each: analyser.score(each) for each in words}, -math.inf
    likeliest = analyser.read_likeliest(choice.before, tuple(choice.words), choice.after)
    if likeliest is None:
        return {}, -math.inf
    if likeliest.number is not None:
        return {words[likeliest.number]: likeliest.score}, likeliest.score
    # Those come first whose letter the analysis holds.
    scores: dict[str, float] = {}
    for _, each in sorted(choice.words.items(), key=lambda item: item[0] not in likeliest.forms):
        scores[each] = analyser.score(each)
        if abs(scores[each] - likeliest.score) < _SAME_SCORE:
            break
    return scores, likeliest.score
