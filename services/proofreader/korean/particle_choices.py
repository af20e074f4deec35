"""Finds particles that do not say what the noun is to the verb: a tool, an origin, a ground, whom something is told."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.hangul import CODA_RIEUL, coda
from services.proofreader.korean.government import before
from services.proofreader.korean.persons import ELDERS, PERSONS, is_somebody, person
from services.proofreader.korean.places import is_named_place, is_place
from services.proofreader.korean.words import Clause, Word, has_coda, word_set

# What something is done with, by what is done with it.
_TOOLS = (
    (word_set("젓가락 숟가락 포크 나이프 수저"), word_set("먹 떠먹 집어먹 자르 썰")),
    (word_set("칼 가위 톱"), word_set("자르 썰 깎 오리")),
    (word_set("연필 볼펜 펜 만년필 색연필 붓 크레파스"), word_set("쓰 그리 적 색칠하 칠하")),
    (word_set("비누 샴푸 치약"), word_set("씻 감 닦")),
    (word_set("카드 현금 신용카드"), word_set("계산하 결제하 내")),
    (
        word_set("한국어 영어 중국어 일본어 한국말 외국어 베트남어 프랑스어 스페인어 러시아어 독일어"),
        word_set("말하 이야기하 얘기하 대화하 쓰 번역하 대답하 발표하 인사하 통역하"),
    ),
)
# On a pencil stands its owner's name; letters are written with it.
_WRITTEN = word_set("편지 일기 숙제 글 답 시 소설 답안 보고서 답장")
_WRITING = word_set("쓰 그리 적 색칠하 칠하")
_QUOTING = ("라고", "다고", "자고", "냐고", "라는", "라며")
_RIDES = word_set("버스 지하철 택시 기차 비행기 자전거 자동차 배 고속버스 오토바이 차")
_ARRIVING = word_set("가 오 다니 출근하 등교하 이동하 출퇴근하 통학하")
# What people are known for is no place and no time.
_KNOWN_FOR = word_set(
    "음식 사과 비빔밥 김치 와인 커피 맥주 치즈 춤 노래 연기 축구 케이팝 드라마 영화 온천 바다 해산물 축제 딸기 포도 귤 감 배 쌀 인삼 녹차 닭갈비 막국수 불고기 냉면 만두 초콜릿 시계 자동차 꽃 벚꽃 단풍 야경 관광 도자기 한지 국수 떡 빵 회 생선 오징어 굴비 대게 복숭아 수박 마늘 고추 쇠고기 돼지고기 갈비 막걸리 소주 요리 패션 미술 음악 친절 커피콩 장미 튤립 올리브유 쌀국수 커리 카레 피자 스파게티 파스타 초밥 라면"
)
_KNOWN = word_set("곳 도시 나라 지역 식당 사람 가수 배우 선수 마을 섬 동네 집 가게 작가 고장 지방")
_FROM = word_set("오 나오 돌아오 떠나 출발하 귀국하")
# Two particles of which the second says all.
_BEFORE_EACH = frozenset({"에", "이", "가", "을", "를", "에서"})
_TOLD = word_set("전화 인사 질문 부탁 선물 편지 말씀 연락 이메일 메일 문자 도움 사과 대답 거짓말")
_TELLING = word_set("하 드리 주 보내 쓰")
_CALLING = word_set("전화하 물어보 연락하 대답하 인사하 질문하 사과하")
_HANDED = word_set("빌려주 보내주 사주 주 드리 가르치 가르쳐주 보여주 선물하 설명하 소개하")
_GIVEN = word_set("빌리 보내 사 보이 가르치 만들 읽 들리 소개하 설명하")
_ALIKE = word_set("비슷하 다르 같 똑같")
_QUARREL = word_set("싸우 다투 화해하")
_ABOUT = word_set("배우 알 공부하 이야기하 말하 생각하 쓰 조사하 발표하 설명하 알아보 관심 토론하 듣 읽")
_SKILLS = word_set(
    "한국어 영어 수학 한국말 외국어 중국어 일본어 태권도 요리 수영 운전 노래 축구 농구 야구 테니스 공부 운동 춤 피아노"
)
# What comes to be, or is reached, with a noun that learners take for an object: the particle, and by what.
_NOT_DONE = (
    (word_set("약속 수업 학교 회사 기차 버스 출근 회의"), word_set("늦"), ("에", "에")),
    (word_set("감기 병 독감 암 폐렴 코로나"), word_set("걸리"), ("에", "에")),
    (word_set("질문 물음"), word_set("대답하 답하"), ("에", "에")),
    (word_set("시험 면접"), word_set("떨어지 붙"), ("에", "에")),
    (word_set("사랑"), word_set("빠지"), ("에", "에")),
    (word_set("사고 화 불 열 땀 눈물 생각 기억 소리 냄새 겁 기침 콧물 짜증"), word_set("나"), ("이", "가")),
    (word_set("시간"), word_set("걸리"), ("이", "가")),
    (word_set("잠 비 눈 전화 연락 편지 소식 손님"), word_set("오"), ("이", "가")),
    (word_set("목"), word_set("마르"), ("이", "가")),
    (word_set("시 아침 저녁 밤"), word_set("일어나 자 출발하 끝나 퇴근하"), ("에", "에")),
)
_NO_START = word_set(
    "교회 백화점 시장 도서관 식당 병원 은행 공원 극장 영화관 카페 마트 편의점 서점 박물관 체육관 수영장"
)
_OFTEN = word_set("매일 자주 날마다 매주")
_GRATEFUL = word_set("감사하 고맙 미안하 죄송하")
_GOOD_FOR = word_set("좋 나쁘 해롭 이롭")
_BODY = word_set("건강 몸 눈 피부 목 이 위 간 기억력 정신건강 다이어트 감기 환경")


def particle_choices(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    yield from _together(clause)
    for number, word in enumerate(clause.words):
        if word.noun and not word.stem and len(word.particles) > 1:
            yield from _each(clause, word)
        elif word.particles == ("에",) and not word.stem and not word.closed:
            yield from _with_tool(clause, number)
        if not word.stem or not number or not clause.gap(number):
            continue
        place = before(clause, number)
        if place < 0 or clause.words[place].stem or not clause.words[place].noun:
            continue
        noun = clause.words[place]
        if noun.particles == ("에",) and word.stem == "유명하":
            yield from _known_for(clause, number, place)
        elif noun.particles == ("부터",):
            yield from _from(clause, noun, word)
        elif noun.particles == ("에서",):
            yield from _getting_on(clause, number, place)
            yield from _going(clause, number, place)
        elif (
            noun.particles == ("에",)
            and word.stem in {"출발하", "떠나"}
            and word.ending_tag in {"EF", "EC"}
            and is_named_place(noun)
        ):
            yield from clause.finding("particle_verb", "sentence_error", noun)
        elif noun.is_object:
            yield from _told(clause, word, place)
            yield from _to_somebody(clause, number, place)
            yield from _felt(clause, noun, word)
        elif noun.particles in {("이",), ("가",)} and not word.helpers:
            yield from _skilled(clause, number, place)
        if noun.particles in {("에",), ("에게",)} and word.stem == "닮" and person(noun):
            yield from _finding(clause, noun, clause.with_particle(noun, "을", "를"))


def _finding(clause: Clause, noun: Word, right: str) -> Iterator[Finding]:
    yield from clause.finding("particle_verb", "sentence_error", noun, right)


def _by(clause: Clause, noun: Word) -> str:
    """Returns a noun with "으로" or "로"."""
    text = clause.submission.text[noun.start : noun.particles_start]
    closed = has_coda(text) and coda(text[-1]) != CODA_RIEUL
    return text + ("으로" if closed else "로")


def _with_tool(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "젓가락에 먹다", "가위에 종이를 자르다" and "버스에 학교에 가다"."""
    noun = clause.words[number]
    uses = frozenset[str]().union(*(uses for tools, uses in _TOOLS if noun.head in tools))
    ride = noun.noun in _RIDES
    if not uses and not ride:
        return
    goal = False
    for each in clause.words[number + 1 : number + 4]:
        if each.stem and not each.is_adverb:
            on_it = each.stem in _WRITING and not _is_written(clause, number)
            if on_it or each.ending.endswith(_QUOTING):
                return
            goes = ride and each.stem in _ARRIVING and goal and each.ending_tag in {"EF", "EC"}
            if goes or (each.stem in uses and each.ending_tag in {"EF", "EC"}):
                yield from _finding(clause, noun, _by(clause, noun))
            return
        goal = goal or each.particles in {("에",), ("까지",)}
        if each.closed or not (each.is_adverb or each.is_object or goal):
            return


