"""Finds actives and passives that do not fit their subject or object: "책을 출판되다", "다리가 건설할 예정이다"."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.korean.words import Clause, Word, word_set

# What is made, held or sold, and does nothing itself.
_MADE = word_set(
    "책 소설 시집 작품 영화 드라마 노래 음반 앨범 건물 다리 도로 공항 지하철역 아파트 제품 상품 물건 자동차 음식 행사 축제 대회 올림픽 월드컵 회의 결혼식 콘서트 공연 전시회 박물관 도서관 경기장 기술 약 백신 표 쓰레기 기념품 휴대폰 컴퓨터 스마트폰"
)
_MAKING = word_set(
    "건설 번역 출판 판매 사용 생산 방송 발표 제작 완성 개최 설치 취소 연기 발견 발명 수출 수입 공개 출간 전시 배송 재활용 복원"
)
# The forms of "하다" and those of "되다", the longest first.
_FORMS = (
    ("하였", "되었"),
    ("했", "됐"),
    ("합니", "됩니"),
    ("한다", "된다"),
    ("해요", "돼요"),
    ("할", "될"),
    ("하고", "되고"),
    ("한", "된"),
)
_AGENTS = (
    (word_set("경찰 형사 선생님 엄마"), word_set("잡")),
    (word_set("모기 개 뱀 벌레 벌 강아지 고양이"), word_set("물")),
    (word_set("도둑"), word_set("빼앗")),
    (word_set("사람 아이 발"), word_set("밟")),
)
_LATER = word_set("예정 계획 것 거")


def voices(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    for number, word in enumerate(clause.words):
        if not word.stem or not number or word.helpers:
            continue
        if word.noun and word.stem == f"{word.noun}되":
            yield from _passive_with_object(clause, number)
        elif word.noun in _MAKING and word.stem == f"{word.noun}하":
            yield from _active_without_object(clause, number)
        elif word.kind == "VV":
            yield from _by_somebody(clause, number)


def _skipped(word: Word) -> bool:
    """Returns whether it only tells when, where, how much or how."""
    return (
        word.is_adverb
        or word.kind == "MM"
        or word.particles in {("에",), ("에서",), ("으로",), ("로",), ("까지",), ("부터",)}
        or (not word.particles and not word.stem and word.head_tag in {"NR", "NNB", "SN", "XSN", "NNG"})
    )


def _passive_with_object(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "수업을 아홉 시에 시작돼요"."""
    word = clause.words[number]
    if word.ending_tag not in {"EF", "EC"} or word.ending in {"게", "도록"}:
        return
    for place in range(number - 1, -1, -1):
        each = clause.words[place]
        if each.closed or each.stem:
            return
        if each.is_object:
            # "계기로 시작되다" has an object of its own before it.
            between = clause.words[place + 1 : number]
            if each.noun and not any(one.particles in {("으로",), ("로",)} for one in between):
                yield from clause.finding(
                    "particle_verb", "sentence_error", each, clause.with_particle(each, "이", "가")
                )
            return
        if not _skipped(each):
            return


def _active_without_object(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "다리가 내년에 건설할 예정이다"."""
    word, words = clause.words[number], clause.words
    planned = word.ending == "ᆯ" and number + 1 < len(words) and words[number + 1].head in _LATER
    # "책이 발표했다는" may be of somebody else.
    if not (planned or (word.ends_sentence and word is words[-1])):
        return
    for place in range(number - 1, -1, -1):
        each = words[place]
        if each.closed or each.is_object or each.is_topic:
            return
        if each.is_subject and words[place + 1].ending_tag != "ETM":
            if each.head in _MADE and each.particles in {("이",), ("가",)}:
                written = word.written[len(word.noun) :]
                right = next(
                    (new + written[len(old) :] for old, new in _FORMS if written.startswith(old)), ""
                )
                yield from clause.finding("voice", "sentence_error", word, right and word.noun + right)
            return
        if each.stem and each.ending_tag != "ETM":
            return


def _by_somebody(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "도둑이 경찰에게 잡았어요" and "모기에게 물었어요"."""
    word, agent = clause.words[number], clause.words[number - 1]
    if agent.particles not in {("에게",), ("한테",)} or word.ending_tag != "EF" or word.noun:
        return
    fits = any(agent.head in agents and word.stem in verbs for agents, verbs in _AGENTS)
    if fits and not any(each.is_object or each.stem for each in clause.words[:number]):
        yield from clause.finding("voice", "sentence_error", word)
