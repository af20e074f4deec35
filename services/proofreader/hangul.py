"""Takes Hangul syllables apart into letters."""

import functools

INITIALS, VOWELS, CODAS = 19, 21, 28
CODA_RIEUL = 8
CODA_BIEUP = 17
CODA_SIOT = 19
_FIRST = ord("가")
_BEFORE_CODAS = 0x11A7
_BYTES_OF_USUAL = 2


def is_syllable(text: str) -> bool:
    """Returns whether it is one whole syllable."""
    return len(text) == 1 and "가" <= text <= "힣"


def coda(syllable: str) -> int:
    """Returns the number of a syllable's final consonant, 0 for none."""
    return (ord(syllable) - _FIRST) % CODAS


def coda_letter(number: int) -> str:
    """Returns a final consonant as a letter of its own, "" for none."""
    return chr(_BEFORE_CODAS + number) if number else ""


@functools.lru_cache(maxsize=1024)
def syllables_beside(syllable: str) -> tuple[str, ...]:
    """Returns the usual syllables with another first consonant, vowel or final consonant."""
    initial, vowel, final = decompose(syllable)
    letters = (
        *((each, vowel, final) for each in range(INITIALS) if each != initial),
        *((initial, each, final) for each in range(VOWELS) if each != vowel),
        *((initial, vowel, each) for each in range(CODAS) if each != final),
    )
    return tuple(filter(is_usual, (compose(*each) for each in letters)))


@functools.lru_cache(maxsize=4096)
def without_coda(syllable: str) -> str:
    """Returns a syllable without its final consonant."""
    return chr(ord(syllable) - coda(syllable))


def is_usual(word: str) -> bool:
    """Returns whether all syllables are among the 2,350 of KS X 1001, which hold those of standard Korean."""
    # EUC-KR encodes every other syllable as a composition of eight bytes.
    return len(word.encode("euc_kr")) == _BYTES_OF_USUAL * len(word)


def decompose(syllable: str) -> tuple[int, int, int]:
    """Returns the numbers of a syllable's first consonant, vowel and final consonant."""
    number = ord(syllable) - _FIRST
    return number // (VOWELS * CODAS), number // CODAS % VOWELS, number % CODAS


def compose(initial: int, vowel: int, final: int) -> str:
    """Returns the syllable of three letters."""
    return chr(_FIRST + (initial * VOWELS + vowel) * CODAS + final)