def _is_written(clause: Clause, number: int) -> bool:
    """Returns whether what is written is more than what stands on a thing."""
    return any(each.is_object and each.noun in _WRITTEN for each in clause.words[number + 1 : number + 4])


def _known_for(clause: Clause, number: int, place: int) -> Iterator[Finding]:
    """Finds "전주는 비빔밥에 유명하다"."""
    word, noun = clause.words[number], clause.words[place]
    if noun.head not in _KNOWN_FOR:
        return
    after = clause.words[number + 1] if number + 1 < len(clause.words) else None
    named = after is not None and after.kind == "VCP" and after.noun in _KNOWN
    topic = any(each.is_topic or each.is_subject for each in clause.words[:place])
    if topic and (word.ending_tag in {"EF", "EC"} or named):
        yield from _finding(clause, noun, _by(clause, noun))


def _from(clause: Clause, noun: Word, word: Word) -> Iterator[Finding]:
    """Finds "중국부터 왔다"."""
    if word.stem in _FROM and is_named_place(noun) and not word.helpers:
        yield from clause.finding(
            "place_particle", "sentence_error", noun, clause.with_particle(noun, "에서")
        )


def _getting_on(clause: Clause, number: int, place: int) -> Iterator[Finding]:
    """Finds "기차에서 탔다"; "타다" is burning as well, and stirring into a drink."""
    noun, word = clause.words[place], clause.words[number]
    others = any(
        each.is_object or ((each.is_subject or each.is_topic) and not is_somebody(each))
        for each in clause.words[:number]
    )
    after = clause.words[number + 1] if number + 1 < len(clause.words) else word
    # "버스에서 타고 내리다" tells where.
    goes_on = word.ending_tag == "EC" and after.ending_tag != "ETM" and after.stem != "내리"
    rides = word.ending_tag == "EF" or goes_on
    if others or number != place + 1 or not rides:
        return
    if noun.noun in _RIDES and word.stem == "타" and noun.noun != "배" and not word.helpers:
        yield from _finding(clause, noun, clause.with_particle(noun, "을", "를"))


