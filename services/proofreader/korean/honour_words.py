"""Finds words that do not honour an elder where another word does: "데리고", "내가", "사 줬어요"."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.korean.words import Clause, Word, word_set

_ELDERS = word_set(
    "할머니 할아버지 선생님 아버지 어머니 부모님 교수님 사장님 아버님 어머님 원장님 교장선생님 어르신 외할머니 외할아버지 시어머니 장모님 부장님 과장님 회장님 할머님 할아버님 담임선생님"
)
_GRANDPARENTS = word_set("할머니 할아버지 외할머니 외할아버지 할머님 할아버님")
_FAMILY = _GRANDPARENTS | word_set("아버지 어머니 부모님")
_TAKEN = {"데리고": "모시고", "데려": "모셔", "데리러": "모시러", "데려가": "모셔가", "데려오": "모셔오"}
_OWN = {
    "나는": "저는",
    "내가": "제가",
    "나도": "저도",
    "나를": "저를",
    "나에게": "저에게",
    "나한테": "저한테",
    "나의": "저의",
}
# "주" with its endings, and the word that honours whom something is given to.
_GIVEN = (
    ("줬", "드렸"),
    ("주었", "드렸"),
    ("줘", "드려"),
    ("준다", "드린다"),
    ("줍니", "드립니"),
    ("주고", "드리고"),
    ("주려", "드리려"),
    ("줄 ", "드릴 "),
)
# From whom one has something, "께" stands as well.
_RECEIVED = word_set("받 배우 듣 물려받 혼나 칭찬받 꾸중듣 빌리 얻")
_OF_OTHERS = word_set("생신 성함 연세 진지")
_JUNIORS = word_set("저 나 동생 친구 후배 아이 조카 아들 딸 강아지 고양이 남동생 여동생 아기")
_HONOURED = {"생일": "생신", "나이": "연세"}


def honour_words(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    words = clause.words
    polite = words[-1].written.endswith(("요", "니다"))
    for number, word in enumerate(words[:-1]):
        if word.written in {"제", "저의", "내", "나의"} and words[number + 1].noun in _OF_OTHERS:
            yield from clause.finding("honorific_self", "sentence_error", words[number + 1])
        if word.particles in {("에게",), ("한테",)} and word.noun in _JUNIORS:
            yield from _juniors(clause, number)
        elder = word.noun in _ELDERS and not word.stem
        if not elder:
            continue
        after = words[number + 1]
        if word.is_object:
            yield from _taken(clause, after)
        elif word.particles == ("께",):
            yield from _given(clause, number)
        elif not word.particles and word.closed and polite and number == 0:
            # One's own parents and grandparents hear "내가" as well.
            if word.noun not in _FAMILY:
                yield from _spoken_to(clause)
            yield from _asked(clause)
        elif polite and word.particles in {(), ("의",)} and not word.closed:
            yield from _things(clause, number + 1)
        elif polite and (word.is_topic or word.is_subject):
            yield from _done(clause, number)


def _finding(clause: Clause, word: Word, right: str = "") -> Iterator[Finding]:
    yield from clause.finding("honorific_missing", "sentence_error", word, right)


def _taken(clause: Clause, after: Word) -> Iterator[Finding]:
    """Finds "할머니를 데리고"."""
    if after.stem != "데리" and not after.stem.startswith("데려"):
        return
    for plain, honoured in sorted(_TAKEN.items(), key=lambda each: -len(each[0])):
        if after.written.startswith(plain):
            yield from _finding(clause, after, honoured + after.written[len(plain) :])
            return


def _given(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "어머니께 꽃을 사 줬어요"."""
    for each in clause.words[number + 1 :]:
        if each.is_subject or each.is_topic or each.stem in _RECEIVED or each.is_honoured:
            return
        if each.particles[-1:] in {("에게",), ("한테",), ("께",)}:
            return
        if each.stem == "주" and not each.noun:
            text = each.written
            if each.ends_sentence or each.ending in {"고", "는데", "지만", "어서", "려고"}:
                right = next((new + text[len(old) :] for old, new in _GIVEN if text.startswith(old)), "")
                if right:
                    yield from _finding(clause, each, right)
            return
        if each.stem and each.ending not in {"어", "어다", "으려고", "려고"}:
            return


