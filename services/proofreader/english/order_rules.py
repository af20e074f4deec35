"""Rules for the order of words, words that are missing, and small letters."""

from services.proofreader.english.lexicon import BASE_OF, CAPITALISED, TWO_WORD_NAMES
from services.proofreader.english.phrases import (
    PUNCTUATION,
    SENTENCE_ERROR,
    WORD_CHOICE,
    Fault,
    WordRule,
    begins_clause,
    like,
    noun_phrase,
    word_fault,
)
from services.proofreader.english.tagged_words import Words
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    BASE_FORM,
    BE,
    CONJUNCTION,
    DETERMINING,
    DO,
    GERUND_FORM,
    HAVE,
    MARK,
    MASS,
    MODAL,
    NAME,
    NOUN,
    OBJECT,
    PARTICIPLE,
    PAST_TENSE,
    PLURAL,
    POSSESSIVE,
    PREPOSITION,
    QUESTION,
    SUBJECT,
    THIRD_PERSON,
)

_SETTLED = frozenset({"always", "never", "usually"})
_ASKING = frozenset("know knows knew wonder wonders wondered ask asked asks tell told explain understand remember see forgot forget idea sure".split())
_QUESTIONS = frozenset({"what", "where", "when", "why", "how", "who"})
_NEGATIVE = frozenset("don't doesn't didn't can't couldn't won't haven't hasn't hadn't isn't wasn't aren't weren't cannot never".split())
_ANY = {"nothing": "anything", "nobody": "anybody", "never": "ever", "none": "any", "no": "any", "nowhere": "anywhere"}
_COPULA = {"i": "am", "he": "is", "she": "is", "it": "is", "we": "are", "you": "are", "they": "are"}
_CONFUSED_AFTER_YOUR = frozenset("right welcome sorry late correct beautiful amazing sick tired angry happy crazy".split())
_OPENINGS = frozenset({"however", "therefore", "moreover", "furthermore", "nevertheless", "for example", "in addition", "as a result", "in conclusion", "on the other hand", "first of all", "in my opinion", "in fact", "for instance", "in contrast", "of course"})
_TITLES = {"mr": "Mr", "mrs": "Mrs", "ms": "Ms", "dr": "Dr"}


def _often_after(words: Words, place: int) -> Fault | None:
    """Finds "we go always to", "he drinks usually coffee": an adverb after its verb."""
    verb = words[place - 1]
    subject = words[place - 2]
    if words[place].word == "never" and subject.may_be(HAVE) and verb.may_be(PARTICIPLE) and words[place - 3].may_be(SUBJECT):
        return word_fault(place - 1, place, f"never {verb.text}", "word_order", SENTENCE_ERROR)
    if not verb.may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE) or verb.may_be(ADJECTIVE | ADVERB) or not words[place + 1].may_be(DETERMINING | NOUN | PLURAL | MASS | OBJECT | PREPOSITION) or words[place + 1].word in {"until", "been", "since", "as", "before", "after", "during"}:
        return None
    if subject.may_be(SUBJECT) and begins_clause(words, place - 2):
        return word_fault(place - 1, place, f"{words[place].text} {verb.text}", "word_order", SENTENCE_ERROR)
    return None


def _told_question(words: Words, place: int) -> Fault | None:
    """Finds "I wonder why is he angry", "she asked me what was my name"."""
    asked = words[place - 1].word in _ASKING or (words[place - 1].may_be(OBJECT) and words[place - 2].word in _ASKING)
    if not asked:
        return None
    verb, subject, after = words[place + 1], words[place + 2], words[place + 3]
    if not (verb.may_be(BE) or verb.word in {"can", "should", "will"}) or verb.word.endswith("n't"):
        return None
    if subject.word in {"he", "she", "they", "we", "i", "it", "you", "this", "that"}:
        if subject.word in {"this", "that"} and not after.may_be(MARK):
            return None
        return word_fault(place + 1, place + 2, f"{subject.text} {verb.text}", "word_order", SENTENCE_ERROR)
    thing = noun_phrase(words, place + 2)
    if thing and subject.may_be(DETERMINING) and words[thing.head + 1].word in {".", "?"} and words[place].word in {"where", "what", "who", "how"} and thing.head == place + 3:
        if words[place].word in {"what", "who"} and not subject.may_be(POSSESSIVE):
            return None
        return word_fault(place + 1, thing.head, f"{subject.text} {words[thing.head].text} {verb.text}", "word_order", SENTENCE_ERROR)
    return None


