"""Finds predicates of another kind than their subject or their reason asks for."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.korean.honours import _SELF
from services.proofreader.korean.words import Clause, word_set

_OWN = word_set("취미 꿈 장래희망 희망 목표 소원 직업 습관 특기 계획 바람 소망")

_KINDS = word_set(
    "계절 음식 운동 색 색깔 과목 영화 노래 동물 과일 나라 도시 날씨 책 드라마 꽃 옷 음악 커피 음료 장소 곳 것 요리 게임 스포츠 취미"
)
_FEATURES = word_set("장점 단점 특징 강점 약점 좌우명 신조")

_WANTED = word_set("중요하 필요하 분명하 확실하 강조하 싶 바라 원하 느끼")

_REASONS = word_set("이유 까닭 원인")

_HOPES = word_set("꿈 장래희망 희망 목표 소원 계획 바람 소망")

_TOLD_OF = word_set(
    "모르 알 있 없 같 밝히 설명하 찾 말하 생각하 묻 다양하 간단하 들 궁금하 분명하 나누 많 크 이루어지 이루 바뀌 변하 되 단순하 뚜렷하 다르 아니 이 알리 따로 명확하 않 못하 싶 주 보 쓰 적 정리하 살펴보 제시하 여쭙 포기하 잃 세우 가지 버리 잊 하 지 기억하 밝혀지 알려지 드러나 무엇 띄 나타나 보이 돋보이 두드러지 살아나 사라지 통하 작용하"
)

_THIRD = word_set(
    "씨 동생 형 누나 언니 오빠 엄마 아빠 어머니 아버지 할머니 할아버지 친구 선생님 룸메이트 아이 남편 아내 아들 딸 조카 선배 후배 그녀"
)

_FELT = word_set("기뻐하 슬퍼하 무서워하 부러워하 행복해하 심심해하 추워하 더워하 피곤해하 외로워하 아파하")

_WITH = {(each,) for each in ("와", "과", "하고", "랑", "이랑")}

_MOVED = _SELF | {"우리", "사람", "사람들", "마음"}

_INVITING = word_set("ᆸ시다 읍시다 십시오 으십시오 자")


def _invited(clause: Clause) -> Iterator[Finding]:
    """Finds "-아서" and "때문에" before what others are asked to do."""
    words = clause.words
    last = words[-1]
    if not last.ends_sentence or last.ending not in _INVITING or last.kind not in {"VV", "VX"}:
        return
    predicates = [each for each in words[:-1] if each.stem]
    reason = predicates[-1] if predicates else None
    if reason is None:
        return
    if (
        reason.kind == "VA"
        and reason.ending == "어서"
        and not reason.helpers
        and not any(each.closed for each in words[words.index(reason) + 1 : -1])
    ):
        yield from clause.finding("reason_ending", "sentence_error", reason)
    elif reason.ending_tag == "ETN" and reason.ending == "기":
        place = words.index(reason)
        if (
            place + 1 < len(words)
            and words[place + 1].noun == "때문"
            and words[place + 1].particles == ("에",)
        ):
            yield from clause.finding("reason_ending", "sentence_error", reason, until=words[place + 1])


def agreement(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    yield from _kind_of_predicate(clause)
    yield from _wishes(clause)
    yield from _invited(clause)


def _kind_of_predicate(clause: Clause) -> Iterator[Finding]:
    """Finds "취미는 음악을 듣습니다", "꿈은 의사가 되고 싶다" and "이유는 ... 좋아합니다"."""
    words = clause.words
    last = words[-1]
    if not last.ends_sentence or last.kind not in {"VV", "VA", "VX"} or len(words) < 3:
        return
    if clause.submission.text[last.end : last.end + 1] == "?":
        return
    for number, word in enumerate(words[:-1]):
        if not word.is_topic:
            continue
        is_mine = number and words[number - 1].noun in {"저의", "저", "나", "우리"} and number < 3
        if word.head in _HOPES and last.stem == "싶" and is_mine:
            yield from clause.finding("topic_predicate", "sentence_error", last)
            return
        liked = (
            number
            and words[number - 1].stem in {"좋아하", "싫어하"}
            and words[number - 1].ending_tag == "ETM"
        )
        if liked and word.head in _KINDS and last.stem == words[number - 1].stem and words[-2].is_object:
            yield from clause.finding("topic_predicate", "sentence_error", last)
            return
        plain = last.kind == "VV" and last.stem not in _TOLD_OF and not last.helpers
        inside = words[number + 1 : -1]
        # "그 이유는 나를 설득했다" and "내 습관은 나를 만들었다" say what it does.
        if inside and inside[-1].is_object and inside[-1].noun in _MOVED:
            return
        if any(each.is_topic for each in inside):
            return
        plain_own = (
            last.kind == "VV" and last.stem not in {"바꾸", "찾", "가지", "이루", "하"} and not last.helpers
        )
        if word.head in _OWN and is_mine and plain_own and inside and inside[-1].is_object:
            yield from clause.finding("topic_predicate", "sentence_error", last)
            return
        mine = is_mine or (
            number and (words[number - 1].particles == ("의",) or words[number - 1].ending_tag == "ETM")
        )
        if (
            word.head in _FEATURES
            and mine
            and inside
            and last.kind in {"VV", "VA"}
            and last.stem not in _TOLD_OF - {"많", "크"}
        ):
            if not last.helpers and (plain or any(each.is_subject for each in inside)):
                yield from clause.finding("topic_predicate", "sentence_error", last)
            return
        wanted = number and words[number - 1].ending_tag == "ETM" and words[number - 1].stem in _WANTED
        if word.head in {"것", "점", "말"} and wanted and any(each.is_subject for each in inside):
            if last.stem == "하" and last.kind == "VX" and inside[-1].ending == "어야":
                yield from clause.finding("topic_predicate", "sentence_error", inside[-1], until=last)
            return
        if (
            word.head in _REASONS
            and number
            and words[number - 1].ending_tag == "ETM"
            and plain
            and inside
            and inside[-1].is_object
        ):
            because = any(
                each.head == "때문" or each.ending in {"려고", "으려고", "어서", "으니까", "니까"}
                for each in inside
            )
            if not because:
                yield from clause.finding("topic_predicate", "sentence_error", last)
            return
        return


def _wishes(clause: Clause) -> Iterator[Finding]:
    """Finds wishes and feelings of others told as the writer's own, and the other way round."""
    words = clause.words
    last = words[-1]
    if not last.ends_sentence or clause.submission.text[last.end : last.end + 1] == "?" or len(words) < 3:
        return
    topics = [each for each in words[:-1] if each.is_topic or each.is_subject]
    if len(topics) != 1:
        return
    who = topics[0]
    others = words[words.index(who) + 1 : -1]
    if any(each.particles[-1:] in _WITH for each in words[: words.index(who)]):
        return
    polite = last.written.endswith(("요", "니다"))
    if last.stem == "싶" and not last.helpers and polite and who.head in _THIRD:
        verb = words[-2]
        apart = (who.is_topic or verb.stem != "되") and (
            verb.ending == "고"
            and verb.stem not in {"보", "만나", "기억하", "닮"}
            and not any(each.ending_tag == "EC" for each in others[:-1])
        )
        if apart and not any(each.closed for each in others):
            right = (
                last.written.replace("싶어", "싶어 해")
                .replace("싶습니다", "싶어 합니다")
                .replace("싶었습니다", "싶어 했습니다")
                .replace("싶었어요", "싶어 했어요")
            )
            if right != last.written:
                yield from clause.finding("wish_other", "sentence_error", last, right)
    elif (
        who.noun in _SELF
        and who.is_topic
        and last.stem in _FELT
        and not any(each.ending_tag == "EC" for each in others)
    ):
        yield from clause.finding("wish_own", "sentence_error", last)
    elif (
        who.noun in _SELF
        and who.is_topic
        and last.stem == "하"
        and len(words) > 3
        and words[-2].stem == "싶"
        and words[-2].ending == "어"
    ):
        before = words[-2].written[:-1] if words[-2].written == "싶어" else ""
        tail = {
            "해요": "싶어요",
            "합니다": "싶습니다",
            "했어요": "싶었어요",
            "했습니다": "싶었습니다",
            "한다": "싶다",
            "했다": "싶었다",
        }
        right = tail.get(last.written, "") if before else ""
        yield from clause.finding("wish_own", "sentence_error", words[-2], right, until=last)