def _going(clause: Clause, number: int, place: int) -> Iterator[Finding]:
    """Finds "일요일마다 교회에서 가요"."""
    noun, word = clause.words[place], clause.words[number]
    goal = any(
        each.particles[:1] in {("에",), ("까지",), ("으로",), ("로",)} for each in clause.words[:place]
    )
    after = clause.words[number + 1] if number + 1 < len(clause.words) else word
    # "병원에서 갔어요" may tell from where.
    wish = after.stem == "싶" and after.ends_sentence and number == place + 1
    often = any(each.particles == ("마다",) or each.written in _OFTEN for each in clause.words[:place])
    goes = word.ends_sentence and number == place + 1 and often and not word.is_past
    if noun.noun in _NO_START and word.stem == "가" and not word.helpers and not goal and (goes or wish):
        yield from clause.finding("place_particle", "sentence_error", noun, clause.with_particle(noun, "에"))


def _each(clause: Clause, word: Word) -> Iterator[Finding]:
    """Finds "주말에마다"."""
    if word.particles[1:] == ("마다",) and word.particles[0] in _BEFORE_EACH and word.head_tag == "NNG":
        yield from clause.finding(
            "doubled_particle", "sentence_error", word, clause.with_particle(word, "마다")
        )


def _told(clause: Clause, word: Word, place: int) -> Iterator[Finding]:
    """Finds "부모님을 전화를 드리다"."""
    noun = clause.words[place]
    tells = noun.noun in _TOLD and word.stem in _TELLING
    hands = word.stem in _HANDED or (word.helpers == ("주",) and word.stem in _GIVEN)
    hands = hands and not person(noun)
    if not place or word.noun not in {"", word.stem[:-1]} or not (tells or hands):
        return
    earlier = next((each for each in reversed(clause.words[:place]) if not each.is_adverb), noun)
    if earlier.is_object and not earlier.closed and not earlier.stem:
        who = person(earlier)
        if who:
            right = clause.with_particle(earlier, "께" if who in ELDERS else "에게")
            yield from _finding(clause, earlier, right)


