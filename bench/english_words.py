"""Makes the files of the English words that the proofreader knows, of two dictionaries.

python -m bench.english_words
"""

import gzip
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

import services.proofreader.english
from services.proofreader.english.dictionary import (
    COMMON,
    COMMON_WORDS_FILE,
    RARE_WORDS_FILE,
    common_words,
    rare_words,
)

FOLDER = Path(str(files(services.proofreader.english)))


def main() -> None:
    """Writes the files."""
    common = FOLDER / COMMON_WORDS_FILE
    common.write_bytes(gzip.compress(common_words(counts()), mtime=0))
    rare = FOLDER / RARE_WORDS_FILE
    rare.write_bytes(rare_words(rare_ones()))
    print(f"{common.stat().st_size / 1e6:.2f} and {rare.stat().st_size / 1e6:.2f} MB")


def counts() -> Mapping[str, int]:
    """Returns how often words are written, as pyspellchecker has it."""
    packed = files("spellchecker").joinpath("resources", "en.json.gz").read_bytes()
    counts: Mapping[str, int] = json.loads(gzip.decompress(packed))
    return counts


def rare_ones() -> set[str]:
    """Returns the words of letters that either dictionary knows, in small letters, and that are not common.

    As simplemma does, a word is taken that is written with a capital.
    """
    forms = set(DefaultDictionaryFactory().get_dictionary("en"))
    lowered = {each.lower() for each in forms}
    known = {each for each in lowered if each in forms or each.capitalize() in forms}
    written = counts()
    return {each for each in known | written.keys() if each.isalpha() and written.get(each, 0) < COMMON}


if __name__ == "__main__":
    main()
