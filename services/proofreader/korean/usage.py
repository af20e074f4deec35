"""Finds Korean words, particles and honorifics that are wrong beside the words around them."""

import re
from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.korean.paired_words import PAIRED_PATTERNS, PARTNER_PATTERNS
from services.proofreader.korean.sentence_usage import SENTENCE_PATTERNS
from services.proofreader.korean.sought_patterns import SoughtPattern, SoughtPatterns
from services.proofreader.korean.usage_pattern import UsagePattern
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading

_PERSON = (
    r"(?:학생|부모|선생님?|교사|사람|인간|국민|시민|대표|의사|어른|친구|자식|아들|딸|가장|리더|팀장|작가|회원|학자|기자|배우|가수|선수|대통령|회장|반장"
    r"|엄마|아빠|어머니|아버지|형|언니|누나|오빠|동생|교육자|지도자|소비자|노동자|보호자|과학자|책임자|한국인|외국인|직장인|군인|정치인|연예인|경찰관?|간호사|변호사|유학생|대학생|고등학생|중학생|초등학생|청소년|주인|남편|아내|선배|후배)"
)
_TOOL = r"(?:칼|대화|망치|가위|연필|펜|밀가루|콩|눈물|노력|힘|폭력|토론|협력|연습|투표|젓가락|숟가락|열쇠|쌀|돌|나무|종이)"
_THING = r"(?:커피|음료|음료수|주스|메뉴|음식|상품|제품|가격|사이즈|물건|주문|자리|화장실|옷|신발|케이크|빵|디저트|색상|포장|할인|재고|행사|케익|치킨|피자|햄버거|택배|영수증|카드|버스|기차|방|가방|책|전화|문|이벤트|서비스|요금|쿠폰|차)"
_PLACE = r"(?:도서관|학교|집|카페|커피숍|식당|공원|회사|교실|운동장|시장|백화점|바다|병원|극장|영화관|한국|서울|부산|미국|일본|중국|기숙사|대학교|방|마당|수영장|체육관|은행|편의점|가게|헬스장|놀이터|노래방)"
_TIME = r"(?:(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두) 시|월요일|화요일|수요일|목요일|금요일|토요일|일요일|주말)"
_LOST = {"잊어버렸": "잃어버렸", "잊어버려": "잃어버려", "잊어버린": "잃어버린", "잊어버리": "잃어버리"}
_SENT = {"붙였": "부쳤", "붙여": "부쳐", "붙이": "부치", "붙인": "부친", "붙일": "부칠", "붙입": "부칩"}
_TAUGHT = {
    "가리켰": "가르쳤",
    "가리켜": "가르쳐",
    "가리키": "가르치",
    "가리킨": "가르친",
    "가리킬": "가르칠",
    "가리킵": "가르칩",
}
_TAUGHT |= {
    "가르켰": "가르쳤",
    "가르켜": "가르쳐",
    "가르키": "가르치",
    "가르킨": "가르친",
    "가르킬": "가르칠",
    "가르킵": "가르칩",
}
_SHOWN = {
    "가르쳤": "가리켰",
    "가르쳐": "가리켜",
    "가르치": "가리키",
    "가르친": "가리킨",
    "가르켰": "가리켰",
    "가르켜": "가리켜",
    "가르키": "가리키",
}
_ANSWERED = {"맞췄": "맞혔", "맞춘": "맞힌", "맞추": "맞히", "맞출": "맞힐", "맞춥": "맞힙", "맞춰": "맞혀"}
_DIFFERENT = {
    "틀리다": "다르다",
    "틀려요": "달라요",
    "틀립니다": "다릅니다",
    "틀렸다": "달랐다",
    "틀리고": "다르고",
    "틀리지만": "다르지만",
    "틀린": "다른",
    "틀려서": "달라서",
    "틀리기": "다르기",
}
_HEALED = {"낳았": "나았", "낳아": "나아", "낳은": "나은", "낳으": "나으"}
_BORN = {"나았": "낳았", "나은": "낳은"}
_PLAIN = {
    "나오셨습니다": "나왔습니다", "나오셨어요": "나왔어요", "나오십니다": "나옵니다", "나오시겠습니다": "나오겠습니다", "있으십니다": "있습니다",
    "없으십니다": "없습니다", "없으세요": "없어요", "되십니다": "됩니다", "되셨습니다": "됐습니다", "되세요": "돼요", "크십니다": "큽니다", "도착하셨습니다": "도착했습니다",
    "준비되셨습니다": "준비됐습니다", "예쁘십니다": "예쁩니다", "좋으십니다": "좋습니다", "비싸십니다": "비쌉니다", "오셨습니다": "왔습니다", "오십니다": "옵니다",
}  # fmt: skip
_OBJECT = r"(?:을|를)"
_BESIDE = (
    UsagePattern.of("role_particle", "spelling", rf"(?<![가-힣]){_PERSON}(?P<bad>(?:으)?로써)(?![가-힣])", ""),
    UsagePattern.of("role_particle", "spelling", rf"(?<![가-힣]){_TOOL}(?P<bad>(?:으)?로서)(?= (?!의|가치|존재|훌륭|중요|의미))", ""),
    UsagePattern.of("role_particle", "spelling", r"[가-힣](?<=[함됨킴줌짐])(?P<bad>으로서)(?![가-힣])", "으로써"),
    UsagePattern.of("choice_ending", "spelling", r"(?P<bad>던지)(?= [가-힣]{1,6}[던든]지(?![가-힣]))|(?<=[던든]지 )[가-힣]{1,6}?(?P<other>던지)(?![가-힣])", "든지"),
    UsagePattern.of("choice_ending", "spelling", r"(?<![가-힣])(?:누구|무엇|무엇이|뭐|어디|언제|어느 것이|무슨 일이)(?P<bad>던지)(?![가-힣])", "든지"),
    UsagePattern.of("choice_ending", "spelling", r"(?:[었았했갔왔봤])(?P<bad>든)(?= (?:사람|곳|때|날|것|집|일|학교|친구|동네|책|옷|노래|음식|기억)(?:[은는이가을를에의과와도]|[.!?]|에서|이다|입))", "던"),
    UsagePattern.of("similar_word", "word_choice", rf"(?:정답|답){_OBJECT} (?:잘 |다 |못 |모두 )?(?P<bad>{'|'.join(_ANSWERED)})(?!(?:어|아)? ?(?:보|봤|봐))", _ANSWERED),
    UsagePattern.of("similar_word", "word_choice", rf"(?:마다|서로|[가-힣][와과랑]|하고) (?:[가-힣]{{1,5}}[이가은는도] )?(?:많이 |조금 |아주 |너무 |전혀 |완전히 )?(?P<bad>{'|'.join(_DIFFERENT)})(?![가-힣])", _DIFFERENT),
    UsagePattern.of("similar_word", "word_choice", rf"(?:돈|지갑|반지|시계|목걸이|휴대폰|핸드폰|열쇠|여권|길|우산|가방|카메라|모자|카드){_OBJECT} (?:[가-힣]{{1,5}}에서? (?:놓고 내려서 )?)?(?P<bad>{'|'.join(_LOST)})", _LOST),
    UsagePattern.of("similar_word", "word_choice", rf"(?:약속|생일|비밀번호|전화번호|단어){_OBJECT} (?P<bad>{'|'.join(_LOST.values())})", {right: wrong for wrong, right in _LOST.items()}),
    UsagePattern.of("similar_word", "word_choice", rf"(?:한글|한국어|영어|수학|과학|국어|역사|음악|미술|피아노|수영|요리|운전|태권도|학생들?|아이들?|말|방법){_OBJECT} (?:잘 |열심히 |처음 )?(?P<bad>{'|'.join(_TAUGHT)})", _TAUGHT),
    UsagePattern.of("similar_word", "word_choice", rf"(?:손가락|손|화살표)(?:으로|로|가) (?:[가-힣]{{1,6}}[을를] )?(?P<bad>{'|'.join(_SHOWN)})", _SHOWN),
    UsagePattern.of("similar_word", "word_choice", rf"(?:편지|소포|택배|짐|엽서|돈){_OBJECT} (?:[가-힣]{{1,5}}(?:에|에게|께|한테|로|으로) )?(?P<bad>{'|'.join(_SENT)})", _SENT),
    UsagePattern.of("similar_word", "word_choice", rf"(?:우표|포스터|스티커|사진|풀|반창고|종이|이름표){_OBJECT} (?:[가-힣]{{1,5}}에 )?(?P<bad>{'|'.join(_SENT.values())})", {right: wrong for wrong, right in _SENT.items()}),
    UsagePattern.of("similar_word", "word_choice", rf"(?:감기|병|상처|몸살|두통)[이가은는] (?:다 |빨리 |거의 |완전히 |많이 |안 )?(?P<bad>{'|'.join(_HEALED)})", _HEALED),
    UsagePattern.of("similar_word", "word_choice", rf"(?:아기|아이|새끼|알|아들|딸){_OBJECT} (?P<bad>{'|'.join(_BORN)})", _BORN),
    UsagePattern.of("similar_word", "word_choice", r"문[이을] (?P<bad>다쳤|다치|다쳐)", {"다쳤": "닫혔", "다치": "닫히", "다쳐": "닫혀"}),
    UsagePattern.of("similar_word", "word_choice", r"(?:손|다리|팔|머리|발|허리|무릎)[을를이] (?P<bad>닫혔|닫쳤|닫히|닫쳐)", {"닫혔": "다쳤", "닫쳤": "다쳤", "닫히": "다치", "닫쳐": "다쳐"}),
    UsagePattern.of("similar_word", "word_choice", rf"가방{_OBJECT} (?P<bad>매고|매었|맸)", {"매고": "메고", "매었": "메었", "맸": "멨"}),
    UsagePattern.of("similar_word", "word_choice", r"(?:수|시간이|돈이|필요가|사람이|것이|문제가|관심이|재미가|할 일이) (?P<bad>업(?=다|어|습|는|었|고))", "없"),
    UsagePattern.of("honorific_thing", "sentence_error", rf"(?<![가-힣]){_THING}(?:[이가은는도]|께서)? (?:지금 |다 |곧 |이미 |모두 |여기 |많이 )?(?P<bad>{'|'.join(_PLAIN)})(?![가-힣])", _PLAIN),
    UsagePattern.of("honorific_thing", "sentence_error", r"(?:[가-힣0-9] ?원|[0-9] ?번|품절|할인|세일|매진|[0-9] ?층|사이즈)(?P<bad>이십니다|이세요(?=[.!]))", {"이십니다": "입니다", "이세요": "이에요"}),
    UsagePattern.of("honorific_self", "sentence_error", r"(?<![가-힣])(?:제가|내가|저는|나는|저도|나도|저희는|우리는) (?:[가-힣]{1,8} ){0,2}(?P<bad>(?:드셨|계셨|주무셨|계십|잡수셨|말씀하셨)[가-힣]{1,4})", ""),
    UsagePattern.of("place_particle", "sentence_error", rf"{_PLACE}(?P<bad>에)(?= (?:[가-힣]{{1,6}}(?:하고|와|과|랑) )?(?:(?:공부|일|운동|쇼핑|산책|요리|축구|게임|수영|수업|숙제)[을를]? ?(?:했|합니|한다|해요|하고 (?:있|싶))|(?:밥|점심|저녁|아침|음식|커피)[을를] (?:먹었|먹는다|먹어요|먹습|마셨|마셔요|마십)|친구[를들]{{1,2}} (?:만났|만난다|만나요|만납)|책[을를] (?:읽었|읽는|읽어요|읽습)|영화[를] (?:봤|봐요|봅|보았)|놀았|놀아요|놉니다))", "에서"),
    UsagePattern.of("place_particle", "sentence_error", r"(?:의자|소파|침대|자리|바닥|벤치)(?P<bad>에서)(?= (?:앉|누웠|누워))", "에"),
    UsagePattern.of("place_particle", "sentence_error", rf"{_TIME}(?P<bad>에서)(?= (?:일어나|일어났|만나|만났|시작|자요|잤|출발|도착|친구))", "에"),
    UsagePattern.of("place_particle", "sentence_error", rf"{_PLACE}(?P<bad>에서)(?= (?:도착했|도착하|도착합))", "에"),
)  # fmt: skip


