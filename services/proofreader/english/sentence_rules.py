"""Finds sentences that begin small, are no sentence, or are two joined by a comma."""

import re
from collections.abc import Iterator

from services.proofreader.english.phrases import SENTENCE_ERROR, SPELLING, noun_phrase
from services.proofreader.english.tagged_words import Words, tagged_sentence
from services.proofreader.english.word_classes import (
    BASE_FORM,
    BE,
    CONJUNCTION,
    DO,
    GERUND_FORM,
    HAVE,
    MODAL,
    NAME,
    PARTICIPLE,
    PAST_TENSE,
    PREPOSITION,
    QUESTION,
    SUBJECT,
    THIRD_PERSON,
)
from services.proofreader.finding import Finding
from services.proofreader.parsed_text import ParsedSentence, ParsedText
from services.proofreader.reading import Reading

_SMALL_OPENING = re.compile(
    r"(?:he|she|it|we|they|my|his|her|our|their|this|that|these|there|the|then|but|and|so|because|when|if|after"
    r"|before|in|on|at|also|however|first|finally|people|you|one|every|some|many|what|why|how)(?= )"
)
_ENDS_BEFORE = re.compile(r"[a-z]{3,}[.!?]$")
_SAID_AFTER = re.compile(
    r"(?:[a-z]+ ){1,3}(?:thought|said|asked|wondered|cried|told|mused|whispered|shouted|answered|replied)\b"
)
_ABBREVIATIONS = frozenset(
    "etc. vol. approx. dept. incl. misc. est. min. max. ave. dec. jan. feb. nov.".split()
)
_OPENS_PART = frozenset({"although", "though", "whereas"})
_SPLICE_SUBJECTS = frozenset({"i", "he", "she", "it", "we", "they", "you"})
_DIVIDING = frozenset([",", ";", ":", '"', "“", "—", "-", "(", "?", "'"])
_DETERMINERS = frozenset({"the", "my", "his", "her", "our", "their", "this", "your"})
_FINITE = BE | HAVE | MODAL | DO | THIRD_PERSON | PAST_TENSE
# A clause before or after a comma that is no sentence of its own: "I think, he said, you know".
_ASIDE = frozenset(
    "think thought said says say know knew guess believe hope suppose mean see told asked seems swear "
    "admit promise wonder whispered shouted replied answered wrote cried".split()
)
_SENSED = frozenset({"tell", "see", "hear", "feel", "sense", "swear"})
_JOINED_BY_LENGTH = 3
_LONGEST_SPLICE, _LONGEST_PART = 40, 14


