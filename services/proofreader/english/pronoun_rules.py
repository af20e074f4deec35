"""Rules for pronouns, those of relative clauses too."""

# fmt: off

from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    WORD_CHOICE,
    Fault,
    WordRule,
    begins_clause,
    ends_phrase,
    like,
    noun_phrase,
    word_fault,
)
from services.proofreader.english.tagged_words import Words

_TO_POSSESSIVE = {"he": "his", "she": "her", "they": "their", "i": "my", "we": "our", "me": "my"}
_TO_OBJECT = {"he": "him", "she": "her", "they": "them", "i": "me", "we": "us"}
_TO_SUBJECT = {"me": "I", "him": "he", "her": "she", "us": "we", "them": "they"}
_ALONE = {"my": "mine", "your": "yours", "her": "hers", "our": "ours", "their": "theirs"}
_BEFORE_OWNED = {"theirs": "their", "mine": "my", "yours": "your", "ours": "our", "hers": "her"}
_SELVES = {"ourself": "ourselves", "theirself": "themselves", "themself": "themselves", "hisself": "himself", "theirselves": "themselves", "meself": "myself"}
_GIVING = frozenset("give gives gave given giving tell tells told telling show shows showed showing teach teaches taught teaching send sends sent bring brings brought buy buys bought lend lends lent ask asks asked".split())
_TAKES_OBJECT = frozenset("like likes liked love loves loved hate hates hated help helps helped see sees saw meet meets met miss misses missed visit visits visited call calls called thank thanks thanked invite invites invited hug hugs hugged follow follows followed resembles married hit kicked".split())


def _every_thing(words: Words, place: int) -> Fault | None:
    """Finds "everything what he said", "the car what he drives"."""
    if words[place + 1].word != "what" or not words[place + 2].may_be("S"):
        return None
    opens = words[place].word in {"everything", "something", "anything", "nothing", "all"} or (
        words[place].may_be("n") and words[place - 1].word in {"the", "a"} and begins_clause(words, place - 1)
    )
    return word_fault(place + 1, place + 1, "that", "relative", WORD_CHOICE) if opens else None


def _which_person(words: Words, place: int) -> Fault | None:
    """Finds "the people which live", "the book who I bought", "whom teaches"."""
    noun, relative, after = words[place - 1], words[place].word, words[place + 1]
    if relative == "which" and noun.may_be("H") and noun.may_be("ns") and after.may_be("zdbhvM") and words[place - 2].may_be("DOj#smH"):
        return word_fault(place, place, "who", "relative", WORD_CHOICE)
    if relative == "who" and noun.may_be("ns") and not noun.may_be("H?v") and words[place - 2].may_be("DO") and not words[place - 3].may_be("P") and noun.word not in {"team", "group", "dog", "cat", "company", "crowd", "club", "band", "family", "country"}:
        if after.may_be("S") or after.may_be("zdbh"):
            return word_fault(place, place, "that", "relative", WORD_CHOICE)
    if relative == "whom" and noun.may_be("H") and (after.may_be("zbh") or (after.may_be("d") and not after.may_be("p"))):
        return word_fault(place, place, "who", "relative", WORD_CHOICE)
    if relative == "which" and noun.word in {"city", "house", "town", "country", "village", "school", "place"} and after.may_be("S"):
        rest = [words[each].word for each in range(place + 2, place + 6)]
        if (rest[0] in {"live", "lived", "lives", "grew"} and not {"in", "at"} & set(rest)) or rest[:2] == ["was", "born"]:
            return word_fault(place, place, "where", "relative", WORD_CHOICE)
    return None


def _resumed(words: Words, place: int) -> Fault | None:
    """Finds "the movie that I saw it was", "the boy who he broke the window ran"."""
    if words[place].word in {"that", "which"} and words[place - 1].may_be("ns") and words[place + 1].may_be("SO"):
        for each in range(place + 2, place + 5):
            if words[each].word in {"it", "them"} and words[each - 1].may_be("dv") and words[each + 1].may_be("bh"):
                return word_fault(each - 1, each, words[each - 1].text, "relative", SENTENCE_ERROR)
    return None


