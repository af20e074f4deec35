"""Finds numbers and counting words of the wrong kind or in the wrong place: "십구 살", "고양이 두 명", "세 개 사과"."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.korean.persons import person
from services.proofreader.korean.words import Clause, has_coda, word_set

# "두 마리 토끼를 잡다" and "한 송이 꽃" are said so.
_PEOPLE = word_set("사람 친구 학생 동생 아이 형제 언니 오빠 누나 형 손님 남자 여자 딸 아들 직원")
_COUNTED_AFTER = {
    "명": _PEOPLE,
    "권": word_set("책 공책 소설책 만화책 교과서 사전 잡지 동화책 소설"),
    "병": word_set("물 우유 주스 콜라 맥주 소주 술 음료수 사이다"),
    "켤레": word_set("신발 구두 운동화 양말 장갑"),
    "벌": word_set("옷 양복 치마 바지 한복 코트 정장"),
    "개": word_set(
        "사과 귤 배 감 빵 수박 계란 달걀 의자 책상 가방 모자 컵 연필 지우개 사탕 과자 공 상자 우산 시계 바나나 오렌지 만두 김밥 선물 접시 그릇"
    ),
    "대": word_set("자동차 차 버스 자전거 컴퓨터 냉장고 텔레비전 비행기 택시"),
}

_NATIVE_DIGITS = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")

_SINO_DIGITS = "일이삼사오육칠팔구"

_TEENS = {f"십{_SINO_DIGITS[n - 1]}": f"열{_NATIVE_DIGITS[n]}" for n in range(1, 10)}

# "십오 명" and "십오 시간" are said as well.
_COUNTERS = word_set("살 마리 송이 켤레 그릇 잔")


def counted_words(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    for number, word in enumerate(clause.words[:-1]):
        if not word.closed:
            yield from _counted_first(clause, number)


def _counted_first(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "세 개 사과를" and "십구 살"."""
    words = clause.words
    word, after = words[number], words[number + 1]
    written = word.written
    if (
        written in _TEENS
        and after.head in _COUNTERS
        and after.head_tag == "NNB"
        and clause.submission.text[after.start : after.start + 1] in {each[0] for each in _COUNTERS}
    ):
        native = _TEENS[written]
        yield from clause.finding("number_word", "sentence_error", word, native)
        return
    yield from _counter(clause, number)
    yield from _kind_of_number(clause, number)
    if written in _HOURS and after.written in {
        "시에",
        "시",
        "시부터",
        "시까지",
        "시쯤",
        "시에는",
        "시입니다",
        "시예요",
        "시부터는",
    }:
        yield from clause.finding("number_word", "sentence_error", word, _HOURS[written])
        return
    if (
        written in {"한", "두", "세", "네", *_NATIVE_DIGITS[5:], "열"}
        and number + 2 < len(words)
        and after.written in _COUNTED_AFTER
    ):
        noun = words[number + 2]
        alone = (
            noun.head_tag == "NNG"
            and noun.noun == noun.head
            and not noun.stem
            and noun.particles in {("을",), ("를",), ("이",), ("가",)}
        )
        opened = number == 0 or not (
            words[number - 1].head and not words[number - 1].particles and not words[number - 1].stem
        )
        if alone and opened and noun.noun in _COUNTED_AFTER[after.written] and not after.closed:
            counter = after.written
            pair = ("을", "를") if noun.is_object else ("이", "가")
            right = f"{noun.noun} {written} {counter}{pair[0] if has_coda(counter) else pair[1]}"
            yield from clause.finding("counted_order", "sentence_error", word, right, until=noun)


_HOURS = {
    "삼": "세",
    "사": "네",
    "오": "다섯",
    "육": "여섯",
    "칠": "일곱",
    "팔": "여덟",
    "구": "아홉",
    "십": "열",
    "십일": "열한",
    "십이": "열두",
}

_ANIMALS = word_set("고양이 강아지 물고기 돼지 닭 토끼 호랑이 사자 원숭이 코끼리 오리 나비 개미")

# What is counted by another word than the one that is written.
_COUNTED_BY = (
    (_ANIMALS, frozenset({"명", "개", "분"}), "마리"),
    (_PEOPLE, frozenset({"개", "마리"}), "명"),
    (word_set("책 공책 소설책 만화책 교과서 사전 잡지 동화책"), frozenset({"개", "마리", "명"}), "권"),
    (
        word_set("사과 귤 배 감 빵 수박 계란 달걀 의자 책상 가방 모자 컵 사탕 바나나 오렌지"),
        frozenset({"명", "마리"}),
        "개",
    ),
    (
        word_set("자동차 자전거 비행기 냉장고 텔레비전 에어컨 세탁기 피아노"),
        frozenset({"개", "마리"}),
        "대",
    ),
    (word_set("종이 사진 우표 엽서"), frozenset({"개", "명", "마리"}), "장"),
)


