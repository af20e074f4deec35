"""Makes `services/proofreader/korean/word_parts.txt.gz` of the dictionary that Kiwi comes with.

python -m bench.word_parts
"""

import itertools
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import services.proofreader.korean
from services.proofreader.korean.kiwi import load_kiwi
from services.proofreader.korean.word_parts import WordParts

FILE = Path(str(files(services.proofreader.korean))) / "word_parts.txt.gz"

# Particles and endings; what holds one: the copula, suffixes that make verbs, forms of a stem and its ending.
_FUNCTIONAL = frozenset("JE")
_WITH_ENDING = frozenset({"VCP", "XSV", "XSA", "UN"})
# Longer names are many, and seldom misspelt.
_LONGEST_NAME = 3


def main() -> None:
    """Writes the file."""
    FILE.write_bytes(WordParts.of_forms(forms()).write())
    print(f"{FILE.stat().st_size / 1e6:.2f} MB")


def forms() -> Iterator[tuple[str, bool]]:
    """Yields the forms of the dictionary, of names the short ones, and which are particles or endings."""
    kiwi = load_kiwi(num_workers=1, load_typo_dict=False)
    # The first call loads the model.
    kiwi.analyze("가")
    for number in itertools.count():
        try:
            each = kiwi.morpheme(number)
        except ValueError:
            # There are no more.
            return
        if each.tag != "NNP" or len(each.form) <= _LONGEST_NAME:
            yield each.form, each.tag[0] in _FUNCTIONAL or each.tag in _WITH_ENDING


if __name__ == "__main__":
    main()
