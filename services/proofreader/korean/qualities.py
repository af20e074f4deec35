"""Finds qualities that are not said of their subject, and adjectives of feeling that have an object."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.korean.government import before
from services.proofreader.korean.places import is_named_place, is_place
from services.proofreader.korean.words import Clause, Word, word_set

_TOUCHED = word_set(
    "커피 차 물 국물 국 라면 음식 찌개 우유 주스 맥주 콜라 음료수 녹차 홍차 수프 죽 얼음 바닷물 냄비 그릇 밥 피자 손"
)
_AIR = {
    "더워": "뜨거워",
    "더우": "뜨거우",
    "더웠": "뜨거웠",
    "덥": "뜨겁",
    "더운": "뜨거운",
    "추워": "차가워",
    "추우": "차가우",
    "추웠": "차가웠",
    "춥": "차갑",
    "추운": "차가운",
}
_COLD_THINGS = _TOUCHED - {"손", "라면", "냄비", "그릇", "피자"}
# Heat and cold of the air do that: "얼음이 더워서 녹았다".
_CHANGED = word_set("녹 얼 상하 식 쉬 굳 터지 마르 맛있 얼어붙 깨지 변하 맛없")
_LONG_THINGS = word_set(
    "길 줄 거리 시간 다리 역사 도로 강 해안선 복도 방학 여행 노선 기간 거리가 동선 코스 터널 계단 통로 거미줄 산책로 해변 수업 골목"
)
_FAR = {
    "길어": "멀어",
    "길었": "멀었",
    "깁니": "멉니",
    "길고": "멀고",
    "길지": "멀지",
    "길다": "멀다",
    "긴데": "먼데",
    "길기": "멀기",
    "기니": "머니",
}


def qualities(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    for number, word in enumerate(clause.words):
        if word.kind != "VA" or word.noun or word.helpers:
            continue
        if word.stem in {"덥", "춥"}:
            yield from _warm(clause, number)
        elif word.stem == "길" and number > 1:
            yield from _far(clause, number)


def _written(clause: Clause, word: Word, forms: dict[str, str]) -> Iterator[Finding]:
    for one, other in forms.items():
        if word.written.startswith(one):
            right = other + word.written[len(one) :]
            yield from clause.finding("collocation", "word_choice", word, right)
            return


def _warm(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "커피가 더워요" and "추운 물"."""
    word = clause.words[number]
    if word.ending_tag == "ETM":
        after = clause.words[number + 1] if number + 1 < len(clause.words) else None
        # "더운 국물" and "더운 차" are said.
        right = word.stem == "춥" and after is not None and after.noun in _COLD_THINGS - {"차"}
        if after is not None and right and not word.closed and len(word.endings) == 1:
            yield from _written(clause, word, _AIR)
        return
    place = before(clause, number)
    if place < 0 or clause.words[place].stem or word.ending == "게":
        return
    noun = clause.words[place]
    # "라면은 추울 때 맛있다" is said of the weather, and a car is warm inside.
    said = noun.particles in {("이",), ("가",)} or (
        noun.particles in {("은",), ("는",), ("도",)}
        and (word.ends_sentence or (place > 0 and clause.words[place - 1].written in {"이", "그", "저"}))
    )
    changed = any(each.stem in _CHANGED for each in clause.words[number + 1 :])
    if said and not changed and noun.noun in _TOUCHED - {"차", "손"}:
        yield from _written(clause, word, _AIR)


def _far(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "집은 회사에서 길어요"."""
    word = clause.words[number]
    place = before(clause, number)
    # "길어야 십 분 거리" and "길고 좁은 길" are told of something else.
    if place < 1 or not (
        word.ends_sentence or word.ending in {"어서", "지만", "ᆫ데", "은데", "니까", "으니까"}
    ):
        return
    start, topic = clause.words[place], clause.words[place - 1]
    away = start.particles in {("에서",), ("까지",)} and (is_place(start) or is_named_place(start))
    there = topic.is_topic or topic.is_subject or topic.particles == ("에서",)
    stands = not topic.stem and (is_place(topic) or topic.head in {"집", "기숙사"})
    is_long = any(each.head in _LONG_THINGS for each in clause.words[:place] if each.particles)
    if away and there and stands and not is_long:
        yield from _written(clause, word, _FAR)
