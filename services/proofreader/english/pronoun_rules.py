"""Rules for pronouns, those of relative clauses too."""

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
from services.proofreader.english.word_classes import (
    ADJECTIVE,
    ADVERB,
    AMBIGUOUS,
    BASE_FORM,
    BE,
    CONJUNCTION,
    DETERMINER,
    DETERMINING,
    DO,
    GERUND_FORM,
    HAVE,
    MARK,
    MASS,
    MODAL,
    NAME,
    NOUN,
    NUMBER,
    PARTICIPLE,
    PAST_TENSE,
    PERSON,
    PLURAL,
    POSSESSIVE,
    PREPOSITION,
    SUBJECT,
    THIRD_PERSON,
)

_TO_POSSESSIVE = {"he": "his", "she": "her", "they": "their", "i": "my", "we": "our", "me": "my"}
_TO_OBJECT = {"he": "him", "she": "her", "they": "them", "i": "me", "we": "us"}
_TO_SUBJECT = {"me": "I", "him": "he", "her": "she", "us": "we", "them": "they"}
_ALONE = {"my": "mine", "your": "yours", "her": "hers", "our": "ours", "their": "theirs"}
_BEFORE_OWNED = {"theirs": "their", "mine": "my", "yours": "your", "ours": "our", "hers": "her"}
_SELVES = {
    "ourself": "ourselves",
    "theirself": "themselves",
    "themself": "themselves",
    "hisself": "himself",
    "theirselves": "themselves",
    "meself": "myself",
}
_GIVING = frozenset(
    "give gives gave given giving tell tells told telling show shows showed showing teach teaches taught "
    "teaching send sends sent bring brings brought buy buys bought lend lends lent ask asks asked".split()
)
_TAKES_OBJECT = frozenset(
    "like likes liked love loves loved hate hates hated help helps helped see sees saw meet meets met "
    "miss misses missed visit visits visited call calls called thank thanks thanked invite invites "
    "invited hug hugs hugged follow follows followed resembles married hit kicked".split()
)
_GROUPS_AND_ANIMALS = frozenset(
    "team group dog cat company crowd club band family country ghost robot spirit monster dragon giant "
    "fairy doll puppet alien soul voice character creature beast figure somebody star bear wolf fox horse "
    "bird machine government army people party nation tribe king queen minister hero tutor ruler victim "
    "reader relative bee ant lamb donkey rabbit mouse monkey lion tiger duck goose owl snake puppy "
    "kitten cow pig elephant frog spider orchestra animal pet community minority majority couple "
    "organ head dolphin whale shark octopus eagle falcon kangaroo penguin parrot swan sparrow "
    "pigeon society organisation "
    "organization committee department institution community generation audience orchestra "
    "choir circus".split()
)
_WHERE_PEOPLE_LIVE = frozenset("city house town country village school place".split())


def _every_thing(words: Words, place: int) -> Fault | None:
    """Finds "everything what he said", "the car what he drives"."""
    if words[place + 1].word != "what" or not words[place + 2].may_be(SUBJECT):
        return None
    opens = words[place].word in {"everything", "something", "anything", "nothing", "all"} or (
        words[place].may_be(NOUN)
        and not words[place].may_be(PERSON)
        and words[place - 1].word in {"the", "a"}
        and (begins_clause(words, place - 1) or words[place - 2].may_be(BE))
    )
    return word_fault(place + 1, place + 1, "that", "relative", WORD_CHOICE) if opens else None


def _which_person(words: Words, place: int) -> Fault | None:
    """Finds "the people which live", "the book who I bought", "whom teaches"."""
    noun, relative, after = words[place - 1], words[place].word, words[place + 1]
    if (
        relative == "which"
        and noun.may_be(PERSON)
        and noun.may_be(NOUN | PLURAL)
        and after.may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE | MODAL | BE | HAVE)
        and words[place - 2].may_be(DETERMINING | PLURAL | MASS | PERSON | ADJECTIVE | NUMBER)
    ):
        return word_fault(place, place, "who", "relative", WORD_CHOICE)
    if (
        relative == "who"
        and noun.may_be(NOUN | PLURAL)
        and not noun.may_be(PERSON)
        and (not noun.may_be(BASE_FORM | AMBIGUOUS) or begins_clause(words, place - 2))
        and words[place - 2].may_be(DETERMINING)
        and not words[place - 3].may_be(PREPOSITION)
        and noun.word not in _GROUPS_AND_ANIMALS
    ) and (after.may_be(SUBJECT) or after.may_be(THIRD_PERSON | PAST_TENSE | BE | HAVE)):
        return word_fault(place, place, "that", "relative", WORD_CHOICE)
    if (
        relative == "whom"
        and noun.may_be(PERSON)
        and (
            after.may_be(THIRD_PERSON | BE | HAVE)
            or (after.may_be(PAST_TENSE) and not after.may_be(PARTICIPLE))
        )
    ):
        return word_fault(place, place, "who", "relative", WORD_CHOICE)
    if relative == "which" and noun.word in _WHERE_PEOPLE_LIVE and after.may_be(SUBJECT):
        rest = [words[each].word for each in range(place + 2, place + 6)]
        if (rest[0] in {"live", "lived", "lives", "grew"} and not {"in", "at"} & set(rest)) or rest[:2] == [
            "was",
            "born",
        ]:
            return word_fault(place, place, "where", "relative", WORD_CHOICE)
    return None


