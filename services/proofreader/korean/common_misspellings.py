"""Lists Korean words as they are often misspelt, each with the rule that it breaks.

What stands here is no word, nor a part of one, at the place that its list is for.
"""

import functools
from collections.abc import Iterable, Iterator

from services.proofreader.hangul import CODA_BIEUP, CODA_RIEUL, CODA_SIOT, coda, compose, decompose

_NIEUN, _MIEUM = 4, 16

# Wrong wherever they stand in a word.
_ANYWHERE = """
아퍼:아파 아펐:아팠 바뻐:바빠 바뻤:바빴 나뻐:나빠 나뻤:나빴 고퍼:고파 고펐:고팠 었따:었다 았따:았다 했따:했다 밖앗:바깥 나뉘어지:나뉘 나뉘어진:나뉜 나뉘어져:나뉘어 나뉘어졌:나뉘었 찌게:찌개 육계장:육개장 떡볶기:떡볶이 떡뽁이:떡볶이 성대묘사:성대모사 풍지박산:풍비박산 홀홀단신:혈혈단신 절대절명:절체절명 일사분란:일사불란 환골탈퇴:환골탈태
희노애락:희로애락 야밤도주:야반도주 산수갑산:삼수갑산 토사광란:토사곽란 애시당초:애당초 아연질색:아연실색 인권비:인건비 주구장창:주야장천 어쨋든:어쨌든 아뭏든:아무튼 통채로:통째로 송두리채:송두리째
구렛나루:구레나룻 어물쩡:어물쩍 두루뭉실:두루뭉술 흐리멍텅:흐리멍덩 오지랍:오지랖 개구장이:개구쟁이 멋장이:멋쟁이 욕심장이:욕심쟁이 겁장이:겁쟁이 고집장이:고집쟁이
미쟁이:미장이 풋나기:풋내기 아지랭이:아지랑이 깡총깡총:깡충깡충 쌍동이:쌍둥이 막동이:막둥이 삼춘:삼촌 암닭:암탉 숫닭:수탉 암돼지:암퇘지 숫돼지:수퇘지 악천우:악천후 오랜동안:오랫동안
돌맹이:돌멩이 방방곳곳:방방곡곡 강남콩:강낭콩 덥밥:덮밥 쭈꾸미:주꾸미 아구찜:아귀찜 오이소배기:오이소박이 부시시:부스스 으시시:으스스 으시대:으스대 골치덩어리:골칫덩어리
닥달:닦달 여지껏:여태껏 눈쌀:눈살 창란젓:창난젓 명난젓:명란젓 무릎쓰:무릅쓰 썪:썩 부억:부엌 동녁:동녘 저녘:저녁 들녁:들녘 햇빗:햇빛 여덜:여덟 여덞:여덟 같애:같아
어떠케:어떻게 이러케:이렇게 그러케:그렇게 되어지:되 되어져:되어 되어진:된 되어졌:되었 되어질:될 되어집니:됩니 뇌쇠:노쇠 폐쇠:폐쇄 패쇄:폐쇄 휴계실:휴게실 개시판:게시판
휴계소:휴게소 계시글:게시글 계시물:게시물 반듯시:반드시 동거동락:동고동락 유도심문:유도신문 임기웅변:임기응변 승락:승낙
곤난:곤란 통털어:통틀어 하마트면:하마터면 켸켸묵:케케묵 사겼:사귀었 할켰:할퀴었 할켜:할퀴어 옷거리:옷걸이
괴퍅:괴팍 미류나무:미루나무 으례:으레 칠흙:칠흑 재털이:재떨이 먼지털이:먼지떨이 짜집기:짜깁기 몇일:며칠 얼만큼:얼마큼 꼼꼼이:꼼꼼히
회계년도:회계연도 설립년도:설립연도 신녀성:신여성 백분률:백분율 할인률:할인율 감소률:감소율 환률:환율 비률:비율 선률:선율 운률:운율 규률:규율 조률:조율 이자률:이자율
증가률:증가율 투표률:투표율 점유률:점유율 이혼률:이혼율 출산률:출산율 출생율:출생률 합격율:합격률 성공율:성공률 출석율:출석률 확율:확률 취업율:취업률 실업율:실업률 능율:능률 법율:법률
시청율:시청률 경쟁율:경쟁률 사망율:사망률 득표률:득표율 참여률:참여율 가입율:가입률 이용율:이용률 사용율:사용률 활용율:활용률 수익율:수익률 보급율:보급률 진학율:진학률 재활용율:재활용률
지지률:지지율 회수률:회수율 회전률:회전율 흡연률:흡연율 작업양:작업량 노동양:노동량 생산양:생산량 소비양:소비량 사용양:사용량 수확양:수확량 운동양:운동량 배출양:배출량 학습양:학습량 강수양:강수량
갯수:개수 촛점:초점 댓가:대가 홧병:화병 전셋방:전세방 마굿간:마구간 인삿말:인사말 머릿말:머리말 꼬릿말:꼬리말 소숫점:소수점 컨셉트:콘셉트 윗층:위층 윗쪽:위쪽 뒷쪽:뒤쪽 뒷편:뒤편 아랫층:아래층 아랫쪽:아래쪽
햇님:해님 나랏님:나라님 머릿기사:머리기사 피잣집:피자집 뒷풀이:뒤풀이 뒷꿈치:뒤꿈치 뒷통수:뒤통수 뒷처리:뒤처리 나룻터:나루터 낚싯터:낚시터 장맛철:장마철 농삿일:농사일 제삿상:제사상 잇점:이점 헛점:허점
나무잎:나뭇잎 나무가지:나뭇가지 바다가에:바닷가에 바다가를:바닷가를 바다가로:바닷가로 바다가는:바닷가는 바다물:바닷물
등교길:등굣길 하교길:하굣길 고기집:고깃집 장마비:장맛비 노래말:노랫말 존대말:존댓말 혼자말:혼잣말 귀속말:귓속말 수도물:수돗물 시내물:시냇물 아래집:아랫집 아래사람:아랫사람
뒤모습:뒷모습 뒤마당:뒷마당 뒤머리:뒷머리 만두국:만둣국 순대국:순댓국 북어국:북엇국 조개살:조갯살 최대값:최댓값 최소값:최솟값 절대값:절댓값 꼭지점:꼭짓점 머리속:머릿속
예사일:예삿일 노래소리:노랫소리 바다바람:바닷바람 어제밤:어젯밤 깨잎:깻잎 배사공:뱃사공 제사날:제삿날 우유빛:우윳빛 잔치날:잔칫날 이사짐:이삿짐 세수대야:세숫대야 나루배:나룻배
"""
# Wrong where a word begins with them.
_AT_BEGINNING = """
남비:냄비 불리워지:불리 불리워진:불린 불리워져:불려 불리워졌:불렸 언졌:얹었 언저서:얹어서 맞치고:마치고 맞치면:마치면 맞쳤:마쳤 전세집:전셋집 처가집:처갓집 외가집:외갓집 맥주집:맥줏집 국수집:국숫집 부자집:부잣집 상가집:상갓집 이사날:이삿날 뒤일:뒷일 아래니:아랫니 위사람:윗사람 위몸:윗몸 위집:윗집 아래목:아랫목 뒤산:뒷산 뒤문:뒷문 뒤자리:뒷자리 뒤골목:뒷골목 뒤면:뒷면 뒤받침:뒷받침 고추가루:고춧가루 혀바닥:혓바닥 우스개소리:우스갯소리 담배불:담뱃불 김치국:김칫국 시래기국:시래깃국 기대값:기댓값 대표값:대푯값 함수값:함숫값 결과값:결괏값 마루바닥:마룻바닥 뒤이야기:뒷이야기 뒤정리:뒷정리 비줄기:빗줄기 나무군:나무꾼 허드레일:허드렛일 막내동생:막냇동생 세배돈:세뱃돈 알어:알아 남여:남녀 목거리:목걸이 귀거리:귀걸이 가지수:가짓수 차잔:찻잔 코물:콧물 비방울:빗방울 초불:촛불 해볕:햇볕 닥아오:다가오 넙적하:넓적하 넙적한:넓적한 부비고:비비고 부비며:비비며 부비는:비비는 안밖:안팎 일찌기:일찍이 더우기:더욱이 곱배기:곱빼기 단언컨데:단언컨대 예컨데:예컨대 요컨데:요컨대 바라건데:바라건대 짐작컨대:짐작건대 생각컨대:생각건대 서슴치:서슴지 익숙치:익숙지 넉넉치:넉넉지
깨끗치:깨끗지 생각치:생각지 답답치:답답지 거북치:거북지 섭섭치:섭섭지 탐탁치:탐탁지 넓직:널찍 넓다랗:널따랗 짧다랗:짤따랗 되물림:대물림 내노라:내로라 덮히:덮이 덮혀:덮여 덮혔:덮였 덮힌:덮인
뒤덮힌:뒤덮인 뒤덮혀:뒤덮여 파해치:파헤치 데였:데었 끼여들:끼어들 어줍잖:어쭙잖 부벼:비벼 거칠은:거친 녹슬은:녹슨 낯설은:낯선 부풀은:부푼 시들은:시든 찌들은:찌든 머물은:머문
이끌은:이끈 서툴은:서툰 붙들은:붙든 베풀은:베푼 떠들은:떠든 알맞는:알맞은 걸맞는:걸맞은 머물어:머물러 머물었:머물렀 서둘었:서둘렀 서툴어:서툴러 딛어:디뎌 딛었:디뎠 애띤:앳된 쳐박:처박 쳐음:처음
쳐한:처한 쳐했:처했 쳐해:처해 뭍혀:묻혀 낙시:낚시 윗어른:웃어른 웃도리:윗도리 웃층:위층 숫놈:수놈 숫소:수소 옛부터:예부터 개이고:개고 불리워:불려 불리웠:불렸 불리운:불린 불리우:불리
추스려:추슬러 추스렸:추슬렀 뒤쳐져:뒤처져 뒤쳐졌:뒤처졌 부숴져:부서져 부숴졌:부서졌 널부러져:널브러져 널부러졌:널브러졌 움추려:움츠려 움추렸:움츠렸 오무려:오므려 삼가해:삼가 삼가했:삼갔 삼가한:삼간
삼가할:삼갈 삼가합:삼갑 들어난:드러난 들어났:드러났 들어날:드러날 녀자:여자 녀성:여성 리유:이유 력사:역사 례의:예의 례절:예절 료리:요리 락원:낙원 량심:양심 류행:유행 륙지:육지 리해:이해
리론:이론 립장:입장 룡궁:용궁 련습:연습 련락:연락 로인:노인 년령:연령 년세:연세 년봉:연봉 녕감:영감 뉴대:유대 닉명:익명 랭장고:냉장고 래일:내일 래년:내년 령혼:영혼
령역:영역 론문:논문 론리:논리 뢰성:뇌성 릉력:능력 능역:능력 리익:이익 리별:이별 림시:임시 깍아:깎아 깍았:깎았 깍는:깎는 깍고:깎고 깍으:깎으 깍을:깎을
꺽어:꺾어 꺽었:꺾었 꺽고:꺾고 꺽는:꺾는 꺽으:꺾으 꺽이:꺾이 꺽여:꺾여 낙았:낚았 격었:겪었 격는:겪는 복았:볶았 재미잇:재미있
맛잇:맛있 멋잇:멋있 재미업:재미없 맛업:맛없 귀찬:귀찮 하찬:하찮 언찮:언짢 편찬으:편찮으 우뢰:우레 오뚜기처럼:오뚝이처럼
왠종일:온종일 이틀날:이튿날 설달:섣달 숫가락:숟가락 젖가락:젓가락 젇가락:젓가락 비로서:비로소 도데체:도대체 도대채:도대체 어짜피:어차피
어의없:어이없 느즈막:느지막 내려쬐:내리쬐 내딛었:내디뎠 맞닥드리:맞닥뜨리 맞닥드린:맞닥뜨린 맞닥드렸:맞닥뜨렸 부딛치:부딪치 부딛쳤:부딪쳤 부딛쳐:부딪쳐 부딛히:부딪히 부딛혀:부딪혀
들여다볼려:들여다보려 쓸대없:쓸데없 발자욱:발자국 귀뜸:귀띔 귀뜀:귀띔 조그만한:조그마한 조그만하:조그마하 자그만한:자그마한 자그만하:자그마하 널판지:널빤지 담배값:담뱃값 빈털털이:빈털터리
뒤치닥거리:뒤치다꺼리 핼쓱:핼쑥 얇팍:얄팍 가벼히:가벼이
쉽상:십상 쑥맥:숙맥 자그만치:자그마치 잠궜:잠갔 헛튼:허튼 웅큼:움큼 웬지:왠지 왠일:웬일 요컨데:요컨대 육게장:육개장 초죽음:초주검 퍼붇:퍼붓 하옇튼:하여튼
한참때:한창때 해꼬지:해코지 허구헌:허구한 핑게:핑계 핑개:핑계 은헤:은혜 지헤:지혜 헤택:혜택 게획:계획 개획:계획 세게적:세계적 기게를:기계를 시게를:시계를 화페:화폐
관게:관계 경게:경계 통게:통계 회게:회계 차레:차례 쓰래기:쓰레기 어께:어깨 어제께:어저께 베낭:배낭 메미:매미 메년:매년 메번:매번
"""
# The stem of a verb that is none, where a word begins with it: all its forms are wrong.
_STEMS = """
치루:치르 잠구:잠그 담구:담그 추스리:추스르 모자르:모자라 설레이:설레 헤매이:헤매 되뇌이:되뇌 뒤쳐지:뒤처지 부숴지:부서지 널부러지:널브러지 움추리:움츠리 오무리:오므리 쪼달리:쪼들리
"""
# Words of which the first stands apart.
_APART = """
몇가지 여러가지 하루종일 더이상 어느날 여러번 여러명 여러개 여러나라 모든것 이런것 그런것 저런것 어떤것 다른것 다른사람
"""
# Adverbs in "-이" and "-히", which are whole words.
_ADVERBS = """
가벼히:가벼이 너그러히:너그러이 새로히:새로이 외로히:외로이 즐거히:즐거이 헛되히:헛되이 고히:고이 뿌리채:뿌리째 껍질채:껍질째 많히:많이 더욱히:더욱이 낱낱히:낱낱이 샅샅히:샅샅이 집집히:집집이 다달히:다달이 길길히:길길이
지긋히:지긋이 오롯히:오롯이 말쑥이:말쑥히 꼿꼿히:꼿꼿이 반듯히:반듯이 나직히:나직이 촉촉히:촉촉이 수북히:수북이 빽빽히:빽빽이 끔찍히:끔찍이 깊숙히:깊숙이 고즈넉히:고즈넉이 느긋히:느긋이 어렴풋히:어렴풋이
따듯히:따듯이 일찌기:일찍이 틈틈히:틈틈이 꾸준이:꾸준히 열심이도:열심히도 조용이:조용히 간단이:간단히 자세이:자세히 분명이:분명히 확실이:확실히 충분이:충분히 완전이:완전히 급급이:급급히 특별이:특별히 무사이:무사히
정확이:정확히 꼼꼼이:꼼꼼히 소중이:소중히 나란이:나란히 가득이:가득히 간절이:간절히 철저이:철저히 공손이:공손히 능숙이:능숙히 상세이:상세히 엄격이:엄격히 도저이:도저히
가만이:가만히 막연이:막연히 넉넉이:넉넉히 쓸쓸이:쓸쓸히 고요이:고요히 유심이:유심히 열렬이:열렬히 각별이:각별히 단단이:단단히 활발이:활발히 당당이:당당히
"""


