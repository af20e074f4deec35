"""Splits folded text into pieces of words that an encoder knows, as SentencePiece's unigram model does."""

import functools
import re
from collections.abc import Sequence

import numpy as np

from orchestrator.injection.passage_encoder_files import UNKNOWN

_WORD = re.compile(r"\S+")
# More of a text is not read, nor more of a word.
_MOST_CHARACTERS = 2_000
_LONGEST_WORD = 40
# The pieces of so many words are kept.
_WORDS_KEPT = 20_000
_WORD_START = "▁"


class PieceSplitter:
    """Knows the pieces by their numbers, those up to `UNKNOWN` left out, and how probable each is."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float], unknown_score: float) -> None:
        self._scores = scores
        self._unknown_score = unknown_score
        self._numbers = {piece: number for number, piece in enumerate(pieces) if number > UNKNOWN}
        self._longest = max(map(len, self._numbers))
        self._pieces_of = functools.lru_cache(maxsize=_WORDS_KEPT)(self._split)

    def pieces(self, text: str, part: str) -> tuple[list[int], list[bool]]:
        """Returns the numbers of a text's pieces, and whether each is of a part, which is of whole words."""
        start = f" {text} ".find(f" {part} ")
        end = start + len(part)
        numbers: list[int] = []
        is_of_part: list[bool] = []
        for word in _WORD.finditer(text[:_MOST_CHARACTERS]):
            of_word = self._pieces_of(word[0][:_LONGEST_WORD])
            numbers += of_word
            is_of_part += [start <= word.start() < end] * len(of_word)
        return numbers, is_of_part

    def _split(self, word: str) -> Sequence[int]:
        """Returns the pieces whose scores have the highest sum: what the first letters give is extended."""
        word = _WORD_START + word
        best = [0.0, *[-np.inf] * len(word)]
        last = [(0, UNKNOWN)] * len(best)
        for start in range(len(word)):
            for end in range(start + 1, min(start + self._longest, len(word)) + 1):
                number = self._numbers.get(word[start:end], UNKNOWN)
                if number == UNKNOWN and end > start + 1:
                    continue
                score = best[start] + (self._scores[number] if number != UNKNOWN else self._unknown_score)
                if score > best[end]:
                    best[end], last[end] = score, (start, number)
        numbers: list[int] = []
        end = len(word)
        while end:
            end, number = last[end]
            numbers.append(number)
        return numbers[::-1]
