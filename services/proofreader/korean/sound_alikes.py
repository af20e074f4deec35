"""Finds frequent words that are written as they sound, also where that is another word.

Most spellings one sound away from a frequent word are none, or are rare words: which of the two is meant the words
around it tell, as the analyser finds the one far likelier there.
"""

import functools
import re
from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.hangul import compose, decompose
from services.proofreader.korean.analyser import KoreanAnalyser
from services.proofreader.parsed_text import ParsedSentence, ParsedText
from services.proofreader.reading import Reading

# Frequent words of two syllables or more: those that hardly anything is added to, nouns, and stems.
_ADVERBS = tuple(
    """
    너무 제일 아주 정말 진짜 많이 같이 열심히 빨리 천천히 가장 매우 자주 가끔 항상 아직 벌써 이미 계속 갑자기 드디어 그래서 그런데 그리고 그러나 하지만 그러면 왜냐하면 특히 조금 모두 혼자 함께 서로 다시 먼저 나중에 일찍 오래 매우 꼭꼭 잠깐 잠시 금방 방금 아마 절대 별로 전혀 점점 더욱 거의 대부분 오히려 차라리 마치 물론 역시 또한 그렇지만 그러니까 따라서 게다가
    """.split()  # noqa: SIM905
)
_AFTER_ADVERBS = frozenset({"", "도", "는", "만", "요", "의"})
_FREQUENT = (
    *_ADVERBS,
    *"""
    처음 마지막
    외국 한국 중국 일본 미국 학교 학생 선생님 친구 가족 부모님 어머니 아버지 할머니 할아버지 동생 언니 오빠 누나 사람 여자 남자 아이 음식 김치 물건 시장 가게 식당 도서관 교실 숙제 시험 공부 운동 여행 영화 음악 노래 사진 그림 편지 전화
    휴대폰 컴퓨터 텔레비전 버스 지하철 기차 비행기 자전거 자동차 오늘 내일 어제 주말 평일 방학 휴가 생일 명절 아침 점심 저녁 오전 오후 시간 요즘 옛날 작년 올해 내년 매일 매년 봄에 여름 가을 겨울 날씨 바람 하늘 바다 나라 고향 도시 시골
    동네 회사 병원 약국 은행 우체국 공항 호텔 극장 박물관 공원 계획 계절 세계 경제 문화 사회 역사 환경 문제 방법 생각 마음 기분 건강 감기 머리 얼굴 어깨 다리 허리 무릎 의사 간호사 회사원 직업 취미 성격 외모 키가 이름 나이 전공 수업
    대학교 고등학교 중학교 초등학교 한국어 영어 한국말 단어 문법 발음 연습 질문 대답 이야기 약속 소개 초대 준비 시작 결혼 이사 청소 빨래 요리 설거지 쇼핑 선물 가격 옷을 바지 치마 신발 모자 안경 우산 가방 지갑 시계 의자 책상 침대 냉장고
    세탁기 창문 화장실 부엌 거실 아파트 기숙사 하숙집 커피 우유 과일 사과 포도 수박 채소 고기 생선 계란 라면 비빔밥 불고기 떡볶이 맛있 재미있 예쁘 예뻐 바쁘 바빠 아프 아파 기쁘 기뻐 슬프 슬퍼 나쁘 나빠 깨끗 조용 친절 유명 필요 중요 복잡
    편리 불편 따뜻 시원 어려 어렵 쉬워 가까 비싸 무거 가벼 좋아하 싫어하 사랑하 배우 배워 가르치 가르쳐 만나 만났 기다리 기다려 도와 다니 다녀 지내 지냈 보내 보냈 마시 마셔 일어나 일어났 끝나 끝났 시작하 공부하 운동하 여행하 이야기하 생각하
    예전 국물 한글 숟가락 젓가락 생활 경험 느낌 행복 희망 미래 과거 현재 기회 결과 이유 목표 성공 실패 노력 인생 세상 자연 지구 쓰레기 환자 건물 거리 길이 교통 사고 신문 뉴스 광고 인터넷 게임 축구 농구 야구 수영 등산 산책 낚시 공연 축제 박람회
    기차역 정류장 근처 앞에 옆에 밖에 안에 위에 왼쪽 오른쪽 동쪽 서쪽 남쪽 북쪽 중간 가운데 색깔 빨간 노란 파란 하얀 까만 초록색 모양 크기 종류 숫자 번호 가지 첫째 둘째 하루 이틀 사흘 며칠 일주일 월요일 화요일 수요일 목요일 금요일 토요일 일요일
    없어 없었 없는 없이 있어 있었 있는 좋아 좋은 좋았 많아 많은 많았 먹어 먹었 읽어 읽었 앉아 앉았 괜찮 싫어 높은 높아 넓은 넓어 짧은 짧아 젊은 늦게 늦어 깊은 맑은 밝은 어두 무섭 무서 고맙 고마 반갑 반가 즐겁 즐거 귀엽 귀여 더워 추워 매워 뜨거 차가
    외로 그리 부럽 부러 피곤 심심 궁금 답답 놀라 놀랐 웃었 울었 잃어 잊어 찾아 찾았 받아 받았 씻고 입고 입었 벗고 신고 끓여 볶아 썰어 섞어 빌려 빌렸 돌려 고쳐 바꾸 바꿔 바뀌 느꼈 느끼 떠나 떠났 돌아 돌아가 돌아왔 올라 내려 들어 나왔 나갔 걸어 걸었
    익숙 서툴 똑같 비슷 다르 달라 빠르 빨라 모르 몰라 몰랐 부르 불러 자르 고르 골라 흐르 오르 올랐 쓰기 듣기 읽기 말하기 외우 외워 묻고 물어 대답하 설명 이해 기억 결정 선택 참가 참석 졸업 입학 합격 취직 출근 퇴근 회의 월급 사장님 직원 손님 주문 계산
    """.split(),  # noqa: SIM905
)
_INITIALS = ((0, 1, 15), (3, 4, 16), (7, 8, 17), (12, 13, 14), (9, 10))
_VOWELS = (
    (1, 5),
    (3, 7),
    (10, 11, 15, 1),
    (4, 8),
    (8, 13),
    (18, 13),
    (18, 4),
    (19, 18, 20),
    (5, 7),
    (6, 4),
    (9, 0),
    (2, 0),
    (17, 13),
    (16, 20),
)
_CODAS = ((19, 20, 7, 25, 22, 23), (1, 2, 24), (17, 26), (4, 21), (4, 6, 5), (8, 15, 14), (4, 16))
# A final consonant before a vowel is heard as the next syllable's first.
_MOVED = {1: 0, 2: 1, 4: 2, 7: 3, 8: 5, 16: 6, 17: 7, 19: 9, 20: 10, 22: 12, 23: 14, 24: 15, 25: 16, 26: 17}
_NASAL = {1: 21, 2: 21, 24: 21, 17: 16, 26: 16, 7: 4, 19: 4, 20: 4, 22: 4, 23: 4, 25: 4}
# Of two final consonants the second is heard there.
_SECOND_MOVED = {
    5: (4, 12),
    6: (0, 2),
    9: (8, 0),
    10: (8, 6),
    11: (8, 7),
    13: (8, 16),
    15: (0, 5),
    18: (17, 9),
    27: (0, 11),
}
_TENSE_SIOT = 10
_A, _WA = 0, 9
# A word that ends so is a noun with its particle: "평을" is no "평일".
_PARTICLES = frozenset("을를은는이가에의도로")
_HIEUT, _SILENT = 18, 11
_WORD = re.compile(r"(?<![가-힣])[가-힣]{2,12}(?![가-힣])")
_BESIDE = re.compile(r"\S*\s?\S*\s?\Z"), re.compile(r"\s?\S*\s?\S*")
_MOST_BESIDE = 40
# By so much the frequent word has to be likelier there, as a logarithm: by more if what is written is a word, too.
_ENOUGH_GAIN_UNKNOWN = 6.0
_ENOUGH_GAIN_PIECES = 9.0
_ENOUGH_GAIN_KNOWN = 11.0
_MOST_CANDIDATES = 4
_MOST_KEPT = 4_096


