"""Finds endings that do not join what they stand between: "늦으니까 죄송합니다", "앉고 읽었어요", "오기 후에"."""

import re
from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.hangul import coda
from services.proofreader.korean.stems import infinitive, past_modifier
from services.proofreader.korean.words import Clause, Word, word_set

_BIEUP = 17
_THANKED = word_set("죄송하 미안하 고맙 감사하 반갑")
# "생각하니까 미안해요" tells how it came to be felt.
_CAME_TO_FEEL = word_set(
    "보 생각하 듣 알 되돌아보 돌아보 돌이켜보 하 그러 이러 읽 깨닫 떠올리 같 말하 말씀하 칭찬하"
)
# "정말 반갑네요" is felt now, and "다시", "이렇게" and the like tell what called it forth.
_FELT_NOW = ("네요", "군요", "죠", "지요", "거든요")
_OWN_FAULTS = word_set("늦 지각하")
_AIMS = word_set("잘하 성공하 유창하")
_HARD = word_set("열심히 매일 많이 꾸준히 날마다 항상 자주")
_EFFORTS = word_set("노력하 연습하 공부하 운동하 두려워하 외우 준비하 복습하 배우")
_WASHED = word_set("세수하 샤워하 양치질하 씻 출근하 등교하")
_MORNING = word_set("물 커피 우유 밥 아침 아침밥 세수 샤워 이 얼굴 운동 산책")
_DONE_THEN = word_set("마시 먹 하 닦 씻")
_LESSONS = word_set(
    "쓰 만들 걷 듣 읽 말하 그리 달리 뛰 던지 더하 빼 나누 곱하 따라하 오르 매달리 받아쓰 꾸미 접 자르 부르 숨쉬"
)
_ARRIVING = word_set("오 가 도착하 돌아오 돌아가 나오 들어오 들어가 입학하")
_POSTURES = word_set("앉 눕")
_SITTING = word_set("읽 보 쓰 이야기하 얘기하 기다리 쉬 마시 먹 공부하 듣 자 생각하 이야기")
_MEALS = word_set("밥 아침 점심 저녁 아침밥 점심밥 저녁밥 식사")
_BODY = word_set("손 얼굴 이 머리 발 세수 샤워 양치질 목욕")
_CLEANED = word_set("씻 닦 감 하")
_NEXT = word_set("닦 씻 출근하 등교하 산책하 숙제하 공부하 나가 설거지하")
_NEXT_AFTER_CLEANING = word_set("먹 자 나가 입 바르 하 닦 마시")
_DENYING = word_set("안 못")
# A sentence that has ended goes on: "맛있어요지만".
_ENDED = re.compile(
    r"(?:[아어여해와워려셔져쳐켜써봐줘돼]요|[가-힣](?P<last>니다))(?P<more>지만|는데|니까|고|서)$"
)
_DURING = word_set("자 살 공부하 일하 여행하 먹 기다리 놀 다니 배우 사귀")
_UNDER_WAY = word_set(
    "먹 공부하 일하 가 오 만들 읽 쓰 보 운동하 준비하 기다리 전화하 이야기하 회의하 찾 배우 청소하 요리하"
)
# What tells of a habit is no request: "매일 도와주세요".
_REQUESTING = word_set("좀 빨리 얼른 어서 제발 조금 다시 천천히 조용히 잠깐 잠시 크게")
_BEFORE_ASKING = word_set("혹시 지금 너무 정말 아주")
_EXPERIENCED = word_set("가 먹 보 만나 읽 듣 배우 타 살 마시 가보 여행하 입")


