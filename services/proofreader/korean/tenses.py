"""Finds verbs whose tense does not fit the time that is named."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.korean.stems import past_modifier
from services.proofreader.korean.verb_forms import attributive, future_attributive
from services.proofreader.korean.words import Clause, Word, word_set

_NIEUN = 4

_PAST_TIMES = word_set("어제 그저께 어젯밤 엊그제 작년 재작년 지난주 지난달 지난해 지난밤")

_LAST_TIMES = word_set(
    "주말 주 달 해 방학 여름 겨울 봄 가을 학기 생일 월요일 화요일 수요일 목요일 금요일 토요일 일요일"
)
_COMING = word_set("내일 모레 내년 내후년")

_ARRANGED = word_set(
    "잡 예약하 계획하 결심하 정하 약속하 신청하 미루 연기하 준비하 결정하 예정되 앞두 바꾸 옮기 하기로 듣 알 받 초대하 사 예매하 기대하 기다리 말하 발표하"
)

_PLAIN_ENDINGS = frozenset({"다", "ᆫ다", "는다", "어요", "습니다", "ᆸ니다"})
# What is left of those days.
_LEFT_OVER = word_set("기억 추억 사진 경험 적 생각 흉터 상처 일 흔적 습관 이야기 느낌 말")

_LASTING = word_set("살 다니 공부하 배우 일하 지내 좋아하")


def _predicates(clause: Clause) -> list[int]:
    """Returns the numbers of the words with a stem."""
    return [number for number, each in enumerate(clause.words) if each.stem]


def tenses(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    words = clause.words
    predicates = _predicates(clause)
    if not predicates:
        return
    # "맛있는 과일을 사다" is bought when it is said.
    last = words[-1]
    acts = last.kind == "VV"
    first = next((each for each in predicates if not (acts and _describes(words[each]))), predicates[-1])
    opening = [number for number in range(first) if _is_past_time(clause, number)]
    if opening and first == len(words) - 1 and _is_polite_present(clause, last):
        yield from clause.finding("tense_time", "sentence_error", last)
    yield from _attributive_time(clause)
    yield from _when_young(clause)
    if opening and first == len(words) - 2 and _is_to_come(words[first], last):
        yield from clause.finding("tense_time", "sentence_error", words[first], until=last)
    yield from _seeming(clause, first)
    for number in range(len(words) - 1):
        if _is_when_it_was(words[number]):
            yield from _state_of_then(clause, number)
        elif number < 2 and words[number].noun == "지금" and words[number].particles == ("은",):
            yield from _state_of_now(clause, number)
        elif _is_coming(clause, number):
            yield from _done_in_future(clause, number)


def _seeming(clause: Clause, first: int) -> Iterator[Finding]:
    """Finds "어제 비가 올 것 같아요" and "내일 비가 온 것 같아요"."""
    words = clause.words
    if first != len(words) - 3 or words[-2].written not in {"것", "거"} or words[-1].stem != "같":
        return
    word = words[first]
    if word.kind != "VV" or word.helpers or len(word.endings) != 1 or words[-1].is_past:
        return
    times = {each.written.removesuffix("는").removesuffix("은") for each in words[:first]}
    if times & {"어제", "그저께", "어젯밤"} and word.ending in {"ᆯ", "을"}:
        yield from clause.finding("attributive_form", "sentence_error", word, past_modifier(word.stem))
    elif times & {"내일", "모레"} and word.ending in {"ᆫ", "은"}:
        yield from clause.finding(
            "attributive_form", "sentence_error", word, future_attributive(word.written, word)
        )


def _describes(word: Word) -> bool:
    """Returns whether it is an adjective before its noun."""
    described = word.kind == "VA" and word.ending_tag == "ETM" and not word.is_past and word.written != "없는"
    return described or word.written == "지난"


def _when_young(clause: Clause) -> Iterator[Finding]:
    """Finds "어릴 때 나는 친구가 없다"."""
    words = clause.words
    for number in range(len(words) - 3):
        when, time, who = words[number : number + 3]
        young = (when.stem == "어리" and time.head == "때") or (
            when.written == "어린" and time.head == "시절"
        )
        if not young or time.particles not in {(), ("는",), ("은",), ("에",), ("에", "는")} or who.stem:
            continue
        if who.noun in {"나", "저", "우리"} and who.particles in {("는",), ("은",), ("가",)}:
            last = words[-1]
            state = last.stem in {"없", "있", "많", "살", "다니", "적", "작"} and not last.helpers
            plain = len(last.endings) == 1 and last.ending in _PLAIN_ENDINGS
            named = words[-2].head in _LEFT_OVER or words[-2].head_tag == "NNB"
            doing = words[-2].ending_tag == "EC"
            now = any(
                each.noun in {"지금", "아직", "오늘", "요즘"} or each.written == "아직" for each in words
            )
            if state and plain and not named and not doing and not now:
                yield from clause.finding("tense_time", "sentence_error", last)
        return


def _is_past_time(clause: Clause, number: int) -> bool:
    word = clause.words[number]
    written = word.written
    bare = written.removesuffix("에는").removesuffix("에").removesuffix("는").removesuffix("은")
    last = number and clause.words[number - 1].written == "지난" and word.noun in _LAST_TIMES
    if bare not in _PAST_TIMES and not (last and word.particles in {(), ("에",), ("에", "는")}):
        return False
    return not any(
        each.particles[-1:] and each.particles[-1] in {"까지", "부터", "보다", "처럼", "의"}
        for each in clause.words[number : number + 2]
    )


def _is_to_come(word: Word, last: Word) -> bool:
    """Returns whether it is "갈 거예요"."""
    return (
        word.ending == "ᆯ"
        and not word.is_past
        and word.kind == "VV"
        and last.head in {"거", "것"}
        and last.kind == "VCP"
    )


def _attributive_time(clause: Clause) -> Iterator[Finding]:
    """Finds "어제 먹는 음식" and "내일 만난 사람"."""
    words = clause.words
    for number in range(len(words) - 2):
        time, word, noun = words[number : number + 3]
        if (
            word.kind != "VV"
            or word.helpers
            or word.ending_tag != "ETM"
            or noun.head_tag != "NNG"
            or noun.stem
        ):
            continue
        written = time.written
        if (
            written in {"어제", "그저께", "어젯밤"}
            and word.ending == "는"
            and words[-1].is_past
            and word.stem not in {"있", "없"}
        ):
            yield from clause.finding(
                "attributive_form",
                "sentence_error",
                word,
                attributive(word.written, word, _NIEUN, "은"),
            )
        elif written in {"내일", "모레"} and word.ending in {"ᆫ", "은"} and not words[-1].is_past:
            yield from clause.finding(
                "attributive_form", "sentence_error", word, future_attributive(word.written, word)
            )


def _is_polite_present(clause: Clause, word: Word) -> bool:
    if word.kind not in {"VV", "VA"} or not word.ends_sentence or word.helpers:
        return False
    written = word.written
    present = len(word.endings) == 1 and word.ending in {"어요", "ᆸ니다", "습니다"}
    return (
        present
        and written.endswith(("요", "니다"))
        and word.stem not in {"같", "아니", "좋아하"}
        and clause.submission.text[word.end : word.end + 1] != "?"
    )


def _is_when_it_was(word: Word) -> bool:
    return word.head in {"때", "적", "당시", "시절"} and word.particles in {("는",), ("은",), ("에", "는")}


def _state_of_then(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "학생이었을 때는 돈이 없다"."""
    words = clause.words
    before = words[number - 1] if number else None
    if before is None or not before.is_past or before.ending_tag != "ETM":
        return
    after = [each for each in words[number + 1 :] if each.stem]
    if len(after) != 1 or after[0] is not words[-1] or not after[0].ends_sentence:
        return
    word = after[0]
    plain = len(word.endings) == 1 and word.ending in _PLAIN_ENDINGS
    own = any(each.noun in {"나", "저", "우리", "내", "제"} for each in words)
    if (
        plain
        and own
        and word.stem in {"없", "있", "많", "살", "다니", "좋아하", "싫어하", "좋", "적", "작", "크"}
    ):
        yield from clause.finding("tense_time", "sentence_error", word)


