"""Notices that a model writes the same again and again, and keeps it from doing so within one text."""

from collections import Counter, deque
from collections.abc import Set as AbstractSet

# A loop is seen once its last `_WINDOW` tokens hold so few different n-grams: a period of 48 tokens, or what
# comes near one, after four rounds at the latest. In the review of a text nearly all are different.
_NGRAM = 8
_WINDOW = 192
_FEWEST_DIFFERENT = _WINDOW // 4
# In a text of one or two sentences so many tokens do not come twice in a row, but where a small model loops.
_REPEATED = 6


class RepetitionDetector:
    """Counts the n-grams among an answer's latest tokens, in constant time for each."""

    def __init__(self) -> None:
        self._recent: deque[int] = deque(maxlen=_NGRAM)
        self._ngrams: deque[tuple[int, ...]] = deque()
        self._counts: Counter[tuple[int, ...]] = Counter()

    def repeats(self, token: int) -> bool:
        """Takes the next token that the model chose; returns whether the answer goes round in circles."""
        self._recent.append(token)
        if len(self._recent) < _NGRAM:
            return False
        self._ngrams.append(tuple(self._recent))
        self._counts[self._ngrams[-1]] += 1
        if len(self._ngrams) <= _WINDOW:
            return False
        oldest = self._ngrams.popleft()
        self._counts[oldest] -= 1
        if not self._counts[oldest]:
            del self._counts[oldest]
        return len(self._counts) <= _FEWEST_DIFFERENT


class TextNgrams:
    """The n-grams of one text, and which tokens would repeat one."""

    def __init__(self) -> None:
        self._recent: deque[int] = deque(maxlen=_REPEATED - 1)
        self._followers: dict[tuple[int, ...], set[int]] = {}

    def take(self, token: int) -> None:
        """Adds the text's next token."""
        if len(self._recent) == _REPEATED - 1:
            self._followers.setdefault(tuple(self._recent), set()).add(token)
        self._recent.append(token)

    def repeating(self) -> AbstractSet[int]:
        """Returns the tokens that came before after the same ones as now."""
        return self._followers.get(tuple(self._recent), set())
