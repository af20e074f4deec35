"""Finds "에", "에서" and "에게" where another of them belongs, by what is done at the place or to the person."""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.korean.persons import ELDERS, PERSONS, is_somebody, person
from services.proofreader.korean.words import Clause, Word, word_set

# Nouns of places by their last syllable, and others.
_PLACE_ENDINGS = ("관", "점", "원", "장", "실", "역", "집", "소", "교", "청", "궁", "숍", "방", "국")
_PLACES = word_set(
    "학교 회사 은행 병원 식당 도서관 카페 공원 운동장 교실 시장 백화점 바다 바닷가 편의점 기숙사 방 부엌 마당 거실 호텔 대학교 대학 서점 마트 가게 극장 영화관 헬스장 노래방 학원 놀이터 사무실 공장"
    " 체육관 수영장 강 산 동네 시골 도시 길 거리 광장 박물관 미술관 커피숍 슈퍼마켓 교회 절 집 고향 나라 농장 캠퍼스 강가 강의실 연구실 회의실 무대 휴게실"
)
# "물건" and the like end in those syllables, too.
_NO_PLACES = word_set(
    "사장 직원 회원 학원비 사실 현실 진실 의장 회장 시간 관 기관 습관 단점 장점 관점 초점 문제점 점 시점 약점 요점 원 만원 소원 지원 병원비 교장 반장 가방 상대방 비방 장 장소 요소 영역 지역 약국 결국 중국집 미국 문장 시장님 주장"
    " 입장 성장 과장 포장 고장 등장 확장 현장 책방 손실 상실 확실 결실 고집 모집 편집 비교 종교 외교 전국 공원장"
) - {"현장", "지역", "책방", "약국"}
# What is done at a place and goes to none.
_DONE_THERE = word_set(
    "공부하 일하 운동하 아르바이트하 요리하 산책하 수영하 쇼핑하 연습하 식사하 놀 쉬 기다리 만나 뛰어놀 춤추 노래하 생활하 회의하 이야기하 대화하 싸우 청소하 게임하 축구하 농구하 배우 먹 마시 읽 사 팔 빌리 구경하 듣 찍 보내 씻 발표하 공연하 전공하 지내"
)
# Of these the object says that something is done.
_WITH_OBJECT = word_set("배우 먹 마시 읽 사 팔 빌리 듣 보내 공부하 발표하 연습하 전공하 만나 기다리 청소하")
_BUILT = word_set("집 땅 방 아파트 건물 가게 별장 사무실 창고 밭 논")
_BARE_DOING = word_set(
    "공부 일 운동 아르바이트 요리 산책 수영 쇼핑 연습 식사 이야기 대화 축구 농구 게임 회의 공연 수업 청소"
)
_NEAR = word_set("앞 근처 옆")
_NEAR_DOING = word_set("기다리 만나 놀 일하 공부하 산책하 운동하 쉬")
# These are done even if the doer is named between.
_AT_WORK = word_set("공부하 일하 운동하 요리하 청소하 연습하 수영하")
_HAPPENS = word_set("열리 개최되 진행되 공연하")
_EVENTS = word_set(
    "회의 모임 행사 결혼식 수업 시험 공연 경기 축제 강의 발표 사고 일 파티 약속 박람회 전시회 음악회 대회 올림픽 콘서트 잔치 운동회 졸업식 입학식 세미나 강연 면접 학회 월드컵 발표회 회담 장례식"
)
_SITUATED = word_set("위치하 집중되")
_INTO = word_set("도착하 속하 입학하 가입하 다니")
_MOUNTAINS = word_set("산 남산 한라산 설악산 북한산 지리산 관악산 백두산 내장산 속리산 도봉산 인왕산")
_BESIDE = word_set("옆 위 밑 아래 뒤 맞은편 건너편 근처 사이 오른쪽 왼쪽 옆쪽 앞")

_NAMED_PLACES = word_set(
    "한국 서울 부산 대구 인천 광주 대전 울산 수원 전주 경주 제주도 제주 강릉 춘천 속초 여수 명동 강남 홍대 이태원 인사동 동대문 남대문 신촌 잠실 종로 압구정 대학로 성수동 북촌 해운대 중국 베이징 상하이 일본 도쿄 오사카 교토 미국 뉴욕 베트남 하노이 호찌민 호치민 다낭 태국 방콕 몽골 울란바토르 러시아 모스크바 프랑스 파리 영국 런던 독일 베를린 이탈리아 로마 스페인 캐나다 호주 시드니 인도 인도네시아 자카르타 필리핀 마닐라 말레이시아 싱가포르 대만 타이베이 홍콩 우즈베키스탄 카자흐스탄 터키 튀르키예 이집트 브라질 멕시코 네팔 미얀마 캄보디아 라오스 스위스 네덜란드 스웨덴 유럽 아프리카"
)

