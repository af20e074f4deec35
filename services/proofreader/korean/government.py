"""Finds particles that the verb or adjective after them does not take.

Kiwi tells nouns, verbs and adjectives; the classes here say which verbs take no object, or take one.
"""

from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.korean.words import Clause, Word, word_set

# Verbs whose goal is marked by "에", where learners write an object.
_TO_A_GOAL = word_set(
    "도착하 참가하 참석하 참여하 입학하 합격하 취직하 취업하 적응하 동의하 도전하 가입하 익숙하 관심있 어울리 속하 위치하 실패하 감동하"
)
# What "을" marks beside them all the same: how long, how far, how.
_WITH_ANYONE = word_set("결혼하 헤어지 이혼하")
_INFLUENCE = frozenset({"영향"})
_HAS_INFLUENCE = word_set("미치 끼치 주")
_INTEREST = frozenset({"관심", "흥미", "도움", "익숙"})
_HAS_INTEREST = word_set("있 없 많 생기 되 크")
# "을 위해서", but "에 대해서", "에 관한", "에 비해".
_ABOUT = word_set("관하 의하 비하")
# Of these no one does anything to anything.
_WITHOUT_OBJECT = word_set(
    "있 없 끝나 생기 나타나 사라지 떨어지 없어지 늘어나 줄어들 태어나 도착하 넘어지 늙 시들 무너지 밝아지 어두워지 나빠지 좋아지 커지 많아지 심해지 달라지 높아지 낮아지 유명해지 건강해지 작아지 적어지 어려워지 쉬워지 예뻐지 깨끗해지 따뜻해지 추워지 더워지 비싸지 발생하 존재하 부족하 사라져가 늘어가"
)
_GOING = word_set("가 오 되 있 없 않 못하 하 아니 싶 지 나오 나가 돌아가 돌아오 끝나 자 쉬 살 울 웃")
# Adjectives of another kind: "-하다" after these takes an object.
_NOT_ADJECTIVES = word_set(
    "만족하 충족하 잘하 못하 하 싶 드세 비롯하 달리하 함께하 같이하 가까이하 멀리하 게을리하 아랑곳하 아니하 감사하 겸하 통하 향하"
)
# "이런 글을 가볍다고 한다" thinks of it as light.
_NOT_BEFORE = ("게", "도록", "다고", "ᆫ다고", "는다고", "라고", "다며", "다면서")

