"""Finds Korean spellings that are wrong wherever they stand, though they are often taken for right."""

import re
from collections.abc import Iterator, Sequence

from services.proofreader.finding import Finding
from services.proofreader.hangul import CODA_BIEUP, CODA_RIEUL, RIEUL_SYLLABLES, coda, compose, decompose
from services.proofreader.korean.conjugation import conjugation_fault
from services.proofreader.korean.endings import ending_fault
from services.proofreader.korean.heard_spellings import heard_faults
from services.proofreader.korean.loanwords import ADNOMINALS, LOANWORDS
from services.proofreader.korean.sought_patterns import SoughtPattern, SoughtPatterns
from services.proofreader.parsed_text import ParsedSentence, ParsedText
from services.proofreader.reading import Reading

# The pattern of a fault, its correction and the rule behind it.
_Confusion = tuple[re.Pattern[str], str, str]
CONFUSIONS = SoughtPatterns(
    SoughtPattern(wrong, (right, rule))
    for wrong, right, rule in (
        (r"됬", "됐", "confusion_dwae"),
        (r"(?<![가-힣])안되요(?![가-힣])", "안 돼요", "confusion_dwae"),
        (r"(?<![가-힣])안되서(?![가-힣])", "안 돼서", "confusion_dwae"),
        (r"되(?=요(?![가-힣])|서(?:는|도|야)?(?![가-힣]))", "돼", "confusion_dwae"),
        (r"돼(?=(?:고|면|는|니까|기|게|던|려|며|므로|거나)(?:[가-힣]|(?![가-힣])))", "되", "confusion_doe"),
        (r"돼(?=[었어])", "되", "confusion_doe"),
        (r"돼(?=(?:죠|도록|길|네|든|십니|세요|신|자마자)(?:[가-힣]|(?![가-힣])))", "되", "confusion_doe"),
        (r"되야(?=\s|지|만|겠|$)", "돼야", "confusion_dwae"),
        (r"되(?=\s(?:있|버))|(?<=안 )되(?=도(?![가-힣]))", "돼", "confusion_dwae"),
        (r"뵈요", "봬요", "confusion_dwae"),
        (r"(?:(?<=[야면도게안] )|(?<=[야면도안]))되(?=[.!?~…]*$)", "돼", "confusion_dwae"),
        (r"됀", "된", "confusion_doen"),
        (r"됄", "될", "confusion_doen"),
        (r"됌", "됨", "confusion_doen"),
        (r"몇\s?일(?=[\s이도간까동에을만.,?]|$)", "며칠", "confusion_one_form"),
        (r"어떻해(?=\s\S)", "어떻게", "confusion_eotteo"),
        (r"어떻해", "어떡해", "confusion_eotteo"),
        (r"(?<=그렇지 )안(?=다(?![가-힣])|[았은])", "않", "confusion_an"),
        (r"(?:(?<=[기길] )|(?<=[기길]를 )|(?<=길))바래(?=[요서는고며지]|[.!?]|$)", "바라", "confusion_stem"),
        (r"(?:(?<=[기길] )|(?<=[기길]를 ))바랬(?=[다던어지습고])", "바랐", "confusion_stem"),
        (r"(?<![가-힣])([잠담])궜", r"\1갔", "confusion_stem"),
        (r"(?<![가-힣])([잠담])궈", r"\1가", "confusion_stem"),
        (r"(?<![가-힣])치뤘", "치렀", "confusion_stem"),
        (r"(?<![가-힣])치뤄", "치러", "confusion_stem"),
        (r"(?<![가-힣])([첫두세네몇]|다섯|여섯)번째", r"\1 번째", "spacing_ordinal"),
        (r"(?<![가-힣])금새(?![가-힣])", "금세", "confusion_one_form"),
        (r"오랫만", "오랜만", "confusion_one_form"),
        (r"설겆이", "설거지", "confusion_one_form"),
        (r"(?<![가-힣])왠만", "웬만", "confusion_one_form"),
        (r"(?<![가-힣])웬지(?![가-힣])", "왠지", "confusion_one_form"),
        (r"역활", "역할", "confusion_one_form"),
        (r"(?<![가-힣])희안", "희한", "confusion_one_form"),
        (r"(?<![가-힣])어의(?=가?\s?없)", "어이", "confusion_one_form"),
        (r"(?<![가-힣])곰곰히", "곰곰이", "confusion_suffix"),
        (r"(?<![가-힣])깨끗히", "깨끗이", "confusion_suffix"),
        (r"(?<![가-힣])일일히", "일일이", "confusion_suffix"),
        (r"(?<![가-힣])틈틈히", "틈틈이", "confusion_suffix"),
        (
            r"(?<![가-힣])(가까|반가|따뜻|일찍|높|깊|번번|겹겹|나날|곳곳|뚜렷|버젓|느긋|산뜻|의젓|빠듯)히(?![가-힣])",
            r"\1이",
            "confusion_suffix",
        ),
        (
            r"(?<![가-힣])(솔직|천천|조용|가만|부지런|꾸준|당연|대단)이(?=[\s.!?,]|$)",
            r"\1히",
            "confusion_suffix",
        ),
        (r"(?<![가-힣])열심이(?=[\s.!?,](?!있|없)|$)", "열심히", "confusion_suffix"),
        (r"(?<![가-힣])갑작이", "갑자기", "confusion_one_form"),
        (r"십시요", "십시오", "confusion_ending"),
        (r"(?<=[가-힣])니까서(?![가-힣])", "니까", "confusion_ending"),
        (r"(?<=[가-힣])셧(?=습니다|어요|다(?![가-힣])|는데|지만|던|을|고)", "셨", "confusion_sound"),
        (r"(?<=[가-힣])쳣(?=습니다|어요|다(?![가-힣])|는데|지만|던|을|고)", "쳤", "confusion_sound"),
        (r"헸", "했", "confusion_sound"),
        (r"(?<=[가-힣])(?<!지)헤(?=요(?![가-힣])|서(?![가-힣]))", "해", "confusion_sound"),
        (r"(?<![가-힣])게(?=세요|십니|셨)", "계", "confusion_sound"),
        (r"(?<![가-힣])압(?=에(?:서|는|도)?(?![가-힣])|으로)", "앞", "confusion_sound"),
        (r"(?<![가-힣])엽(?=에(?:서|는|도)?(?![가-힣])|으로)", "옆", "confusion_sound"),
        (r"(?<![가-힣])건느(?=[다고면지는려니])", "건너", "confusion_one_form"),
        (r"(?<![가-힣])건늘(?![가-힣])", "건널", "confusion_one_form"),
        (r"(?<![가-힣])어서오(?=세요|십시오)", "어서 오", "spacing_missing"),
        (r"(?<![가-힣])(다음|이번)([주달])(?=[\s.,!?에는은의가도말부까]|$)", r"\1 \2", "spacing_missing"),
        (rf"(?<=[{RIEUL_SYLLABLES}])[을를]려(?=고|면)", "려", "confusion_one_form"),
        (r"(?<=[가-힣])을려(?=고|면)", "으려", "confusion_one_form"),
        (r"(?<=[할갈볼줄될올])께(?=요?(?![가-힣]))", "게", "confusion_ending"),
        (r"(?<=[있없했갔왔었았였됐겠])읍니다", "습니다", "confusion_ending"),
        (r"(?<=[있없])슴(?![가-힣])", "음", "confusion_ending"),
        (r"슴니(?=[다까])", "습니", "confusion_ending"),
        (r"(?<=[하주가오계보으드마])새요(?![가-힣])", "세요", "confusion_ending"),
        (r"아니예요", "아니에요", "confusion_copula"),
        (r"(?<=[거뭐])에요(?![가-힣])|(?<=누구)에요|(?<![가-힣])(?<=저)에요", "예요", "confusion_copula"),
        (r"(?<=[가-힣])(?<![이그저무느])것같(?=[다아은이습지았])", " 것 같", "spacing_missing"),
        (r"([것거])같(?=[다아은이습지았])", r"\1 같", "spacing_missing"),
        (r"(?<=[가-힣]고)십(?=[다어습지었])", " 싶", "confusion_sound"),
        (r"(?<=[가-힣]고 )십(?=[다어습지었])", "싶", "confusion_sound"),
        (r"(?<=[가-힣]고)싶(?=[다어은었습지])", " 싶", "spacing_missing"),
        (
            r"(?<=[은본한간친된운린킨])후(?=에(?![가-힣])|에[는도]|로(?![가-힣])|부터)",
            " 후",
            "spacing_missing",
        ),
        (r"(?<=[가-힣][는은가를와])같이(?![가-힣])", " 같이", "spacing_missing"),
        (r"(?<=[있없했갔왔봤었았겠])는대(?=\s|$)", "는데", "confusion_ending"),
        (r"(?<=[좋많작높낮넓좁짧젊싫])은대(?=\s|$)", "은데", "confusion_ending"),
        (
            r"(고픈|예쁜|아픈|바쁜|나쁜|비싼|다른|빠른|슬픈|기쁜|(?:유명|중요|필요|친절|조용|피곤)한)대(?=\s|$)",
            r"\1데",
            "confusion_ending",
        ),
        (r"괜찬", "괜찮", "confusion_sound"),
        (r"(?<![가-힣])조(?=았|아요|습니다|아서|아하)", "좋", "confusion_sound"),
        (r"(?<![가-힣])만(?=아요|아서|았다|습니다)", "많", "confusion_sound"),
        (r"(?<![가-힣])만은(?=\s(?:사람|것|일|친구|돈|시간|나라|학생))", "많은", "confusion_sound"),
        (r"만낫", "만났", "confusion_sound"),
        (r"끝낫", "끝났", "confusion_sound"),
        (r"(?<=일어)낫|(?<=태어)낫|(?<=나타)낫", "났", "confusion_sound"),
        (r"(?<![가-힣])갓(?=습니다|어요|다(?![가-힣])|는데|지만)", "갔", "confusion_sound"),
        (r"왓(?=습니다|어요|다(?![가-힣])|는데|지만|던)", "왔", "confusion_sound"),
        (r"햇(?=습니다|어요|다(?![가-힣])|는데|지만|던|으면)", "했", "confusion_sound"),
        (r"봣(?=습니다|어요|다|는데|지만|던)", "봤", "confusion_sound"),
        (r"줫(?=습니다|어요|다|는데|지만)", "줬", "confusion_sound"),
        (r"엿(?=습니다|어요|다(?![가-힣])|는데|지만|던)", "였", "confusion_sound"),
        (r"(?<=[가-힣])엇(?=습니다|어요|다(?![가-힣])|는데|지만|던|으면)", "었", "confusion_sound"),
        (r"(?<=[가-힣])(?<!빼)앗(?=습니다|어요|다(?![가-힣])|는데|지만|던|으면)", "았", "confusion_sound"),
        (r"(?<=[가-힣])졋(?=습니다|어요|다|는데|지만)", "졌", "confusion_sound"),
        (r"(?<=[가-힣])렷(?=습니다|어요|다|는데|지만)", "렸", "confusion_sound"),
        (r"(?<=[가-힣])겟(?=습니다|어요|다(?![가-힣])|는데|지만|네)", "겠", "confusion_sound"),
        (r"(?<![가-힣])(?<![을를]\s)잇(?=습니다|어요(?![가-힣]))", "있", "confusion_sound"),
        (r"(?<![가-힣])업(?=습니다(?![가-힣]))", "없", "confusion_sound"),
        (
            r"(?<![가-힣])않(?=[가-힣])(?![았은는을으습다던고지아니기겠게도든네더거음자냐소구군어나])",
            "안 ",
            "confusion_an",
        ),
        (r"(?<![가-힣])왠(?!지)", "웬", "confusion_one_form"),
        (r"(?<![가-힣])구지(?=\s)", "굳이", "confusion_one_form"),
        (r"(?<![가-힣])궂이(?![가-힣])", "굳이", "confusion_one_form"),
        (r"(?<![가-힣])어째든(?![가-힣])", "어쨌든", "confusion_one_form"),
        (r"(?<![가-힣])요세(?=$|\s|[는도])", "요새", "confusion_one_form"),
        (
            r"(?<![가-힣])(?<![을를] )날라(?=가[는고서지면]|갔|갑|간|다니|다녀|다녔|오[는고]|왔)",
            "날아",
            "confusion_one_form",
        ),
        (r"바꼈", "바뀌었", "confusion_one_form"),
        (r"바껴", "바뀌어", "confusion_one_form"),
        (r"(?<![가-힣])사겼", "사귀었", "confusion_one_form"),
        (r"(?<![가-힣])사겨", "사귀어", "confusion_one_form"),
        (r"뇌졸증", "뇌졸중", "confusion_one_form"),
        (r"(?<![가-힣])들어나(?=[다는지고면]|게|서)", "드러나", "confusion_one_form"),
        (r"(?<![가-힣])삼가하(?=[세고지는다시기면])", "삼가", "confusion_one_form"),
        (r"(?<![가-힣])(설레)여", r"\1어", "confusion_one_form"),
        (r"(?<![가-힣])헤메", "헤매", "confusion_one_form"),
        (
            r"(?<![가-힣])(내|제|네|니|우리|누구|엄마|동생)꺼(?=야|예요|에요|다|를|가|는|도|로|$)",
            r"\1 거",
            "confusion_ending",
        ),
        (r"(?<=내 |제 |네 |니 )꺼(?=야|예요|에요|다|를|가|는|도|로|$)", "거", "confusion_ending"),
        (
            r"(?<![가-힣])조은(?=\s(?:사람|친구|날|곳|생각|것|책|음식|집|옷|점수|방법|하루))",
            "좋은",
            "confusion_sound",
        ),
        (r"찌게(?![가-힣]{3})", "찌개", "confusion_one_form"),
        (r"(?<![가-힣])육계장", "육개장", "confusion_one_form"),
        (r"떡볶기|떡뽁이|떡복이", "떡볶이", "confusion_one_form"),
        (r"(?<![가-힣])돌맹이", "돌멩이", "confusion_one_form"),
        (r"통채로", "통째로", "confusion_one_form"),
        (r"(?<![가-힣])갯수", "개수", "confusion_one_form"),
        (r"(?<![가-힣])(?:베게|배게)(?=[를가는에와]|$)", "베개", "confusion_one_form"),
        (r"요컨데(?![가-힣])", "요컨대", "confusion_one_form"),
        (r"(?<![가-힣])제작년", "재작년", "confusion_one_form"),
        (r"알맞는", "알맞은", "confusion_one_form"),
        (r"걸맞는", "걸맞은", "confusion_one_form"),
        (r"서슴치", "서슴지", "confusion_one_form"),
        (r"익숙치", "익숙지", "confusion_one_form"),
        (r"(?<![가-힣])뒤쳐지", "뒤처지", "confusion_one_form"),
        (r"내노라하", "내로라하", "confusion_one_form"),
        (r"눈쌀", "눈살", "confusion_one_form"),
        (r"등교길", "등굣길", "confusion_one_form"),
        (r"하교길", "하굣길", "confusion_one_form"),
        (r"휴계실", "휴게실", "confusion_one_form"),
        (r"(?<![가-힣])핑게", "핑계", "confusion_one_form"),
        (r"(?<![가-힣])어짜피", "어차피", "confusion_one_form"),
        (r"(?<![가-힣])비로서(?=\s)", "비로소", "confusion_one_form"),
        (r"(?<![가-힣])도데체", "도대체", "confusion_one_form"),
        (r"오랜동안", "오랫동안", "confusion_one_form"),
        (r"무릎쓰", "무릅쓰", "confusion_one_form"),
        (r"짜집기", "짜깁기", "confusion_one_form"),
        (r"승락", "승낙", "confusion_one_form"),
        (r"숫가락", "숟가락", "confusion_one_form"),
        (r"(?<![가-힣])댓가", "대가", "confusion_one_form"),
        (r"(?<![가-힣])촛점", "초점", "confusion_one_form"),
        (r"(?<![가-힣])들어났", "드러났", "confusion_one_form"),
        (r"(?<![가-힣])문안(?=하|한|히)", "무난", "confusion_one_form"),
        (r"(?<![가-힣])눈꼽", "눈곱", "confusion_one_form"),
        (r"(?<![가-힣])설레임", "설렘", "confusion_one_form"),
        (
            r"(?<![가-힣])일부로(?=\s(?:그|안|늦|져|넘|틀|모|거|장|여|큰|천|못))",
            "일부러",
            "confusion_one_form",
        ),
        (r"(?<![가-힣])바램(?=이 |이다|입니|대로|을 이)", "바람", "confusion_one_form"),
        (r"(?<=[십습합갑봅옵됩랍납깁])니가(?=\?)", "니까", "confusion_ending"),
        (r"(?<![가-힣])어재(?=\s|는|까지|도|밤)", "어제", "confusion_sound"),
        (r"(?<![가-힣])그레(?=서|도)", "그래", "confusion_sound"),
        (r"(?<![가-힣])외냐하면", "왜냐하면", "confusion_sound"),
        (r"(?<![가-힣])마싰", "맛있", "confusion_sound"),
        (r"(?<![가-힣])재미써", "재미있어", "confusion_sound"),
        (
            r"(?<![가-힣])만이(?=\s(?:걸|먹|마셨|있|왔|오|했|하|좋|아프|아팠|배|샀|읽|놀|자|잤|울|웃|컸|늘|변))",
            "많이",
            "confusion_sound",
        ),
        (r"(?<![가-힣])없은(?=\s(?!지|후|뒤|다음))", "없는", "confusion_one_form"),
        (r"더라구요", "더라고요", "confusion_ending"),
        (r"할려(?=고|면|는)", "하려", "confusion_ending"),
        (r"볼려(?=고|면|는)", "보려", "confusion_ending"),
        (r"될려(?=고|면|는)", "되려", "confusion_ending"),
        *LOANWORDS,
        *ADNOMINALS,
    )
)
# After "-지" it is a form of "않다" that is written apart.
_ANH_FOR_AN = re.compile(
    r"(?<![가-힣])(?<![지질진] )(?<!지[는도를만] )않"
    r"(?: (?![았는은을습으던]|이[라란]|[고다](?![가-힣]))|(?=[되돼된될됩됐하해했한할합]))([가-힣]+)"
)
_COPULA_AFTER_CODA = re.compile(r"(?<=[가-힣])(?:이였(?=[다고는던습어지으을])|이예요)")
# Nouns that end in "이" themselves, so that "예요" follows: "고양이예요".
_NOUN_IN_I = re.compile(
    r"(?:고양|어린|호랑|원숭|젊은|늙은|지팡|달팽|올챙|놀|[목귀옷벽]걸|손잡|먹|높|깊|넓|길|맏|떡볶|[쌍막귀바]둥|[난멋겁장]쟁|구쟁|오뚝|곰팡|굼벵|[지구누부][렁엉]|종|송)이\Z"
)
_SHORT_COPULA = re.compile(r"(?<=[가-힣])예요(?![가-힣])")
# "-ㄹ 거" as it sounds.
_TENSE_FUTURE = re.compile(r"([가-힣]) ?(꺼)(?=야|예요|에요|다|지|니|라|고|냐|입)")
# "-ㅂ니다" as it sounds.
_NASAL_ENDING = re.compile(r"([가-힣])(?=니[다까](?![가-힣]))")
_MIEUM = 16
_WORD = re.compile(r"\S+")
_MARKS_AFTER = ".,!?…\"')”’"