class KoreanSoundAlikes:
    """Compares what may be a frequent word, misspelt by ear, with that word."""

    def __init__(self, analyser: KoreanAnalyser) -> None:
        self._analyser = analyser
        self._meant = _misspelt_forms()
        self._lengths = sorted({len(each) for each in self._meant}, reverse=True)
        self._candidates = functools.lru_cache(_MOST_KEPT)(self._find_candidates)

    def find(self, submission: ParsedText, reading: Reading) -> Iterator[Finding]:
        """Reads the text sentence by sentence."""
        for sentence in submission.sentences:
            # What a word may be is kept; only where it may be another one does it take time.
            for found in _WORD.finditer(submission.text, sentence.start, sentence.end):
                candidates = self._candidates(found.group())
                if not candidates:
                    continue
                reading.check()
                if reading.has_spent():
                    reading.leave_unread(found.start())
                    return
                if submission.is_own(*found.span()) and (right := self._best(found, candidates, sentence)):
                    values = {"word": found.group(), "correction": right}
                    yield Finding("spelling", "spelling", *found.span(), values=values, rewrite=right)

    def _find_candidates(self, word: str) -> tuple[str, ...]:
        """Returns what may be meant by a word."""
        candidates = [
            right + word[length:]
            for length in self._lengths
            if length <= len(word)
            for right in self._meant.get(word[:length], ())
            if right not in _ADVERBS or word[length:] in _AFTER_ADVERBS
        ]
        return tuple(dict.fromkeys(candidates))[:_MOST_CANDIDATES]

    def _best(self, found: re.Match[str], candidates: tuple[str, ...], sentence: ParsedSentence) -> str:
        before, after = _beside(found, sentence)
        own = self._analyser.score(before + found.group() + after)
        scores = {each: self._analyser.score(before + each + after) for each in candidates}
        best = max(scores, key=scores.__getitem__)
        gain = scores[best] - own
        return best if gain >= _ENOUGH_GAIN_UNKNOWN and gain >= self._enough(found.group()) else ""

    def _enough(self, word: str) -> float:
        """Returns how much likelier another word has to be than one that is known, or made of what is known."""
        morphemes = self._analyser.read(word).morphemes
        if not all(each.known for each in morphemes):
            return _ENOUGH_GAIN_UNKNOWN
        nouns = sum(each.tag.startswith("N") for each in morphemes)
        return _ENOUGH_GAIN_PIECES if nouns > 1 else _ENOUGH_GAIN_KNOWN