def _resumed(words: Words, place: int) -> Fault | None:
    """Finds "the movie that I saw it was", "the boy who he broke the window ran"."""
    if (
        words[place].word in {"that", "which"}
        and words[place - 1].may_be(NOUN | PLURAL)
        and words[place + 1].may_be(POSSESSIVE | SUBJECT)
    ):
        for each in range(place + 2, place + 5):
            if (
                words[each].word in {"it", "them"}
                and words[each - 1].may_be(BASE_FORM | PAST_TENSE)
                and words[each + 1].may_be(BE | HAVE)
            ):
                return word_fault(each - 1, each, words[each - 1].text, "relative", SENTENCE_ERROR)
    return None


def _pronoun_case(words: Words, place: int) -> Fault | None:
    """Finds "I gave he", "for he birthday", "likes she.", "me like summer"."""
    pronoun, before, after = words[place].word, words[place - 1], words[place + 1]
    if pronoun in _TO_SUBJECT and place == 0:
        later = words[1]
        if (
            (
                (
                    later.may_be(BASE_FORM | THIRD_PERSON | MODAL | BE | HAVE)
                    and not later.may_be(NOUN | PLURAL | MASS)
                )
                or (later.may_be(PAST_TENSE) and not later.may_be(PARTICIPLE))
            )
            and later.word != "too"
            and (pronoun != "her" or later.may_be(THIRD_PERSON | BE | HAVE))
            and not (
                # "Her hands are red".
                pronoun == "her"
                and later.may_be(AMBIGUOUS)
                and words[2].may_be(BE | HAVE | MODAL | DO | PAST_TENSE | THIRD_PERSON | CONJUNCTION | MARK)
            )
        ):
            return word_fault(0, 0, _TO_SUBJECT[pronoun].capitalize(), "pronoun", WORD_CHOICE)
        return None
    if pronoun not in _TO_OBJECT:
        return None
    if before.word in _GIVING and after.may_be(DETERMINING | MASS | ADJECTIVE | NUMBER) and before.classes:
        return word_fault(place, place, _TO_OBJECT[pronoun], "pronoun", WORD_CHOICE)
    if ((after.may_be(MARK) and after.word in {".", "!", ","}) or _goes_on_without_verb(words, place)) and (
        (before.word in _TAKES_OBJECT and words[place - 2].may_be(NOUN | PLURAL | NAME | ADVERB | SUBJECT))
        or (before.word in {"with", "like", "for", "about", "at", "to", "from", "of"} and before.classes)
    ):
        if pronoun == "i" and before.word == "like" and not words[place - 2].may_be(THIRD_PERSON):
            return None
        return word_fault(place, place, _TO_OBJECT[pronoun], "pronoun", WORD_CHOICE)
    return None


def _goes_on_without_verb(words: Words, place: int) -> bool:
    """Returns whether no clause begins at a pronoun: "looked at he angrily", "I like she very much"."""
    before, after = words[place - 1], words[place + 1]
    if before.word in {"like", "for", "of", "than", "as"} and not words[place - 2].may_be(SUBJECT | NAME):
        return False
    says_how = after.word.endswith("ly") and after.may_be(ADVERB) and words[place + 2].may_be(MARK)
    says_how = says_how or (after.word.endswith("ly") and not after.classes and words[place + 2].may_be(MARK))
    much = after.word == "very" and words[place + 2].word == "much"
    return says_how or much or (after.word in {"because", "every", "yesterday"} and before.word != "for")


def _pronoun_owner(words: Words, place: int) -> Fault | None:
    """Finds "for he birthday", "me mother", "she brother is"."""
    before, noun = words[place - 1], words[place + 1]
    if (
        not noun.may_be(NOUN)
        or noun.may_be(BASE_FORM | ADJECTIVE | AMBIGUOUS)
        or not ends_phrase(words[place + 2])
    ):
        return None
    if words[place].word == "me" and (
        not noun.may_be(PERSON) or before.may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE | GERUND_FORM)
    ):
        return None
    if (before.may_be(PREPOSITION) and not before.may_be(CONJUNCTION)) or place == 0:
        return word_fault(
            place, place, like(words[place].text, _TO_POSSESSIVE[words[place].word]), "pronoun", WORD_CHOICE
        )
    return None


