"""Finds particles and endings that stand apart, as the analysis reads them: "너 밖에 없다", "할 지 모르다"."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.hangul import CODA_RIEUL, coda, is_syllable
from services.proofreader.korean.words import Clause, Word, word_set


def joined_words(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    for number, word in enumerate(clause.words[:-1]):
        if not word.closed:
            yield from _joined_to_noun(clause, number)


def _joined_to_noun(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds particles that stand apart, and "-ㄹ지" and "-ㄹ수록" as two words."""
    word, after = clause.words[number], clause.words[number + 1]
    if not clause.gap(number + 1):
        return
    one, two = word.written, after.written
    last = one[-1:]
    if (
        is_syllable(last)
        and coda(last) == CODA_RIEUL
        and word.ending_tag == "ETM"
        and two in {"수록", "지", "지도", "지는", "지를", "지가", "지라도", "지언정"}
    ) or (
        word.ending_tag == "ETM"
        and word.ending == "는"
        and two in {"지", "지도", "지는", "지를"}
        and _is_wondered(clause, number)
    ):
        yield from _join(clause, word, after)
    elif two == "밖에" and not word.particles and not word.stem and word.noun and word.head not in _INSIDES:
        # "마을 밖에 집이 없다" is outside of it; "두개 밖에" lacks another space, too.
        later = clause.words[number + 2 : number + 3]
        denied = any(each.stem in {"없", "모르"} or each.written in {"안", "못"} for each in later)
        if denied and word.noun == one:
            yield from _join(clause, word, after)
    elif (
        two in {"대로", "마저", "조차", "커녕"}
        and word.head_tag == "NNG"
        and not word.particles
        and not word.stem
        and word.noun in _AS_SAID | _ONE_SYLLABLE
    ) or (two == "하고" and not word.particles and not word.stem and word.head in _COMPANIONS):
        yield from _join(clause, word, after)
    elif (
        one.endswith("지")
        and word.ending == "지"
        and word.ending_tag == "EC"
        and two == "못"
        and number + 2 < len(clause.words)
    ):
        verb = clause.words[number + 2]
        if verb.stem.endswith("하") and verb.written[0] in "하했한할합함해":
            yield from _join(clause, after, verb)


_INSIDES = word_set(
    "문 집 창 창문 방 건물 교실 학교 담 성 도시 나라 이 그 저 우리 문제 뜻 예상 생각 상상 기대 관심 울타리 시야 국경 한국 서울 안"
)

_AS_SAID = word_set(
    "약속 생각 마음 계획 예상 말 말씀 규칙 법 순서 사실 원칙 설명 지시 차례 이름 시키 느낌 소원 뜻 기대 명령 그림 본보기 설명서"
)

_ONE_SYLLABLE = frozenset({"너", "나", "법", "말", "뜻"})

_COMPANIONS = word_set(
    "친구 동생 언니 오빠 형 누나 엄마 아빠 어머니 아버지 가족 할머니 할아버지 선생님 룸메이트 친구들 부모님 선배 후배 누구 너 나 저 여자친구 남자친구 강아지"
)


def _join(clause: Clause, word: Word, after: Word) -> Iterator[Finding]:
    yield from clause.finding("spacing_needless", "spacing", word, word.written + after.written, until=after)


def _is_wondered(clause: Clause, number: int) -> bool:
    """Returns whether it is asked or known, and no time that has gone by."""
    rest = clause.words[number + 2 : number + 5]
    return any(
        each.stem in {"모르", "알", "궁금하", "묻", "물어보", "알아보", "생각하", "확인하"} for each in rest
    ) and not any(each.head in {"년", "달", "개월", "주일", "시간", "분"} for each in rest)
