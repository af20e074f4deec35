"""Finds endings whose form does not fit the last syllable of the stem before them.

Whether a stem ends in a consonant, and which vowel it has, decides the form: that needs no list of stems.
"""

import functools
import re
from collections.abc import Iterator

from services.proofreader.hangul import CODA_BIEUP, CODA_RIEUL, CODA_SSANGSIOT, coda, compose, decompose
from services.proofreader.korean.conjugation import is_descriptive

_CODA_NIEUN, _CODA_IEUNG = 4, 21
_BRIGHT = frozenset({0, 8})
# Those of a syllable that holds "-아" or "-어" already.
_OF_ENDINGS = frozenset({1, 4, 6, 9, 10, 14})
_DARK = frozenset({4, 13, 18, 20})
_FORMAL_AFTER_CONSONANT = re.compile(r"([가-힣])(읍니)(?=[다까](?![가-힣]))")
_FORMAL_AFTER_VOWEL = re.compile(r"([가-힣])습니(?=[다까](?![가-힣]))")
# "느는다" is wrong as well: "늘다" is "는다".
_PLAIN_AFTER_VOWEL = re.compile(r"([가-힣])는다(?=고|는|면|[.!?,)\"'”’]|$)")
_TOWARDS = re.compile(r"([가-힣])으로(?=(?:는|도|만|부터|서|써)?(?![가-힣]))")
# "-았-" and "-었-" as they sound, where no stem ends so.
_PAST_AS_HEARD = re.compile(r"([가-힣])(?=어요|어서|습니다|는데|지만)")
_STEMS_IN_SIOT = frozenset("웃씻벗빗솟잇낫붓짓젓긋앗뺏엿못옷맛멋것곳")
_CODA_SIOT = 19
_CONTRACTED_VOWELS = frozenset({0, 1, 4, 5, 6, 9, 10, 14})
_HARMONY = re.compile(r"([가-힣])(아요|어요|았어요|었어요|았습니다|었습니다)(?![가-힣])")
# Nouns that "요" follows.
_NO_VERBS = frozenset(
    {"단어", "언어", "국어", "용어", "한국어", "외국어", "모국어", "연어", "은어", "방언어", "숙어"}
)
_PAST_REASON = re.compile(r"([가-힣])어서(?![가-힣])")
# "먹었은" and "모았으려고": the past has no such forms.
_PAST_JOINED = re.compile(r"([가-힣])(?=은(?![가-힣])|으려고|으러(?![가-힣]))")
_HEARD_SAID = re.compile(r"([가-힣])(는대)(?![가-힣])")
_FUTURE = re.compile(r"([가-힣])(께|껄)(?=요?(?![가-힣]))")
# Forms with "-아" or "-어" where the stem alone takes the ending.
_CONTRACTED = dict(
    each.split(":")
    for each in [
        "커:크",
        "써:쓰",
        "예뻐:예쁘",
        "나빠:나쁘",
        "바빠:바쁘",
        "아파:아프",
        "기뻐:기쁘",
        "슬퍼:슬프",
        "고파:고프",
        "추워:춥",
        "더워:덥",
        "매워:맵",
        "어려워:어렵",
        "쉬워:쉽",
        "귀여워:귀엽",
        "고마워:고맙",
        "무서워:무섭",
        "가까워:가깝",
        "아름다워:아름답",
        "뜨거워:뜨겁",
        "차가워:차갑",
        "가벼워:가볍",
        "무거워:무겁",
        "즐거워:즐겁",
        "몰라:모르",
        "빨라:빠르",
        "불러:부르",
        "골라:고르",
        "좋아해:좋아하",
        "공부해:공부하",
        "운동해:운동하",
        "사랑해:사랑하",
        "생각해:생각하",
        "친절해:친절하",
        "조용해:조용하",
        "마셔:마시",
        "배워:배우",
        "먹어:먹",
        "만들어:만들",
        "놀아:놀",
        "살아:살",
        "읽어:읽",
        "있어:있",
        "없어:없",
        "좋아:좋",
        "많아:많",
        "같아:같",
        "재미있어:재미있",
        "맛있어:맛있",
        "싫어:싫",
        "입어:입",
    ]
)
_CONSONANT_ENDING = re.compile(
    rf"(?<![가-힣])({'|'.join(sorted(_CONTRACTED, key=len, reverse=True))})(?=(?:고|지만|거나)(?![가-힣]))"
)
_UNCONTRACTED = {
    "가아": "가", "사아": "사", "타아": "타", "만나아": "만나", "일어나아": "일어나", "떠나아": "떠나", "비싸아": "비싸",
    "끝나아": "끝나", "지나아": "지나", "자라아": "자라", "건너어": "건너", "켜어": "켜", "펴어": "펴", "오아": "와",
    "배우어": "배워", "마시어": "마셔", "기다리어": "기다려", "가르치어": "가르쳐", "다니어": "다녀", "싸우어": "싸워",
    "외우어": "외워", "바꾸어": "바꿔", "그리어": "그려", "빌리어": "빌려", "하아": "해", "하어": "해",
}  # fmt: skip
_WRITTEN_OUT = re.compile(
    rf"(?<![가-힣])((?:공부|운동|좋|사랑|요리|일)?(?:{'|'.join(sorted(_UNCONTRACTED, key=len, reverse=True))}))"
    r"(?=요(?![가-힣]))"
    r"|(?<![가-힣])(가아|사아|타아|만나아|일어나아|떠나아|끝나아|건너어)(?=서(?![가-힣]))"
)
# Passives to which "-어지다" is added a second time, by the syllable in which "-어" is contracted.
_PASSIVES = (
    "잊혀|닫혀|읽혀|잡혀|묻혀|밟혀|적혀|막혀|뽑혀|보여|쓰여|놓여|덮여|섞여|쌓여|꺾여|열려|불려|믿겨|찢겨|담겨"
)
_TWICE_PASSIVE = re.compile(rf"(?<![가-힣])({_PASSIVES})([지진졌질집져])(?!갑)")
_OPEN_OF_PASSIVE = {"혀": "히", "여": "이", "려": "리", "겨": "기"}
_PIECES = (
    "읍니",
    "습니",
    "는다",
    "으로",
    "아요",
    "어요",
    "았",
    "었",
    "어서",
    "아서",
    "는대",
    "께",
    "껄",
    "고",
    "지만",
    "거나",
    "습니",
    "는데",
    "은",
    "으려고",
    "으러",
)
_MOST_KEPT, _LONGEST_KEPT = 4_096, 30

