"""Finds particles, endings and negations of the wrong form, by the words beside them."""

import re
from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.hangul import coda
from services.proofreader.korean.words import Clause, Word, has_coda, word_set

_SUBJECT = frozenset({"이", "가"})

_DOUBLED = frozenset(
    (one, two)
    for ones, twos in (
        (("이", "가"), ("도", "은", "는", "을", "를", "에", "에서", "의", "와", "과")),
        (("을", "를"), ("도", "이", "가", "은", "는", "에", "에서", "의")),
        (("은", "는"), ("도", "이", "가", "을", "를")),
        (("도",), ("이", "가", "을", "를", "은", "는")),
    )
    for one in ones
    for two in twos
)

# After other nouns "이" may belong to a name: "점순이를", "불안이도".
_NEVER_NAMES = word_set(
    "사람 동생 학생 선생님 부모님 남편 아들 딸 삼촌 가족 외국인 한국인 직원 손님 음식 물건 시간 책 집 옷 방 돈 일 것 몸 생각 문제 여행 운동 수업 한국말 사진 선물 신발 가방 건강 날 말 병원 식당 시장 공원 도서관 은행 회사원 여동생 남동생 어른 교실 이름 직업 계획 마음 꿈"
)

_SEPARABLE = word_set(
    "공부 운동 숙제 청소 요리 전화 수영 쇼핑 여행 노래 빨래 연습 일 운전 게임 산책 식사 이야기 인사"
)

_ANH = {
    "안해": "않아",
    "안했": "않았",
    "안합니": "않습니",
    "안하고": "않고",
    "안하는": "않는",
    "안하면": "않으면",
}
_HAVING = word_set("미덥 마땅하 되 살 나 하 생기 쓰")

_HEARSAY = re.compile(
    r"말로는|그러는데|말하기를|말에 따르면|말에 의하면|소문에|듣기로는?|들으니|들었는데|들어 보니|이야기로는|얘기로는|기사에 따르면"
)

_DIRECT = re.compile(r"누구|누가|무엇|뭐|뭘|어디|어떤|어느|어떻|언제|얼마|아무|왜|무슨|몇")