_TOWARDS = word_set(
    "감사하 주 드리 묻 물어보 말하 전화하 보내 보여주 빌려주 가르치 소개하 선물하 연락하 전하 알리 부탁하 설명하 인사하 사과하 고백하 질문하 대답하 이야기하 얘기하 들려주 물려주 건네 건네주 미안하 고맙 필요하 배우 빌리"
)
_GIVEN = word_set(
    "충격 영향 도움 선물 피해 상처 감동 희망 용기 기쁨 행복 전화 편지 돈 책 꽃 옷 약 음식 과자 말 메일 이메일 문자 질문 인사 사랑 관심 기회 힘 상 벌 밥 물 빵 반지 사진"
)
_PLANTS = word_set("꽃 나무 화분 식물 화초 잔디 채소 상추 장미")
_OFFICES = word_set(
    "학교 회사 은행 병원 경찰서 식당 가게 대사관 출입국사무소 서비스센터 고객센터 여행사 도서관 호텔"
)

_NOW = word_set("내일 어제 그저께 그제 모레 매일 지금 매주 매년 매달 매월 매번 언제")
_EVERY = word_set("매일 매주 매년 매달 매월")
_OFTEN_AFTER = word_set("이르 잇 오 대비하 희망 기대 걸 맡기 비하 대하 비교하 만족하 충실하 머물 살 안주하")


def place_particles(clause: Clause) -> Iterator[Finding]:
    """Finds them sentence by sentence."""
    for number, word in enumerate(clause.words):
        if word.particles == ("에",) and not word.stem and number + 1 < len(clause.words):
            yield from _done_there(clause, number)
            yield from _to_person(clause, number)
            yield from _needless(clause, number)
        elif word.particles == ("에게",):
            yield from _to_thing(clause, number)
        if word.particles == ("에서",):
            yield from _into(clause, number)
            yield from _being_there(clause, number)
        yield from _standing_beside(clause, number)
        if word.written == f"{word.noun}에서":
            yield from _staying_there(clause, number)


def is_place(word: Word) -> bool:
    """Returns whether a noun names a place."""
    if word.head in _NO_PLACES or word.noun in _NO_PLACES:
        return False
    if word.head in _PLACES or word.noun in _PLACES:
        return True
    return word.head_tag == "NNG" and len(word.noun) > 2 and word.noun.endswith(_PLACE_ENDINGS)


def is_named_place(word: Word) -> bool:
    """Returns whether it is the name of a country, a city or a quarter that is often told of."""
    return word.noun in _NAMED_PLACES


def _finding(clause: Clause, word: Word, right: str) -> Iterator[Finding]:
    yield from clause.finding("place_particle", "sentence_error", word, clause.with_particle(word, right))


def _predicate(clause: Clause, number: int, *, objects: bool) -> int:
    """Returns the number of the next predicate, before which only adverbs, times, companions and a doer stand."""
    for place in range(number + 1, len(clause.words)):
        each = clause.words[place - 1]
        if each.closed:
            return -1
        each = clause.words[place]
        if each.stem and not (objects and _is_for_somebody(each)):
            return place
        skipped = (
            objects and (_is_for_somebody(each) or each.particles in {("께",), ("에게",), ("한테",)})
        ) or (
            each.is_adverb
            or (not each.particles and each.head_tag in {"NNB", "XSN", "NR", "SN"})
            or each.kind == "MM"
        )
        skipped |= each.particles[-1:] in {("하고",), ("와",), ("과",), ("랑",), ("이랑",), ("마다",)}
        skipped |= not each.particles and each.noun in {"동안", "시간", "모두", "요즘", "오늘", "보통"}
        does = (
            objects
            and each.is_subject
            and place + 1 < len(clause.words)
            and (clause.words[place + 1].stem in _AT_WORK or _is_at_work(clause, place + 1))
        )
        if not (skipped or does or (objects and each.is_object)):
            return -1
    return -1


def _is_at_work(clause: Clause, place: int) -> bool:
    """Returns whether it is "요리를 하다"."""
    noun, verb = clause.words[place], clause.words[min(place + 1, len(clause.words) - 1)]
    return noun.is_object and noun.noun in _BARE_DOING and verb.stem == "하"