# Things that are done something to, by what is done to them.
_EATEN = word_set(
    "밥 음식 빵 과자 고기 김치 라면 과일 사과 떡 불고기 비빔밥 김밥 약 간식 아침밥 저녁밥 점심밥 반찬 아이스크림 케이크 채소"
)
_DRUNK = word_set("물 커피 술 우유 주스 맥주 녹차 홍차 음료수 콜라 소주")
_READ = word_set("책 신문 소설 소설책 잡지 편지 동화책 만화책 글 일기 이메일 문자")
_WATCHED = word_set("영화 드라마 텔레비전 연극 뮤지컬 축구 야구 사진 그림 경치 시험")
_HEARD = word_set("음악 노래 라디오 강의 수업")
_LEARNT = word_set(
    "한국어 영어 수학 한국말 외국어 중국어 일본어 태권도 피아노 기타 한글 역사 과학 단어 문법 발음 요리 수영"
)
_WORN = word_set("옷 바지 치마 모자 신발 안경 구두 운동화 양말 코트 한복 교복 장갑")
_DONE = word_set(
    "축구 농구 야구 배구 탁구 등산 데이트 파티 회의 발표 낚시 숙제 공부 운동 청소 요리 전화 준비 이야기 질문 빨래 설거지 게임 산책 쇼핑 인사 대답 연습 약속 여행 아르바이트"
)
_SOLVED = word_set("문제 문제점 갈등 오해 어려움")
_LIKED = word_set("좋아하 싫어하 준비하 사 팔 고르 시키 주문하 받 보내 찾")
_DONE_TO = (
    (_EATEN, word_set("먹 만들 드시 굽 끓이") | _LIKED),
    (_DRUNK, word_set("마시") | _LIKED),
    (_READ, word_set("읽 빌리") | _LIKED),
    (_WATCHED, word_set("보 찍 그리") | _LIKED),
    (_HEARD, word_set("듣 부르 들") | _LIKED),
    (_LEARNT, word_set("배우 공부하 가르치 연습하 좋아하 싫어하 전공하 외우")),
    (_WORN, word_set("입 벗 쓰 신") | _LIKED),
    (_DONE, word_set("하 시작하 끝내 좋아하 싫어하 지키")),
    (_SOLVED, word_set("해결하 풀")),
    (frozenset({"돈"}), word_set("벌 쓰 모으 빌리 내 찾 받")),
    (frozenset({"꿈"}), frozenset({"꾸"})),
    (frozenset({"스트레스"}), word_set("받 풀")),
    (word_set("시간 주말 방학 휴가"), frozenset({"보내"})),
    (frozenset({"방"}), word_set("청소하 빌리 치우")),
    (word_set("버스 지하철 택시 기차 비행기 자전거"), frozenset({"타"})),
    (word_set("여행 산책 소풍 유학 등산 출장 캠핑"), word_set("가 다니 떠나")),
    (frozenset({"노래"}), frozenset({"부르"})),
    (frozenset({"춤"}), frozenset({"추"})),
    (word_set("이름 글씨 글"), frozenset({"쓰"})),
    (word_set("주소 이름 전화번호 이유 방법"), frozenset({"알"})),
    (word_set("우산 도시락 여권 선물 교과서"), word_set("가져오 가져가 챙기")),
    (frozenset({"것"}), word_set("바라 원하 좋아하 싫어하")),
)
# Nobody is loved by these.
_LIKED_THINGS = frozenset[str]().union(*(things for things, _ in _DONE_TO)) | word_set(
    "여름 겨울 봄 가을 바다 산 한국 고양이 강아지 색 꽃 케이팝 커피숍 김밥 학교 도시 시골 날씨 수학"
)
# What nobody does without doing it to something.
_TRANSITIVE = word_set(
    "사 팔 먹 마시 읽 쓰 듣 보내 배우 가르치 만들 그리 찍 입 벗 신 끼 고르 찾 잃어버리 빌리 받 주문하 준비하 청소하 씻 닦 켜 끄 공부하 연습하 선물하 버리 모으 고치 외우 구경하 초대하 소개하 키우 심 사용하 이용하"
)
_NO_THINGS = word_set(
    "사람 친구 동생 언니 오빠 누나 형 엄마 아빠 어머니 아버지 할머니 할아버지 부모 선생 학생 아이 아기 남자 여자 남편 아내 아들 딸 손님 직원 의사 경찰 가족 고양이 강아지 개 새 동물 말 소 닭 회사 정부 학교 나라 팀 가게 은행 기업 단체 국가 사장 후배 선배 이모 고모 삼촌 조카 사촌 외할머니 외할아버지 룸메이트 교수 작가 가수 배우 주인 아주머니 아저씨 기계 로봇 인공지능 컴퓨터 시스템 식물 나무 바람 비 아저씨네 형제 부부 청년 소년 소녀 외국인 한국인 이웃 전부 모두 둘 혼자 누구 반"
)
_LOVED = word_set("좋아하 싫어하 사랑하 원하 그리워하 존경하")
_MET = frozenset({"만나"})
_ONE_PERSON = word_set("친구 동생 언니 오빠 누나 형 선배 후배 선생님 할머니 할아버지 여자친구 남자친구")
_TOGETHER = ("와", "과", "하고", "랑", "이랑")
_HIGHER = word_set(
    "맵 크 작 비싸 싸 예쁘 춥 덥 빠르 느리 높 낮 어렵 쉽 재미있 맛있 길 짧 무겁 가볍 넓 좁 젊 조용하 깨끗하 복잡하 따뜻하 시원하"
)
_TIMES = word_set(
    "때 전 후 뒤 날 달 해 년 월 일 주 주말 오전 오후 아침 저녁 밤 낮 새벽 봄 여름 가을 겨울 동안 시절 요즘 때문 중 나중 처음 여기 거기 저기"
)


_LONG = word_set("하루 이틀 사흘 열흘 며칠 평생 일생")
_COUNTED_TIMES = word_set("시간 분 초 주일 개월")
_VERBS_AS_WELL = word_set("적 틀리 싸 쓰 세 달 길 밝 굳")


def governed_particles(clause: Clause) -> Iterator[Finding]:
    """Finds particles that do not go with the predicate after them."""
    for number, word in enumerate(clause.words):
        if word.stem and number:
            yield from _goal(clause, number)
            yield from _no_object(clause, number)
            yield from _object_as_subject(clause, number)
            yield from _compared(clause, number)


def before(clause: Clause, number: int, *, far: bool = False) -> int:
    """Returns the number of the word that a predicate stands beside, before adverbs; -1 if none.

    Args:
        clause: Where both stand.
        number: The predicate's.
        far: Whether words that count, as "세 시간씩", are skipped as well.
    """
    place = number - 1
    while place >= 0 and not clause.words[place].closed:
        each = clause.words[place]
        counted = each.head_tag in {"NR", "NNB", "SN"} and each.written == each.noun
        counts = far and (counted or each.kind == "MM") and not each.particles
        if not (each.is_adverb or counts):
            return place
        place -= 1
    return -1


