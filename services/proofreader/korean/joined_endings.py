"""Finds endings that begin with "으" where none belongs, and adjectives with endings of verbs: "먹으고", "좋는데"."""

import functools
import re
from collections.abc import Iterator

from services.proofreader.hangul import CODA_RIEUL, coda, compose, decompose
from services.proofreader.korean.stems import infinitive, with_eu

_NIEUN = 4
# After a consonant these begin without "으".
_NEEDLESS_EU = re.compile(r"([가-힣])으(?=(?:고|지만|거나)(?:는|도|서|요)?(?![가-힣]))")
_HEARD_IN = {"들": "듣", "걸": "걷", "실": "싣", "물": "묻"}
# After a vowel "으" is none either.
_OPEN_STEMS = "마시|배우|만나|기다리|다니|가르치|일어나|나가|보내|지내|빌리|고치|바꾸|춤추|예쁘|바쁘|아프|나쁘|기쁘|슬프|비싸|빠르|느리|다르|모르|부르|쉬"
_AFTER_VOWEL = re.compile(
    rf"({_OPEN_STEMS}|(?<![가-힣])[가오보사타자주크])으(?=면|세요|십시|니까|려고|려면|러(?![가-힣]))"
)
_BEFORE_NOUN = re.compile(rf"(?<![가-힣])({_OPEN_STEMS})([은을])(?![가-힣])")
# "먹세요" of stems that end in a consonant.
_ASKED = re.compile(r"(?<![가-힣])(먹|찾|벗|씻|웃|믿|닫|받|잡|신|끊|넣|찍|묶|섞)세요(?![가-힣])")
_ADJECTIVES = "예쁘|나쁘|바쁘|아프|비싸|기쁘|슬프|고프|배고프|느리|빠르|다르|좋|많|작|높|낮|넓|좁|짧|젊|싫|괜찮|싶|같|춥|덥|맵|쉽|어렵|무겁|가볍|귀엽|아름답|무섭|가깝|뜨겁|(?:깨끗|착|친절|조용|행복|유명|중요|필요|따뜻|시원|편|복잡|위험|피곤|심심|건강|똑똑)하"
_AS_A_VERB = re.compile(rf"(?<![가-힣])({_ADJECTIVES})는(?=데(?:요|도)?(?![가-힣])|지(?![가-힣]))")
_EXISTING = re.compile(r"([있없])은(?=데(?:요|도)?(?![가-힣])|지(?![가-힣]))")
_STEMS = "먹 읽 입 마시 배우 만나 바쁘 아프 예쁘 기쁘 슬프 나쁘 춥 덥 맵 어렵 쉽 무섭 좋 많 없 있 싫 늦 만들 살 놀 부르 모르 보 오 주 쓰 크 누르 열 닫 앉 기다리 가르치 돕 찾 받 씻 벗 고르 바꾸 쉬 공부하 운동하 좋아하 피곤하 사랑하 일하"
_INFINITIVES = {infinitive(each): each for each in _STEMS.split() if infinitive(each) != each}
_BEFORE_GI = re.compile(
    rf"(?<![가-힣])({'|'.join(sorted(_INFINITIVES, key=len, reverse=True))})(?=기(?![가-힣]))"
)
# "해면" is the sea's face, and "배워려고" is heard as well.
_BEFORE_EU = re.compile(
    rf"(?<![가-힣])({'|'.join(sorted(_INFINITIVES, key=len, reverse=True))}|해)(?=(세요|면서?|니까|려고)(?![가-힣]))"
)
_WITHOUT_VOWEL = re.compile(
    r"(?<![가-힣])(아프|바쁘|고프|배고프|예쁘|나쁘|슬프|기쁘|없|있|많|좋|먹|늦|싫|괜찮|맛있|재미있)(?=서(?![가-힣]))"
)
_DESCRIBING = {
    infinitive(each): each for each in ("아프", "바쁘", "예쁘", "크", "춥", "덥", "맵", "어렵", "쉽", "무섭")
}
_INFINITIVE_BEFORE_NOUN = re.compile(rf"(?<![가-힣])({'|'.join(_DESCRIBING)})는(?![가-힣])")
_BIEUP = 17
_SSANGSIOT = 20
_TWICE = re.compile(
    r"(?<![가-힣])(가|사|자|타|만나|일어나|나가|떠나|끝나|비싸|서)(어(?=요(?![가-힣])|서(?![가-힣]))|었(?=어요|습니|다|는데|지만|고))"
)
_LET_US = re.compile(r"([가-힣])읍시다(?![가-힣])")
_HEARD = "추우:춥 더우:덥 어려우:어렵 쉬우:쉽 무거우:무겁 가벼우:가볍 귀여우:귀엽 고마우:고맙 아름다우:아름답 무서우:무섭 가까우:가깝 뜨거우:뜨겁 차가우:차갑 즐거우:즐겁 시끄러우:시끄럽 도우:돕"
_HEARD_BIEUP = dict(each.split(":") for each in _HEARD.split())
_U_JOINED = re.compile(rf"(?<![가-힣])({'|'.join(_HEARD_BIEUP)})어(?=서|요|도)")
_AFTER_U = re.compile(rf"(?<![가-힣])({'|'.join(_HEARD_BIEUP)})(?=(?:고|지만|거나|지|기|다)(?![가-힣]))")
_MOST_KEPT, _LONGEST_KEPT = 4_096, 30

