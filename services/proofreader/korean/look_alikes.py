"""Finds words and endings that look like others, and words that are written as two."""

import re
from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.hangul import compose, decompose
from services.proofreader.korean.places import is_place
from services.proofreader.korean.words import Clause, Word, has_coda, word_set

_MIEUM = 16
_LOW_PRICED = word_set(
    "항공 항공사 제품 상품 공세 경쟁 전략 매수 매도 판매 요금 브랜드 시장 상점 커피 아파트 수주 노선 모델 스마트폰 정책 매장 낙찰 입찰 형 여행 호텔 마케팅 의류 화장품 시리즈 버전 구매 주택 부품 생산 라인 폰 차량 매물 정보 대비"
)
_COMPOUNDS = {
    ("집안", "일"): "집안일", ("첫", "사랑"): "첫사랑", ("첫", "인상"): "첫인상", ("그", "동안"): "그동안", ("그", "때"): "그때", ("이", "때"): "이때", ("그", "날"): "그날", ("이", "날"): "이날", ("온", "종일"): "온종일",
    ("이", "곳"): "이곳", ("그", "곳"): "그곳", ("저", "곳"): "저곳", ("이", "것"): "이것", ("그", "것"): "그것", ("저", "것"): "저것", ("아무", "것"): "아무것", ("지난", "주"): "지난주", ("지난", "달"): "지난달", ("지난", "해"): "지난해",
    ("이", "번"): "이번", ("저", "번"): "저번", ("한국", "말"): "한국말", ("머리", "카락"): "머리카락", ("물", "고기"): "물고기", ("밤", "하늘"): "밤하늘", ("손", "가락"): "손가락", ("발", "가락"): "발가락", ("눈", "물"): "눈물", ("콧", "물"): "콧물",
    ("어린", "아이"): "어린아이", ("큰", "소리로"): "", ("젊은", "이"): "젊은이", ("늙은", "이"): "늙은이",
}  # fmt: skip
_WITHOUT = word_set(
    "끊임 틀림 쓸데 소용 관계 상관 어김 아낌 변함 하염 뜬금 어이 수 꾸밈 거침 빠짐 스스럼 터무니 보잘것 어처구니 난데 느닷 두말할것 온데간데 막힘 서슴 가차"
)
_ONE_ADJECTIVE = frozenset({"맛", "멋", "재미"})


def look_alikes(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    words = clause.words
    for number, word in enumerate(words):
        written = word.written
        if written == "저가":
            yield from _myself(clause, number)
        if word.ending_tag == "ETN":
            yield from _by_means(clause, number)
        if word.stem:
            yield from _without_glide(clause, word)
        if number + 1 < len(words):
            yield from _one_word(clause, number)
    yield from _polite_noun(clause, len(words) - 1)


def _myself(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "저가" for "제가"."""
    after = clause.words[number + 1] if number + 1 < len(clause.words) else None
    if after is None or not (after.noun in _LOW_PRICED or after.head in _LOW_PRICED):
        yield from clause.finding("similar_word", "word_choice", clause.words[number], "제가")


def _by_means(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "마침으로서" for "마침으로써", and "부족함으로" for "부족하므로"."""
    word = clause.words[number]
    written = word.written
    if word.ending_tag != "ETN" or word.endings[-1:] not in {("ᆷ",), ("음",)}:
        return
    if written.endswith("으로서"):
        yield from clause.finding("role_particle", "spelling", word, written[:-1] + "써")
        return
    if not written.endswith("으로") or not number or number + 1 >= len(clause.words):
        return
    own = clause.words[number - 1]
    after = clause.words[number + 1]
    subject = own.particles in {("이",), ("가",)} and not own.stem
    other = after.is_topic or after.is_subject
    if subject and other and word.kind == "VA" and word.endings == ("음",) and written.endswith("음으로"):
        yield from clause.finding(
            "confusion_ending", "spelling", word, written.removesuffix("음으로") + "으므로"
        )
    elif subject and other and word.kind == "VA" and word.endings == ("ᆷ",) and len(written) > 3:
        initial, vowel, final = decompose(written[-3])
        if final == _MIEUM:
            right = written[:-3] + compose(initial, vowel, 0) + "므로"
            yield from clause.finding("confusion_ending", "spelling", word, right)


_GLIDED = re.compile(r"([가-힣])(세요|십시오|셔서|셨어요|셨습니다|십니다)$")


def _without_glide(clause: Clause, word: Word) -> Iterator[Finding]:
    """Finds "적세요" for "적으세요"."""
    written = word.written
    found = _GLIDED.search(written)
    if not found or not has_coda(found[1]) or word.noun:
        return
    _, _, final = decompose(found[1])
    stem = written[: found.end(1)]
    # "ㄹ" is dropped there; in "계셔", and in past and future, it is another word.
    if stem in _CLOSED_STEMS and final not in {8, 20}:
        yield from clause.finding("ending_form", "sentence_error", word, f"{stem}으{found[2]}")


_CLOSED_STEMS = word_set(
    "적 읽 앉 찾 받 입 신 씻 믿 잡 찍 닫 웃 벗 참 넣 놓 남 감 볶 닦 섞 묶 깎 뽑 꽂 덮 쌓 얹 갚 참 숨 심 품 삶 뜯 얻 뱉 맡 같 좋 많 괜찮 높 작 젊 늦 붙잡 내려놓 집어넣 올려놓 돌려받 물려받 갈아입 끊 끓 앓 잃 싫 밟 핥 훑 엎 업 씹 접 뽐 굽 꼽 좁 없 있"
)


def _polite_noun(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "시계에요" for "시계예요" at the end of a sentence that has a subject."""
    word = clause.words[number]
    written = word.written
    if not written.endswith("에요") or len(written) < 3:
        return
    noun = written[:-2]
    topics = [each for each in clause.words[:number] if each.is_topic or each.is_subject]
    others = any(each.stem and each.ending_tag == "EC" for each in clause.words[:number])
    if not topics or others or noun.endswith(("이", "니")) or word.head_tag not in {"NNG", "NP", "NNP"}:
        return
    if is_place(word) or noun in {"어디", "여기", "거기", "저기", "위", "뒤", "아래"}:
        return
    yield from clause.finding(
        "confusion_copula", "spelling", word, noun + ("이에요" if has_coda(noun) else "예요")
    )


def _one_word(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds words of two parts that are written as one."""
    word, after = clause.words[number], clause.words[number + 1]
    if not clause.gap(number + 1):
        return
    one, two = word.written, after.written
    noun = after.noun if not after.stem else ""
    right = _COMPOUNDS.get((one, noun), "") if noun and two.startswith(noun) else ""
    if right and not (noun == "일" and after.head_tag != "NNG"):
        rest = two.removeprefix(noun)
        yield from clause.finding("spacing_needless", "spacing", word, right + rest, until=after)
    elif (
        one in _WITHOUT
        and two.startswith(("없이", "없는", "없다", "없어", "없었", "없고"))
        and two in {"없이", "없는", "없다"}
    ):
        opened = not number or clause.words[number - 1].ending_tag != "ETM"
        if (
            opened
            and not (one == "수" and two != "이" and (not number or clause.words[number - 1].stem))
            and not (one in {"관계", "상관", "수"} and two != "없이")
        ):
            yield from clause.finding("spacing_needless", "spacing", word, one + two, until=after)
    elif (
        one in _ONE_ADJECTIVE
        and after.stem in {"있", "없"}
        and two[0] in "있없"
        and (not number or clause.words[number - 1].ending_tag != "ETM")
    ):
        yield from clause.finding("spacing_needless", "spacing", word, one + two, until=after)
