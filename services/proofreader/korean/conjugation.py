"""Finds verbs and adjectives that were conjugated as if they were regular."""

import functools
import re
from collections.abc import Iterator

from services.proofreader.hangul import compose, decompose

_BIEUP = (
    "춥|덥|맵|쉽|어렵|무겁|가볍|귀엽|고맙|아름답|즐겁|무섭|가깝|차갑|뜨겁|반갑|더럽|두껍|아쉽|부럽|외롭|새롭|해롭|싱겁|시끄럽|부드럽|어둡|밉"
    "|그립|가렵|눕|줍|어지럽|괴롭|지겹|사랑스럽|자연스럽|자유롭"
)
_IRREGULAR_BIEUP = re.compile(rf"({_BIEUP})(어|아|었|았|으|은|을)")
_IRREGULAR_BIEUP_IN_A = re.compile(r"(?<![가-힣])(돕|곱)(어|아|었|았|으|은|을)")
_IRREGULAR_DIGEUT = re.compile(r"(?<![가-힣])(듣|깨닫|싣)(어|아|었|았|으|을|은)")
_IRREGULAR_SIOT = re.compile(
    r"(?<![가-힣])(짓|낫|붓|긋|젓)(어|아|었|았|으(?=면|려|니까|며|러(?!기)|세요|십))"
)
_IRREGULAR_REU = re.compile(
    r"(모르|부르|흐르|고르|오르|다르|빠르|자르|누르|기르|서두르|마르|바르|찌르|게으르)([아어았었])"
)
_IRREGULAR_EU = re.compile(
    r"(바쁘|아프|나쁘|예쁘|기쁘|슬프|고프|담그|잠그|따르|들르|치르|(?<![가-힣])[쓰크끄뜨])([아어았었])(?![가-힣]{6})"
)
_IRREGULAR_HIEUT = re.compile(
    r"(빨갛|파랗|노랗|하얗|까맣|그렇|이렇|저렇)(은|을|아서|어서|아요|어요|았|었|아졌|아지|어졌|어지)"
)
# "ㄹ" belongs to "몰라" and "불러", not to the stem itself.
_DOUBLED_REU = re.compile(
    r"(?<![가-힣])(몰|달|빨|잘|눌|흘|골|올|불|찔|발|말|서둘|게을)(르(?=[고는지니던면다게기려시신십아어았었])|른(?![가-힣]{3})|릅니(?=[다까]))"
)
_DROPPED_RIEUL = re.compile(
    r"(만들|살|놀|열|팔|울|알|힘들|졸|떠들|줄|늘|벌|달)으(?=면|려|며|니까|[시십셨세신실])"
)
_PLAIN_EU = re.compile(
    r"(?<![가-힣])(먹|읽|입|있|없|웃|앉|받|찾|잡|좋|많|작|높|괜찮|싫|젊|늦|넣|살|알|놀|만들|팔|울|열|길|멀|힘들|믿|씻|남)으(?=요(?![가-힣]))"
)
# "-으려고" takes no "ㄹ" after a vowel; stems in "ㄹ" have one of their own.
_NEEDLESS_RIEUL = re.compile(
    r"(?<![가-힣])(만날|배울|마실|보낼|다닐|일어날|기다릴|가르칠|나갈|나올|들어갈|돌아갈|돌아올|올라갈|내려갈|지낼|끝낼|빌릴|고칠|바꿀|키울|채울|지킬|도와줄|사귈)"
    r"(?=려(?:고|면)(?![가-힣]{2}))"
)
_FORMAL_AFTER_RIEUL = re.compile(r"(만들|살|놀|열|팔|울|알|힘들|졸|떠들|벌|멀|길|달|흔들|풀|걸)습니(?=다|까)")
_ATTRIBUTIVE_AFTER_RIEUL = re.compile(r"(만들|힘들|멀|떠들|흔들)은(?![가-힣])")
_PRESENT_AFTER_RIEUL = re.compile(r"(만들|살|놀|팔|(?<![서겨거저방])울|알|힘들|떠들)는(?![가-힣])")
_DESCRIPTIVE = "예쁘|배고프|게으르|흐리|나쁘|바쁘|아프|비싸|기쁘|슬프|고프|느리|빠르|다르|착하|친절하|깨끗하|조용하|행복하|유명하|중요하|필요하|따뜻하|시원하|편하|복잡하|위험하"
_DESCRIPTIVE_STEMS = frozenset(_DESCRIPTIVE.split("|"))
_DESCRIPTIVE_CLOSED = "좋|많|작|높|낮|넓|좁|짧|젊|싫|괜찮"
_DESCRIPTIVE_BIEUP = "춥|덥|맵|쉽|어렵|무겁|가볍|귀엽|아름답|즐겁|무섭|가깝|차갑|뜨겁|시끄럽"
_DESCRIPTIVE_NEUN = re.compile(
    rf"(?<![가-힣])({_DESCRIPTIVE}|{_DESCRIPTIVE_CLOSED}|{_DESCRIPTIVE_BIEUP})는(?![가-힣])"
)
_DESCRIPTIVE_NEUNDA = re.compile(
    rf"(?<![가-힣])({_DESCRIPTIVE_CLOSED}|{_DESCRIPTIVE_BIEUP})는다(?=[고면는](?![가-힣])|(?![가-힣]))"
)
_DESCRIPTIVE_NDA = re.compile(
    "(?<![가-힣])(?:"
    + "|".join(each[:-1] + chr(ord(each[-1]) + 4) for each in _DESCRIPTIVE.split("|"))
    + ")다(?=[고면는](?![가-힣])|(?![가-힣]))"
)
_INTERESTING = re.compile(r"((?:재미|맛|멋)[있없])은(?![가-힣])")
_INTERESTING_PLAIN = re.compile(r"((?:재미|맛|멋)[있없])는다(?=[고는면]?(?![가-힣]))")
_HARMONY = (
    (
        re.compile(
            r"(?<![가-힣])(먹|읽|입|있|없|웃|믿|씻|배우|마시|찍|걷|젊|싫|늦|넣)(아|았)(?=요|서|도|야|다|어|습|지|는|던|고)"
        ),
        {"아": "어", "았": "었"},
    ),
    (
        re.compile(
            r"(?<![가-힣])(작|많|좋|높|살|알|놀|잡|앉|받|찾|남|괜찮|짧|밝|맑|얇)(어|었)(?=요|서|도|야|다|어|습|지|는|던|고)"
        ),
        {"어": "아", "었": "았"},
    ),
)
# Of so many words of so many characters that came last it is kept what is wrong with them, in 1 MiB.
_MOST_KEPT, _LONGEST_KEPT = 4_096, 30
_HIEUT_FORMS = {"은": (0, "ᆫ"), "을": (0, "ᆯ")}
_A, _EO, _O, _EU, _AE, _WA, _WEO, _U = 0, 4, 8, 18, 1, 9, 14, 13
_NIEUN, _RIEUL, _BIEUP_CODA, _SSANGSIOT = 4, 8, 17, 20