USAGES = SoughtPatterns(
    SoughtPattern(each.pattern, each) for each in (*_BESIDE, *SENTENCE_PATTERNS, *PAIRED_PATTERNS)
)
PARTNERS = SoughtPatterns(SoughtPattern(each.pattern, each) for each in PARTNER_PATTERNS)
_SENTENCE_END = re.compile(r"[.!?\n]")


def korean_partners(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds words that lack their partner: as far as the sentence's end, or alone if more is wrong there."""
    text = submission.text
    for each in reading.through(PARTNERS.of(text)):
        for found in each.compiled.finditer(text):
            start, end = found.span("bad")
            last = _SENTENCE_END.search(text, end)
            for until in (last.start() if last else end, end):
                if submission.is_own(start, until):
                    values = {"word": found["bad"]}
                    yield Finding("partner_unsure", each.meaning.issue, start, until, values=values)


def korean_usage(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds them among the author's own words."""
    for each in reading.through(USAGES.of(submission.text)):
        for found in each.compiled.finditer(submission.text):
            yield from _finding(each.meaning, found, submission)


def _finding(usage: UsagePattern, found: re.Match[str], submission: ParsedText) -> Iterator[Finding]:
    text = submission.text
    start, end = found.span("bad")
    if start < 0:
        start, end = found.span("other")
    right = usage.correct(found)
    if usage.wording == "role_particle" and not right:
        written = text[start:end]
        right = written[:-1] + ("서" if written.endswith("써") else "써")
    # What is shown is the whole word.
    first, last = start, end
    while first > max(0, start - 20) and "가" <= text[first - 1] <= "힣":
        first -= 1
    while last < min(len(text), end + 20) and "가" <= text[last] <= "힣":
        last += 1
    if submission.is_own(first, last):
        word = text[first:last]
        rewrite = text[first:start] + right + text[end:last] if right else ""
        yield Finding(
            usage.wording if rewrite else f"{usage.wording}_unsure",
            usage.issue,
            first,
            last,
            values={"word": word, "correction": rewrite},
            rewrite=rewrite,
        )