def _state_of_now(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "지금은 서울에 살았지만"."""
    for each in clause.words[number + 1 : number + 5]:
        if each.stem:
            if (
                each.stem in _LASTING
                and each.is_past
                and not each.helpers
                and each.ending in {"지만", "고", "는데", "다", "어요", "습니다"}
            ):
                yield from clause.finding("tense_time", "sentence_error", each)
            return
        if each.is_topic:
            return


def _is_coming(clause: Clause, number: int) -> bool:
    word = clause.words[number]
    if word.noun in _COMING and word.particles == ("에",):
        return True
    near = [each.noun for each in clause.words[max(0, number - 2) : number]]
    if word.particles != ("에",) or "다음" not in near or "그" in near:
        return False
    # In a story "다음 주" is the one after that: "다음 주에 시험을 봤다".
    told = clause.words[-1].written
    named = word.head in {"주", "달", "학기", "주말"} or ("주" in near and word.head.endswith("요일"))
    return named and told.endswith(("요", "니다", "시다", "자"))


def _done_in_future(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "다음 주에 결혼식을 했는데"."""
    for place in range(number + 1, min(number + 7, len(clause.words))):
        each = clause.words[place]
        if each.closed and not each.stem:
            return
        if each.stem:
            done = (
                each.is_past
                and each.kind == "VV"
                and not each.helpers
                and each.ending in {"는데", "고", "지만", "어요", "습니다", "다"}
            )
            if (
                done
                and each.stem not in _ARRANGED
                and not (each.stem == "하" and clause.words[place - 1].ending_tag == "ETN")
            ):
                named = clause.words[place - 1].head if clause.words[place - 1].is_object else ""
                if f"{named}하" not in _ARRANGED and named not in {"날짜", "표", "일정", "시간", "소식"}:
                    yield from clause.finding("tense_time", "sentence_error", each)
            return