def _is_for_somebody(word: Word) -> bool:
    """Returns whether it is "드릴" in "드릴 선물을 샀다"."""
    return word.ending in {"ᆯ", "을"} and word.ending_tag == "ETM" and word.stem in {"드리", "주", "입", "신"}


def _done_there(clause: Clause, number: int) -> Iterator[Finding]:
    noun = clause.words[number]
    place = _predicate(clause, number, objects=True)
    if place < 0:
        return
    word = clause.words[place]
    between = [each for each in clause.words[number + 1 : place] if each.is_object]
    if word.ending.startswith(("러", "으러", "려고", "으려고", "려", "으려")) or (word.kind == "VX"):
        return
    if _is_there(clause, place):
        return
    if word.stem in _HAPPENS and (is_place(noun) or noun.head_tag == "NNP") and not between:
        after = clause.words[place + 1 : place + 3]
        if word.stem != "열리" or (word.ending_tag == "ETM" and any(each.head in _EVENTS for each in after)):
            yield from _finding(clause, noun, "에서")
        return
    beside = noun.head in _NEAR and noun.noun == noun.head and word.stem in _NEAR_DOING
    if not (is_place(noun) or beside or (is_named_place(noun) and between)):
        return
    if word.stem == "하" and between and between[-1].noun in _BARE_DOING:
        yield from _finding(clause, noun, "에서")
    elif word.stem in {"사", "빌리"} and any(each.head in _BUILT for each in between):
        # "시골에 집을 사다" says where the house is.
        return
    elif word.stem in _DONE_THERE and (between or word.stem not in _WITH_OBJECT or word.stem == "공부하"):
        # "보내다" and what is left somewhere go to the place.
        if (
            word.stem in {"보내", "팔", "사"}
            and not any(each.head in {"시간", "방학", "주말", "휴가"} for each in between)
            and word.stem != "사"
        ):
            return
        if (
            not (word.ending_tag == "ETM" and word.ending in {"ᆯ", "을"})
            or word.stem in _DONE_THERE - _WITH_OBJECT
        ):
            yield from _finding(clause, noun, "에서")


def _is_there(clause: Clause, place: int) -> bool:
    """Returns whether what does it is there: "시장에 옷을 파는 가게가 있었다"."""
    later = clause.words[place + 1 :]
    for number, each in enumerate(later):
        if each.is_subject:
            return any(
                one.stem in {"있", "없", "많", "생기", "나타나", "살", "오"} and one.kind in {"VV", "VA"}
                for one in later[number + 1 :]
            )
    return False


def _to_person(clause: Clause, number: int) -> Iterator[Finding]:
    noun = clause.words[number]
    who = person(noun)
    if not who:
        return
    for place in range(number + 1, min(number + 6, len(clause.words))):
        each = clause.words[place]
        if each.stem and not (each.ending_tag == "ETM" and each.kind in {"VA", "VCP"}):
            gives = (each.stem in _TOWARDS and each.stem != "주") or (
                each.stem in {"주", "드리", "끼치", "미치"}
                and any(one.is_object and one.head in _GIVEN for one in clause.words[number:place])
            )
            if gives:
                yield from clause.finding(
                    "particle_verb",
                    "sentence_error",
                    noun,
                    clause.with_particle(noun, "께" if who in ELDERS else "에게"),
                )
            return
        if each.closed or each.is_topic or each.is_subject:
            return


def _to_thing(clause: Clause, number: int) -> Iterator[Finding]:
    noun = clause.words[number]
    after = clause.words[number + 1 : number + 4]
    plants = noun.head in _PLANTS and any(each.is_object and each.head == "물" for each in after)
    offices = noun.noun in _OFFICES and any(
        each.stem in {"전화하", "문의하", "연락하"}
        or (each.is_object and each.head in {"전화", "연락", "문의"})
        for each in after[:2]
    )
    if plants or offices:
        yield from clause.finding("particle_verb", "sentence_error", noun, clause.with_particle(noun, "에"))