def _counter(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "고양이 두 명"."""
    words = clause.words
    if not number or (words[number].kind != "MM" and words[number].head_tag not in {"NR", "SN"}):
        return
    noun, after = words[number - 1], words[number + 1]
    if noun.stem or noun.noun != noun.head or noun.particles not in {(), ("이",), ("가",), ("을",), ("를",)}:
        return
    # "아이가 두 개 먹었다" counts something else.
    there = words[number + 2] if number + 2 < len(words) else None
    if noun.particles and (there is None or there.stem not in {"있", "없", "살", "키우", "기르"}):
        return
    for things, counters, right in _COUNTED_BY:
        if noun.head in things and after.noun in counters and after.head_tag == "NNB" and not noun.closed:
            rest = after.written.removeprefix(after.noun)
            pairs = {
                "이": ("이", "가"),
                "가": ("이", "가"),
                "을": ("을", "를"),
                "를": ("을", "를"),
                "은": ("은", "는"),
                "는": ("은", "는"),
                "": ("", ""),
            }
            if rest.startswith("의"):
                return
            if rest in pairs:
                yield from clause.finding(
                    "counter_word", "word_choice", after, right + pairs[rest][0 if has_coda(right) else 1]
                )
            else:
                yield from clause.finding("counter_word", "word_choice", after)
            return


# What is counted in Chinese numbers, where native ones are written.
_SINO = {
    "한": "일",
    "두": "이",
    "세": "삼",
    "네": "사",
    "다섯": "오",
    "여섯": "육",
    "일곱": "칠",
    "여덟": "팔",
    "아홉": "구",
    "열": "십",
    "열한": "십일",
    "열두": "십이",
    "열다섯": "십오",
    "스무": "이십",
    "스물": "이십",
    "스물다섯": "이십오",
    "서른": "삼십",
    "마흔": "사십",
    "쉰": "오십",
}
# "두 주일" is said as well, "두 원" may be two circles, and "두 학년" are two of them.
_COUNTED_IN_SINO = word_set("년 인분 개월 월 호선")
_PERSONS_AFTER = frozenset(
    {("이",), ("은",), ("을",), ("께서",), ("도",), ("의",), ("만",), ("과",), ("께",)}
)
# "삼" and "사" before these are no words but numbers; "이 잔" is this glass, "오 분" is five minutes.
_NATIVE = {"삼": "세", "사": "네", "육": "여섯", "칠": "일곱", "팔": "여덟", "구": "아홉"}
_COUNTED_IN_NATIVE = word_set("명 개 살 시간 권 잔 마리 병 달 켤레 송이 벌 그릇 군데")
# These stand between a thing and its counter, where "이" and "오" are numbers, too.
_SPANS = word_set("하루 일주일 달 년 주 일년 한달")
_SMALL = {"이": "두", "오": "다섯", "일": "한"}


def _kind_of_number(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "두 시 서른 분", "세 년" and "학생이 삼 명"."""
    words = clause.words
    word, after = words[number], words[number + 1]
    before = words[number - 1] if number else None
    written, counter = word.written, after.noun
    if not clause.gap(number + 1) or after.head_tag not in {"NNB", "NNG"} or after.noun != after.head:
        return
    minute = counter == "분" and before is not None and before.noun == "시" and before.written == "시"
    # "두 분이 오셨다" is said of persons.
    minute &= not after.is_honoured and after.particles not in _PERSONS_AFTER
    minute &= bool(after.particles or after.stem or len(written) > 1)
    minute |= counter == "일" and not word.stem and before is not None and before.noun == "월"
    often = counter == "번" and before is not None and before.particles == ("에",) and before.noun in _SPANS
    there = words[number + 2] if number + 2 < len(words) else None
    often = often and (written in _NATIVE or (there is not None and there.kind == "VV" and not there.noun))
    if often and written in _NATIVE | _SMALL:
        yield from clause.finding("number_word", "sentence_error", word, (_NATIVE | _SMALL)[written])
        return
    # "두 월" is none; "한 달" is, and "한 학년" is one of more.
    grade = counter == "학년" and after.kind == "VCP" and before is not None and before.is_topic
    grade = grade and before is not None and (before.noun in {"저", "나"} or bool(person(before)))
    if written in _SINO and (minute or grade or (counter in _COUNTED_IN_SINO and written != "한")):
        yield from clause.finding("number_word", "sentence_error", word, _SINO[written])
    elif written in _NATIVE and counter in _COUNTED_IN_NATIVE:
        # "팔 시간이 없다" is no time to sell.
        if written == "팔" and not (before is not None and before.particles == ("에",)):
            return
        if (
            counter in {"개", "달", "명", "살", "시간"}
            and before is not None
            and before.head_tag in {"NR", "SN", "MM"}
        ):
            return
        yield from clause.finding("number_word", "sentence_error", word, _NATIVE[written])
    elif (
        written in _SMALL
        and counter in _COUNTED_IN_NATIVE - {"살", "달", "시간"}
        and before is not None
        and before.noun
        and not before.stem
        and not before.closed
        and not after.particles
        and any(before.head in things for things in (_PEOPLE, _ANIMALS, *_COUNTED_AFTER.values(), _SERVED))
        and before.particles in {(), ("을",), ("를",), ("이",), ("가",)}
    ):
        yield from clause.finding("number_word", "sentence_error", word, _SMALL[written])


_SERVED = word_set("커피 차 물 맥주 우유 주스 라면 냉면 비빔밥 국수 고양이 강아지 꽃 장미 녹차 콜라")