def _pairs(lines: str) -> dict[str, str]:
    return dict(each.split(":") for each in lines.split())


def _with_coda(word: str, final: int) -> str:
    initial, vowel, _ = decompose(word[-1])
    return word[:-1] + compose(initial, vowel, final)


def _forms(wrong: str, right: str) -> Iterator[tuple[str, str]]:
    """Yields a stem that ends in a vowel, also with the endings that are consonants."""
    yield wrong, right
    for final in (_NIEUN, CODA_RIEUL, _MIEUM, CODA_BIEUP):
        # "모자를" is a hat.
        if wrong != "모자르" or final != CODA_RIEUL:
            yield _with_coda(wrong, final), _with_coda(right, final)


ANYWHERE = _pairs(_ANYWHERE)
_INITIALS_CHANGED = frozenset("녀리력례료로락량류륙립룡련년녕뉴닉랭래령론뢰루릉림")
BEGINNINGS = _pairs(_AT_BEGINNING) | {
    wrong: right
    for one, other in _pairs(_STEMS).items()
    if not coda(one[-1])
    for wrong, right in _forms(one, other)
}
WORDS = _pairs(_ADVERBS)
APART = {
    each: f"{each[:1]} {each[1:]}" if each[:1] in "몇더" else f"{each[:2]} {each[2:]}"
    for each in _APART.split()
}