def word_forms(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    words = clause.words
    for number, word in enumerate(words):
        if len(word.particles) > 1:
            yield from _doubled_particle(clause, word)
        yield from _heard_contrast(clause, word)
        if word.is_topic and number:
            yield from _named_first(clause, number)
        if number + 1 < len(words) and not word.closed:
            if word.written in {"안", "못"} or word.ending == "지":
                yield from _negation(clause, number)
            elif word.particles in {("의",), ("에",)}:
                yield from _genitive_before_verb(clause, number)
            elif word.ending in {"든", "든지"}:
                yield from _choice(clause, number)
    yield from _hearsay(clause, words[-1])


def _doubled_particle(clause: Clause, word: Word) -> Iterator[Finding]:
    if len(word.particles) < 2 or word.stem or not word.known or word.head_tag not in {"NNG", "NNP", "NP"}:
        return
    one, two = word.particles[:2]
    if one == "이" and word.head not in _NEVER_NAMES:
        return
    if (one, two) in _DOUBLED and word.written == word.noun + word.particle:
        kept = two if one in {*_SUBJECT, "을", "를", "은", "는"} else one
        right = clause.with_particle(
            word,
            {"는": "은", "가": "이", "를": "을", "와": "과"}.get(kept, kept),
            {"은": "는", "이": "가", "을": "를", "과": "와"}.get(kept, kept),
        )
        yield from clause.finding("doubled_particle", "sentence_error", word, right)


def _negation(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "못 예쁘다", "안 공부하다" and "가지 아니에요"."""
    word, after = clause.words[number], clause.words[number + 1]
    written = word.written
    if (
        written == "못"
        and after.kind == "VA"
        and after.stem not in _HAVING
        and not after.helpers
        and after.ending != "게"
    ):
        yield from clause.finding("negation_word", "sentence_error", word, "안")
    elif (
        written in {"안", "못"}
        and after.kind == "VV"
        and after.noun in _SEPARABLE
        and after.stem == f"{after.noun}하"
        and after.ending_tag != "ETM"
    ):
        rest = after.written.removeprefix(after.noun)
        yield from clause.finding(
            "negation_word",
            "sentence_error",
            word,
            f"{after.noun}{'을' if has_coda(after.noun) else '를'} {written} {rest}",
            until=after,
        )
    elif (
        written == "안"
        and after.head_tag in {"NNG", "NNP"}
        and after.kind in {"", "VCP"}
        and clause.words[-1].kind == "VCP"
    ):
        before = clause.words[number - 1] if number else None
        if before is not None and (before.is_topic or before.is_subject) and not before.stem:
            yield from clause.finding("negation_word", "sentence_error", word)
    elif word.ending == "지" and after.stem == "알" and after.written.startswith("안"):
        right = f"{written} 않{after.written[1:]}"
        yield from clause.finding("confusion_an", "spelling", word, right, until=after)
    elif word.ending == "지" and word.stem and after.written.startswith(tuple(_ANH)) and not after.noun:
        start = next(each for each in _ANH if after.written.startswith(each))
        right = _ANH[start] + after.written[len(start) :]
        yield from clause.finding("confusion_an", "spelling", after, right)
    elif (
        word.ending == "지"
        and word.ending_tag == "EC"
        and after.stem == "없"
        and after.ends_sentence
        and not after.noun
        and word.kind in {"VV", "VA"}
    ) or (
        word.ending == "지"
        and word.ending_tag == "EC"
        and after.kind == "VCN"
        and after.stem == "아니"
        and not after.noun
    ):
        yield from clause.finding("negation_word", "sentence_error", after)


def _genitive_before_verb(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "무대의 올랐다", and "나에 꿈은"."""
    word, after = clause.words[number], clause.words[number + 1]
    if word.particles == ("의",) and not word.stem and word.head_tag in {"NNG", "NNP", "NNB"}:
        moves = (
            after.kind == "VV" and not after.noun and after.ending_tag in {"EF", "EC"} and not after.helpers
        ) and not after.written.startswith("나와")
        if moves and after.stem in _TO_PLACE:
            yield from clause.finding(
                "particle_verb", "sentence_error", word, clause.with_particle(word, "에")
            )
    elif (
        word.particles == ("에",)
        and word.noun in {"나", "저", "우리", "너"}
        and after.head in _OWNED
        and after.particles
        and not after.stem
    ):
        yield from clause.finding("particle_verb", "sentence_error", word, clause.with_particle(word, "의"))


_TO_PLACE = word_set(
    "오르 가 오 도착하 들어가 앉 서 살 있 다니 나가 들르 빠지 넣 놓 두 모이 올라가 내려가 나오 돌아오 돌아가 들어오 머물 떨어지 놓이"
)

_OWNED = word_set(
    "꿈 이름 취미 가족 집 친구 생각 고향 나라 학교 마음 부모님 어머니 아버지 동생 방 하루 생활 미래 인생 목표 소원 생일 직업 성격 장점 단점 습관 의견 희망 문화 반 선생님"
)


def _choice(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "살든 동네" and "얼마나 떨리든지"."""
    word = clause.words[number]
    words = clause.words
    if word.ending not in {"든", "든지"} or word.ending_tag != "EC" or word.helpers:
        return
    written = word.written
    sentence = clause.submission.text[words[0].start : words[-1].end]
    if not words[-1].is_past or sentence.count("든") > 1:
        return
    how = any(each.written in {"얼마나", "어찌나", "어떻게나"} for each in words[max(0, number - 3) : number])
    if word.ending == "든지" and how and written.endswith("든지"):
        yield from clause.finding("choice_ending", "spelling", word, written[:-2] + "던지")
    elif (
        word.ending == "든" and written.endswith("든") and not _DIRECT.search(sentence) and word.kind == "VV"
    ):
        after = words[number + 1]
        named = (
            after.head_tag == "NNG"
            and after.particles
            and not after.stem
            and after.noun not in {"상관", "관계", "문제", "모두", "결과"}
        )
        if named and after.particles[0] in {"이", "가", "을", "를", "은", "는", "에", "에서", "에게"}:
            yield from clause.finding("choice_ending", "spelling", word, written[:-1] + "던")


def _heard_contrast(clause: Clause, word: Word) -> Iterator[Finding]:
    """Finds "추운대" for "추운데": what is heard said is "춥대"."""
    written = word.written
    if (
        word.kind == "VA"
        and written.endswith("대")
        and len(written) > 2
        and coda(written[-2]) == 4
        and word is not clause.words[-1]
    ):
        yield from clause.finding("confusion_ending", "spelling", word, written[:-1] + "데")


def _hearsay(clause: Clause, word: Word) -> Iterator[Finding]:
    """Finds "온데" for "온대", at the end of what somebody else has said."""
    if word.kind == "VCP":
        return
    written = word.written
    told = written.removesuffix("요")
    if not told.endswith("데") or told.endswith(("는데", "던데")) or len(told) < 2:
        return
    mark = clause.submission.text[word.end : word.end + 1]
    sentence = clause.submission.text[clause.words[0].start : word.start]
    if mark in {".", "!", ""} and _HEARSAY.search(sentence):
        yield from clause.finding(
            "confusion_ending", "spelling", word, told[:-1] + "대" + written[len(told) :]
        )


_LONG_AGO = word_set("옛날 옛날옛날 옛날옛적 옛적")


def _named_first(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "옛날 어느 마을에 나무꾼은 살았다" and "이 꽃을 누구는 가져왔어요?"."""
    words = clause.words
    word, after = words[number], words[number + 1] if number + 1 < len(words) else words[number]
    told = (
        words[0].noun in _LONG_AGO
        and after is words[-1]
        and after.stem in {"살", "있"}
        and after.is_past
        and not after.helpers
        and any(each.particles == ("에",) for each in words[1:number])
        and any(each.written in {"어느", "어떤", "한"} for each in words[1:number])
    )
    if told and word.particles in {("은",), ("는",)}:
        yield from clause.finding(
            "particle_verb", "sentence_error", word, clause.with_particle(word, "이", "가")
        )
    elif (
        word.written == "누구는"
        and after is words[-1]
        and not any(each.written == "왜" for each in words)
        and words[number - 1].is_object
        and clause.submission.text[words[-1].end : words[-1].end + 1] == "?"
    ):
        yield from clause.finding("particle_verb", "sentence_error", word, "누가")
