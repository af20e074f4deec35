"""Finds Korean spellings that are wrong wherever they stand, though they are often taken for right."""

import re
from collections.abc import Iterator, Sequence

from services.proofreader.finding import Finding
from services.proofreader.hangul import (
    CODA_BIEUP,
    CODA_RIEUL,
    coda,
    compose,
    decompose,
    is_syllable,
)
from services.proofreader.korean.common_misspellings import misspelling
from services.proofreader.korean.confusion_patterns import CONFUSIONS
from services.proofreader.korean.conjugation import conjugation_fault
from services.proofreader.korean.endings import ending_fault
from services.proofreader.korean.heard_spellings import heard_faults
from services.proofreader.korean.joined_endings import joined_ending_fault
from services.proofreader.parsed_text import ParsedSentence, ParsedText
from services.proofreader.reading import Reading

# The pattern of a fault, its correction and the rule behind it.
_Confusion = tuple[re.Pattern[str], str, str]
# After "-지" it is a form of "않다" that is written apart.
_ANH_FOR_AN = re.compile(
    r"(?<![가-힣])(?<![지질진] )(?<!지[는도를만] )않"
    r"(?: (?![았는은을습으던]|이[라란]|[고다](?![가-힣]))|(?=[되돼된될됩됐하해했한할합]))([가-힣]+)"
)
_SHORT_COPULA = re.compile(r"(?<=[가-힣])예요(?![가-힣])")
# "-ㄹ 거" as it sounds.
_TENSE_FUTURE = re.compile(r"([가-힣]) ?(꺼)(?=야|예요|에요|다|지|니|라|고|냐|입)")
# "-ㅂ니다" as it sounds.
_NASAL_ENDING = re.compile(r"([가-힣])(?=니[다까](?![가-힣]))")
_MIEUM = 16
_WORD = re.compile(r"\S+")
_PARTICLES = (
    ("을", "를"),
    ("은", "는"),
    ("이", "가"),
    ("과", "와"),
    ("이랑", "랑"),
    ("이나", "나"),
    ("으로", "로"),
)
_AFTER_VOWEL = dict(_PARTICLES)
_AFTER_CODA = {vowel: consonant for consonant, vowel in _PARTICLES}
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
    if fault := misspelling(word.group()) or _conjugated(word.group()) or ending_fault(word.group()):
        rule, start, end, right = fault
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


def _conjugated(word: str) -> tuple[str, int, int, str] | None:
    fault = conjugation_fault(word) or joined_ending_fault(word)
    return ("confusion_conjugation", *fault) if fault else None


def _finding(rule: str, word: re.Match[str], found: re.Match[str], right: str) -> Finding:
    start = word.start()
    return _corrected(rule, word, found.start() - start, found.end() - start, right)


def _fitting(wrong: str, right: str, rest: str) -> str:
    """Returns the particle after a noun in the form that it takes after another one: "케이크를" for "케잌을"."""
    if (
        not right
        or not is_syllable(wrong[-1:])
        or not is_syllable(right[-1])
        or bool(coda(wrong[-1])) == bool(coda(right[-1]))
    ):
        return rest
    return (_AFTER_CODA if coda(right[-1]) else _AFTER_VOWEL).get(rest, rest)


def _corrected(rule: str, word: re.Match[str], start: int, end: int, right: str) -> Finding:
    whole = word.group().rstrip(_MARKS_AFTER)
    rest = _fitting(whole[start:end], right, whole[end:])
    corrected = whole[:start] + right + rest if right else ""
    issue = "spacing" if rule.startswith("spacing") else "spelling"
    values = {"word": whole, "correction": corrected}
    return Finding(rule, issue, word.start(), word.start() + len(whole), values=values, rewrite=corrected)
