"""Tells languages apart by a naive Bayes classifier over byte n-grams, with the model of py3langid.

`bench/language_model.py` made `language_identifier.npz` of that model: it holds the columns of the candidates
alone, and the automaton that finds the n-grams as a trie with failure links. That gives the same answers in
a tenth of the memory.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterator
from importlib import resources

import numpy as np

from modelkit.normal_form import normal_form


class LanguageIdentifier:
    """Knows a few dozen languages. Loading it takes some 20 MB for a moment, and 10 MB from then on."""

    def __init__(self) -> None:
        with (
            resources.files(__package__).joinpath("language_identifier.npz").open("rb") as file,
            np.load(file, allow_pickle=False) as model,
        ):
            # A language that is written in two ways is there twice.
            self._languages: list[str] = model["languages"].tolist()
            self._places = [self._languages.index(each) for each in self._languages]
            self._log_priors = model["log_priors"]
            self._log_likelihoods = model["log_likelihoods"]
            # The children of the node n are the nodes from first[n] + 1 on; labels[n - 1] is the byte that
            # leads to n.
            self._labels = model["labels"].tobytes()
            self._first = array("I", model["first"].tobytes())
            self._failure = array("I", model["failure"].tobytes())
            self._feature = array("i", model["feature"].tobytes())

    def classify(self, text: str) -> tuple[str, float]:
        """Returns the likeliest language and its probability."""
        if text.isupper():
            text = text.lower()
        encoded = normal_form("NFC", text).encode(errors="surrogatepass")
        scores = self._scores(encoded) * np.float32(1 / math.sqrt(len(encoded) or 1))
        probabilities = np.exp(scores - scores.max())
        probabilities /= probabilities.sum()
        for index, place in enumerate(self._places):
            if place < index:
                probabilities[place] += probabilities[index]
                probabilities[index] = 0
        best = int(probabilities.argmax())
        return self._languages[best], float(probabilities[best])

    def _scores(self, encoded: bytes) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        counts = Counter(self._features(encoded))
        if not counts:
            return np.zeros(len(self._languages), np.float32)
        features = np.fromiter(counts.keys(), np.intp, len(counts))
        times = np.fromiter(counts.values(), np.float32, len(counts))
        scores: np.ndarray[tuple[int], np.dtype[np.float32]]
        scores = np.log1p(times) @ self._log_likelihoods[features] + self._log_priors
        return scores

    def _features(self, encoded: bytes) -> Iterator[int]:
        """Yields the feature of the longest known n-gram that ends at each byte, where it is one."""
        labels, first, failure, feature = self._labels, self._first, self._failure, self._feature
        node = 0
        for byte in encoded:
            child = labels.find(byte, first[node], first[node + 1])
            while child < 0 and node:
                node = failure[node]
                child = labels.find(byte, first[node], first[node + 1])
            node = child + 1
            if feature[node] >= 0:
                yield feature[node]