def _needless(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "어제에"."""
    word, after = clause.words[number], clause.words[number + 1]
    if (
        word.noun in _NOW
        and not word.closed
        and not {after.stem, after.head} & _OFTEN_AFTER
        and (after.kind != "MM" or word.noun in _EVERY)
    ):
        yield from clause.finding(
            "time_particle", "sentence_error", word, clause.submission.text[word.start : word.particles_start]
        )


def _being_there(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "교실에서 의자가 있다"."""
    noun = clause.words[number]
    if not (is_place(noun) or noun.head in _BESIDE | {"안", "속"}) or number + 2 >= len(clause.words):
        return
    if noun.head in {"안", "속"}:
        yield from _inside(clause, number)
        return
    thing, last = clause.words[number + 1], clause.words[-1]
    between = clause.words[number + 2 : -1]
    counted = all(
        each.is_adverb or each.head_tag in {"NR", "NNB", "SN"} or each.kind == "MM" for each in between
    )
    stands = (
        last.stem in {"있", "없"} and last.kind in {"VV", "VA"} and last.ends_sentence and not last.helpers
    )
    if stands and counted and thing.is_subject and (thing.head in _THINGS or is_place(thing)):
        yield from _finding(clause, noun, "에")


def _staying_there(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "우리 가족은 하노이에서 있습니다"."""
    noun = clause.words[number]
    verb = clause.words[number + 1] if number + 1 < len(clause.words) else noun
    stays = verb.stem == "있" and verb.ends_sentence and not verb.helpers and not noun.closed
    if not stays or not (is_named_place(noun) or is_place(noun)):
        return
    # The analysis takes it for "서 있다".
    right = noun.written[:-1]
    who = [each for each in clause.words[:number] if each.is_topic or each.is_subject]
    own = len(who) == 1 and (person(who[0]) or who[0].noun in {"저", "나", "우리", "그", "그녀"})
    if own or (not who and verb.written == "있어요"):
        yield from clause.finding("place_particle", "sentence_error", noun, right)


def _inside(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "냉장고 안에서 우유가 없다"."""
    thing = clause.words[number + 1]
    if not thing.is_subject or thing.head not in _THINGS | _STORED or thing.stem:
        return
    for each in clause.words[number + 2 : number + 5]:
        if each.stem:
            if each.stem in {"있", "없"} and each.kind in {"VV", "VA"} and not each.helpers:
                yield from _finding(clause, clause.words[number], "에")
            return
        if not (each.is_adverb or each.kind == "MM" or each.head_tag in {"NR", "NNB", "SN"}):
            return


def _into(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "에서" before a verb that goes into a place or is at it."""
    noun = clause.words[number]
    place = _predicate(clause, number, objects=False)
    if place != number + 1:
        return
    verb = clause.words[place]
    stem = verb.stem
    # "부산에서 도착한 기차" comes from there.
    if verb.ending_tag == "ETM":
        return
    named = is_place(noun) or noun.head_tag in {"NNP", "XSN"} or noun.head in _BESIDE
    # Smoke goes up from a hill, and people go up from the first floor, or from Busan.
    who = [each for each in clause.words[:number] if each.is_topic or each.is_subject]
    up = stem == "올라가" and noun.noun in _MOUNTAINS and all(is_somebody(each) for each in who)
    if stem in _SITUATED or (named and stem in _INTO) or up:
        yield from _finding(clause, noun, "에")


def _standing_beside(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "옆에서 있다", which the analysis takes for "옆에 서 있다"."""
    word = clause.words[number]
    written = word.written
    if not written.endswith("에서") or word.head not in _BESIDE or number + 1 >= len(clause.words):
        return
    after = clause.words[number + 1]
    subjects = [each for each in clause.words[:number] if each.is_topic or each.is_subject]
    stands = (
        after.stem == "있"
        and not after.helpers
        and after.ends_sentence
        and not after.is_past
        and after.end - after.start > 1
    )
    if (
        stands
        and subjects
        and subjects[-1].head not in _EVENTS | PERSONS
        and (is_place(subjects[-1]) or subjects[-1].head in _THINGS)
    ):
        yield from clause.finding("place_particle", "sentence_error", word, written[:-1])


_THINGS = word_set(
    "의자 칠판 사진 그림 창문 문 소파 탁자 꽃병 접시 컵 나무 신문 지도 연필 볼펜 공책 선풍기 에어컨 은행 우체국 책 가방 침대 책상 의자 컴퓨터 고양이 강아지 열쇠 휴대폰 냉장고 텔레비전 안경 우산 공원 지하철역 화장실 편의점 약국 정류장 모자 시계 컵 신발 자동차 차 꽃"
)
_STORED = word_set(
    "우유 물 과일 음식 지갑 돈 김치 반찬 채소 고기 계란 달걀 사과 빵 과자 옷 편지 선물 학생 사람 손님 아이 개 쓰레기 종이 수건 양말 음료수 맥주 주스 카드 여권 표 사탕 약"
)
