"""Finds Korean words that need another one in their sentence, or beside them, and lack it."""

from services.proofreader.hangul import OPEN_SYLLABLES, RIEUL_SYLLABLES
from services.proofreader.korean.usage_pattern import UsagePattern

_OPENS = r"(?<![가-힣])"
# As far as the end of the sentence is searched, in characters.
_REST = r"[^.!?\n]{1,70}[.!?]"
_DENIED = r"(?:안|못|않|없|아니|아닌|아닐|아닙|모르|모른|모를|모릅|몰|말[아고라자]|마[라세십]|싫|다르|다른|달라|달랐|다릅|딴|새로|무관|상관|반대|불가|틀리|어렵|어려[운울워웠]|힘[들든드]|힘겨|찮|드[물문무]|막막|만무)"
# What differs from all that was known is "전혀 뜻밖의" or "전혀 낯선".
_UNKNOWN = (
    r"(?:밖|의외|엉뚱|낯[선설]|생소|별개|이질|금시초문|무지|무시|거부|거절|금지|어긋|그만|빠[지져졌]|끊)"
)
_POOR = r"(?:별로|그[저렇랬래]|그런)"
_UNITS = r"(?:개|권|잔|명|마리|병|장|대|살|시간|번|송이|그릇|켤레|벌|사람|달|가지|곳|줄|통)"
_AFTER_UNIT = r"(?:[이가을를은는에의도만씩쯤뿐]|와|과|이나|나|로|으로|밖에|정도|동안|부터|까지|이다|입니다|이에요|예요)?"
_COUNTING = {"하나": "한", "둘": "두", "셋": "세", "넷": "네", "스물": "스무"}
_TENS = {"이십": ("스무", "스물"), "삼십": ("서른",) * 2, "사십": ("마흔",) * 2, "오십": ("쉰",) * 2}
_ONES = ["", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉"]
_AGES = {
    ten + digit: (alone if not digit else joined + one)
    for ten, (alone, joined) in _TENS.items()
    for digit, one in zip(["", *"일이삼사오육칠팔구"], _ONES, strict=True)
}
_BY_NOW = r"(?:먹|가|오|보|마시|읽|자|배우|만나|공부하|좋아하|사랑하|다니|놀|살|일어나|쓰|듣|입|사|일하|운동하|싫어하|타|쉬|씻|앉|기다리|부르|만들)"
_HARD_REASONS = r"(?:배고파서|배가 고파서|피곤해서|추워서|더워서|아파서|바빠서|비싸서|매워서|심심해서|늦어서|비가 와서|눈이 와서|위험해서|시끄러워서|어두워서|없어서|많아서|무거워서)"
_TOGETHER = (
    r"(?:합시다|갑시다|먹읍시다|쉽시다|봅시다|탑시다|만납시다|삽시다|십시오|지 마세요|지 말자|지 맙시다)"
)
_THIRD = r"(?:동생|형|누나|언니|오빠|엄마|아빠|어머니|아버지|할머니|할아버지|친구|제 친구|우리 엄마|선생님)"
_WANTS = {
    "싶어요": "싶어 해요",
    "싶습니다": "싶어 합니다",
    "싶다": "싶어 한다",
    "싶었어요": "싶어 했어요",
}
_NATIVE_PLACES = r"(?:서울|부산|대구|인천|한국|중국|일본|미국|베트남|몽골|러시아|태국|인도|프랑스|독일|영국|캐나다|호주|시골|도시)"
_LIKELIER = {
    "낳다": "낫다", "낳아요": "나아요", "낳은": "나은", "낳습니다": "낫습니다", "낳고": "낫고", "낳지": "낫지",
    "낳을": "나을", "낳겠다": "낫겠다", "낳았": "나았", "낳네": "낫네",
}  # fmt: skip
# After a word that tells more of it the noun stands apart: "영어 공부 했어요".
_NO_MODIFIER = r"(?:(?<![\s\S])|(?<=[.!?,\n] )|(?<=[저나]는 )|(?<=우리는 )|(?<=서 )|(?<=[가-힣][과와] )|(?<=히 )|(?<=같이 )|(?<=매일 )|(?<=[을를도] ))"
_PLAIN_NOUNS = r"(?:공부|운동|요리|청소|전화|여행|시작|준비|연습|도착|출발|결혼|이해|수영|산책|구경|숙제|쇼핑|대답|질문|약속|걱정|초대)"


def _lacks(word: str, partners: str) -> UsagePattern:
    """Returns the pattern of a word whose sentence has none of its partners after it."""
    pattern = rf"{_OPENS}(?P<bad>{word})(?= (?![^.!?\n]{{0,70}}{partners}){_REST})"
    return UsagePattern.of("partner", "sentence_error", pattern, "")


def _of(
    wording: str, pattern: str, right: dict[str, str] | str, issue: str = "sentence_error"
) -> UsagePattern:
    if isinstance(right, dict):
        pattern = pattern.replace("BAD", "|".join(sorted(right, key=len, reverse=True)))
    return UsagePattern.of(wording, issue, pattern, right)


# What a word has in its sentence, or the sentence is none.
PARTNER_PATTERNS = (
    _lacks("전혀", rf"(?:{_DENIED}|{_UNKNOWN})"),
    _lacks("별로", rf"(?:{_DENIED}|{_POOR})"),
    _lacks("결코|아무도|아무것도", _DENIED),
    _lacks("왜냐하면|왜냐면", r"(?:때문|니까|거든|서[이예다요]|탓|덕|므로|위해|기에|까닭|이유|려고|말[이야])"),
    _lacks("만약|만일|만약에", r"(?:면|거든|라도|더라도|경우|다고|들[ ,]|때|시(?:에|에는)? |진대|들랑|손 치|[해어아여와가봐져려워]도[ ,])"),
    _lacks("비록", r"(?:지만|더라도|지라도|라도|도 |도,|으나|나 |나,|망정|들|지언정|나마|되 |되,|진대|한이 있)"),
    _lacks("아무리", r"(?:도[ ,.]|라도|더라도|들[ ,]|지라도|봤자|해도|망정|인들|[봐와]야|기로|라고|[하그이]든|그럴|그래)"),
    _lacks("여간", r"(?:않|아니|아닌|아닙|찮|없|내기)"),
    _lacks("도저히|도무지|좀처럼|차마|그다지", rf"(?:{_DENIED}|불[가-힣]|막[혀히힌]|거두|참[았아])"),
    _lacks("마치", r"(?:처럼|같|듯|양[ ,.]|인 것|마냥|만큼|느낌|착각|흡사|닮|비슷|방불)"),
    _lacks("하마터면", r"뻔"),
    _lacks("비단", r"(?:아니|아닌|아닙|뿐|그치|국한|않)"),
    _lacks("어찌나", r"지(?![가-힣])"),
)  # fmt: skip
PAIRED_PATTERNS = (
    _of("similar_word", rf"{_OPENS}(?P<bad>니가)(?![가-힣])", "네가", "word_choice"),
    _of("similar_word", rf"{_OPENS}(?P<bad>누구가)(?![가-힣])", "누가", "word_choice"),
    _of("similar_word", rf"{_OPENS}(?P<bad>BAD)", {"가르키": "가리키", "가르킨": "가리킨", "가르킬": "가리킬", "가르켜": "가리켜", "가르켰": "가리켰", "가르킵": "가리킵"}, "word_choice"),
    _of("spacing_needless", r"(?P<bad>는 데도)(?= 불구)", "는데도", "spacing"),
    _of("spacing_missing", r"[가-힣](?P<bad>는데)(?= (?:큰 |많은 |가장 |아주 )?(?:도움이 [되됐된될됩돼]|방해가 [되됐된될됩돼]|기여[하했한할]|이바지|쓰이는|쓰인다|사용[되된됩]))", "는 데", "spacing"),
    _of("number_word", rf"{_OPENS}(?P<bad>BAD)(?= {_UNITS}(?<!살(?= 때)){_AFTER_UNIT}(?![가-힣]))", _COUNTING),
    _of("number_word", rf"{_OPENS}(?P<bad>BAD)(?= ?살(?:이|인|에|의|때|밖|이에요|입니다)?(?![가-힣]))", _AGES),
    _of("plain_ending", rf"(?:(?<![가-힣])(?:나는|저는|우리는|내가|제가|나도) )[^.!?\n,]{{1,40}} (?P<bad>{_BY_NOW}다)(?=\.)", ""),
    _of("reason_ending", rf"{_OPENS}(?P<bad>{_HARD_REASONS})(?! [^.!?\n]{{0,25}}(?:니|니까|다고|다니|[가-힣][는은던운른픈]) )(?= [^.!?\n,]{{0,25}}{_TOGETHER}[.!])", ""),
    _of("wish_other", rf"{_OPENS}(?<![와과고랑] ){_THIRD}[은는] [가-힣]{{1,8}}(?:을|를|에) (?!보고)[가-힣]{{1,5}}고 (?P<bad>BAD)(?=[.!])", _WANTS),
    _of("wish_form", r"(?<=[가-힣])(?<![까나듯면])(?<!지)(?P<bad>서) (?=싶[어다습었은])", ""),
    _of("similar_word", r"보다 (?:[가-힣]{1,6}[이가은는도] )?(?:더 |훨씬 )?(?P<bad>BAD)", _LIKELIER, "word_choice"),
    _of("similar_word", r"(?<![을를] )더 (?P<bad>낳은)(?= (?:방법|삶|미래|세상|생활|방향|결과|내일|사람이 되|환경|사회|나라))", "나은", "word_choice"),
    _of("similar_word", r"(?:빨리|얼른|어서) (?P<bad>BAD)", {"낳으세요": "나으세요", "낳으시길": "나으시길", "낳으시기를": "나으시기를", "낳기를": "낫기를", "낳길": "낫길"}, "word_choice"),
    _of("similar_word", r"(?:(?<=[.!?] )|(?<=우리 )|(?<=그럼 )|(?<![\s\S]))(?P<bad>BAD)(?= (?:전화|만나|봐|봬|연락|보자|얘기|다시 만|다시 연))", {"있다가": "이따가", "있다": "이따"}, "word_choice"),
    _of("similar_word", r"(?:[가-힣]는데|나) (?P<bad>어떻게)(?=[?!]+(?:\s*$|\s(?![^.!?\n]{0,40}\?)))", "어떡해", "word_choice"),
    _of("similar_word", r"(?:(?:문제|퀴즈)를|(?:과녁|표적)을|(?:과녁|표적)에(?! 맞[춰추][서면])) (?:잘 |다 |못 |모두 )?(?P<bad>BAD)(?!(?:어|아)? ?(?:보|봤|봐))", {"맞췄": "맞혔", "맞추었": "맞혔", "맞춰서": "맞혀서", "맞추면": "맞히면"}, "word_choice"),
    _of("confusion_one_form", rf"{_OPENS}(?P<bad>몇 일)(?=[\s이도간까동에을만.,?]|$)", "며칠", "spelling"),
    _of("confusion_one_form", r"(?:에|로|집|학교|회사) (?P<bad>갈려)(?=고(?![가-힣])|고[는요도]|면)", "가려", "spelling"),
    _of("confusion_copula", rf"(?:이름은|저는|이건|그건|저건|이것은|그것은|여기는|거기는|저기는|직업은|취미는|고향은) [가-힣]{{0,8}}[{OPEN_SYLLABLES}](?<!이)(?<!저는 학교)(?<!저는 회사)(?<!저는 카페)(?<!저는 교회)(?P<bad>에요)(?=[.!?]|$)", "예요", "spelling"),
    _of("confusion_ending", rf"[{RIEUL_SYLLABLES}] (?P<bad>꺼)(?=야|예요|에요|(?<![을불촛] 꺼)(?:다|지|니|라고|고))", "거", "spelling"),
    _of("confusion_sound", rf"{_OPENS}(?P<bad>조은)(?= (?:사람|친구|날|곳|생각|것|책|음식|집|옷|점수|방법|하루))", "좋은", "spelling"),
    _of("spacing_needless", rf"(?:[{OPEN_SYLLABLES}](?! 으로)|(?![{OPEN_SYLLABLES}])[가-힣](?! 를))(?<![이가은는을를도만의와과])(?<!모음)(?<!조사)(?<!글자)(?<!마다)(?P<bad>BAD)(?= )", {f" {each}": each for each in ("에", "에서", "에게", "한테", "를", "으로")}, "spacing"),
    _of("place_particle", rf"{_OPENS}{_NATIVE_PLACES}(?P<bad>에)(?= 태어났[다어습])", "에서"),
    _of("noun_form", rf"{_OPENS}(?P<bad>BAD)(?= 때문에)", {each: f"{each}기" for each in ("바쁘", "아프", "비싸", "많", "좋", "춥", "덥", "어렵", "피곤하", "필요하", "중요하", "좋아하", "공부하", "예쁘", "나쁘")}),
    _of("attributive_form", r"에 (?P<bad>BAD)(?= [가-힣])", {"대하는": "대한", "관하는": "관한", "의하는": "의한", "비하는": "비한"}),
    _of("time_particle", r"때문(?P<bad>에서)(?= (?!비롯|벗어))", "에"),
    _of("confusion_conjugation", rf"{_OPENS}(?:(?<![을를] )(?<![을를] [가-힣] )(?:학교|집|회사|역|도서관|시장|공원|병원|교회|여기|거기|서울|마트|식당)(?:에|까지|로|으로)|매일|날마다|저는|나는|우리는) (?P<bad>걷어서)(?= (?:(?:학교|집|회사|역|도서관)(?:에|까지|로) )?(?:[갔왔]|가[요는고]|와요|다녀|다니|다닙|출근|통학|갑니|옵니))", "걸어서", "spelling"),
    _of("spacing_needless", rf"{_NO_MODIFIER}{_PLAIN_NOUNS}(?P<bad>BAD)(?![가-힣])", {f" {each}": each for each in ("했다", "했어요", "했습니다", "합니다", "해요", "해서", "하는", "하려고", "하다가")}, "spacing"),
)  # fmt: skip
