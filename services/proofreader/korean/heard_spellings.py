"""Finds Korean stems that are written as they are heard: with their last consonant on the next syllable.

None of the forms is a word, or the beginning of one, where such an ending follows it.
"""

import re
from collections.abc import Iterable, Iterator

from services.proofreader.hangul import CODA_SSANGSIOT, compose, decompose

# A stem with "-아" or "-어", as it is heard and as it is written.
_FORMS = """
일거:읽어 발바:밟아 말가:맑아 널버:넓어 절머:젊어 할타:핥아 업서:없어 살마:삶아 글거:긁어 달마:닮아
굴머:굶어 차자:찾아 미더:믿어 시머:심어 다까:닦아 무꺼:묶어 서꺼:섞어 겨꺼:겪어 가타:같아 마타:맡아
노파:높아 기퍼:깊어 시퍼:싶어 더퍼:덮어 끄너:끊어 거러:걸어 만드러:만들어 시러:싫어 너어:넣어 꼬자:꽂아
수머:숨어 조아:좋아 괜차나:괜찮아 버서:벗어 씨서:씻어 우서:웃어 이저:잊어 이러버:잃어버 이저버:잊어버
아라:알아 드러:들어 무러:물어 다다:닫아 마자:맞아 머거:먹어 이버:입어 자바:잡아 이써:있어 업써:없어
"""
_WRITTEN = dict(each.split(":") for each in _FORMS.split())
# After these more may follow that is no ending: "드러나다", "아라비아", "이저것".
_ONLY_BEFORE_ENDINGS = frozenset(
    {
        "아라",
        "드러",
        "무러",
        "이저",
        "조아",
        "가타",
        "마타",
        "너어",
        "노파",
        "우서",
        "다다",
        "마자",
        "이버",
        "자바",
    }
)
_PAST = {
    form[:-1] + compose(*decompose(form[-1])[:2], CODA_SSANGSIOT): right[:-1]
    + compose(*decompose(right[-1])[:2], CODA_SSANGSIOT)
    for form, right in _WRITTEN.items()
}
_BEFORE_RIEUL = frozenset({"이러버", "이저버"})


def _any_of(forms: Iterable[str]) -> str:
    return "|".join(sorted(forms, key=lambda each: (-len(each), each)))


_HEARD = re.compile(
    r"(?<![가-힣])(?:"
    rf"(?:{_any_of(_WRITTEN.keys() - _ONLY_BEFORE_ENDINGS - _BEFORE_RIEUL)})"
    r"(?=요|서|야|도|보|봤|봐|주|줘|줬|버[려렸리]|지[고는다면]|졌|져|하|$)"
    rf"|(?:{_any_of(_ONLY_BEFORE_ENDINGS)})(?=요(?![가-힣])|서(?![가-힣])|[봐봤]|보[고세니면았])"
    rf"|(?:{_any_of(_BEFORE_RIEUL)})(?=[리렸려린])"
    rf"|(?:{_any_of(_PAST)})(?=[어다습는지던고을으]))"
)

# Hardly any word begins like one of the forms.
_BEGINNINGS = frozenset(each[:2] for each in (*_WRITTEN, *_PAST))
_OPENING_MARKS = "\"'“‘(["


def heard_faults(word: str) -> Iterator[tuple[int, int, str]]:
    """Yields the half-open range of such a stem in a word, and how it is written."""
    if word.lstrip(_OPENING_MARKS)[:2] not in _BEGINNINGS:
        return
    for found in _HEARD.finditer(word):
        written = found.group()
        yield *found.span(), _WRITTEN.get(written) or _PAST[written]
