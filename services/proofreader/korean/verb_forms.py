"""Finds forms of verbs that do not go with the word after them: quoted, before a noun, of purpose, of a result."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.hangul import CODA_RIEUL, coda, compose, decompose, is_syllable
from services.proofreader.korean.words import Clause, Word, has_coda, word_set

_GOING = (
    "가 오 다니 나가 나오 들르 들리 떠나 돌아다니 모이 들어가 들어오 출발하 방문하 도착하 뛰어가 달려가 걸어가 찾아가 찾아오 찾아다니 올라가 내려가 건너가 돌아가 돌아오 유학하 여행하 외출하 이동하 보내 데려가 "
    "데려오 부르 몰려들 몰려오 나서 이사하 이사오 나다니 오가 가져가 내려오 올라오 나들이하 귀국하 출국하 입국하 찾 들 데리 타 달리 뛰 걷 뛰어오 달려오 뛰어나가 달려나가 나돌아다니 날아오 날아가 몰려가 따라가 따라오 "
    "건너오 향하 출동하 출근하 옮기 헤매 쏘다니 다녀오 다녀가 드나들 뛰쳐나가 쫓아가 쫓아다니 넘어가 넘어오 들락거리"
)

_GOING_STEMS = word_set(_GOING)

_EFFORTS = word_set(
    "공부하 노력하 연습하 준비하 배우 일하 운동하 모으 저축하 아끼 외우 애쓰 결심하 벌 읽 쓰 만들 하"
)

_STAYING = word_set("걸리 놓이 적히 새겨지")

_POSTURES = word_set("앉 눕")

_WEARING = word_set("입 신 먹 마시 읽 듣 만들 배우 기다리 공부하 일하 쓰 끼 메 매 운동하 가르치 부르")

_NO_QUOTE_STEMS = word_set(
    "있 없 계시 그러 이러 저러 어떠 이 아니 싶 않 못하 하 그렇 말 같 맞 늙 닮 잘나 못나 모자라"
    # These are adjectives as well, or are taken for such.
    " 쓰 싸 세 달 이르 낫 차 적 멀 밝 크 고르 바르 길 무르 굳 늦 걸 재 웃기 설레 일관되 틀리 굽 저리 아리 되 못되 헛되 오래되 안되 모나 신나 겁나"
)

# What others do, where "-하다" may be an adjective or a verb: "위법하다고" is right.
_DEEDS = word_set(
    "공부 운동 시작 출발 도착 결혼 이사 준비 전화 연락 사랑 생각 말 이야기 얘기 여행 청소 요리 일 노래 수영 쇼핑 산책 연습 졸업 입학 취직 퇴근 출근 참석 참가 약속 초대 부탁 대답 질문 설명 숙제 식사 싸움 구경 등산 유학 방문 귀국 이용 사용 좋아 싫어"
)


def verb_forms(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    words = clause.words
    for number, word in enumerate(words):
        if not word.stem:
            continue
        yield from _quoted(clause, word)
        yield from _going(clause, number)
        if number + 1 < len(words) and not word.closed:
            if word.ending_tag == "ETM":
                yield from _attributive_before_verb(clause, number)
                yield from _attributive_before_noun(clause, number)
            elif word.ending_tag == "EC":
                yield from _result(clause, number)


def _quoted(clause: Clause, word: Word) -> Iterator[Finding]:
    """Finds "간다고" written "가다고", and "이라고" written "이다고"."""
    if word.ending not in {"다고", "다는", "다면서"} or not word.stem or word.helpers:
        return
    if word.ending_tag not in {"EC", "ETM", "EF"}:
        return
    written = word.written
    at = written.rfind(word.ending)
    if at < 1 or len(word.endings) != 1:
        return
    before, rest = written[:at], written[at:]
    if word.kind == "VCP" and before.endswith("이") and word.noun and before == word.noun + "이":
        stem = before if has_coda(word.noun) else word.noun
        yield from clause.finding("quoted_form", "sentence_error", word, stem + "라" + rest[1:])
    elif word.kind == "VCN" and before.endswith("아니"):
        yield from clause.finding("quoted_form", "sentence_error", word, before + "라" + rest[1:])
    elif (
        word.kind == "VV"
        and (_is_deed(word) or _does_something(clause, word))
        and before.endswith(word.stem[-1:])
        and is_syllable(before[-1])
    ):
        initial, vowel, final = decompose(before[-1])
        if final in {0, CODA_RIEUL}:
            right = before[:-1] + compose(initial, vowel, 4) + rest
        else:
            right = before + "는" + rest
        yield from clause.finding("quoted_form", "sentence_error", word, right)


def _is_deed(word: Word) -> bool:
    """Returns whether it is a verb, whatever stands before it."""
    if word.noun and word.stem == f"{word.noun}하":
        return word.noun in _DEEDS
    return word.stem not in _NO_QUOTE_STEMS


def _does_something(clause: Clause, word: Word) -> bool:
    """Returns whether it is "숙제를 하다", and no auxiliary."""
    place = clause.words.index(word)
    return word.stem == "하" and place > 0 and clause.words[place - 1].is_object


def _attributive_before_verb(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "많은 먹었다" and "배우는 시작했다": the form that belongs before a noun, before a verb."""
    word, after = clause.words[number], clause.words[number + 1]
    if word.ending_tag != "ETM" or word.helpers or not word.known or not after.known or after.helpers:
        return
    if (
        after.stem == "시작하"
        and after.noun == "시작"
        and word.kind == "VV"
        and after.ending_tag in {"EF", "EC"}
        and word.ending == "는"
    ):
        stem = _with_ending(word.written, word, "기")
        yield from clause.finding("noun_form", "sentence_error", word, stem)
        return
    doing = after.kind == "VV" and after.stem in {
        "설명하",
        "공부하",
        "말하",
        "이야기하",
        "대답하",
        "인사하",
        "청소하",
        "요리하",
    }
    if doing and word.stem in _MANNERS and word.ending == "ᆫ" and after.ending_tag in {"EF", "EC"}:
        yield from clause.finding("adverb_form", "sentence_error", word, _ADVERBS[word.stem])
        return
    if after.kind != "VV" or after.noun or after.particles or after.ending_tag not in {"EF", "EC"}:
        return
    quality = (
        word.kind == "VA"
        and word.stem in _ADVERBS
        and (word.ending in {"은", "ᆫ"} or word.stem.endswith("있"))
    )
    if quality and after.stem in _MOVES:
        yield from clause.finding("adverb_form", "sentence_error", word, _ADVERBS[word.stem])
    elif word.kind == "VV" and word.ending == "는" and after.stem in {"좋아하", "싫어하"}:
        yield from clause.finding("noun_form", "sentence_error", word, word.written + " 것을")


