"""Finds verbs that do not go with their object or subject: "담배를 마시다", "소리가 듣다", "문을 열리다"."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.hangul import coda
from services.proofreader.korean.government import before
from services.proofreader.korean.persons import person
from services.proofreader.korean.places import is_place
from services.proofreader.korean.words import Clause, Word, has_coda, word_set

_WORN_ON_FEET = "신발 구두 운동화 양말 슬리퍼 부츠 장화"
_RIDES = "버스 기차 비행기 지하철 열차 막차"
# What is said of an object, and what is said by mistake; nothing stands for the right verb where more than one is.
_OF_OBJECTS = (
    (_RIDES, "잃어버리 잊어버리 잃", "놓치"),
    ("담배", "마시 먹", "피우"),
    (_WORN_ON_FEET, "입 쓰", "신"),
    ("모자 안경 선글라스 마스크", "입 신", "쓰"),
    ("장갑 반지", "입 신", "끼"),
    ("바지 치마 옷 코트 셔츠 티셔츠 한복 원피스 교복 청바지", "신 쓰", "입"),
    ("피아노 기타", "놀 하", "치"),
    ("사진", "만들", "찍"),
    ("전화", "만들", "하"),
    ("꿈", "보", "꾸"),
    ("텔레비전 불 컴퓨터 에어컨 라디오", "열", "켜"),
    ("텔레비전 불 컴퓨터 에어컨 라디오", "닫", "끄"),
    ("약", "마시", ""),
    ("머리", "씻 닦 빨", "감"),
    ("이 이빨", "씻 감", "닦"),
    ("춤", "하 놀", "추"),
    ("결정", "만들", "내리"),
    ("실수 잘못", "만들", "하"),
    ("시험", "가지 쓰", "보"),
    ("샤워", "가지 받", "하"),
    ("스트레스", "가지 얻", "받"),
    ("감기", "받 가지 얻", ""),
    ("나이", "가지", ""),
    ("축구 농구 야구 테니스 탁구 배구 배드민턴 게임 태권도", "놀", "하"),
    ("우산", "입 신", "쓰"),
    ("음악", "보", "듣"),
    ("자전거 오토바이 스키", "운전하", "타"),
    ("거짓말", "만들", "하"),
    ("잠", "하", "자"),
    ("목욕", "만들 가지", "하"),
)
_OF_SUBJECTS = (
    ("키", "높 길", "크"),
    ("키", "낮 짧", "작"),
    ("나이 돈", "작", "적"),
    ("점수", "크", "높"),
    ("기온 온도", "크 많", "높"),
    ("인기", "크", "많"),
    ("나이", "크", "많"),
    ("비 눈", "내려가", "내리"),
    ("바람", "오 치", "불"),
)
_PAIRS = tuple(
    (frozenset(things.split()), frozenset(verbs.split()), right) for things, verbs, right in _OF_OBJECTS
)
_SUBJECT_PAIRS = tuple(
    (frozenset(things.split()), frozenset(verbs.split()), right) for things, verbs, right in _OF_SUBJECTS
)

# Things that do nothing: what happens to them, and what is done to them.
_HAPPENS = (
    ("소리 목소리 음악 노랫소리 웃음소리 노래 발소리 울음소리 종소리 말소리", "듣 들", "들리"),
    ("산 바다 경치 하늘 별 강 건물 탑 달 섬 풍경 무지개", "보", "보이"),
    ("문 창문 뚜껑", "열", "열리"),
    ("문 창문 뚜껑", "닫", "닫히"),
    ("불 전등", "켜 끄", ""),
    ("컵 유리 유리창 접시 그릇 꽃병", "깨", "깨지"),
    ("전화", "걸 끊", ""),
    ("얼음 눈", "녹이", "녹"),
    ("물", "끓이", "끓"),
    ("글씨 글자", "쓰 보", ""),
    ("건물 학교 다리 탑", "짓", ""),
    ("길 도로 교통", "막", "막히"),
    ("물건 옷 표 과일", "팔", "팔리"),
    ("사진 그림 시계 옷 달력", "걸", "걸리"),
    ("마음 생각 날씨 계절 약속 번호 전화번호 비밀번호 색 색깔", "바꾸", "바뀌"),
    ("스트레스 피로", "풀", "풀리"),
    ("수업 회의 영화 방학 학기 시험", "끝내", "끝나"),
    ("문제", "해결하 풀", ""),
    ("단추 끈", "풀", "풀리"),
)
_HAPPENING = tuple(
    (frozenset(things.split()), frozenset(verbs.split()), right) for things, verbs, right in _HAPPENS
)
_DONE = (
    ("문 창문 가게 뚜껑 가방", "열리 닫히", ""),
    ("소리 목소리 음악 노래", "들리", ""),
    ("불 텔레비전 컴퓨터 에어컨", "켜지 꺼지", ""),
    ("물 라면 국 찌개 커피", "끓", "끓이"),
    ("얼음", "녹 얼", ""),
    ("컵 유리창 접시 그릇 꽃병", "깨지 부서지", ""),
    ("도둑 물고기 범인", "잡히", "잡"),
    ("저 나 아이 아기 동생 아들 딸 친구 우리 남편 룸메이트", "깨 일어나", "깨우"),
    ("아이 아기 동생 아들 딸", "자 울 웃 앉 눕 서", ""),
    ("저 나 우리 친구 사람들 사람", "울 웃 놀라", ""),
    ("돈 나무 책 집", "생기 남", ""),
)
_DONE_TO = tuple(
    (frozenset(things.split()), frozenset(verbs.split()), right) for things, verbs, right in _DONE
)

# Two things of which the verb goes with the second alone.
_BOTH = (
    ("비 눈", "바람", "불"),
    ("바람 천둥", "비 눈", "내리"),
    ("빵 밥 과자 케이크 떡 김밥 과일 음식", "커피 물 우유 주스 차 술 음료수 음료", "마시"),
    ("음악 영화 노래 드라마 텔레비전", "책 신문 소설", "읽"),
    ("책 영화 그림 드라마", "음악 노래 라디오", "듣"),
    ("모자 신발 양말 안경 구두 가방 장갑", "옷 바지 치마 코트 한복", "입"),
    ("옷 바지 치마 모자", "신발 양말 구두 운동화", "신"),
    ("춤", "노래", "부르"),
    ("노래", "춤", "추"),
    ("노래", "춤", "부르"),
    ("커피 물 우유 주스 차 술 음료수", "빵 밥 과자 케이크 떡 김밥 과일", "마시"),
    ("책 신문 소설", "음악 영화 노래 드라마", "읽"),
    ("음악 노래 라디오", "책 영화 그림", "듣"),
    ("옷 바지 치마 코트", "모자 신발 양말 안경 구두 가방", "입"),
    ("비 눈", "바람", "내리"),
    ("악기 피아노", "노래", "부르"),
)
_TWO_FOR_ONE = tuple((frozenset(one.split()), frozenset(two.split()), verb) for one, two, verb in _BOTH)

_HARM = word_set(
    "폭력 차별 편견 낭비 과소비 욕설 비난 혐오 이기주의 음주 과음 흡연 과식 표현 언행 행동 남용 과열 악플"
)
_HARMING = word_set(
    "깎아내리 해치 헐뜯 비하하 비난하 괴롭히 차별하 모욕하 상처주 혐오하 무시하 조롱하 불필요하 지나치 과도하 폭력적이 무분별하 자극적이"
)
_SOUNDS = word_set("소리 목소리 음악 노래 웃음소리 노랫소리 말 이야기 소식 소문")
_DROPPED_BY = {
    "들려서": "들러서",
    "들려": "들러",
    "들렸다": "들렀다",
    "들렸어요": "들렀어요",
    "들렸습니다": "들렀습니다",
    "들리고": "들르고",
    "들렸는데": "들렀는데",
    "들렸다가": "들렀다가",
    "들려서는": "들러서는",
    "들려야": "들러야",
}


def collocations(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    for number, word in enumerate(clause.words):
        if not word.stem or not number or word.noun not in {"", word.head}:
            continue
        place = before(clause, number)
        if place < 0 or clause.words[place].stem or not clause.words[place].head:
            continue
        noun = clause.words[place]
        if noun.is_object:
            yield from _of_object(clause, noun, word, place)
        elif noun.particles in {("이",), ("가",)}:
            yield from _of_subject(clause, noun, word, place)
        elif noun.particles == ("에",) and is_place(noun):
            yield from _dropped_by(clause, number)
        yield from _against(clause, place, word)


def _of_object(clause: Clause, noun: Word, word: Word, place: int) -> Iterator[Finding]:
    for things, verbs, right in _PAIRS:
        if (
            noun.noun in things
            and word.stem in verbs
            and not word.helpers
            and (word.kind == "VV")
            and word.noun == ""
            and not _is_of_more(clause, word, place)
        ):
            yield from clause.finding("collocation", "word_choice", word, _conjugated(word, right))
            return
    if (noun.noun in {"저", "나"} and word.stem == "깨") or any(
        noun.noun in things and word.stem in verbs for things, verbs, _ in _DONE_TO
    ):
        plain = word.ends_sentence or word.ending in {"어서", "지만", "는데"}
        if plain and not word.helpers and not _is_object_later(clause, clause.words.index(word)):
            yield from clause.finding("voice", "sentence_error", noun, until=word)
            return
    yield from _for_one_of_two(clause, noun, word, place)


def _is_of_more(clause: Clause, word: Word, place: int) -> bool:
    """Returns whether it is "시험을 쉽게 만들다", "사진을 만들어 내다" or "시험을 가지고 이야기하다"."""
    between = clause.words[place + 1 : clause.words.index(word)]
    return (
        any(each.ending == "게" for each in between)
        or (word.stem in {"만들", "열"} and word.ending == "어")
        or (word.stem == "가지" and word.ending == "고")
    )


def _of_subject(clause: Clause, noun: Word, word: Word, place: int) -> Iterator[Finding]:
    for things, verbs, right in _SUBJECT_PAIRS:
        if (
            noun.noun in things
            and word.stem in verbs
            and not word.helpers
            and word.ending != "게"
            and not _is_of_another(clause, noun, word)
        ):
            if noun.noun == "바람" and place and clause.words[place - 1].ending_tag == "ETM":
                continue
            yield from clause.finding("collocation", "word_choice", word, _conjugated(word, right))
            return
    for things, verbs, _ in _HAPPENING:
        if noun.noun in things and word.stem in verbs and not word.helpers and word.kind == "VV":
            goes_on = (
                word.ending == "고"
                and clause.words[-1].stem == "있"
                and clause.words.index(word) == len(clause.words) - 2
            )
            ends = (
                word.ends_sentence
                or goes_on
                or (word.ending in {"지만", "는데", "으니까"} and word.is_past)
                or (word.ending == "어서" and word.stem == "막")
            )
            alone = not any(each.is_object for each in clause.words)
            if (
                ends
                and alone
                and "싶" not in {each.stem for each in clause.words}
                # "별이 보고 있다" is told of it as of somebody.
                and (word.stem != "보" or word.written.endswith(("요", "니다")))
                and (word.stem != "들" or word.is_past or word.ending in {"습니다", "ᆸ니다"})
            ):
                yield from clause.finding("voice", "sentence_error", noun, until=word)
                return
    yield from _for_one_of_two(clause, noun, word, place)


def _is_of_another(clause: Clause, noun: Word, word: Word) -> bool:
    """Returns whether it may be said of the noun after it: "점수가 큰 폭으로 올랐다"."""
    if word.ending_tag != "ETM":
        return False
    number = clause.words.index(word)
    after = clause.words[number + 1] if number + 1 < len(clause.words) else word
    return noun.noun == "바람" or (word.kind == "VA" and not (noun.noun == "키" and person(after)))


def _is_object_later(clause: Clause, number: int) -> bool:
    return any(each.stem and each.kind == "VV" for each in clause.words[number + 1 :])


def _for_one_of_two(clause: Clause, noun: Word, word: Word, place: int) -> Iterator[Finding]:
    """Finds "비와 바람이 불다"."""
    if not place or word.helpers:
        return
    first = clause.words[place - 1]
    if first.particles not in {("와",), ("과",), ("하고",), ("이랑",), ("랑",)} or first.stem:
        return
    for one, two, verb in _TWO_FOR_ONE:
        if first.head in one and noun.noun in two and word.stem == verb:
            yield from clause.finding("shared_verb", "sentence_error", first, until=word)
            return


def _dropped_by(clause: Clause, number: int) -> Iterator[Finding]:
    word = clause.words[number]
    right = _DROPPED_BY.get(word.written, "")
    sounds = any(each.head in _SOUNDS for each in clause.words)
    if right and word.stem == "들리" and not sounds:
        yield from clause.finding("similar_word", "word_choice", word, right)


def _against(clause: Clause, place: int, word: Word) -> Iterator[Finding]:
    """Finds "지향하다" of what is to be avoided."""
    noun = clause.words[place]
    if word.stem != "지향하" or noun.particles[-1:] not in {("을",), ("를",), ("은",), ("는",)}:
        return
    harmful = noun.noun in _HARM - {"표현", "언행", "행동"} or (
        noun.noun in _HARM
        and place
        and (clause.words[place - 1].stem in _HARMING or clause.words[place - 1].head in {"폭력적", "자극적"})
    )
    if harmful:
        written = word.written
        yield from clause.finding("similar_word", "word_choice", word, written.replace("지향", "지양", 1))


def _conjugated(word: Word, right: str) -> str:
    """Returns the verb that goes there with the endings of the one that is written, if both take the same ones."""
    written = word.written
    if not right or not written.startswith(word.stem):
        return ""
    alike = has_coda(word.stem) == has_coda(right) and coda(word.stem[-1]) != 8 and coda(right[-1]) != 8
    rest = written[len(word.stem) :]
    # "-아" and "-어" may differ, and contract.
    return (
        right + rest
        if alike and rest[:1] in {"고", "는", "지", "기", "면", "려", "거", "더", "던", "게", "자"}
        else ""
    )