_Fault = tuple[str, int, int, str]


def ending_fault(word: str) -> _Fault | None:
    """Returns the wording of the first such fault in a word, its half-open range, and what should stand there."""
    return _known_fault(word) if len(word) <= _LONGEST_KEPT else next(_faults(word), None)


@functools.lru_cache(_MOST_KEPT)
def _known_fault(word: str) -> _Fault | None:
    return next(_faults(word), None)


def _faults(word: str) -> Iterator[_Fault]:
    if any(each in word for each in _PIECES):
        yield from _formal(word)
        yield from _informal(word)
        yield from _joined(word)
        yield from _past_joined(word)
    if found := _TWICE_PASSIVE.search(word):
        yield "double_passive", *found.span(), _passive_once(found)


def _formal(word: str) -> Iterator[_Fault]:
    for found in _FORMAL_AFTER_CONSONANT.finditer(word):
        if coda(found[1]) and coda(found[1]) != CODA_RIEUL:
            yield "ending_form", *found.span(2), "습니"
    for found in _FORMAL_AFTER_VOWEL.finditer(word):
        _, vowel, final = decompose(found[1])
        if final:
            continue
        # "좋아습니다" may be "좋습니다", "좋았습니다" or "좋아합니다".
        if vowel in _OF_ENDINGS or found[1] == "아":
            yield "ending_form_unsure", *found.span(), ""
        else:
            yield "ending_form", *found.span(), _with_coda(found[1], CODA_BIEUP) + "니"
    for found in _PLAIN_AFTER_VOWEL.finditer(word):
        if coda(found[1]):
            continue
        if is_descriptive(word[: found.start() + 1]):
            yield "ending_form", *found.span(), found[1] + "다"
        else:
            yield "ending_form", *found.span(), _with_coda(found[1], _CODA_NIEUN) + "다"