def linked_clauses(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    words = clause.words
    for number, word in enumerate(words[:-1]):
        if not word.stem:
            continue
        if word.ending in {"고", "어서"} and words[number + 1].noun == "때문" and not word.is_past:
            right = f"{word.stem}기" if _is_plain(word) else ""
            yield from clause.finding("noun_form", "sentence_error", word, right)
        elif found := _ENDED.search(word.written):
            yield from _ended(clause, word, found)
        elif word.ending in {"으니까", "니까"}:
            yield from _thanked(clause, number)
        elif word.ending in {"으면", "면"}:
            yield from _aimed(clause, number)
        elif word.ending == "고" and word.ending_tag == "EC":
            yield from _staying(clause, number)
        elif word.ending == "어서":
            yield from _then(clause, number)
            yield from _asked(clause, number)
        elif word.ending == "기" and word.ending_tag == "ETN":
            yield from _after_doing(clause, number)
        elif word.ending_tag == "ETM":
            yield from _while_doing(clause, number)


def _finding(clause: Clause, word: Word, right: str = "", *, until: Word | None = None) -> Iterator[Finding]:
    yield from clause.finding("linking_ending", "sentence_error", word, right, until=until)


def _is_plain(word: Word) -> bool:
    """Returns whether nothing but a stem and its ending is in it."""
    alone = not word.noun or word.stem == f"{word.noun}하"
    return alone and not word.helpers and len(word.endings) == 1


def _ended(clause: Clause, word: Word, found: re.Match[str]) -> Iterator[Finding]:
    before = word.written[: found.start() + 1]
    if found["last"] and coda(before[-1]) != _BIEUP:
        return
    # "필요" and "수요" are nouns.
    if (
        not found["last"]
        and not any(each.endswith("요") for each in word.endings)
        and found["more"] != "는데"
    ):
        return
    yield from _finding(clause, word)


def _thanked(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "늦으니까 죄송합니다"."""
    word = clause.words[number]
    after = next((each for each in clause.words[number + 1 : number + 4] if not each.is_adverb), word)
    polite = after.stem in _THANKED and after.ends_sentence and after.written.endswith(("요", "니다"))
    if not polite or after.is_past or {word.stem, *word.helpers} & _CAME_TO_FEEL:
        return
    near = after is clause.words[number + 1] or word.stem in _OWN_FAULTS
    if not near or after.written.endswith(_FELT_NOW):
        return
    earlier = clause.words[:number]
    told = any(
        (each.is_adverb and each.written not in _DENYING) or "께서" in each.particles for each in earlier
    )
    if told or (earlier and (after.stem == "반갑" or any(each.is_subject for each in earlier))):
        return
    right = ""
    if word.endings[:-1] == ("시",) and not word.helpers and not word.noun:
        right = f"{word.stem}셔서" if not coda(word.stem[-1]) else f"{word.stem}으셔서"
    elif _is_plain(word):
        right = infinitive(word.stem) and infinitive(word.stem) + "서"
    yield from _finding(clause, word, right)


def _aimed(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "잘하면 연습해야 한다" for "잘하려면"; "합격하면 두 달 동안 공부해야 한다" is said of later."""
    word, last = clause.words[number], clause.words[-1]
    before = clause.words[-2]
    stem = word.written.removesuffix("면")
    passed = stem == "합격하" and number and clause.words[number - 1].noun == "시험"
    if not (stem in _AIMS or passed) or not last.ends_sentence or last.is_past:
        return
    if last.stem in {"하", "되"} and last.kind in {"VX", "VV"} and before.ending == "어야":
        later = clause.words[number + 1 : -2]
        only = all(each.written in _HARD for each in later) and before.stem in _EFFORTS
        fearless = before.stem == "말" and [each.written for each in later] == ["실수를", "두려워하지"]
        if (only or fearless) and before is not word:
            yield from _finding(clause, word, f"{stem}려면")


def _staying(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "앉고 책을 읽었어요", "늦잠을 자고 지각했어요" and "아침에 일어나고 물을 마셔요"."""
    word = clause.words[number]
    later = [each for each in clause.words[number + 1 :] if each.stem]
    if (
        not later
        or not _is_plain(word)
        or word.closed
        or any(each.is_subject or each.is_topic for each in clause.words[number + 1 :])
    ):
        return
    before = clause.words[number - 1] if number else None
    if before is None:
        return
    next_one = later[0]
    seated = word.stem in _POSTURES and before.particles == ("에",) and next_one.stem in _SITTING
    overslept = word.stem == "자" and before.noun == "늦잠" and next_one.stem in {"지각하", "늦"}
    up = (
        word.stem == "일어나"
        and before.particles == ("에",)
        and _is_of_morning(clause.words[number + 1 :])
        and next_one.ends_sentence
        and next_one.written.endswith(("요", "니다"))
        and next_one is clause.words[-1]
        and not any(each.particles[:1] == ("에",) for each in clause.words[number + 1 :])
    )
    if seated or overslept or up:
        yield from _finding(clause, word, infinitive(word.stem) + "서")


def _is_of_morning(later: tuple[Word, ...]) -> bool:
    """Returns whether it is what one does on getting up, and no other habit: "일찍 일어나고 일찍 자요"."""
    last = later[-1]
    return last.stem in _WASHED or (
        len(later) > 1
        and later[-2].is_object
        and later[-2].noun in _MORNING
        and last.stem in _DONE_THEN
        and not last.helpers
    )


def _then(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "밥을 먹어서 이를 닦아요": one thing after the other, without a reason."""
    word = clause.words[number]
    if not number or not _is_plain(word) or word.closed:
        return
    noun, later = clause.words[number - 1], clause.words[number + 1 :]
    if any(each.written in _DENYING or each.is_subject or each.is_topic for each in later):
        return
    verb = next((each for each in later if each.stem), None)
    if verb is None or verb is not clause.words[-1] or not verb.ends_sentence or verb.kind != "VV":
        return
    goes = verb.stem == "가" and any(each.head in {"학교", "회사"} for each in later)
    if noun.is_object and noun.noun in _MEALS and word.stem in {"먹", "하"}:
        fits = verb.stem in _NEXT or goes
    elif noun.is_object and noun.noun in _BODY and word.stem in _CLEANED:
        fits = verb.stem in _NEXT_AFTER_CLEANING and any(each.is_object for each in later)
    else:
        return
    if fits:
        yield from _finding(clause, word, f"{word.stem}고")


def _asked(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "비가 와서 우산을 가져가세요" and "돈이 없어서 빌려 주세요", but not "눈이 나빠서 안경을 쓰세요" of an elder."""
    word, last = clause.words[number], clause.words[-1]
    if last.ending not in {"세요", "으세요"} or not last.ends_sentence or word.helpers or word.closed:
        return
    if clause.submission.text[last.end : last.end + 1] == "?":
        return
    weather = word.stem == "오" and number and clause.words[number - 1].noun in {"비", "눈"}
    if not (word.kind == "VA" or weather) or word.stem in {"좋", "같"}:
        return
    later = clause.words[number + 1 : -1]
    taken = weather and last.stem in {"가져가", "챙기"} and bool(later) and later[-1].noun == "우산"
    # A verb that asks for help; "용돈을 주세요" may tell of a grandmother.
    helps = last.written.endswith("주세요") and (last.kind == "VX" or last.stem not in {"주", "주시"})
    if not (taken or helps) or any(each.is_adverb and each.written not in _REQUESTING for each in later):
        return
    if any(
        (each.is_adverb and each.written not in _BEFORE_ASKING) or "마다" in each.particles
        for each in clause.words[:number]
    ):
        return
    others = [each for each in clause.words[: number - 1] if each.is_topic or each.is_subject]
    alone = not others and not any(
        (each.particles and not each.is_object) or (each.stem and each.kind != "VX" and each.ending != "어")
        for each in later
    )
    if alone and not word.is_honoured:
        yield from clause.finding("reason_ending", "sentence_error", word)


def _after_doing(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "한국에 오기 후에"; "쓰기 후에" and "달리기 후에" are names of lessons."""
    word, after = clause.words[number], clause.words[number + 1]
    noun = clause.words[number - 1] if number and clause.gap(number) else word
    told = noun.is_object or (
        word.stem not in _LESSONS
        and (noun.is_subject or (noun.particles == ("에",) and word.stem in _ARRIVING))
    )
    if (
        told
        and after.written in {"후에", "다음에", "뒤에", "후에는", "후"}
        and word.kind == "VV"
        and not word.closed
    ):
        right = past_modifier(word.stem) if _is_plain(word) else ""
        yield from clause.finding("attributive_form", "sentence_error", word, right)


def _while_doing(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "잔 동안", "먹은 중이다", "가는 적이 있다" and "있은 때"."""
    word, after = clause.words[number], clause.words[number + 1]
    if not _is_plain(word) or word.closed or word.kind not in {"VV", "VA"}:
        return
    done = word.ending in {"ᆫ", "은"} and word.kind == "VV"
    right = ""
    if (done and after.noun == "동안" and word.stem in _DURING) or (
        done and after.noun == "중" and after.kind == "VCP" and word.stem in _UNDER_WAY
    ):
        right = word.stem + "는" if not word.stem.endswith(("살", "놀", "만들")) else ""
    elif (
        word.ending == "는"
        and word.stem in _EXPERIENCED
        and after.written in {"적이", "적도"}
        and number + 2 < len(clause.words)
        and clause.words[number + 2].stem == "있"
    ) or (
        word.ending in {"ᆯ", "을"}
        and word.kind == "VV"
        and number + 2 < len(clause.words)
        and (
            (after.written in {"적이", "적도"} and clause.words[number + 2].stem in {"있", "없"})
            or after.written in {"후에", "후"}
            or (after.written == "지" and _is_span(clause, number + 2))
        )
    ):
        right = past_modifier(word.stem)
    elif word.stem in {"있", "없"} and word.ending == "은" and after.noun in {"때", "동안"}:
        right = word.stem + ("을" if after.noun == "때" else "는")
    else:
        return
    yield from clause.finding("attributive_form", "sentence_error", word, right)


def _is_span(clause: Clause, number: int) -> bool:
    """Returns whether "3년이 되었다" stands there."""
    near = clause.words[number : number + 4]
    return any(each.head in {"년", "달", "개월", "주일", "시간", "일", "주", "해"} for each in near) and any(
        each.stem in {"되", "넘", "지나"} for each in near
    )