def _felt(clause: Clause, noun: Word, word: Word) -> Iterator[Finding]:
    """Finds "부모님을 감사하다", "건강을 좋다", "마음을 들다" and "서울을 살다"."""
    if word.helpers or word.ending_tag not in {"EF", "EC"} or word.ending == "게":
        return
    for things, verbs, particles in _NOT_DONE:
        if noun.noun in things and word.stem in verbs and not word.noun.startswith(noun.noun):
            yield from _finding(clause, noun, clause.with_particle(noun, *particles))
            return
    # "돈을 들고" is carried.
    if (
        noun.noun in {"돈", "힘", "비용"}
        and word.stem == "들"
        and (word.ends_sentence or word.ending == "지만")
    ):
        yield from _finding(clause, noun, clause.with_particle(noun, "이", "가"))
        return
    who = noun.noun in PERSONS | ELDERS and noun.noun
    stem = word.stem
    if stem in _GRATEFUL and who:
        # "감사하다" is a verb as well, of what is thanked for.
        yield from _finding(clause, noun, clause.with_particle(noun, "께" if who in ELDERS else "에게"))
    elif (stem in _GOOD_FOR and word.kind == "VA" and noun.noun in _BODY) or (
        stem == "들" and word.kind == "VV" and noun.noun == "마음" and not word.noun
    ):
        yield from _finding(clause, noun, clause.with_particle(noun, "에"))
    elif (
        stem == "살" and word.kind == "VV" and word.ends_sentence and (is_named_place(noun) or is_place(noun))
    ):
        yield from clause.finding("place_particle", "sentence_error", noun, clause.with_particle(noun, "에"))


def _to_somebody(clause: Clause, number: int, place: int) -> Iterator[Finding]:
    """Finds "친구를 전화하다", "친구를 싸우다", "그것을 다르다" and "문화를 대해서"."""
    noun, word = clause.words[place], clause.words[number]
    who = person(noun)
    asks = word.stem == "묻" and word.helpers == ("보",)
    # Who is made to do it, or told to, is an object: "친구를 대답하게 했다".
    near = clause.words[number : number + 3]
    made = any(each.ending in {"게", "게끔", "도록"} or each.ending.endswith(_QUOTING) for each in near)
    if who and (made or word.ending_tag == "ETM"):
        return
    if who and (word.stem in _CALLING or asks):
        yield from _finding(clause, noun, clause.with_particle(noun, "께" if who in ELDERS else "에게"))
    elif (who and word.stem in _QUARREL) or (
        word.stem in _ALIKE and word.kind == "VA" and word.ending_tag in {"EF", "EC"} and word.ending != "게"
    ):
        yield from _finding(clause, noun, clause.with_particle(noun, "과", "와"))
    elif word.stem == "대하" and word.ending in {"어서", "ᆫ"} and not who and noun.head_tag == "NNG":
        after = clause.words[number + 1 : number + 4]
        if word.ending == "어서" and any(each.stem in _ABOUT or each.noun in _ABOUT for each in after):
            yield from _finding(clause, noun, clause.with_particle(noun, "에"))


