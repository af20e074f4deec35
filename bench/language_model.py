"""Makes `modelkit/language_identifier.npz` of the model that py3langid comes with, and compares the answers.

python -m bench.language_model
"""

from pathlib import Path
from typing import Any

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE
from py3langid.langid import LanguageIdentifier as WholeIdentifier
from py3langid.modelio import load_model

import modelkit
from bench.corpora import WORKS, texts
from modelkit.language_identifier import LanguageIdentifier

# The identifier chooses among these alone. Among all that the model knows, it often takes short English texts
# for Sotho or Nigerian Pidgin.
CANDIDATES = (
    *("ar", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "mn"),
    *("ms", "nl", "no", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "uz", "vi", "zh"),
)
_FILE = Path(modelkit.__file__).with_name("language_identifier.npz")

Integers = np.ndarray[Any, np.dtype[np.int64]]


def main() -> None:
    """Writes the file, and says how many texts get another answer than before."""
    likelihoods, priors, classes, moves, rows, features = load_model(MODEL_DIR / MODEL_FILE)
    columns = [index for index, language in enumerate(classes) if language in CANDIDATES]
    table = np.frombuffer(moves, f"u{moves.itemsize}").reshape(-1, 256)
    order, parents, labels, failure = _trie(table, np.frombuffer(rows, f"u{rows.itemsize}"))
    np.savez_compressed(
        _FILE,
        languages=np.array([classes[index] for index in columns]),
        log_priors=priors[columns],
        log_likelihoods=likelihoods[:, columns],
        labels=labels.astype(np.uint8),
        first=np.searchsorted(parents, np.arange(len(order) + 1)).astype(np.uint32),
        failure=failure.astype(np.uint32),
        feature=np.asarray(features, np.int32)[order],
    )
    whole, ours = WholeIdentifier.from_model_file(MODEL_FILE, norm_probs=True), LanguageIdentifier()
    whole.set_languages(CANDIDATES)
    read = [
        text for path in WORKS if path.exists() for each in texts(path).values() for text in (each, each[:40])
    ]
    different = sum(whole.classify(each) != ours.classify(each) for each in read)
    print(f"{_FILE.stat().st_size / 1e6:.1f} MB; of {len(read)} texts {different} get another answer")


def _trie(table: Integers, row_of: Integers) -> tuple[Integers, Integers, Integers, Integers]:
    """Finds the trie in the automaton (Aho and Corasick), whose every move it has written out.

    Returns its nodes as states, level by level; and, of all but the root, the parent and the byte that leads
    from there; and the node that each node falls back to. Nodes are numbered in this order.
    """
    states, parents, labels = [np.array([0])], [np.array([], int)], [np.array([], int)]
    number = np.full(len(row_of), -1)
    fallback = np.zeros(len(row_of), int)
    number[0] = 0
    count = 1
    while len(level := states[-1]):
        moves = table[row_of[level]].astype(int)
        parent, byte = np.nonzero(number[moves] < 0)
        children = moves[parent, byte]
        number[children] = np.arange(count, count + len(children))
        if len(states) > 1:
            fallback[children] = table[row_of[fallback[level[parent]]], byte]
        parents.append(number[level[parent]])
        labels.append(byte)
        states.append(children)
        count += len(children)
    order = np.concatenate(states)
    return order, np.concatenate(parents), np.concatenate(labels), number[fallback[order]]


if __name__ == "__main__":
    main()