def english_sentences(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds them among the author's own sentences. Where more than one remedy is right none is offered."""
    before: ParsedSentence | None = None
    for sentence in reading.through(submission.sentences):
        if reading.has_spent():
            return
        if submission.is_own(sentence.start, sentence.end):
            finding = _small_opening(submission, before, sentence)
            finding = finding or _incomplete(submission, before, sentence)
            if finding:
                yield finding
        before = sentence


def _small_opening(
    submission: ParsedText, before: ParsedSentence | None, sentence: ParsedSentence
) -> Finding | None:
    found = _SMALL_OPENING.match(submission.text, sentence.start)
    if found is None or before is None:
        return None
    if before.text[-1] in "!?" and _SAID_AFTER.match(submission.text, sentence.start):
        # "What a day! he thought."
        return None
    last = before.text.rsplit(None, 1)[-1]
    if not _ENDS_BEFORE.search(last) or last in _ABBREVIATIONS or not before.text[0].isupper():
        return None
    word = found.group()
    values = {"word": word, "correction": word.capitalize()}
    return Finding(
        "sentence_capital", SPELLING, found.start(), found.end(), values=values, rewrite=word.capitalize()
    )


def _incomplete(
    submission: ParsedText, before: ParsedSentence | None, sentence: ParsedSentence
) -> Finding | None:
    """Finds "Although he studied hard." and "I was tired, I went home."."""
    opening = sentence.text[:9].lower()
    first = opening.split(" ", 1)[0]
    if not sentence.text.endswith(".") or sentence.text.endswith(".."):
        return None
    is_part = opening.startswith(("because ", "although", "though ", "whereas", "which "))
    if not is_part and first not in _SPLICE_SUBJECTS and first not in _DETERMINERS:
        return None
    if is_part and (before is None or before.text.endswith("?")) and opening.startswith("because"):
        return None
    words = tagged_sentence(submission.text, sentence.start, sentence.end)
    if is_part:
        place = _part_end(words)
        wording = "fragment"
    else:
        place = _splice(words)
        wording = "comma_splice"
    if place < 0:
        return None
    end = sentence.end if is_part else words[place + 2].end
    start = sentence.start if is_part else words[place - 1].start
    values = {"word": " ".join(submission.text[start:end].split()), "correction": ""}
    return Finding(wording, SENTENCE_ERROR, start, end, values=values)


def _part_end(words: Words) -> int:
    """Returns the place where a part of a sentence ends that stands alone, or -1."""
    if words[0].word == "which":
        if words[2].may_be(QUESTION) or words[2].word in {"to", "fine"}:
            # "Which is why I came", "which is to say no": said as an afterthought.
            return -1
        fits = words[1].may_be(BE | PAST_TENSE | MODAL) or words[1].may_be(HAVE | THIRD_PERSON)
        return 1 if fits and not _has(words, {",", "?"}, _LONGEST_PART) else -1
    verbs = 0
    for place in range(1, _LONGEST_PART + 1):
        word = words[place]
        if word.word in {".", ""}:
            return place if verbs == 1 else -1
        if word.word in {",", ";", ":", '"', "“", "—", "-", "that", "to", "of", "which", "who"}:
            return -1
        is_finite = word.may_be(_FINITE) and not words[place - 1].may_be(_FINITE)
        is_verb = word.may_be(BASE_FORM | PARTICIPLE) and not words[place - 1].may_be(_FINITE | PREPOSITION)
        verbs += is_finite or is_verb
    return -1


def _has(words: Words, marks: set[str], most: int) -> bool:
    return any(words[place].word in marks for place in range(most))


_NEGATED = frozenset(
    "don't doesn't didn't isn't wasn't aren't weren't won't can't haven't hasn't am not".split()
)


def _splice(words: Words) -> int:
    """Returns the place of the comma that joins two sentences, or -1."""
    comma = 0
    for place in range(_LONGEST_SPLICE + 1):
        word = words[place]
        if word.word == ".":
            break
        if word.word == "," and not comma:
            comma = place
            continue
        joins = word.may_be(CONJUNCTION) and word.word not in {"and", "for", "before"} and not comma
        if joins or word.word in _DIVIDING or word.may_be(QUESTION):
            return -1
    else:
        return -1
    if comma < _JOINED_BY_LENGTH or words[comma + _JOINED_BY_LENGTH].word == ".":
        return -1
    subject = noun_phrase(words, 0) if words[0].word in _DETERMINERS else None
    head = subject.head if subject else 0
    if words[0].word in _DETERMINERS and (subject is None or not words[head + 1].may_be(BE)):
        return -1
    first, second = words[head + 1], words[comma + 2]
    aside = next((words[each] for each in (comma + 3, comma + 2) if words[each].word in _SENSED), None)
    if aside and (words[comma + 4].word == "." or aside.word == "tell"):
        # "He was gone, she could tell."
        return -1
    if words[0].word == "you":
        # "You are young, you will learn": a proverb or a promise.
        return -1
    after = words[comma + 1]
    if after.word not in _SPLICE_SUBJECTS or words[comma - 1].word in {"and", "but", "that"}:
        return -1
    is_first = first.may_be(_FINITE | BASE_FORM) and first.word not in _ASIDE
    is_second = second.may_be(_FINITE) and not second.may_be(GERUND_FORM) and second.word not in _ASIDE
    if after.word in {"i", "we", "they", "you"} and second.may_be(BASE_FORM):
        is_second = second.word not in _ASIDE
    if after.word == words[0].word and first.word in _NEGATED and second.word not in _NEGATED:
        # "I don't want pity, I want a pass."
        return -1
    if any(
        words[each].word == "and" and words[each + 1].may_be(SUBJECT)
        for each in range(comma, comma + _LONGEST_SPLICE)
    ):
        # "I am sixteen, I get up early and I can count."
        return -1
    if second.word in {"will", "can"} and words[comma + 3].word in {"not", "see", "say", "tell"}:
        # "The reason is the snow, I will not lie."
        return -1
    if second.word == first.word:
        # What is said twice in the same words is meant so.
        return -1
    if not (is_first and is_second) or words[comma - 1].may_be(NAME | SUBJECT):
        return -1
    asides = {words[each].word for each in range(1, min(comma, 4))}
    return comma if _ASIDE.isdisjoint(asides) else -1