def _goal(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds an object of a verb that goes to a goal, or is about something."""
    word = clause.words[number]
    place = before(clause, number)
    if place < 0:
        return
    noun = clause.words[place]
    if noun.is_object and noun.noun:
        if word.stem in _TO_A_GOAL and not word.helpers and noun.head not in {"동안", "데"}:
            # "-에 실패하다" is often "을" in speech with what was begun.
            yield from clause.finding(
                "particle_verb", "sentence_error", noun, clause.with_particle(noun, "에")
            )
        elif word.stem in _WITH_ANYONE and noun.head not in {"식", "생활"}:
            yield from clause.finding(
                "particle_verb", "sentence_error", noun, clause.with_particle(noun, "과", "와")
            )
        elif word.stem in _ABOUT and word.ending in {"어", "어서", "ᆫ"}:
            yield from clause.finding(
                "particle_verb", "sentence_error", noun, clause.with_particle(noun, "에")
            )
        elif noun.head in _INFLUENCE and word.stem in _HAS_INFLUENCE:
            yield from _second_object(clause, place)
    elif (
        noun.head in _INTEREST
        and noun.particles[:1] in {("이",), ("가",), ("도",)}
        and word.stem in _HAS_INTEREST
    ):
        yield from _second_object(clause, place)
    elif noun.particles == ("에",) and word.stem == "위하" and word.ending in {"어", "어서", "ᆫ"}:
        right = noun.written[:-1] if noun.ending_tag == "ETN" else clause.with_particle(noun, "을", "를")
        yield from clause.finding("particle_verb", "sentence_error", noun, right)


def _second_object(clause: Clause, place: int) -> Iterator[Finding]:
    """Finds the object before "큰 영향을 미치다" and "관심이 있다"."""
    place -= 1
    while place >= 0 and (
        clause.words[place].is_adverb
        or (clause.words[place].kind in {"VA", "VCP"} and clause.words[place].ending_tag == "ETM")
    ):
        place -= 1
    if place >= 0 and clause.words[place].is_object and not clause.words[place].closed:
        noun = clause.words[place]
        yield from clause.finding("particle_verb", "sentence_error", noun, clause.with_particle(noun, "에"))


def _no_object(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds an object of what takes none: an adjective, or a verb such as "끝나다"."""
    word = clause.words[number]
    takes_none = (word.kind == "VA" and word.stem not in _NOT_ADJECTIVES) or word.stem in _WITHOUT_OBJECT
    takes_none |= word.kind == "VCN"
    if not takes_none or word.helpers or word.ending in _NOT_BEFORE or word.ending_tag not in {"EF", "EC"}:
        return
    if word.noun and word.stem not in {f"{word.noun}하", f"{word.head}하"}:
        return
    place = before(clause, number, far=True)
    if place < 0 or not clause.words[place].is_object:
        return
    noun = clause.words[place]
    if noun.stem or (noun.head in {"것", "줄"} and word.stem in {"있", "없"}):
        return
    # "한 해를 있었다" says how long; "적다" and the like are verbs as well.
    if (word.stem == "있" and _is_span(clause, place)) or word.stem in _VERBS_AS_WELL:
        return
    if word.ending == "지" and any(
        each.ending in _NOT_BEFORE for each in clause.words[number + 1 : number + 2]
    ):
        return
    if word.ending_tag == "EC" and _is_object_of_later(clause, number):
        return
    if word.stem in _TO_A_GOAL:
        return
    if word.stem in {"좋", "싫"} and _is_first_person(
        [each for each in clause.words[:place] if each.is_topic]
    ):
        # "노래가 좋다" and "노래를 좋아하다" may be meant.
        yield from clause.finding("particle_verb", "sentence_error", noun, until=word)
        return
    yield from clause.finding("particle_verb", "sentence_error", noun, clause.with_particle(noun, "이", "가"))


def _is_span(clause: Clause, place: int) -> bool:
    """Returns whether it is "한 해를" or "하루를"."""
    noun, earlier = clause.words[place], clause.words[place - 1] if place else None
    counted = earlier is not None and (earlier.kind == "MM" or earlier.head_tag in {"NR", "SN"})
    return noun.head in _LONG or (counted and noun.head in _TIMES | _COUNTED_TIMES)


def _is_object_of_later(clause: Clause, number: int) -> bool:
    for each in clause.words[number + 1 :]:
        if each.is_object:
            return False
        if each.stem and each.kind in {"VV", "VX"} and each.stem not in _GOING | _WITHOUT_OBJECT:
            return True
    return False


def _object_as_subject(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds what is eaten, read or learnt, marked as if it did that."""
    word = clause.words[number]
    if word.kind != "VV" or word.ending_tag not in {"EF", "EC", "ETM"}:
        return
    if word.ending_tag == "ETM" and word.ending != "는":
        return
    place = before(clause, number)
    if place < 0 or clause.words[place].particles not in {("이",), ("가",)} or clause.words[place].stem:
        return
    if _is_wish(clause, number):
        return
    noun = clause.words[place]
    topics = [each for each in clause.words[:place] if each.is_topic or each.is_subject]
    if word.stem in _LOVED and noun.head in _LIKED_THINGS and len(topics) == 1 and topics[0].is_topic:
        yield from clause.finding(
            "particle_verb", "sentence_error", noun, clause.with_particle(noun, "을", "를")
        )
        return
    done_to = any(noun.head in things and word.stem in verbs for things, verbs in _DONE_TO)
    if (
        word.stem in _LOVED
        and noun.head_tag == "NNG"
        and _is_first_person(topics)
        and noun.head not in _ONE_PERSON
    ):
        done_to = True
    if noun.head == "것" and not topics and not (word.stem in {"좋아하", "싫어하"} and word.ends_sentence):
        return
    if noun.head == "것" and not topics:
        done_to = True
    if _is_asked_for(clause, number) and noun.head_tag == "NNG" and noun.head not in _NO_THINGS:
        done_to = True
    if (
        word.stem in _TRANSITIVE
        and noun.head_tag == "NNG"
        and noun.head not in _NO_THINGS
        and _is_first_person(topics)
    ):
        done_to = (
            word.ending_tag in {"EF", "EC"}
            and not any(each.stem for each in clause.words[:place])
            and not _is_of_another(clause, number)
        )
    if word.stem in _MET:
        done_to = (
            noun.noun in _ONE_PERSON
            and _is_alone(clause, place, topics)
            and (word.ends_sentence or word.ending in {"어서", "는데", "지만"})
        )
    if done_to and not (word.ending_tag == "ETM" and noun.head in {"것", "전화", "이야기"}):
        yield from clause.finding(
            "particle_verb", "sentence_error", noun, clause.with_particle(noun, "을", "를")
        )


def _is_asked_for(clause: Clause, number: int) -> bool:
    """Returns whether it is "보내 주세요"."""
    word, after = clause.words[number], clause.words[min(number + 1, len(clause.words) - 1)]
    asked = after.written.startswith(("주세요", "주십시오", "주시겠")) and word.ending == "어"
    return asked and word.stem in _TRANSITIVE | {"닫", "열", "적", "보이", "알리"}


def _is_of_another(clause: Clause, number: int) -> bool:
    """Returns whether the verb may be of another clause than the writer: "나는 사람이 쓰고 고친 글을 읽었다"."""
    return any(
        each.is_subject or each.ending_tag == "ETM" or each.ending in _NOT_BEFORE or each.ending == "자고"
        for each in clause.words[number + 1 :]
    )


def _is_first_person(topics: list[Word]) -> bool:
    return bool(topics) and topics[-1].noun in {"저", "나", "우리", "저희"} and topics[-1].is_topic


def _is_wish(clause: Clause, number: int) -> bool:
    """Returns whether it is "밥이 먹고 싶다", where either particle stands, or "먹기 쉽다"."""
    word = clause.words[number]
    return word.ending_tag == "ETN" or "싶" in {
        *word.helpers,
        clause.words[min(number + 1, len(clause.words) - 1)].stem,
    }


def _is_alone(clause: Clause, place: int, topics: list[Word]) -> bool:
    """Returns whether nobody else is named before a person, so that the person is the one who is met."""
    others = clause.words[:place]
    return not topics and not any(
        (each.particles[-1:] and each.particles[-1] in _TOGETHER)
        or each.noun in {"둘", "두", "서로", "우리"}
        or each.kind == "MM"
        for each in others
    )


def _compared(clause: Clause, number: int) -> Iterator[Finding]:
    """Finds "에" where "더" compares."""
    word = clause.words[number]
    if word.stem not in _HIGHER or not (
        word.ends_sentence or word.ending in {"지만", "고", "어서", "으니까"}
    ):
        return
    if (
        number < 2
        or clause.submission.text[clause.words[number - 1].start : clause.words[number - 1].end] != "더"
    ):
        return
    noun = clause.words[number - 2]
    heads = {each.head for each in clause.words[: number - 2] if each.is_topic or each.is_subject}
    if (
        noun.particles == ("에",)
        and noun.head_tag in {"NNG", "NNP"}
        and noun.head not in _TIMES
        and noun.head in heads
    ):
        yield from clause.finding("particle_verb", "sentence_error", noun, clause.with_particle(noun, "보다"))