def _by_first(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Returns the words by their first syllable, the longest first."""
    found: dict[str, list[str]] = {}
    for each in sorted(words, key=len, reverse=True):
        found.setdefault(each[0], []).append(each)
    return {first: tuple(each) for first, each in found.items()}


_ANYWHERE_BY_FIRST, _BEGINNINGS_BY_FIRST, _APART_BY_FIRST = map(_by_first, (ANYWHERE, BEGINNINGS, APART))
_OPENING_MARKS = "\"'“‘(["
_CLOSING_MARKS = ".,!?…\"')”’]"
_MOST_KEPT, _LONGEST_KEPT = 4_096, 30

_Fault = tuple[str, int, int, str]


def misspelling(word: str) -> _Fault | None:
    """Returns the rule that a word breaks, the half-open range of what is wrong in it, and the right spelling."""
    return _known(word) if len(word) <= _LONGEST_KEPT else None


@functools.lru_cache(_MOST_KEPT)
def _known(word: str) -> _Fault | None:
    return next(_faults(word), None)


def _faults(word: str) -> Iterator[_Fault]:
    opened = len(word) - len(word.lstrip(_OPENING_MARKS))
    bare = word[opened:].rstrip(_CLOSING_MARKS)
    if bare in WORDS:
        yield "confusion_suffix", opened, opened + len(bare), WORDS[bare]
    for apart in _APART_BY_FIRST.get(bare[:1], ()):
        if bare.startswith(apart):
            yield "spacing_missing", opened, opened + len(apart), APART[apart]
    for wrong in _BEGINNINGS_BY_FIRST.get(bare[:1], ()):
        if bare.startswith(wrong):
            length = len(wrong)
            rule = "confusion_initial" if wrong[0] in _INITIALS_CHANGED else "confusion_one_form"
            yield rule, opened, opened + length, BEGINNINGS[wrong]
    for start, first in enumerate(bare):
        for wrong in _ANYWHERE_BY_FIRST.get(first, ()):
            if bare.startswith(wrong, start):
                yield _rule(wrong), opened + start, opened + start + len(wrong), ANYWHERE[wrong]


def _rule(wrong: str) -> str:
    right = ANYWHERE[wrong]
    if wrong[-1] in "률율" and right[-1] in "률율":
        return "confusion_initial"
    if len(wrong) == len(right) and any(
        decompose(one)[:2] == decompose(other)[:2] and {coda(one), coda(other)} == {0, CODA_SIOT}
        for one, other in zip(wrong, right, strict=True)
        if one != other
    ):
        return "confusion_saisiot"
    return "double_passive" if wrong.startswith("되어") else "confusion_one_form"
