"""Korean spellings that are often taken for right, each wrong wherever it stands."""

import re
from collections.abc import Iterator

from services.proofreader.engine import Checkpoint
from services.proofreader.finding import Finding
from services.proofreader.hangul import coda
from services.proofreader.submission import Submission

# What is wrong, what is right, and the rule behind it.
_CONFUSIONS = tuple(
    (re.compile(wrong), right, rule)
    for wrong, right, rule in (
        (r"됬", "됐", "confusion_dwae"),
        (r"(?<![가-힣])안되요|(?<=[가-힣])되요(?![가-힣])", "돼요", "confusion_dwae"),
        (r"(?<=[가-힣])되서(?![가-힣])", "돼서", "confusion_dwae"),
        (r"뵈요", "봬요", "confusion_dwae"),
        (r"몇\s?일(?=[\s이도간까동에을만.,?]|$)", "며칠", "confusion_one_form"),
        (r"어떻해(?=\s\S)", "어떻게", "confusion_one_form"),
        (r"어떻해", "어떡해", "confusion_one_form"),
        (r"^않(?=\s?(?:[되돼된될됩됐]|[하해했]))", "안", "confusion_one_form"),
        (r"(?<![가-힣])금새(?![가-힣])", "금세", "confusion_one_form"),
        (r"오랫만", "오랜만", "confusion_one_form"),
        (r"설겆이", "설거지", "confusion_one_form"),
        (r"(?<![가-힣])왠만", "웬만", "confusion_one_form"),
        (r"(?<![가-힣])웬지(?![가-힣])", "왠지", "confusion_one_form"),
        (r"역활", "역할", "confusion_one_form"),
        (r"(?<![가-힣])희안", "희한", "confusion_one_form"),
        (r"(?<![가-힣])어의(?=\s?없)", "어이", "confusion_one_form"),
        (r"(?<![가-힣])곰곰히", "곰곰이", "confusion_one_form"),
        (r"(?<![가-힣])깨끗히", "깨끗이", "confusion_one_form"),
        (r"(?<![가-힣])일일히", "일일이", "confusion_one_form"),
        (r"(?<![가-힣])틈틈히", "틈틈이", "confusion_one_form"),
        (r"(?<![가-힣])솔직이", "솔직히", "confusion_one_form"),
        (r"(?<=[가-힣])[을를]려고", "려고", "confusion_one_form"),
        (r"(?<=[할갈볼줄될올])께(?=요?(?![가-힣]))", "게", "confusion_ending"),
        (r"(?<=[있없했갔왔었았였됐겠])읍니다", "습니다", "confusion_ending"),
        (r"(?<=[있없])슴(?![가-힣])", "음", "confusion_ending"),
    )
)
_COPULA_AFTER_CODA = re.compile(r"(?<=[가-힣])(?:이였(?=[다고는던습어지으을])|이예요)")
_WORD = re.compile(r"\S+")


def korean_confusions(submission: Submission, checkpoint: Checkpoint) -> Iterator[Finding]:
    """Finds them in the author's own words."""
    for sentence in submission.sentences:
        checkpoint()
        for word in _WORD.finditer(submission.text, sentence.start, sentence.end):
            if submission.is_own(*word.span()):
                # With the beginning of the next word, which may decide.
                window = submission.text[word.start() : min(sentence.end, word.end() + 2)]
                yield from _in_word(word.group(), window, word.start())


def _in_word(word: str, window: str, offset: int) -> Iterator[Finding]:
    for wrong, right, rule in _CONFUSIONS:
        found = wrong.search(window)
        if found and found.end() <= len(word):
            yield _finding(rule, word, found, right, offset)
            return
    found = _COPULA_AFTER_CODA.search(word)
    # After a vowel "이" may belong to the noun.
    if found and coda(word[found.start() - 1]):
        right = "이에요" if found.group() == "이예요" else "이었"
        yield _finding("confusion_copula", word, found, right, offset)


def _finding(rule: str, word: str, found: re.Match[str], right: str, offset: int) -> Finding:
    whole = word.rstrip(".,!?…\"')”’")
    corrected = whole[: found.start()] + right + whole[found.end() :]
    values = {"word": whole, "correction": corrected}
    return Finding(rule, "spelling", offset, offset + len(whole), values=values, rewrite=corrected)