_Fault = tuple[int, int, str]


def conjugation_fault(word: str) -> _Fault | None:
    """Returns the half-open range of the first such form in a word, and the form that it should have."""
    return _known_fault(word) if len(word) <= _LONGEST_KEPT else next(_faults(word), None)


@functools.lru_cache(_MOST_KEPT)
def _known_fault(word: str) -> _Fault | None:
    return next(_faults(word), None)


def is_descriptive(stem: str) -> bool:
    """Returns whether a stem is that of a frequent adjective that ends in a vowel."""
    return stem in _DESCRIPTIVE_STEMS


def _faults(word: str) -> Iterator[_Fault]:
    yield from _misread_stems(word)
    yield from _after_consonants(word)
    yield from _after_vowels(word)
    yield from _descriptive(word)
    for pattern, right in _HARMONY:
        for found in pattern.finditer(word):
            yield *found.span(), found[1] + right[found[2]]


def _misread_stems(word: str) -> Iterator[_Fault]:
    """Yields stems with a consonant that belongs to another form, and "-으요", which is no ending."""
    for found in _DOUBLED_REU.finditer(word) if any(each in word for each in "르른릅") else ():
        stem = _without_coda(found[1])
        if found[2] == "르" and word[found.end() : found.end() + 1] in {"아", "어", "았", "었"}:
            ending = word[found.end()]
            contracted = found[1] + compose(5, _bright(stem), _past_coda(ending))
            yield found.start(), found.end() + 1, contracted
        else:
            yield *found.span(), stem + found[2]
    for found in _PLAIN_EU.finditer(word) if "으요" in word else ():
        bright = decompose(found[1][-1])[1] in {_A, _O}
        yield *found.span(), found[1] + ("아" if bright else "어")
    for found in _NEEDLESS_RIEUL.finditer(word) if "려" in word else ():
        yield *found.span(), _without_coda(found[1])


