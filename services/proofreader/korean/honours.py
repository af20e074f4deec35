"""Finds verbs that do not honour whom a particle honours, or that honour the writer or a thing."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.korean.words import Clause, word_set

_ELDERS = word_set(
    "할머니 할아버지 선생님 아버지 어머니 부모님 교수님 사장님 아버님 어머님 원장님 교장선생님 교장 어르신 외할머니 외할아버지 시어머니 장모님 선생 부장님 과장님 회장님 할머님 할아버님 담임선생님"
)

_HONORIFIC_STEMS = word_set(
    "계시 주무시 드시 잡수시 편찮으시 돌아가시 말씀하 말씀드리 모시 뵙 뵈 드리 여쭙 여쭤보"
)

_SELF = frozenset({"저", "나"})

_THINGS_OF_SOMEBODY = word_set(
    "말씀 시간 질문 돈 문제 일 약속 관심 계획 의견 걱정 고민 차 집 여유 생각 볼일 병 이유 회의 수업 용건 문의 사정 일정 불편 자신 경험"
)


def honours(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    words = clause.words
    for number, word in enumerate(words):
        if word.particles[:1] == ("께서",) and word.noun and not word.stem:
            yield from _unhonoured(clause, number)
        elif word.noun in _SELF and (word.is_topic or word.particles == ("가",)):
            yield from _honoured_self(clause, number)
        if word.stem == "계시" and number and words[number - 1].head in _THINGS_OF_SOMEBODY:
            thing = words[number - 1]
            if thing.particles[:1] in {("이",), ("가",), ("은",), ("는",), ("도",)} and not thing.stem:
                rest = (
                    word.written.replace("계시", "있으시")
                    .replace("계세", "있으세")
                    .replace("계십", "있으십")
                    .replace("계셨", "있으셨")
                    .replace("계실", "있으실")
                    .replace("계신", "있으신")
                )
                yield from clause.finding("honorific_thing", "sentence_error", word, rest)


def _unhonoured(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds the verb of somebody honoured that does not honour."""
    for place in range(number + 1, len(clause.words)):
        each = clause.words[place]
        if each.is_subject or each.is_topic:
            return
        if not each.stem:
            continue
        if each.ending_tag in {"ETM", "ETN"} or each.kind in {"VCP", "VCN"}:
            if (
                each.ending_tag == "ETN"
                and place + 1 < len(clause.words)
                and clause.words[place + 1].noun == "전"
            ):
                continue
            return
        if each.is_adverb:
            continue
        if (
            any(stem in _HONORIFIC_STEMS or stem.endswith("시") for stem in (each.stem, *each.helpers))
            or each.is_honoured
        ):
            return
        if each.ending_tag == "EC" and each.ending in {
            "고",
            "어서",
            "며",
            "면서",
            "어",
            "으며",
            "으면서",
            "아",
        }:
            # Honour is shown once, at the end.
            continue
        if each.ends_sentence and each is clause.words[-1] and each.kind in {"VV", "VX", "VA"}:
            stated = each.ending in {
                "다",
                "어요",
                "습니다",
                "ᆸ니다",
                "ᆫ다",
                "는다",
                "어",
                "네",
                "네요",
                "지요",
                "죠",
            }
            if stated and each.stem not in {"싶", "같", "보이"}:
                yield from clause.finding("honorific_missing", "sentence_error", each)
        return


def _honoured_self(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "저는 베트남에서 오셨어요"."""
    words = clause.words
    last = words[-1]
    if (
        not last.ends_sentence
        or "시" not in last.endings
        or (last.ending in {"어요", "세요"} and not last.is_past)
    ):
        return
    if (
        last.kind != "VV"
        or last.stem in _HONORIFIC_STEMS
        or clause.submission.text[last.end : last.end + 1] == "?"
    ):
        return
    between = words[number + 1 : -1]
    others = any(
        each.is_subject
        or each.is_topic
        or each.stem
        or each.head in _ELDERS
        or each.head in {"님", "분"}
        or each.closed
        for each in between
    )
    if not others and not last.helpers:
        yield from clause.finding("honorific_self", "sentence_error", last)