def _pronoun_case(words: Words, place: int) -> Fault | None:
    """Finds "I gave he", "for he birthday", "likes she.", "me like summer"."""
    pronoun, before, after = words[place].word, words[place - 1], words[place + 1]
    if pronoun in _TO_SUBJECT and place == 0:
        later = words[1]
        if ((later.may_be("vzhbM") and not later.may_be("nms")) or (later.may_be("d") and not later.may_be("p"))) and later.word != "too" and (pronoun != "her" or later.may_be("hbz")):
            return word_fault(0, 0, _TO_SUBJECT[pronoun].capitalize(), "pronoun", WORD_CHOICE)
        return None
    if pronoun not in _TO_OBJECT:
        return None
    if before.word in _GIVING and after.may_be("DO#mj") and before.classes:
        return word_fault(place, place, _TO_OBJECT[pronoun], "pronoun", WORD_CHOICE)
    if after.may_be(".") and after.word in {".", "!", ","} and ((before.word in _TAKES_OBJECT and words[place - 2].may_be("SnNsa")) or (before.word in {"with", "like", "for", "about", "at", "to", "from", "of"} and before.classes)):
        if pronoun == "i" and before.word == "like" and not words[place - 2].may_be("z"):
            return None
        return word_fault(place, place, _TO_OBJECT[pronoun], "pronoun", WORD_CHOICE)
    return None


def _pronoun_owner(words: Words, place: int) -> Fault | None:
    """Finds "for he birthday", "me mother", "she brother is"."""
    before, noun = words[place - 1], words[place + 1]
    if not noun.may_be("n") or noun.may_be("v?j") or not ends_phrase(words[place + 2]):
        return None
    if words[place].word == "me" and (not noun.may_be("H") or before.may_be("vzdg")):
        return None
    if (before.may_be("P") and not before.may_be("c")) or place == 0:
        return word_fault(place, place, like(words[place].text, _TO_POSSESSIVE[words[place].word]), "pronoun", WORD_CHOICE)
    return None


def _possessive_alone(words: Words, place: int) -> Fault | None:
    """Finds "this book is my.", "theirs garden"."""
    word = words[place].word
    if word in _ALONE and words[place + 1].word in {".", "!"} and words[place - 1].may_be("bPD") and (word != "her" or (words[place - 1].may_be("b") and words[place - 2].may_be("n") and not words[place - 2].may_be("H"))):
        return word_fault(place, place, _ALONE[word], "pronoun", WORD_CHOICE)
    if word in _BEFORE_OWNED and words[place + 1].may_be("ns") and not words[place + 1].may_be("v?z") and (place == 0 or words[place - 1].may_be("Pv")):
        return word_fault(place, place, like(words[place].text, _BEFORE_OWNED[word]), "pronoun", WORD_CHOICE)
    return None


def _self(words: Words, place: int) -> Fault | None:
    return word_fault(place, place, like(words[place].text, _SELVES[words[place].word]), "pronoun", WORD_CHOICE)


def _and_me(words: Words, place: int) -> Fault | None:
    """Finds "my brother and me went"."""
    if words[place - 1].word != "and" or not words[place - 2].may_be("HN") or place > 4:
        return None
    after = words[place + 1]
    if after.may_be("dbh") and (not after.may_be("p") or place <= 3) and (words[0].may_be("ON") or words[0].text[:1].isupper()):
        if any(words[each].may_be("vzdbhP") for each in range(max(0, place - 2))):
            return None
        return word_fault(place, place, _TO_SUBJECT[words[place].word], "pronoun", WORD_CHOICE)
    return None


def _double_subject(words: Words, place: int) -> Fault | None:
    """Finds "my mother she is"."""
    subject = noun_phrase(words, place) if place == 0 else None
    if subject and subject.is_person and words[place].may_be("O") and words[subject.head + 1].word in {"he", "she", "they"} and words[subject.head + 2].may_be("bzhM"):
        return word_fault(subject.head, subject.head + 1, words[subject.head].text, "relative", SENTENCE_ERROR)
    return None


PRONOUN_RULES = (
    WordRule.at(_every_thing, ["everything", "something", "anything", "nothing", "all"], "n"),
    WordRule.at(_which_person, ["which", "who", "whom"]),
    WordRule.at(_resumed, ["that", "which"]),
    WordRule.at(_pronoun_case, {*_TO_OBJECT, *_TO_SUBJECT}),
    WordRule.at(_pronoun_owner, ["he", "she", "they", "we", "me"]),
    WordRule.at(_possessive_alone, {*_ALONE, *_BEFORE_OWNED}),
    WordRule.at(_self, _SELVES),
    WordRule.at(_and_me, ["me", "him", "her"]),
    WordRule.at(_double_subject, classes="O"),
)
