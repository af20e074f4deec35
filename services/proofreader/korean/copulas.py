"""Finds "-이였다" and "-이예요" after a consonant, where no name or noun ends in that "이"."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter

from services.proofreader.finding import Finding
from services.proofreader.hangul import coda, is_syllable
from services.proofreader.korean.analyser import AnalysedText
from services.proofreader.korean.words import Clause, has_coda, word_set
from services.proofreader.reading import Reading

_COPULA = re.compile(r"(?<!\w)(\w{0,12}[가-힣])(이였(?=[다고는던습어지으을])|이예요)[가-힣]*")
# Nouns that end in "이" themselves, so that "예요" follows: "고양이예요".
_NOUN_IN_I = re.compile(
    r"(?:고양|어린|호랑|원숭|젊은|늙은|지팡|달팽|올챙|놀|[목귀옷벽]걸|손잡|먹|높|깊|넓|길|맏|떡볶|[쌍막귀바]둥|[난멋겁장]쟁|구쟁|오뚝|곰팡|굼벵|[지구누부][렁엉]|종|송|투성|곱슬|외톨|젖먹|왼손잡)\Z"
)
# Names are made of common nouns as well: "하늘이는".
_NAME_IN_I = re.compile(r"(?<!\w)(\w{0,12}[가-힣])이[는가도를의랑와]")
_PLACES = frozenset({"한국", "중국", "미국", "영국", "태국", "일본", "베트남", "서울", "부산", "몽골"})


def copulas(analysed: AnalysedText, reading: Reading) -> Iterator[Finding]:
    """Finds them; a person's name that ends in a consonant takes an "이" of its own: "하은이였다"."""
    submission = analysed.submission
    text = submission.text
    starts = [sentence.start for sentence, _ in analysed.sentences]
    names: frozenset[str] | None = None
    for found in reading.through(_COPULA.finditer(text)):
        place = bisect_right(starts, found.start()) - 1
        noun = found[1]
        if place < 0 or not coda(noun[-1]) or _NOUN_IN_I.search(noun) or not submission.is_own(*found.span()):
            continue
        _, morphemes = analysed.sentences[place]
        first = bisect_left(morphemes, found.start(), key=attrgetter("start"))
        last = bisect_left(morphemes, found.end(1), key=attrgetter("start"))
        inside = morphemes[first:last]
        named = any(each.tag == "NNP" and each.form not in _PLACES for each in inside)
        if not inside or named:
            continue
        if names is None:
            names = frozenset(each[1] for each in reading.through(_NAME_IN_I.finditer(text)))
        if noun in names:
            continue
        right = "이에요" if found[2] == "이예요" else "이었"
        corrected = noun + right + text[found.end(2) : found.end()]
        values = {"word": found.group(), "correction": corrected}
        yield Finding("confusion_copula", "spelling", *found.span(), values=values, rewrite=corrected)


_PEOPLE = word_set("저 나 우리 동생 형 누나 오빠 언니 엄마 아빠 친구 어머니 아버지 제")
_BEING = word_set("이것 저것 그것 여기 저기 거기 이곳 저곳 그곳 건물 이거 그거 저거")


def short_copulas(clause: Clause) -> Iterator[Finding]:
    """Finds "생일였어요", "의사가 안이에요" and "여기가 우리 학교에요"."""
    words = clause.words
    for number, word in enumerate(words):
        written, noun = word.written, word.noun
        if (
            word.stem == "이"
            and word.head_tag in {"NNG", "NNB", "XSN"}
            and has_coda(noun)
            and written.startswith(noun + "였")
            and not word.particles
        ):
            right = f"{noun}이었{written[len(noun) + 1 :]}"
            yield from clause.finding("confusion_copula", "spelling", word, right)
        elif (
            word.kind == "VCP"
            and len(noun) > 1
            and not has_coda(noun)
            and is_syllable(noun[-1])
            and written in {f"{noun}이에요", f"{noun}이예요"}
        ):
            yield from clause.finding("confusion_copula", "spelling", word, f"{noun}예요")
        elif (
            written.startswith(("안이에요", "안이다", "안입니다", "안이예요", "안이었", "안이야"))
            and number
            and words[number - 1].particles in {("이",), ("가",)}
        ):
            right = "아니" + written[1:].removeprefix("이").replace("예요", "에요")
            right = "아닙니다" if written == "안입니다" else right
            yield from clause.finding("negation_word", "sentence_error", word, right)
    yield from _at_the_end(clause)


def _at_the_end(clause: Clause) -> Iterator[Finding]:
    last = clause.words[-1]
    if not last.written.endswith("에요") or last.written.endswith("이에요") or not last.noun:
        return
    noun = last.written[:-2]
    words_before = clause.words[:-1]
    topics = [each for each in words_before if each.is_topic or each.is_subject]
    alone = (
        len(topics) == 1
        and topics[0].noun in _BEING
        and not any(each.stem and each.ending_tag != "ETM" for each in words_before)
    )
    # "사람이 많은 도시에요" is said of no person.
    named = bool(topics) and words_before[-1].kind == "VA" and words_before[-1].ending_tag == "ETM"
    alone = alone or (named and not any(each.noun in _PEOPLE for each in topics))
    if alone and noun == last.noun and not has_coda(noun):
        yield from clause.finding("confusion_copula", "spelling", last, noun + "예요")