_Fault = tuple[int, int, str]


def joined_ending_fault(word: str) -> _Fault | None:
    """Returns the half-open range of the first such ending with its stem, and what should stand there."""
    return _known_fault(word) if len(word) <= _LONGEST_KEPT else next(_faults(word), None)


@functools.lru_cache(_MOST_KEPT)
def _known_fault(word: str) -> _Fault | None:
    return next(_faults(word), None)


def _faults(word: str) -> Iterator[_Fault]:
    if "으" in word:
        for found in _NEEDLESS_EU.finditer(word):
            if coda(found[1]):
                yield *found.span(), _HEARD_IN.get(found[1], found[1])
        for found in _AFTER_VOWEL.finditer(word):
            yield *found.span(), found[1]
    for found in _BEFORE_NOUN.finditer(word):
        initial, vowel, _ = decompose(found[1][-1])
        final = _NIEUN if found[2] == "은" else CODA_RIEUL
        right = found[1][:-1] + compose(initial, vowel, final)
        yield *found.span(), "모르는" if right == "모른" else right
    for found in _AS_A_VERB.finditer(word):
        yield *found.span(), _described(found[1])
    for found in _EXISTING.finditer(word):
        yield *found.span(), f"{found[1]}는"
    for found in _BEFORE_GI.finditer(word):
        yield *found.span(), _INFINITIVES[found[1]]
    yield from _asked(word)
    yield from _with_vowel(word)


def _asked(word: str) -> Iterator[_Fault]:
    """Yields "먹세요", "해세요", "만나었다" and "가읍시다"."""
    for found in _ASKED.finditer(word):
        yield *found.span(), f"{found[1]}으세요"
    for found in _BEFORE_EU.finditer(word):
        stem = _INFINITIVES.get(found[1], "하")
        if found.group() + found[2] != "해면":
            yield found.start(), found.end(2), with_eu(stem, found[2])
    for found in _TWICE.finditer(word):
        initial, vowel, _ = decompose(found[1][-1])
        final = _SSANGSIOT if found[2] == "었" else 0
        yield *found.span(), found[1][:-1] + compose(initial, vowel, final)
    for found in _LET_US.finditer(word):
        initial, vowel, final = decompose(found[1])
        if not final:
            yield *found.span(), compose(initial, vowel, _BIEUP) + "시다"


def _with_vowel(word: str) -> Iterator[_Fault]:
    """Yields "추우고", "추우어요", "아프서" and "커는"."""
    for found in _U_JOINED.finditer(word):
        yield *found.span(), infinitive(_HEARD_BIEUP[found[1]])
    for found in _AFTER_U.finditer(word):
        yield *found.span(), _HEARD_BIEUP[found[1]]
    for found in _WITHOUT_VOWEL.finditer(word):
        yield *found.span(), infinitive(found[1])
    for found in _INFINITIVE_BEFORE_NOUN.finditer(word):
        yield *found.span(), _described(_DESCRIBING[found[1]])


def _described(stem: str) -> str:
    """Returns an adjective before "데": "좋은", "추운", "예쁜"."""
    initial, vowel, final = decompose(stem[-1])
    if final == _BIEUP and stem != "좁":
        return stem[:-1] + compose(initial, vowel, 0) + "운"
    return f"{stem}은" if final else stem[:-1] + compose(initial, vowel, _NIEUN)