def _after_consonants(word: str) -> Iterator[_Fault]:
    for found in _IRREGULAR_BIEUP.finditer(word):
        yield *found.span(), _without_coda(found[1]) + _after_u(found[2], _WEO)
    for found in _IRREGULAR_BIEUP_IN_A.finditer(word):
        yield *found.span(), _without_coda(found[1]) + _after_u(found[2], _WA)
    for found in _IRREGULAR_DIGEUT.finditer(word):
        yield (
            *found.span(),
            _with_coda(found[1], _RIEUL) + found[2].replace("아", "아" if found[1] == "깨닫" else "어"),
        )
    for found in _IRREGULAR_SIOT.finditer(word):
        yield *found.span(), _without_coda(found[1]) + found[2]
    for found in _IRREGULAR_HIEUT.finditer(word):
        yield *found.span(), _without_hieut(found[1], found[2])
    for found in _DROPPED_RIEUL.finditer(word):
        drops = word[found.end()] in "니시십셨세신실"
        yield *found.span(), _without_coda(found[1]) if drops else found[1]


def _descriptive(word: str) -> Iterator[_Fault]:
    """Yields adjectives with the endings of verbs, and verbs in "ㄹ" that keep it where it is dropped."""
    for found in _FORMAL_AFTER_RIEUL.finditer(word):
        yield *found.span(), _with_coda(found[1], _BIEUP_CODA) + "니"
    for found in _ATTRIBUTIVE_AFTER_RIEUL.finditer(word):
        yield *found.span(), _with_coda(found[1], _NIEUN)
    for found in _PRESENT_AFTER_RIEUL.finditer(word):
        yield *found.span(), _without_coda(found[1]) + "는"
    for found in _DESCRIPTIVE_NEUN.finditer(word):
        final = decompose(found[1][-1])[2]
        if final == _BIEUP_CODA:
            yield *found.span(), _without_coda(found[1]) + "운"
        else:
            yield *found.span(), found[1] + "은" if final else _with_coda(found[1], _NIEUN)
    for found in _DESCRIPTIVE_NEUNDA.finditer(word):
        yield *found.span(), found[1] + "다"
    for found in _DESCRIPTIVE_NDA.finditer(word):
        yield *found.span(), _without_coda(found.group()[:-1]) + "다"
    for found in _INTERESTING.finditer(word):
        yield *found.span(), found[1] + "는"
    for found in _INTERESTING_PLAIN.finditer(word):
        yield *found.span(), found[1] + "다"


def _after_vowels(word: str) -> Iterator[_Fault]:
    for found in _IRREGULAR_REU.finditer(word):
        stem, ending = found[1][:-1], found[2]
        yield *found.span(), _with_coda(stem, _RIEUL) + compose(5, _bright(stem), _past_coda(ending))
    for found in _IRREGULAR_EU.finditer(word):
        stem, last = found[1][:-1], decompose(found[1][-1])
        yield *found.span(), stem + compose(last[0], _bright(stem), _past_coda(found[2]))


def _after_u(ending: str, vowel: int) -> str:
    codas = {"어": 0, "아": 0, "었": _SSANGSIOT, "았": _SSANGSIOT}
    if ending in codas:
        return compose(11, vowel, codas[ending])
    return compose(11, _U, {"으": 0, "은": _NIEUN, "을": _RIEUL}[ending])


def _without_hieut(stem: str, ending: str) -> str:
    initial, vowel, _ = decompose(stem[-1])
    if ending in _HIEUT_FORMS:
        return stem[:-1] + compose(initial, vowel, _NIEUN if ending == "은" else _RIEUL)
    contracted = 3 if stem == "하얗" else _AE
    return stem[:-1] + compose(initial, contracted, _past_coda(ending[0])) + ending[1:]


def _past_coda(ending: str) -> int:
    return decompose(ending)[2]


def _bright(stem: str) -> int:
    """Returns the vowel of the ending after a stem: ㅏ after a last ㅏ or ㅗ, otherwise ㅓ."""
    return _A if stem and decompose(stem[-1])[1] in {_A, _O} else _EO


def _without_coda(word: str) -> str:
    return _with_coda(word, 0)


def _with_coda(word: str, final: int) -> str:
    initial, vowel, _ = decompose(word[-1])
    return word[:-1] + compose(initial, vowel, final)