def _possessive_alone(words: Words, place: int) -> Fault | None:
    """Finds "this book is my.", "theirs garden"."""
    word = words[place].word
    if (
        word in _ALONE
        and words[place + 1].word in {".", "!", ";", ",", "?"}
        and (
            words[place - 1].may_be(DETERMINER | PREPOSITION | BE)
            or (words[place - 1].word in {"not", "also"} and words[place - 2].may_be(BE))
        )
        and not (words[place + 1].word in {",", ";", "?"} and words[place - 1].may_be(PREPOSITION))
        and not words[place + 2].may_be(CONJUNCTION)
        and (
            word != "her"
            or (
                words[place - 1].may_be(BE)
                and words[place - 2].may_be(NOUN)
                and not words[place - 2].may_be(PERSON)
            )
        )
    ):
        return word_fault(place, place, _ALONE[word], "pronoun", WORD_CHOICE)
    if (
        word in _BEFORE_OWNED
        and words[place + 1].may_be(NOUN | PLURAL)
        and not words[place + 1].may_be(BASE_FORM | THIRD_PERSON | AMBIGUOUS)
        and (
            place == 0
            or words[place - 1].may_be(BASE_FORM | PREPOSITION)
            or (
                words[place - 1].may_be(BE)
                and words[place - 2].word in {"this", "that", "it", "these", "those"}
            )
        )
    ):
        return word_fault(place, place, like(words[place].text, _BEFORE_OWNED[word]), "pronoun", WORD_CHOICE)
    return None


def _self(words: Words, place: int) -> Fault | None:
    return word_fault(
        place, place, like(words[place].text, _SELVES[words[place].word]), "pronoun", WORD_CHOICE
    )


def _and_me(words: Words, place: int) -> Fault | None:
    """Finds "my brother and me went"."""
    if words[place - 1].word != "and" or not words[place - 2].may_be(PERSON | NAME) or place > 4:
        return None
    after = words[place + 1]
    if (
        after.may_be(PAST_TENSE | BE | HAVE)
        and (not after.may_be(PARTICIPLE) or place <= 3)
        and (words[0].may_be(NAME | POSSESSIVE) or words[0].text[:1].isupper())
    ):
        if any(
            words[each].may_be(BASE_FORM | THIRD_PERSON | PAST_TENSE | PREPOSITION | BE | HAVE)
            for each in range(max(0, place - 2))
        ):
            return None
        return word_fault(place, place, _TO_SUBJECT[words[place].word], "pronoun", WORD_CHOICE)
    return None


def _me_and(words: Words, place: int) -> Fault | None:
    """Finds "Me and my friend went", "to my brother and I."."""
    after = words[place + 1]
    if words[place].text in {"Me", "Him", "Her", "Us", "Them"} and place == 0 and after.word == "and":
        other = noun_phrase(words, 2)
        end = other.head + 1 if other else 3 if words[2].may_be(NAME) else 0
        if end and words[end].may_be(PAST_TENSE | BE | HAVE | BASE_FORM | MODAL):
            right = "" if words[0].text == "Me" else _TO_SUBJECT[words[0].word].capitalize()
            return word_fault(0, 0, right, "pronoun", WORD_CHOICE)
        return None
    if words[place].text == "I" and words[place - 1].word == "and" and after.word in {".", "!", ","}:
        first = place - 2 - words[place - 3].may_be(POSSESSIVE)
        given = words[first - 1].may_be(PREPOSITION) or words[first - 1].word in _GIVING
        # "He is older than my sister and I."
        given = given and words[first - 1].word not in {"than", "as", "but", "like"}
        if words[place - 2].may_be(PERSON | NAME) and given and not words[first - 1].may_be(CONJUNCTION):
            return word_fault(place, place, "me", "pronoun", WORD_CHOICE)
    return None


def _double_subject(words: Words, place: int) -> Fault | None:
    """Finds "my mother she is"."""
    subject = noun_phrase(words, place) if place == 0 else None
    if (
        subject
        and subject.is_person
        and words[place].may_be(POSSESSIVE)
        and words[subject.head + 1].word in {"he", "she", "they"}
        and words[subject.head + 2].may_be(THIRD_PERSON | MODAL | BE | HAVE)
    ):
        return word_fault(
            subject.head, subject.head + 1, words[subject.head].text, "relative", SENTENCE_ERROR
        )
    return None


PRONOUN_RULES = (
    WordRule.at(_every_thing, ["everything", "something", "anything", "nothing", "all"], NOUN),
    WordRule.at(_which_person, ["which", "who", "whom"]),
    WordRule.at(_resumed, ["that", "which"]),
    WordRule.at(_pronoun_case, {*_TO_OBJECT, *_TO_SUBJECT}),
    WordRule.at(_pronoun_owner, ["he", "she", "they", "we", "me"]),
    WordRule.at(_possessive_alone, {*_ALONE, *_BEFORE_OWNED}),
    WordRule.at(_self, _SELVES),
    WordRule.at(_and_me, ["me", "him", "her"]),
    WordRule.at(_me_and, ["me", "i", "him", "her", "us", "them"]),
    WordRule.at(_double_subject, classes=POSSESSIVE),
)
