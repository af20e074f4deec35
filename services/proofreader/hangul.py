"""Takes Hangul syllables apart into letters."""

import functools

INITIALS, VOWELS, CODAS = 19, 21, 28
CODA_RIEUL = 8
CODA_BIEUP = 17
CODA_SIOT = 19
CODA_SSANGSIOT = 20
# The numbers of vowels, and of final consonants, that are heard alike, as "ㅐ" and "ㅔ" or "ㄱ" and "ㄲ",
# or of which one is a part of the other, as "ㅎ" of "ㄶ".
_VOWELS_ALIKE = ({1, 3, 5, 7}, {10, 11, 15})
_CODAS_ALIKE = (
    {1, 2, 3, 9, 24},
    {7, 19, 20, 22, 23, 25, 27},
    {14, 17, 18, 26},
    {4, 5, 6},
    {8, 9, 10, 11, 12, 13, 14, 15},
    {10, 16},
    {6, 15, 27},
    {11, 17},
    {3, 12, 18, 19},
)
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


def sound_alike(one: str, other: str) -> bool:
    """Returns whether two syllables differ in letters that are hardly told apart by ear, and in no others."""
    (initial, vowel, final), (other_initial, other_vowel, other_final) = decompose(one), decompose(other)
    return (
        initial == other_initial
        and (vowel == other_vowel or any({vowel, other_vowel} <= each for each in _VOWELS_ALIKE))
        and (final == other_final or any({final, other_final} <= each for each in _CODAS_ALIKE))
    )


OPEN_SYLLABLES = "".join(chr(each) for each in range(ord("가"), ord("힣") + 1) if not coda(chr(each)))
RIEUL_SYLLABLES = "".join(
    chr(each) for each in range(ord("가"), ord("힣") + 1) if coda(chr(each)) == CODA_RIEUL
)