def _misspelt_forms() -> dict[str, tuple[str, ...]]:
    """Returns the frequent words by how they are misspelt."""
    meant: dict[str, list[str]] = {}
    frequent = frozenset(_FREQUENT)
    for right in _FREQUENT:
        for wrong in {*_one_letter(right), *_as_heard(right)}:
            particled = wrong[-1] in _PARTICLES and wrong[-1] != right[-1]
            if wrong not in frequent and not particled:
                meant.setdefault(wrong, []).append(right)
    return {wrong: tuple(rights) for wrong, rights in meant.items()}


def _one_letter(word: str) -> Iterator[str]:
    for place, syllable in enumerate(word):
        initial, vowel, final = decompose(syllable)
        others = [
            *((each, vowel, final) for group in _INITIALS if initial in group for each in group),
            *(
                (initial, each, final)
                for group in _VOWELS
                if vowel in group
                for each in group
                # "ㅘ" is heard as "ㅏ", and not the other way round: "시관" is a word of its own.
                if (vowel, each) != (_A, _WA)
            ),
            *((initial, vowel, each) for group in _CODAS if final in group for each in group),
        ]
        for letters in others:
            if letters != (initial, vowel, final):
                yield word[:place] + compose(*letters) + word[place + 1 :]


def _as_heard(word: str) -> Iterator[str]:
    """Yields a word with one final consonant as it is heard before the next syllable."""
    for place in range(len(word) - 1):
        (initial, vowel, final), (next_initial, next_vowel, next_final) = (
            decompose(word[place]),
            decompose(word[place + 1]),
        )
        if next_initial in {_SILENT, _HIEUT} and final in _MOVED:
            moved = _MOVED[final]
            if final in {7, 25} and next_vowel == 20:
                moved = 14 if final == 25 else 12
            yield (
                word[:place]
                + compose(initial, vowel, 0)
                + compose(moved, next_vowel, next_final)
                + word[place + 2 :]
            )
        if next_initial == _SILENT and final in _SECOND_MOVED:
            kept, moved = _SECOND_MOVED[final]
            for each in (moved, _TENSE_SIOT) if moved == _TENSE_SIOT - 1 else (moved,):
                yield (
                    word[:place]
                    + compose(initial, vowel, kept)
                    + compose(each, next_vowel, next_final)
                    + word[place + 2 :]
                )
        if next_initial in {2, 6} and final in _NASAL:
            yield word[:place] + compose(initial, vowel, _NASAL[final]) + word[place + 1 :]
        if final == 8 and next_initial == 2:
            yield word[: place + 1] + compose(5, next_vowel, next_final) + word[place + 2 :]


def _beside(found: re.Match[str], sentence: ParsedSentence) -> tuple[str, str]:
    text, (before, after) = found.string, _BESIDE
    first = before.search(text[max(sentence.start, found.start() - _MOST_BESIDE) : found.start()])
    last = after.match(text[found.end() : min(sentence.end, found.end() + _MOST_BESIDE)])
    return first.group() if first else "", last.group() if last else ""
