"""Finds helping verbs after an ending that they do not follow: "입고 봤어요", "먹어 싶어요", "수영할 수 알아요"."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.korean.stems import infinitive
from services.proofreader.korean.words import Clause, Word, word_set

# What is done for somebody, and nothing that could be handed over.
_SERVICES = word_set(
    "열 닫 켜 끄 찍 깎 가르치 빌리 돕 알리 보이 기다리 바꾸 고치 말하 설명하 읽 쓰 적 들 치우 소개하 안내하 추천하 확인하 내리 올리 잡 누르 밀 부르 이야기하 세우"
)
# Of these nothing is left that could be given.
_NOTHING_LEFT = word_set("열 닫 켜 끄 가르치 돕 알리 기다리 말하 설명하 소개하 안내하 추천하 부르")
_LOST = word_set("잊 잃 지나 떠나 끝나 죽 잠들 헤어지 놓치 늦")
_STATES = word_set(
    "춥 덥 맵 어렵 쉽 무섭 바쁘 아프 예쁘 나쁘 기쁘 슬프 좋 많 작 높 넓 싫 비싸 피곤하 필요하 중요하 유명하 친절하 심심하 불편하 편하"
)
_ONCE = frozenset({"한번", "한번만"})
# After "벗고" and "읽고" one may look at something.
_TRIED = word_set("입 먹 듣 마시 신 만나 타 배우 만들 하 가 오 사귀 요리하 사 부르 만지 찾")
_WISHED = frozenset({"어", "ᆯ", "을", "기"})


def helping_verbs(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    words = clause.words
    for number in range(len(words) - 1):
        word, after = words[number], words[number + 1]
        if word.closed or not word.stem or not clause.gap(number + 1):
            continue
        if after.stem == "보" and not after.noun and not after.helpers:
            yield from _tried(clause, number)
        elif after.stem == "주" and not after.noun:
            yield from _given(clause, word, after)
        elif (
            after.written.startswith("싶")
            and word.ending in _WISHED
            and word.kind == "VV"
            and not word.helpers
        ):
            yield from _finding(clause, word, _with(word, "고"))
        elif (
            after.stem == "않"
            and word.ending == "고"
            and word.ending_tag == "EC"
            and not word.helpers
            and not word.is_past
            and word.kind in {"VV", "VA"}
        ):
            yield from _finding(clause, word, _with(word, "지"))
        elif (
            after.stem == "버리"
            and word.ending == "고"
            and word.stem in _LOST
            and not word.helpers
            and not word.is_past
        ):
            yield from _finding(clause, word, infinitive(word.stem))
        elif (
            after.stem == "싶"
            and after.ending_tag != "ETM"
            and word.ending == "고"
            and number
            and words[number - 1].written == "못"
        ):
            yield from clause.finding("negation_word", "sentence_error", words[number - 1], "안")
        elif (
            word.kind == "VA"
            and word.ending == "고"
            and after.written.startswith(("있어요", "있습니다", "있다"))
            and word.stem in _STATES
            and not word.helpers
        ):
            yield from clause.finding("result_state", "sentence_error", word)
        elif word.ending_tag == "ETM" and word.ending == "는" and word.kind == "VV" and not word.helpers:
            yield from _before_predicate(clause, number)
        elif number + 2 < len(words):
            yield from _able(clause, number)


def _finding(clause: Clause, word: Word, right: str) -> Iterator[Finding]:
    yield from clause.finding("helping_verb", "sentence_error", word, right)


def _with(word: Word, ending: str) -> str:
    """Returns the word with another ending, if nothing else is in it."""
    alone = not word.noun or word.stem == f"{word.noun}하"
    return word.stem + ending if alone and len(word.endings) == 1 else ""


def _tried(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "한번 입고 봤어요"."""
    word = clause.words[number]
    near = {each.written for each in clause.words[max(0, number - 2) : number]}
    counted = number > 1 and [each.written for each in clause.words[number - 2 : number]] == ["한", "번"]
    after = clause.words[number + 1]
    # "만나고 보니" is said of what one found.
    if after.ending.startswith(("니", "으니", "면", "으면")):
        return
    if word.stem not in _TRIED:
        return
    if not (near & _ONCE or counted) or word.kind != "VV" or word.helpers or len(word.endings) != 1:
        return
    if word.ending == "고" or (word.ending == "어서" and word.stem not in {"가", "오"}):
        yield from _finding(clause, word, infinitive(word.stem))


def _given(clause: Clause, word: Word, after: Word) -> Iterator[Finding]:
    """Finds "열고 주세요" and "도와서 주세요"."""
    if word.kind != "VV" or word.helpers or len(word.endings) != 1:
        return
    asked = after.is_honoured or after.ending in {"ᆯ래요", "ᆯ래", "어요", "ᆯ까요"}
    if not (asked and after.ends_sentence):
        return
    done = word.ending == "고" and word.stem in _SERVICES
    if done or (word.ending == "어서" and word.stem in _NOTHING_LEFT):
        yield from _finding(clause, word, infinitive(word.stem))


def _able(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "할 수 알다" and "할 줄 있다"."""
    word, noun, verb = clause.words[number : number + 3]
    if word.ending_tag != "ETM" or word.ending not in {"ᆯ", "을"} or noun.closed or word.kind != "VV":
        return
    wrong = {"수": ("알", "모르"), "줄": ("있", "없")}.get(noun.written, ())
    if verb.stem in wrong and not verb.noun:
        yield from _finding(clause, noun, "줄" if noun.written == "수" else "수")


def _before_predicate(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "운동하는 있어요" and "어떻게 가는 알아요"."""
    word, after = clause.words[number], clause.words[number + 1]
    if after.noun or after.helpers or after.ending_tag not in {"EF", "EC"} or word.stem in {"있", "없"}:
        return
    if after.stem == "있" and after.ends_sentence:
        yield from _finding(clause, word, _with(word, "고"))
    elif after.stem in {"알", "모르"} and any(
        each.written in _ASKING or each.noun in _ASKING for each in clause.words[:number]
    ):
        yield from _finding(clause, word, word.written + "지")


_ASKING = frozenset({"어떻게", "어디", "언제", "누가", "무엇", "뭐", "왜", "얼마나"})
