"""Finds forms of predicates that do not go with what follows: "배우는 재미있다", "가수다고", "많게 먹다", "짓은 집"."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.hangul import CODA_RIEUL, coda
from services.proofreader.korean.words import Clause, has_coda, word_set

_JUDGED = word_set("어렵 쉽 힘들 재미있 좋 싫 편하 불편하 귀찮 재미 즐겁 무섭 재미없")
_DEGREES = word_set("가장 제일 아주 매우 너무 정말 무척 훨씬 굉장히")
_GROWING = word_set("것 동안 과정 시기 때 나이 아이 아이들 청소년 중 데")
_QUOTED = ("다고", "다는", "다면서", "다며")
_BUILT = word_set(
    "집 건물 절 학교 밥 이름 아파트 한옥 궁 궁궐 성 교회 다리 시 약 탑 빌딩 건축물 별장 도서관 박물관"
)
_ADVERBS = {
    "자연스럽": "자연스럽게",
    "유창하": "유창하게",
    "정확하": "정확하게",
    "건강하": "건강하게",
    "맛있": "맛있게",
    "재미있": "재미있게",
    "부지런하": "부지런하게",
    "시끄럽": "시끄럽게",
    "편하": "편하게",
    "안전하": "안전하게",
    "솔직하": "솔직하게",
    "간단하": "간단하게",
    "쉽": "쉽게",
}
_SAID_SO = word_set("말하 이야기하 발음하 대답하 설명하 살 지내 생활하 인사하 먹 운전하 쓰")
_SAY = word_set("하 말하 말씀하 그러 이야기하 얘기하")
_SO = word_set("조용히 열심히 빨리 일찍 같이 꼭 다시 자주 잘 함께 미리 먼저 천천히")
# "많게는" and "적게" are said of numbers.
_MUCH = word_set("먹 마시 자 사 보 공부하 읽 쓰 운동하 만나 배우 웃 울 연습하 말하")
# Of states natives write "마음에 들지 않다고" as well.
_ACTIONS = word_set(
    "먹 마시 피우 가 오 보 읽 쓰 자 사 하 만나 타 다니 배우 입 살 놀 듣 주 받 만들 일어나 믿 앉 씻 찾"
)


def predicate_forms(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    words = clause.words
    for number, word in enumerate(words):
        if not word.stem:
            continue
        yield from _quoted(clause, number)
        if number + 1 == len(words) or word.closed:
            continue
        if word.ending_tag == "ETM":
            yield from _noun_form(clause, number)
            yield from _as_adverb(clause, number)
            yield from _described(clause, number)
        elif word.ending == "어" and word.written == f"{word.stem}는":
            # The analysis takes "일어나는" for "일어나" and a particle.
            yield from _noun_form(clause, number)
        elif word.ending == "게" and word.kind == "VA":
            yield from _manner(clause, number)


def _noun_form(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "배우는 재미있어요"."""
    word, after = clause.words[number], clause.words[number + 1]
    judged = after.stem in _JUDGED or (after.written.startswith(("재미있", "재미없")) and after.stem)
    if (
        word.written.endswith("는")
        and word.kind == "VV"
        and not word.helpers
        and word.stem not in {"있", "없", "하", "되"}
        and judged
        and not after.helpers
        and (after.ending_tag == "EF" or after.ending == "지만")
        and number
        and (
            clause.words[number - 1].is_object
            or clause.words[number - 1].is_adverb
            or clause.words[number - 1].particles == ("에",)
        )
    ):
        # "만드는" is of "만들다".
        stem = word.stem if coda(word.stem[-1]) == CODA_RIEUL else word.written[:-1]
        right = f"{stem}기"
        yield from clause.finding("noun_form", "sentence_error", word, right)


def _as_adverb(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "자연스러운 말하다"."""
    word, after = clause.words[number], clause.words[number + 1]
    right = _ADVERBS.get(word.stem, "")
    plain = right and not word.helpers and len(word.endings) == 1 and word.kind == "VA"
    spoken = after.stem in _SAID_SO and after.kind == "VV" and after.ending_tag in {"EF", "EC"}
    # "쉬운 말하기" is a noun, and "편한 인사" as well.
    if plain and spoken and word.ending in {"은", "ᆫ", "는"} and not after.particles:
        yield from clause.finding("adverb_form", "sentence_error", word, right)


def _described(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "제일 크는 사람" and "짓은 집"."""
    word, after = clause.words[number], clause.words[number + 1]
    before = clause.words[number - 1] if number else None
    most = before is not None and before.written in _DEGREES
    # "그런 짓은" is a deed.
    deed = before is not None and (before.kind == "MM" or before.ending_tag == "ETM")
    if word.stem == "크" and word.ending == "는" and most and after.noun not in _GROWING:
        yield from clause.finding("confusion_conjugation", "spelling", word, "큰")
    elif word.written == "짓은" and after.noun in _BUILT and not after.stem.endswith("하") and not deed:
        yield from clause.finding("confusion_conjugation", "spelling", word, "지은")


def _manner(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "많게 먹다" and "열심하게"."""
    word, after = clause.words[number], clause.words[number + 1]
    if (
        word.written == "많게"
        and after.stem in _MUCH
        and not (number and clause.words[number - 1].noun == "수")
    ):
        yield from clause.finding("adverb_form", "sentence_error", word, "많이")
    elif word.written == "열심하게":
        yield from clause.finding("adverb_form", "sentence_error", word, "열심히")


def _quoted(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "가수다고", "어려운다고", "마시지 않다고" and "조용히 하다고"."""
    word = clause.words[number]
    if not word.ending.startswith("다") or not word.written.endswith(_QUOTED) or word.is_past:
        return
    rest = next(each for each in _QUOTED if word.written.endswith(each))
    before = clause.words[number - 1] if number else None
    stem = word.written[: -len(rest)]
    if (
        word.kind == "VCP"
        and stem == word.noun
        and not has_coda(stem)
        and word.head_tag in {"NNG", "NNP", "XSN"}
        and len(stem) > 1
    ):
        yield from clause.finding("quoted_form", "sentence_error", word, f"{stem}라{rest[1:]}")
    elif word.kind == "VA" and len(word.endings) == 2 and word.endings[0] in {"은", "ᆫ"}:
        yield from clause.finding("quoted_form", "sentence_error", word, word.stem + rest)
    elif (
        word.stem == "않"
        and len(word.endings) == 1
        and before is not None
        and before.ending == "지"
        and before.kind == "VV"
        and before.stem in _ACTIONS
        and not before.helpers
        and not before.noun
    ):
        yield from clause.finding("quoted_form", "sentence_error", word, f"않는{rest}")
    elif (
        word.written in {"하다고", "오다고", "가다고"}
        and before is not None
        and before.written in _SO
        and number + 1 < len(clause.words)
        and clause.words[number + 1].stem in _SAY
    ):
        yield from clause.finding("quoted_form", "sentence_error", word)
