"""Conjugates the stems of Korean verbs and adjectives, irregular ones too."""

from services.proofreader.hangul import CODA_BIEUP, CODA_RIEUL, compose, decompose, is_syllable

_NIEUN, _DIGEUT, _SIOT = 4, 7, 19
_A, _EO, _YEO, _O, _WA, _U, _WEO, _EU, _I = 0, 4, 6, 8, 9, 13, 14, 18, 20
_BRIGHT = frozenset({_A, _O})
_REGULAR_BIEUP = frozenset("입잡뽑씹집접좁업")
_IRREGULAR_DIGEUT = frozenset({"듣", "걷", "깨닫", "싣", "알아듣"})
_IRREGULAR_SIOT = frozenset("짓낫붓긋젓잇")
_REGULAR_REU = frozenset({"따르", "들르", "치르", "다다르"})


def infinitive(stem: str) -> str:
    """Returns a stem with "-아" or "-어": "먹어", "가", "도와", "불러"; "" where it cannot be told."""
    last = stem[-1:]
    # "묻다" is "물어" or "묻어".
    if not is_syllable(last) or last == "묻" or stem.endswith(("푸", "이르")):
        return ""
    initial, vowel, final = decompose(last)
    before = stem[:-1]
    if last == "하":
        return before + "해"
    if final:
        return before + _after_consonant(stem)
    if last == "르" and before and stem not in _REGULAR_REU:
        bright = decompose(before[-1])[1] in _BRIGHT
        return _with_coda(before, CODA_RIEUL) + ("라" if bright else "러")
    if vowel == _EU:
        bright = bool(before) and decompose(before[-1])[1] in _BRIGHT
        return before + compose(initial, _A if bright else _EO, 0)
    contracted = {_O: _WA, _U: _WEO, _I: _YEO}.get(vowel, vowel)
    return before + compose(initial, contracted, 0)


def _after_consonant(stem: str) -> str:
    last = stem[-1]
    initial, vowel, final = decompose(last)
    ending = "아" if vowel in _BRIGHT else "어"
    if final == CODA_BIEUP and last not in _REGULAR_BIEUP:
        return compose(initial, vowel, 0) + ("와" if last in "돕곱" else "워")
    if final == _DIGEUT and stem in _IRREGULAR_DIGEUT:
        return compose(initial, vowel, CODA_RIEUL) + ending
    if final == _SIOT and last in _IRREGULAR_SIOT:
        return compose(initial, vowel, 0) + ending
    return last + ending


def past_modifier(stem: str) -> str:
    """Returns a verb as it stands before a noun, of what is done: "간", "먹은", "들은", "만든"."""
    last = stem[-1:]
    if not is_syllable(last) or last == "묻":
        return ""
    initial, vowel, final = decompose(last)
    before = stem[:-1]
    if final in {0, CODA_RIEUL}:
        return before + compose(initial, vowel, _NIEUN)
    return _with_coda(_before_eu(stem), _NIEUN)


def with_eu(stem: str, ending: str) -> str:
    """Returns a stem with an ending that "으" precedes after a consonant: "먹으면", "추우면", "만드세요"."""
    initial, vowel, final = decompose(stem[-1])
    if not final or (final == CODA_RIEUL and ending[0] in "면려"):
        return stem + ending
    if final == CODA_RIEUL:
        return stem[:-1] + compose(initial, vowel, 0) + ending
    return _before_eu(stem) + ending


def _before_eu(stem: str) -> str:
    """Returns a stem that ends in a consonant other than "ㄹ", with its "으" or "우"."""
    initial, vowel, final = decompose(stem[-1])
    before = stem[:-1]
    if final == CODA_BIEUP and stem[-1] not in _REGULAR_BIEUP:
        return before + compose(initial, vowel, 0) + "우"
    if final == _DIGEUT and stem in _IRREGULAR_DIGEUT:
        return before + compose(initial, vowel, CODA_RIEUL) + "으"
    if final == _SIOT and stem[-1] in _IRREGULAR_SIOT:
        return before + compose(initial, vowel, 0) + "으"
    return stem + "으"


def _with_coda(word: str, final: int) -> str:
    initial, vowel, own = decompose(word[-1])
    return word if own else word[:-1] + compose(initial, vowel, final)