def _asked(words: Words, place: int) -> Fault | None:
    """Finds "why you didn't call?", "what means this word?"."""
    if place != 0 or not words.is_question:
        return None
    subject, verb = words[1], words[2]
    if subject.may_be(SUBJECT) and subject.word != "her" and (verb.may_be(MODAL | BE | HAVE | DO)) and words[place].word in {"why", "where", "when", "how", "what"}:
        rest = [words[each].word for each in range(3, 12)]
        if (verb.may_be(DO) and not verb.word.endswith("n't")) or "?" not in rest or any(each in {"is", "are", "do", "did", "does"} for each in rest):
            return None
        return word_fault(1, 2, f"{verb.text} {subject.text}", "word_order", SENTENCE_ERROR)
    return None


def _enough(words: Words, place: int) -> Fault | None:
    """Finds "enough old"."""
    after = words[place + 1]
    if words[place - 1].may_be(ADVERB | BE) and after.may_be(ADJECTIVE) and not after.may_be(NOUN | AMBIGUOUS) and words[place + 2].word in {"to", ".", "for"}:
        return word_fault(place, place + 1, f"{after.text} enough", "word_order", SENTENCE_ERROR)
    return None


def _very_much(words: Words, place: int) -> Fault | None:
    """Finds "I like very much pizza"."""
    if words[place].word == "very" and words[place + 1].word == "much" and words[place - 1].may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE) and words[place + 2].may_be(DETERMINING | NOUN | PLURAL | MASS | NAME | GERUND_FORM | OBJECT) and words[place - 2].may_be(NOUN | NAME | SUBJECT):
        end = place + 2
        while words[end + 1].may_be(NOUN | PLURAL | MASS | OBJECT) and words[end].may_be(DETERMINING | ADJECTIVE):
            end += 1
        moved = " ".join(words[each].text for each in range(place + 2, end + 1))
        return word_fault(place, end, f"{moved} very much", "word_order", SENTENCE_ERROR)
    return None


def _no_be(words: Words, place: int) -> Fault | None:
    """Finds "she good at", "it very hot", "we going to"."""
    subject, end = words[place].word, place + 1
    if not begins_clause(words, place) or (words[place - 1].word in {"that", "and", "or", "than"} and place > 0 and words[place - 1].word != "that"):
        return None
    very = words[end].word in {"very", "so", "not"}
    if very:
        end += 1
    word, after = words[end], words[end + 1]
    is_adjective = word.may_be(ADJECTIVE) and not word.may_be(NOUN | PLURAL | BASE_FORM | ADVERB | PREPOSITION | AMBIGUOUS) and (after.may_be(PREPOSITION | CONJUNCTION | MARK) or after.word == "to")
    is_gerund = word.may_be(GERUND_FORM) and not word.may_be(NOUN | ADJECTIVE) and not very and words[place].word != "it"
    is_noun = word.word == "a" and after.may_be(NOUN | ADJECTIVE) and subject != "it" and subject != "you"
    if not (is_adjective or is_gerund or is_noun) or words.is_question:
        return None
    if any(words[each].may_be(MODAL | BE) for each in range(end + 1, end + 8)) and not is_adjective:
        return None
    copula = _COPULA[subject]
    right = f"{words[place].text} {copula} {words[place + 1].text}"
    return word_fault(place, place + 1, right, "missing_verb", SENTENCE_ERROR)


