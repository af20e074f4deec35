"""Rejects a model's sentences that hold its own numbers or quotations, a second register, or markup."""

from collections.abc import Iterable, Sequence

import regex

from chorus.feedback.v1 import merged_pb2
from modelkit.language import primary_subtag
from modelkit.normal_form import normal_form
from orchestrator.submission.visible_text import strip_invisible

# An apostrophe within a word or after a plural is no quotation mark.
_APOSTROPHE = regex.compile(r"(?<=\w)['’](?=\w)|(?<=s)['’](?=\s)")
_QUOTATION = regex.compile(
    r"“([^“”]*)”|„([^„“”]*)[“”]|\"([^\"]*)\"|‘([^‘’]*)’|(?<!\w)'([^']*)'(?!\w)"
    r"|«([^«»]*)»|‹([^‹›]*)›|「([^「」]*)」|『([^『』]*)』"
    r"|《([^《》]*)》|〈([^〈〉]*)〉"
)
_QUOTATION_MARK = regex.compile(r"[\p{Quotation_Mark}《》〈〉`]")
_TRIMMED = " .,…"

_NUMBER = regex.compile(
    r"\p{N}+(?:[.,]\p{N}+)*"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"|hundreds?|thousands?|millions?|dozens?|half|twice|per ?cent)\b"
    r"|[영일이삼사오육칠팔구십백천만]{2,}\s?(?:점|퍼센트|프로|개|명|등급|배|번째|년|위|단계)"
    r"|[삼사오육칠팔구십백천만]\s?(?:점|퍼센트|프로|개|명|등급|배|번째|년|위|단계)"
    r"|(?:두|세|네|다섯|여섯|일곱|여덟|아홉|열|스무)\s?(?:가지|개|명|점|군데|배|번|문단|문장|곳)"
    r"|퍼센트",
    regex.IGNORECASE,
)
_MARKUP = regex.compile(r"https?:|www\.|[<>{}\\|#*]|\[|\]")

_KOREAN_SENTENCE_END = regex.compile(r"(?<=[.!?])\s+|(?<=[.!?])$")
_LETTER = regex.compile(r"\p{L}")
_HANGUL = regex.compile(r"\p{Hangul}")
_POLITE_ENDINGS = ("요", "죠")
_FORMAL_ENDINGS = ("니다", "니까", "시오")


def is_grounded(text: str, cited: Sequence[merged_pb2.MergedPoint]) -> bool:
    """Returns whether every number and quotation of a sentence stands in the points that it cites."""
    if text != strip_invisible(text) or _MARKUP.search(text):
        return False
    points = [member.point for point in cited for member in point.members]
    quotes = [strip_invisible(each.anchor.quote) for each in points]
    plain = _APOSTROPHE.sub("", text)
    if _QUOTATION_MARK.search(_QUOTATION.sub("", plain)):
        return False
    if not all(_is_quoted(each, quotes) for each in _quotations(plain)):
        return False
    source = " ".join(
        f"{each.anchor.quote} {each.observation} {each.reason} {each.next_step} {each.suggested_rewrite}"
        for each in points
    )
    return set(_numbers(text)) <= set(_numbers(source))


def has_one_register(texts: Sequence[str], language_code: str) -> bool:
    """Returns whether the texts are in the script of the language, and Korean ones in one register."""
    # What is quoted are the author's words, which may be in any register or language.
    unquoted = [_QUOTATION.sub("", _APOSTROPHE.sub("", each)).strip() for each in texts]
    if not all(map(_LETTER.search, unquoted)):
        return False
    if primary_subtag(language_code) != "ko":
        return not any(map(_HANGUL.search, unquoted))
    ends = [
        part.rstrip(" .!?")
        for each in unquoted
        for part in _KOREAN_SENTENCE_END.split(each)
        if part.strip(" .!?")
    ]
    return _all_end(ends, _POLITE_ENDINGS) or _all_end(ends, _FORMAL_ENDINGS)


def _all_end(sentences: Iterable[str], endings: tuple[str, ...]) -> bool:
    return all(each.endswith(endings) for each in sentences)


def _quotations(text: str) -> list[str]:
    return ["".join(filter(None, match.groups())) for match in _QUOTATION.finditer(text)]


def _is_quoted(quotation: str, quotes: Iterable[str]) -> bool:
    words = quotation.strip(_TRIMMED)
    return bool(words) and any(words in _APOSTROPHE.sub("", quote) for quote in quotes)


def _numbers(text: str) -> list[str]:
    return ["".join(each.lower().split()) for each in _NUMBER.findall(normal_form("NFKC", text))]