_ADVERBS = {
    "많": "많이", "빠르": "빨리", "높": "높이", "깊": "깊이", "예쁘": "예쁘게", "크": "크게", "작": "작게", "쉽": "쉽게", "어렵": "어렵게", "맛있": "맛있게", "재미있": "재미있게", "늦": "늦게", "즐겁": "즐겁게",
    "조용하": "조용히", "열심하": "열심히", "깨끗하": "깨끗하게", "친절하": "친절하게", "행복하": "행복하게", "따뜻하": "따뜻하게", "싸": "싸게", "가깝": "가까이", "아름답": "아름답게", "자세하": "자세히", "편하": "편하게", "시끄럽": "시끄럽게", "급하": "급하게",
}  # fmt: skip

_MANNERS = word_set("친절하 열심하 조용하 자세하 깨끗하 행복하 빠르 즐겁")

_MOVES = word_set(
    "먹 마시 가 오 걷 뛰 달리 자 일어나 공부하 일하 말하 입 읽 쓰 보 보내 지내 놀 살 만들 배우 설명하 도와주 웃 울 부르 사 팔 하 앉 운동하 쉬 나가 다니 변하 자라 들리 날 떠들"
)


def _with_ending(written: str, word: Word, ending: str) -> str:
    """Returns "배우기" for "배우는", or "" where the stem is not written as it is."""
    before = written.removesuffix("는")
    return before + ending if before != written and before.endswith(word.stem[-1:]) else ""