def _thing_no_be(words: Words, place: int) -> Fault | None:
    """Finds "my brother playing games.", "the ice melting and"."""
    if not begins_clause(words, place):
        return None
    subject = noun_phrase(words, place)
    if subject is None or not words[place].may_be(DETERMINING) or (place and words[place - 1].word in {"and", ",", "that"} and words[place - 2].may_be(NOUN | PLURAL | MASS | NAME)):
        return None
    word = words[subject.head + 1]
    if not word.may_be(GERUND_FORM) or word.may_be(NOUN | ADJECTIVE) or words[subject.head + 2].word == "is":
        return None
    for each in range(subject.head + 2, subject.head + 14):
        if words[each].may_be(MARK) or (words[each].word == "and" and words[each + 1].may_be(DETERMINING | SUBJECT)):
            break
        if words[each].may_be(NAME | BASE_FORM | THIRD_PERSON | PAST_TENSE | MODAL | BE | HAVE | DO | AMBIGUOUS):
            return None
    if words[each].word == "," or (words[subject.head].may_be(NOUN | GERUND_FORM) and words[place + 1].word == "most"):
        return None
    copula = "are" if subject.is_plural else "is"
    right = f"{words[subject.head].text} {copula} {word.text}"
    return word_fault(subject.head, subject.head + 1, right, "missing_verb", SENTENCE_ERROR)


def _no_it(words: Words, place: int) -> Fault | None:
    """Finds "because was raining", "Is important to"."""
    after = words[place + 1]
    if words[place].word in {"because", "when", "if"} and after.word in {"was", "is"} and (words[place + 2].may_be(GERUND_FORM | ADJECTIVE | ADVERB) or words[place + 2].word in {"a", "the", "very", "too"}):
        return word_fault(place, place + 1, f"{words[place].text} it {after.text}", "missing_subject", SENTENCE_ERROR)
    if place == 0 and words[place].text in {"Is", "Was"} and not words.is_question:
        adjective = place + (2 if after.word in {"very", "not", "so", "too", "really"} else 1)
        if words[adjective].may_be(ADJECTIVE) and words[adjective + 1].word in {"to", "that", "for", "in", "because", "."}:
            return word_fault(0, 0, f"It {words[0].word}", "missing_subject", SENTENCE_ERROR)
    return None


def _negated_twice(words: Words, place: int) -> Fault | None:
    """Finds "I don't know nothing", "hasn't got some"."""
    if words[place].word.endswith("n't") and words[place + 1].word == "never":
        return word_fault(place, place + 1, "never", "double_negative", SENTENCE_ERROR)
    if words.is_question:
        return None
    if words[place].may_be(HAVE | DO) and words[place + 1].word in {"have", "got", "need"} and words[place + 2].word == "some" and words[place + 3].may_be(NOUN | PLURAL | MASS) and words[place + 4].may_be(MARK):
        return word_fault(place + 2, place + 2, "any", "usage", WORD_CHOICE)
    for each in range(place + 1, place + 5):
        word = words[each].word
        if words[each].may_be(CONJUNCTION | QUESTION | MARK) or words[each].word in {"for", "that"}:
            return None
        if word in _ANY and (word != "no" or words[each + 1].may_be(NOUN | PLURAL | MASS)) and words[each - 1].may_be(BASE_FORM | PAST_TENSE | PARTICIPLE | GERUND_FORM):
            return word_fault(each, each, _ANY[word], "double_negative", SENTENCE_ERROR)
    return None


def _confused(words: Words, place: int) -> Fault | None:
    """Finds "your right.", "forgot there books", "I one the race", "i live"."""
    word, before, after = words[place].word, words[place - 1], words[place + 1]
    if word == "your" and after.word in _CONFUSED_AFTER_YOUR and words[place + 2].word in {".", "!", ",", "to", "about"} and (before.may_be(BASE_FORM) or place == 0 or before.word in {"that", "because", "if"}):
        return word_fault(place, place, like(words[place].text, "you're"), "word_choice")
    if word == "your" and after.may_be(GERUND_FORM) and not after.may_be(NOUN) and words[place + 2].word == "to" and words[place + 3].may_be(BASE_FORM):
        return word_fault(place, place, like(words[place].text, "you're"), "word_choice")
    if word == "there" and ((before.may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE | GERUND_FORM) and not before.may_be(BE)) or before.word in {"of", "with", "in", "for", "on"}) and after.may_be(NOUN | PLURAL | MASS) and not after.may_be(BASE_FORM | THIRD_PERSON | PREPOSITION | CONJUNCTION) and words[place + 2].may_be(PREPOSITION | CONJUNCTION | MARK) and BASE_OF.get(before.word) not in {"live", "go", "get", "arrive", "stay", "be", "happen", "exist", "stand", "sit", "work", "wait"}:
        return word_fault(place, place, "their", "word_choice")
    if word == "one" and before.may_be(SUBJECT) and after.word in {"the", "a", "first", "second"} and before.word != "it":
        return word_fault(place, place, "won", "word_choice")
    return None