def korean_confusions(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds such spellings among the author's own words."""
    confusions = [*_possible(submission.text, reading)]
    for sentence in submission.sentences:
        yield from _negations(submission, sentence)
        for word in reading.through(_WORD.finditer(submission.text, sentence.start, sentence.end)):
            if submission.is_own(*word.span()):
                yield from _in_word(confusions, submission.text, word, sentence.end)


def _possible(text: str, reading: Reading) -> Iterator[_Confusion]:
    """Yields those that may match in a word of the text: a search of all of it is cheaper."""
    for each in reading.through(CONFUSIONS.of(text)):
        # The end of a word's surroundings is no end of the text.
        if "$" in each.expression or each.compiled.search(text) is not None:
            yield each.compiled, *each.meaning


def _negations(submission: ParsedText, sentence: ParsedSentence) -> Iterator[Finding]:
    for found in _ANH_FOR_AN.finditer(submission.text, sentence.start, sentence.end):
        if submission.is_own(*found.span()):
            correction = f"안 {found[1]}"
            values = {"word": found.group(), "correction": correction}
            yield Finding("confusion_an", "spelling", *found.span(), values=values, rewrite=correction)


def _in_word(
    confusions: Sequence[_Confusion], text: str, word: re.Match[str], sentence_end: int
) -> Iterator[Finding]:
    # The word before it and the beginning of the next one may decide.
    limit = min(sentence_end, word.end() + 2)
    for wrong, right, rule in confusions:
        found = wrong.search(text, word.start(), limit)
        if found and found.end() <= word.end():
            yield _finding(rule, word, found, found.expand(right))
            return
    if fault := conjugation_fault(word.group()):
        start, end, right = fault
        yield _corrected("confusion_conjugation", word, start, end, right)
        return
    if ending := ending_fault(word.group()):
        rule, start, end, right = ending
        yield _corrected(rule, word, start, end, right)
        return
    for start, end, right in heard_faults(word.group()):
        yield _corrected("confusion_sound", word, start, end, right)
        return
    found = _TENSE_FUTURE.search(text, word.start(), word.end())
    if found and coda(found[1]) == CODA_RIEUL:
        rest = text[found.end() : word.end()].replace("에요", "예요")
        right = f"{found[1]} 거{rest}".rstrip(_MARKS_AFTER)
        yield _corrected(
            "confusion_ending", word, found.start() - word.start(), word.end() - word.start(), right
        )
        return
    found = _NASAL_ENDING.search(text, word.start(), word.end())
    if found and decompose(found[1])[2] == _MIEUM:
        initial, vowel, _ = decompose(found[1])
        yield _finding("confusion_ending", word, found, compose(initial, vowel, CODA_BIEUP))
        return
    found = _SHORT_COPULA.search(text, word.start(), word.end())
    if found and coda(text[found.start() - 1]):
        yield _finding("confusion_copula", word, found, "이에요")
        return
    found = _COPULA_AFTER_CODA.search(text, word.start(), word.end())
    # After a vowel "이" may belong to the noun.
    if (
        found
        and coda(text[found.start() - 1])
        and not _NOUN_IN_I.search(text, word.start(), found.start() + 1)
    ):
        right = "이에요" if found.group() == "이예요" else "이었"
        yield _finding("confusion_copula", word, found, right)


def _finding(rule: str, word: re.Match[str], found: re.Match[str], right: str) -> Finding:
    start = word.start()
    return _corrected(rule, word, found.start() - start, found.end() - start, right)


def _corrected(rule: str, word: re.Match[str], start: int, end: int, right: str) -> Finding:
    whole = word.group().rstrip(_MARKS_AFTER)
    corrected = whole[:start] + right + whole[end:] if right else ""
    issue = "spacing" if rule.startswith("spacing") else "spelling"
    values = {"word": whole, "correction": corrected}
    return Finding(rule, issue, word.start(), word.start() + len(whole), values=values, rewrite=corrected)