def _informal(word: str) -> Iterator[_Fault]:
    for found in _PAST_AS_HEARD.finditer(word):
        _, vowel, final = decompose(found[1])
        if final == _CODA_SIOT and vowel in _CONTRACTED_VOWELS and found[1] not in _STEMS_IN_SIOT:
            yield "confusion_sound", *found.span(), _with_coda(found[1], CODA_SSANGSIOT)
    for found in _HARMONY.finditer(word):
        _, vowel, final = decompose(found[1])
        ending = found[2]
        if not final or final in {CODA_SSANGSIOT, _CODA_IEUNG} or word[: found.end() - 1] in _NO_VERBS:
            continue
        if vowel in _BRIGHT and ending[0] in "어었":
            yield "ending_form", *found.span(2), ("아" if ending[0] == "어" else "았") + ending[1:]
        # A name may be called: "민준아".
        elif vowel in _DARK and ending[0] in "아았" and len(word) <= len(found.group()) + 1:
            yield "ending_form", *found.span(2), ("어" if ending[0] == "아" else "었") + ending[1:]
    for found in _WRITTEN_OUT.finditer(word):
        written = found[1] or found[2]
        stem = next(
            each for each in (written[start:] for start in range(len(written))) if each in _UNCONTRACTED
        )
        yield "ending_form", *found.span(), written.removesuffix(stem) + _UNCONTRACTED[stem]


def _joined(word: str) -> Iterator[_Fault]:
    for found in _CONSONANT_ENDING.finditer(word):
        yield "ending_form", *found.span(), _CONTRACTED[found[1]]
    for found in _PAST_REASON.finditer(word):
        initial, vowel, final = decompose(found[1])
        if final == CODA_SSANGSIOT and found[1] not in {"있", "겠"}:
            yield "past_reason", *found.span(), compose(initial, vowel, 0) + "서"
    # What is heard said is "온대", so "-는대" after a vowel was meant to go on.
    for found in _HEARD_SAID.finditer(word):
        if not coda(found[1]):
            yield "confusion_ending", *found.span(2), "는데"
    for found in _FUTURE.finditer(word):
        # "선생님들께" is a particle of honour.
        if coda(found[1]) == CODA_RIEUL and found[1] not in {"들", "딸", "늘"}:
            yield "confusion_ending", *found.span(), found[1] + ("게" if found[2] == "께" else "걸")
    for found in _TOWARDS.finditer(word):
        if coda(found[1]) == CODA_RIEUL:
            yield "particle", *found.span(), found[1] + "로"


def _past_joined(word: str) -> Iterator[_Fault]:
    for found in _PAST_JOINED.finditer(word):
        if coda(found[1]) == CODA_SSANGSIOT and found[1] not in {"있", "겠"}:
            yield "ending_form_unsure", *found.span(), ""


def _passive_once(found: re.Match[str]) -> str:
    """Returns the plain passive: "잊힌" for "잊혀진", "보이" for "보여지"."""
    stem = found[1][:-1] + _OPEN_OF_PASSIVE[found[1][-1]]
    rest = found[2]
    if rest == "지":
        return stem
    if rest in "졌져":
        return found[1][:-1] + _with_coda(found[1][-1], CODA_SSANGSIOT if rest == "졌" else 0)
    return stem[:-1] + _with_coda(stem[-1], decompose(rest)[2])


def _with_coda(syllable: str, final: int) -> str:
    initial, vowel, _ = decompose(syllable)
    return compose(initial, vowel, final)