def _small_i(words: Words, place: int) -> Fault | None:
    if words[place].text == "i" and words[place - 1].word not in {"."} | ({"-"}) and (words[place + 1].may_be(BASE_FORM | PAST_TENSE | ADVERB | MODAL | BE | HAVE | DO) and words[place + 1].classes) and place > 0:
        return word_fault(place, place, "I", "capital_i", "spelling") if words[0].text[:1].isupper() else None
    return None


def _title(words: Words, place: int) -> Fault | None:
    """Finds "mr. Kim", "new york"."""
    word = words[place]
    opens = words[0].text[:1].isupper()
    if word.text in _TITLES and opens and words[place + 1].word == "." and words[place + 2].word == "":
        return word_fault(place, place, _TITLES[word.text], "name_capital", "spelling")
    if word.text in _TITLES and words[place + (2 if words[place + 1].word == "." else 1)].text[:1].isupper() and opens:
        return word_fault(place, place, _TITLES[word.text], "name_capital", "spelling")
    following = words[place + 1]
    if (word.text, following.text) in TWO_WORD_NAMES and opens:
        return word_fault(place, place + 1, f"{word.text.capitalize()} {following.text.capitalize()}", "name_capital", "spelling")
    return None


def _comma(words: Words, place: int) -> Fault | None:
    """Finds "for example my uncle", "However he still"."""
    if place != 0:
        return None
    for length in (1, 2, 3, 4):
        opening = " ".join(words[each].word for each in range(length))
        after = words[length]
        if opening in _OPENINGS and (after.may_be(SUBJECT) or after.may_be(POSSESSIVE)) and words[length + 1].may_be(NOUN | PLURAL | MASS | NAME | BASE_FORM | THIRD_PERSON | PAST_TENSE | ADVERB | MODAL | BE | HAVE | DO):
            if opening == "however" and words[length + 1].word in {"do", "can"}:
                return None
            return word_fault(length - 1, length - 1, f"{words[length - 1].text},", "comma_missing", PUNCTUATION)
    return None


def _although_but(words: Words, place: int) -> Fault | None:
    """Finds "although it rained, but we went", "because it rained, so we stayed"."""
    if place != 0:
        return None
    second = "so" if words[0].word in {"because", "since"} else "but"
    commas = [each for each in range(2, 20) if words[each].word == ","]
    if len(commas) == 1 and words[commas[0] + 1].word == second and words[commas[0] + 2].may_be(DETERMINING | SUBJECT):
        return word_fault(commas[0] + 1, commas[0] + 2, words[commas[0] + 2].text)
    return None


def _small_name(words: Words, place: int) -> Fault | None:
    """Finds "In korea": a name with a small letter in a sentence that begins with a capital one."""
    word = words[place]
    if word.text.islower() and words[0].text[:1].isupper() and words[place - 1].word not in {"-", "@", "#", "_"} and words[place + 1].word not in {"-", "_", "@"}:
        if word.word in {"french", "english", "indian"} and words[place + 1].word in {"fries", "toast", "horn", "door", "doors", "window"}:
            return None
        return word_fault(place, place, word.text.capitalize(), "name_capital", "spelling")
    return None


ORDER_RULES = (
    WordRule.at(_often_after, _SETTLED),
    WordRule.at(_told_question, _QUESTIONS),
    WordRule.at(_asked, _QUESTIONS),
    WordRule.at(_enough, ["enough"]),
    WordRule.at(_very_much, ["very"]),
    WordRule.at(_no_be, _COPULA),
    WordRule.at(_thing_no_be, classes=DETERMINING),
    WordRule.at(_no_it, ["because", "when", "if", "is", "was"]),
    WordRule.at(_negated_twice, _NEGATIVE),
    WordRule.at(_confused, ["your", "there", "one"]),
    WordRule.at(_small_i, ["i"]),
    WordRule.at(_title, {*_TITLES, *(first for first, _ in TWO_WORD_NAMES)}),
    WordRule.at(_comma, {each.split()[0] for each in _OPENINGS}),
    WordRule.at(_although_but, ["although", "though", "because", "since"]),
    WordRule.at(_small_name, CAPITALISED),
)