def _spoken_to(clause: Clause) -> Iterator[Finding]:
    """Finds "사장님, 내가 하겠습니다"."""
    for each in clause.words[1:]:
        if each.written in _OWN:
            yield from _finding(clause, each, _OWN[each.written])
            return


def _asked(clause: Clause) -> Iterator[Finding]:
    """Finds "선생님, 밥 먹었어요?"."""
    last = clause.words[-1]
    yield from _told_to(clause, last)
    asked = clause.submission.text[last.end : last.end + 1] == "?" and last.ends_sentence
    if not asked or not last.is_past or last.is_honoured or last.helpers or last.kind != "VV":
        return
    others = any(
        each.is_subject or each.is_topic or each.stem or each.noun in {"저", "제", "나", "우리", "저희"}
        for each in clause.words[1:-1]
    )
    if last.stem in {"먹", "자", "하", "마시", "가", "읽"} and not others:
        yield from _finding(clause, last)


def _told_to(clause: Clause, last: Word) -> Iterator[Finding]:
    """Finds "할머니, 빨리 와요." and "선생님, 가르쳐 줘."."""
    stated = clause.submission.text[last.end : last.end + 1] in {".", "!"} and last.ends_sentence
    inside = clause.words[1:-1]
    if not stated or any(
        each.is_subject
        or each.is_topic
        or each.written in {"같이", "함께"}
        or each.noun in {"저", "제", "나", "우리", "저희"}
        for each in inside
    ):
        return
    if last.written in {"와요", "먹어요", "앉아요", "기다려요"} and all(each.is_adverb for each in inside):
        right = {"와요": "오세요", "먹어요": "드세요", "앉아요": "앉으세요", "기다려요": "기다리세요"}
        yield from _finding(clause, last, right[last.written])
    elif last.written == "줘" and clause.words[0].noun not in _GRANDPARENTS:
        yield from _finding(clause, last, "주세요")


def _juniors(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "동생에게 선물을 드렸어요"."""
    for each in clause.words[number + 1 : number + 4]:
        if each.is_subject or each.is_topic or each.particles[-1:] in {("께",), ("에게",)}:
            return
        if each.stem == "드리" or each.helpers[-1:] == ("드리",):
            if each.ending_tag not in {"EF", "EC"}:
                return
            yield from clause.finding("honorific_self", "sentence_error", each)
            return
        if each.stem and each.ending != "어":
            return


def _things(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "할아버지 생일"; "아버지 나이가 되다" is said of who reaches it."""
    after = clause.words[number]
    verb = clause.words[number + 1] if number + 1 < len(clause.words) else after
    verb = clause.words[number + 2] if verb.is_adverb and number + 2 < len(clause.words) else verb
    old = (after.is_subject or after.is_topic) and (verb.stem in {"많", "적", "어떻"} or verb.kind == "VCP")
    if after.noun == "나이" and not old:
        return
    if after.noun in _HONOURED and not after.stem:
        right = _HONOURED[after.noun]
        particles = {"이": "이", "가": "가"}
        rest = after.written[len(after.noun) :]
        if after.noun == "나이":
            yield from _finding(clause, after, right + particles.get(rest, rest))
        else:
            yield from _finding(clause, after, right + rest)


def _done(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "할아버지가 죽었어요" and "할머니가 자요"."""
    last = clause.words[-1]
    if last.helpers or last.is_honoured or not last.ends_sentence:
        return
    if clause.words[number].noun not in _GRANDPARENTS:
        return
    inside = clause.words[number + 1 : -1]
    if last.stem == "있" and inside and inside[-1].stem in {"자", "먹"} and inside[-1].ending == "고":
        yield from _finding(clause, last, {"있어요": "계세요", "있습니다": "계십니다"}.get(last.written, ""))
        return
    if any(each.is_subject or each.is_topic or (each.stem and not each.is_adverb) for each in inside):
        return
    if last.stem == "죽" or (last.stem in {"자", "먹"} and last.kind == "VV"):
        yield from _finding(clause, last)
