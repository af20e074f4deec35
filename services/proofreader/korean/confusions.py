"""Finds Korean spellings that are wrong wherever they stand, though they are often taken for right."""

import re
from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.hangul import coda
from services.proofreader.parsed_text import ParsedSentence, ParsedText
from services.proofreader.reading import Reading

# The pattern of a fault, its correction and the rule behind it.
_CONFUSIONS = tuple(
    (re.compile(wrong), right, rule)
    for wrong, right, rule in (
        (r"됬", "됐", "confusion_dwae"),
        (r"(?<![가-힣])안되요|(?<=[가-힣])되요(?![가-힣])", "돼요", "confusion_dwae"),
        (r"(?<=[가-힣])되서(?![가-힣])", "돼서", "confusion_dwae"),
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
        (r"(?<![가-힣])어의(?=\s?없)", "어이", "confusion_one_form"),
        (r"(?<![가-힣])곰곰히", "곰곰이", "confusion_suffix"),
        (r"(?<![가-힣])깨끗히", "깨끗이", "confusion_suffix"),
        (r"(?<![가-힣])일일히", "일일이", "confusion_suffix"),
        (r"(?<![가-힣])틈틈히", "틈틈이", "confusion_suffix"),
        (r"(?<![가-힣])솔직이", "솔직히", "confusion_suffix"),
        (r"(?<=[가-힣])[을를]려고", "려고", "confusion_one_form"),
        (r"(?<=[할갈볼줄될올])께(?=요?(?![가-힣]))", "게", "confusion_ending"),
        (r"(?<=[있없했갔왔었았였됐겠])읍니다", "습니다", "confusion_ending"),
        (r"(?<=[있없])슴(?![가-힣])", "음", "confusion_ending"),
    )
)
# After "-지" it is a form of "않다" that is written apart.
_ANH_FOR_AN = re.compile(
    r"(?<![가-힣])(?<![지질진] )(?<!지[는도를만] )않"
    r"(?: (?![았는은을습으던]|이[라란]|[고다](?![가-힣]))|(?=[되돼된될됩됐하해했한할합]))([가-힣]+)"
)
_COPULA_AFTER_CODA = re.compile(r"(?<=[가-힣])(?:이였(?=[다고는던습어지으을])|이예요)")
_WORD = re.compile(r"\S+")


def korean_confusions(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds such spellings among the author's own words."""
    for sentence in submission.sentences:
        reading.check()
        yield from _negations(submission, sentence)
        for word in _WORD.finditer(submission.text, sentence.start, sentence.end):
            if submission.is_own(*word.span()):
                yield from _in_word(submission.text, word, sentence.end)


def _negations(submission: ParsedText, sentence: ParsedSentence) -> Iterator[Finding]:
    for found in _ANH_FOR_AN.finditer(submission.text, sentence.start, sentence.end):
        if submission.is_own(*found.span()):
            correction = f"안 {found[1]}"
            values = {"word": found.group(), "correction": correction}
            yield Finding("confusion_an", "spelling", *found.span(), values=values, rewrite=correction)


def _in_word(text: str, word: re.Match[str], sentence_end: int) -> Iterator[Finding]:
    # The word before it and the beginning of the next one may decide.
    limit = min(sentence_end, word.end() + 2)
    for wrong, right, rule in _CONFUSIONS:
        found = wrong.search(text, word.start(), limit)
        if found and found.end() <= word.end():
            yield _finding(rule, word, found, found.expand(right))
            return
    found = _COPULA_AFTER_CODA.search(text, word.start(), word.end())
    # After a vowel "이" may belong to the noun.
    if found and coda(text[found.start() - 1]):
        right = "이에요" if found.group() == "이예요" else "이었"
        yield _finding("confusion_copula", word, found, right)


def _finding(rule: str, word: re.Match[str], found: re.Match[str], right: str) -> Finding:
    whole = word.group().rstrip(".,!?…\"')”’")
    start = word.start()
    corrected = whole[: found.start() - start] + right + whole[found.end() - start :]
    issue = "spacing" if rule == "spacing_ordinal" else "spelling"
    values = {"word": whole, "correction": corrected}
    return Finding(rule, issue, start, start + len(whole), values=values, rewrite=corrected)