def _attributive_before_noun(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "오는 지 여섯 달", "먹는 수 있다", "가는 전에" and "아픈 때문에"."""
    word, after = clause.words[number], clause.words[number + 1]
    if word.ending_tag != "ETM" or not word.stem or word.helpers:
        return
    written, noun = word.written, after.written
    rest = clause.words[number + 2 : number + 7]
    if noun == "지" and word.ending == "는" and word.kind == "VV":
        since = any(each.stem in {"되", "넘", "지나", "흐르"} for each in rest)
        counted = any(
            each.head in {"년", "달", "개월", "주일", "시간", "일", "분", "주", "해"} for each in rest[:4]
        )
        if since and counted:
            right = past_attributive(written, word)
            yield from clause.finding("attributive_form", "sentence_error", word, right)
    elif (
        noun == "수"
        and word.ending in {"는", "은", "ᆫ"}
        and rest
        and rest[0].stem in {"있", "없"}
        and word.stem != "하"
    ):
        yield from clause.finding("attributive_form", "sentence_error", word)
    elif (noun in {"전에", "전에는"} and word.ending in {"는", "은", "ᆫ"} and word.kind == "VV") or (
        noun.startswith("때문에") and word.ending in {"는", "은", "ᆫ"} and word.kind in {"VV", "VA"}
    ):
        right = _with_ending(written, word, "기") if word.ending == "는" else ""
        yield from clause.finding("noun_form", "sentence_error", word, right)
    elif (
        noun in {"후에", "뒤에", "다음에"}
        and word.ending == "는"
        and word.kind == "VV"
        and word.stem not in {"있", "없"}
        and noun == "후에"
    ):
        yield from clause.finding("attributive_form", "sentence_error", word, past_attributive(written, word))
    elif (
        noun == "때"
        and word.kind == "VV"
        and word.ending in {"ᆫ", "은", "는"}
        and word.stem not in {"하", "있"}
    ):
        times = {each.noun for each in clause.words[:number]}
        if times & {"내년", "내일", "모레"} or ("다음" in times and times & {"주", "달", "학기"}):
            yield from clause.finding(
                "attributive_form", "sentence_error", word, future_attributive(written, word)
            )


def past_attributive(written: str, word: Word) -> str:
    """Returns "온" for "오는"."""
    return attributive(written, word, 4, "은")


def future_attributive(written: str, word: Word) -> str:
    """Returns "갈" for "간" or "가는"."""
    if word.ending == "ᆫ" and is_syllable(written[-1]) and coda(written[-1]) == 4:
        return written[:-1] + compose(*decompose(written[-1])[:2], CODA_RIEUL)
    return attributive(written, word, CODA_RIEUL, "을")


def attributive(written: str, word: Word, final: int, closed: str) -> str:
    """Returns a verb with an ending that is a final consonant after a vowel, otherwise a syllable; "" if unsure."""
    before = written.removesuffix(word.ending)
    if before == written or not before.endswith(word.stem[-1:]):
        return ""
    initial, vowel, own = decompose(before[-1])
    return before + closed if own else before[:-1] + compose(initial, vowel, final)


def _result(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "벽에 걸리고 있다" and "옷을 입어 있다"."""
    word, after = clause.words[number], clause.words[number + 1]
    middle = any(each.noun == "중" for each in clause.words[number + 2 : number + 3])
    if (
        after.stem != "있"
        or after.helpers
        or middle
        or word.ending_tag != "EC"
        or word.helpers
        or word.kind != "VV"
    ):
        return
    written = word.written
    if word.ending == "고" and written.endswith("고"):
        stem = written[:-1]
        stays = word.stem in _STAYING and any(
            each.particles == ("에",) and each.head not in {"때", "전", "후"}
            for each in clause.words[max(0, number - 4) : number]
        )
        if (stays and not any(each.head in {"시간", "나날이"} for each in clause.words[:number])) or (
            word.stem in _POSTURES and stem == word.stem
        ):
            yield from clause.finding("result_state", "sentence_error", word, _RESULTS.get(word.stem, ""))
    elif word.ending == "어" and word.stem in _WEARING and number and clause.words[number - 1].is_object:
        yield from clause.finding("result_state", "sentence_error", word)


_RESULTS = {"걸리": "걸려", "놓이": "놓여", "적히": "적혀", "앉": "앉아", "눕": "누워"}


def _going(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "-으러" where nobody goes anywhere."""
    word = clause.words[number]
    if word.ending not in {"러", "으러"} or word.ending_tag != "EC" or not word.known or word.helpers:
        return
    later = clause.words[number + 1 :]
    if not later or any(
        each.kind == "MAG" and not each.noun and each.end - each.start < 2 for each in later[:1]
    ):
        return
    goes = any(
        stem in _GOING_STEMS or stem.endswith(("가", "오", "다니"))
        for each in later
        for stem in (each.stem, *each.helpers)
    )
    # Whoever stands up or makes room for it goes somewhere, too: only effort is none of it.
    done = next((each.stem for each in reversed(later) if each.stem and each.kind != "VX"), "")
    if goes or done not in _EFFORTS or not later[-1].ends_sentence:
        return
    written = word.written
    right = written.removesuffix("러") + "려고"
    yield from clause.finding("purpose_ending", "sentence_error", word, right)