def _skilled(clause: Clause, number: int, place: int) -> Iterator[Finding]:
    """Finds "한국어가 잘해요" and "운전이 할 수 있어요"."""
    noun, word = clause.words[place], clause.words[number]
    if noun.noun not in _SKILLS or word.kind != "VV":
        return
    able = (
        word.written in {"할", "배울"}
        and number + 2 < len(clause.words)
        and clause.words[number + 1].written in {"수", "줄"}
        and clause.words[number + 2].ending_tag in {"EF", "EC"}
        and not any(each.is_object for each in clause.words)
    )
    well = word.written.startswith(("잘하", "잘해", "잘합", "잘한", "잘했", "못하", "못해", "못합"))
    if able or (well and word.ending_tag in {"EF", "EC"} and word.ending != "게"):
        yield from _finding(clause, noun, clause.with_particle(noun, "을", "를"))


def _is_when(noun: Word, after: Word) -> bool:
    """Returns whether a time is when it is, and none that something is taken from."""
    once = noun.head not in {"주말", "밤"} and not noun.head.endswith("요일")
    return not after.stem and (after.is_subject or (after.is_object and once))


def _is_given(clause: Clause, number: int) -> bool:
    """Returns whether it is "선물을 줬어요"."""
    after = clause.words[number + 1 : number + 3]
    if after[0].stem in {"전화하", "선물하", "말하", "연락하", "물어보"} and after[0].ends_sentence:
        return True
    return (
        len(after) > 1 and after[0].is_object and after[1].stem in {"주", "드리"} and after[1].ends_sentence
    )


def _is_what_it_is(clause: Clause, number: int) -> bool:
    """Returns whether it is "것을 제 취미예요"."""
    rest, last = clause.words[number + 1 :], clause.words[-1]
    own = len(rest) == 1 or (len(rest) == 2 and rest[0].written in {"제", "내", "저의", "나의"})
    return own and last.kind == "VCP" and last.ends_sentence and last.noun in _OWN


def _together(clause: Clause) -> Iterator[Finding]:
    """Finds "친구에 같이" and "오후에서 약속이 있다"."""
    for number, noun in enumerate(clause.words[:-1]):
        after = clause.words[number + 1]
        if noun.stem or noun.closed or not noun.noun:
            continue
        if (
            noun.particles == ("에",)
            and after.written in {"같이", "함께"}
            and person(noun) not in {"", "가족"}
        ):
            yield from _finding(clause, noun, clause.with_particle(noun, "과", "와"))
        elif noun.particles in {("에게서",), ("한테서",)} and _is_given(clause, number):
            yield from _finding(clause, noun, clause.with_particle(noun, "에게"))
        elif noun.particles in {("을",), ("를",), ("에",)} and after.noun == "동안" and noun.head in _SPANS:
            bare = clause.submission.text[noun.start : noun.particles_start]
            yield from _finding(clause, noun, bare)
        elif noun.is_object and noun.head == "것" and _is_what_it_is(clause, number):
            yield from _finding(clause, noun, clause.with_particle(noun, "이"))
        elif noun.particles == ("에서",) and noun.head in _TIMES and _is_when(noun, after):
            yield from clause.finding(
                "place_particle", "sentence_error", noun, clause.with_particle(noun, "에")
            )


_SPANS = word_set("시간 년 달 주일 개월 일 분 방학 휴가 주말 하루 며칠 일주일 학기")
_OWN = word_set("꿈 취미 목표 소원 희망 직업 습관 계획 문제 장점 단점 특기")
_TIMES = word_set("생일 오전 오후 아침 저녁 밤 새벽 주말 월요일 화요일 수요일 목요일 금요일 토요일 일요일")
