"""Makes the files of English words, of two dictionaries that are installed.

    python -m services.proofreader.english.word_files

`make` and the image do it. With both dictionaries a British or a new word is not taken for a misspelt one.
To load them takes ten times as long as to read the files. Some of their sources have licences of their own:
the files are made where they are used.
"""

import gzip
import hashlib
import json
from array import array
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

FOLDER = Path(str(files(__package__)))
COMMON_WORDS, RARE_WORDS = FOLDER / "common_words.txt", FOLDER / "rare_words.bin"
# A word that is written less often is rare, and no correction.
COMMON = 100


def common_words() -> str:
    """Returns a line of the common words and one of how often each is written, as pyspellchecker has them."""
    common = sorted((word, count) for word, count in _counts().items() if count >= COMMON)
    words, numbers = zip(*common, strict=True)
    return f"{' '.join(words)}\n{' '.join(map(str, numbers))}"


def rare_words() -> bytes:
    """Returns the fingerprints, in order, of the words of letters that are known and not common.

    Known is what either dictionary has. As simplemma does, a word is taken that is written with a capital.
    """
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory  # noqa: PLC0415

    forms = set(DefaultDictionaryFactory().get_dictionary("en"))
    known = {each for each in map(str.lower, forms) if each in forms or each.capitalize() in forms}
    counts = _counts()
    rare = {each for each in known | counts.keys() if each.isalpha() and counts.get(each, 0) < COMMON}
    return array("Q", sorted(map(fingerprint, rare))).tobytes()


def fingerprint(word: str) -> int:
    """Returns a number that another word shares with a rare one once in 10^14 words."""
    digest = hashlib.blake2b(word.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _counts() -> Mapping[str, int]:
    packed = files("spellchecker").joinpath("resources", "en.json.gz").read_bytes()
    counts: Mapping[str, int] = json.loads(gzip.decompress(packed))
    return counts


if __name__ == "__main__":
    COMMON_WORDS.write_text(common_words(), encoding="utf-8")
    RARE_WORDS.write_bytes(rare_words())
