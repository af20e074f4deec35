"""Rules for prepositions, comparisons, the order of words and words that are missing."""

from collections.abc import Mapping

from services.proofreader.english.lexicon import (
    BASE_OF,
    CAPITALISED,
    LINKING_VERBS,
    LONG_ADJECTIVES,
    MANNER_VERBS,
    SHORT_ADJECTIVES,
    TWO_WORD_NAMES,
    WORDS,
    adverb_of,
    comparative_of,
    superlative_of,
)
from services.proofreader.english.phrases import (
    PUNCTUATION,
    SENTENCE_ERROR,
    WORD_CHOICE,
    Fault,
    WordRule,
    begins_clause,
    like,
    noun_phrase,
)
from services.proofreader.english.tagged_words import Words

_FRAMES = WORDS["prepositions"]


def _frames(name: str) -> Mapping[str, tuple[str, frozenset[str]]]:
    """Returns the preposition that goes with each word, and those in its place that are wrong."""
    split = (each.split(":") for each in str(_FRAMES[name]).split())
    return {word: (right, frozenset(wrong.split(","))) for word, right, *rest in split for wrong in rest or [""]}


_WITH_ADJECTIVE = _frames("with_adjective")
_WITH_VERB = _frames("with_verb")
_ALONE = {word: frozenset(wrong.split(",")) for word, wrong in (each.split(":") for each in str(_FRAMES["alone"]).split())}
_LONG_ENDINGS = ("ful", "ous", "ive", "ent", "ant", "ing", "ed", "able", "ible", "al", "ic", "ult", "ary", "less")
_LONG_FORMS = {
    (adjective.removesuffix("e") + end): f"{word} {adjective}"
    for adjective in LONG_ADJECTIVES
    if adjective.endswith(_LONG_ENDINGS)
    for end, word in (("er", "more"), ("est", "most"))
}
_SLIPS = {"hoter": "hotter", "biger": "bigger", "sader": "sadder", "fater": "fatter", "thiner": "thinner", "hotest": "hottest", "bigest": "biggest", "happyer": "happier", "easyer": "easier", "busyer": "busier", "heavyer": "heavier", "prettyer": "prettier", "happyest": "happiest", "easyest": "easiest", "worser": "worse"}
_DEGREES = {each: (comparative_of(each), superlative_of(each)) for each in SHORT_ADJECTIVES - {"quiet", "clever", "narrow", "friendly", "simple", "early", "late", "few", "old", "lovely", "shy", "weird", "mad"}}
_SETTLED = frozenset({"always", "never", "usually"})
_ASKING = frozenset("know knows knew wonder wonders wondered ask asked asks tell told explain understand remember see forgot forget idea sure".split())
_QUESTIONS = frozenset({"what", "where", "when", "why", "how", "who"})
_PARTS = frozenset({"morning", "afternoon", "evening"})
_SEASONS = frozenset({"summer", "winter", "spring", "autumn"})
_GOING = frozenset("go goes went going come comes came walk walked walks run ran drive drove".split())
_NEGATIVE = frozenset("don't doesn't didn't can't couldn't won't haven't hasn't hadn't isn't wasn't aren't weren't cannot never".split())
_ANY = {"nothing": "anything", "nobody": "anybody", "never": "ever", "none": "any", "no": "any", "nowhere": "anywhere"}
_COPULA = {"i": "am", "he": "is", "she": "is", "it": "is", "we": "are", "you": "are", "they": "are"}
_CONFUSED_AFTER_YOUR = frozenset("right welcome sorry late correct beautiful amazing sick tired angry happy crazy".split())
_OPENINGS = frozenset({"however", "therefore", "moreover", "furthermore", "nevertheless", "for example", "in addition", "as a result", "in conclusion", "on the other hand", "first of all", "in my opinion", "in fact", "for instance", "in contrast", "of course"})
_TITLES = {"mr": "Mr", "mrs": "Mrs", "ms": "Ms", "dr": "Dr"}
_NO_TO = frozenset({"home", "here", "there", "abroad", "upstairs", "downstairs", "outside", "downtown"})


def _fault(first: int, last: int, correction: str, wording: str = "usage", issue: str = WORD_CHOICE) -> Fault:
    return Fault(wording if correction else f"{wording}_unsure", issue, first, last, correction)


def _adjective_preposition(words: Words, place: int) -> Fault | None:
    """"Proud for", "similar with", "afraid spiders"."""
    right, wrong = _WITH_ADJECTIVE[words[place].word]
    before, preposition, after = words[place - 1], words[place + 1], words[place + 2]
    if not (before.may_be("ba") or before.word in {"be", "been", "more", "feel", "felt", "got", "get", "i'm", "become", "became", "we're", "they're", "he's", "she's", "it's"}):
        return None
    word = words[place].word
    if preposition.word in wrong:
        if preposition.word in {"to", "for", "with", "on", "by", "in", "at"} and not after.may_be("DOBgmsN") or after.may_be("v") and not after.may_be("nsm"):
            return None
        if word in {"good", "bad"} and not (after.may_be("mg") or after.word in {"english", "math", "maths", "science", "sports", "korean", "history"}):
            return None
        if preposition.word in {"for", "on", "at"} and (after.word in {"a", "the", "that"} and words[place + 3].word in {"while", "moment", "time", "times", "first", "reason", "same", "long"} or after.may_be("#")):
            return None
        if word in {"famous"} and preposition.word in {"with"} and after.may_be("DOB") and not after.may_be("O"):
            return None
        if word in {"different"} and preposition.word == "in" or word == "similar" and preposition.word in {"of", "as"} and before.word == "as":
            return None
        if word in {"tired", "full", "responsible"} and preposition.word in {"to", "with", "by"} and after.word in {"the", "a"}:
            return None
        return _fault(place + 1, place + 1, right)
    if word in {"afraid", "proud", "fond", "scared", "jealous"} and (preposition.may_be("sO") or preposition.word in {"him", "her", "them"}) and not preposition.may_be("vz"):
        return _fault(place, place + 1, f"{words[place].text} {right} {preposition.text}")
    return None


def _verb_preposition(words: Words, place: int) -> Fault | None:
    """"Listen the radio", "look forward for", "depends of"."""
    base = BASE_OF[words[place].word]
    end = place
    if base == "look" and words[place + 1].word == "forward":
        base, end = "look_forward", place + 1
    if words[place].may_be("?") and words[place - 1].may_be("DOj#"):
        return None
    after = words[end + 1]
    if base == "arrive" and after.word == "to" and words[end + 2].may_be("DON"):
        return _fault(end + 1, end + 1, "")
    if base in _WITH_VERB:
        right, wrong = _WITH_VERB[base]
        if after.word in wrong and words[end + 2].may_be("DOBNg"):
            if base == "laugh" and not words[end + 2].may_be("B") or base == "succeed" and after.word == "on":
                return None
            return _fault(end + 1, end + 1, right)
        if "-" in wrong and (after.may_be("DOB") or after.may_be("m") and base == "listen") and after.word not in {"that", "all", "each", "both", "there", "this", "a", "an", "some", "her"} | ({"the"} if base in {"look_forward", "participate"} else set()):
            if base == "wait" and after.word in {"no", "any", "another", "every"}:
                return None
            if base == "wait" and words[end + 2].may_be("#") or words[end + 2].word in {"whole", "same", "next", "other"} or words[place - 1].word in {"to", "can't"} and base == "depend":
                return None
            before = " ".join(words[each].text for each in range(place, end + 1))
            return _fault(place, end + 1, f"{before} {right} {after.text}")
    if base in _ALONE and after.word in _ALONE[base] and words[place].may_be("vzdg"):
        if words[end + 2].may_be("DOB") or words[end + 2].may_be("N"):
            if base in {"answer", "approach", "reach", "join", "follow", "obey", "phone", "attend", "marry", "enter"} and (after.word in {"in", "at"} and base != "enter" or words[place].may_be("?") and not words[place - 1].may_be("SMao") and words[place - 1].word not in {"to", "us"}):
                return None
            if base == "marry" and (words[place].word == "married" or after.word == "to" and words[place - 1].may_be("b")):
                return None
            if base in {"describe", "mention"} and words[place].word in {"described", "mentioned"} and words[place - 1].may_be("bn"):
                return None
            return _fault(end, end + 1, words[end].text)
    return None


def _time(words: Words, place: int) -> Fault | None:
    """"In six", "at summer", "in the night"."""
    after, next_one = words[place + 1], words[place + 2]
    if words[place].word == "in" and (after.may_be("#") and after.word not in {"many", "several", "few"}) and (next_one.word in {"and", "o", "a.m", "p.m", "o'clock", "every", "am", "pm"} or next_one.word in {".", ","}):
        verb = {BASE_OF.get(words[each].word, "") for each in range(max(0, place - 3), place)}
        if verb & {"get", "wake", "start", "finish", "meet", "arrive", "leave", "come", "open", "close", "begin", "sleep", "eat", "go"} and len(after.text) != 4 and (len(after.text) > 1 or after.text.isdigit()):
            if words[place - 1].may_be("nB") and not next_one.word.startswith("o"):
                return None
            return _fault(place, place, like(words[place].text, "at"))
    if words[place].word in {"at", "on"} and after.word in _SEASONS and (next_one.may_be("S.") or next_one.word in {"and", "my", "because"}):
        return _fault(place, place, like(words[place].text, "in"))
    return None


def _to_place(words: Words, place: int) -> Fault | None:
    """"Went school", "go bed"."""
    after = words[place + 1]
    if after.word in {"school", "bed", "work", "church", "college", "university", "korea", "japan", "china", "seoul", "busan", "london", "paris"} and words[place].may_be("vzdg"):
        if after.word == "work" and not words[place + 2].may_be("a.P") or words[place + 2].may_be("ns") and not words[place + 2].may_be("Pc"):
            return None
        if not words[place - 1].may_be("SnNsaPMc.") and words[place - 1].word != "to":
            return None
        if words[place].word in {"run", "ran", "drive", "drove", "walk", "come"}:
            return None
        return _fault(place, place + 1, f"{words[place].text} to {after.text}")
    return None


def _double_degree(words: Words, place: int) -> Fault | None:
    """"Most hardest", "more easier"."""
    after = words[place + 1]
    if after.may_be("rt") and not after.may_be("?") and after.word not in {"more", "less", "most", "least", "best", "later", "better", "worse", "lower", "fewer"} and not words[place - 1].may_be("#"):
        if words[place].word == "most" and after.may_be("r") or words[place + 2].word in {"and"} and words[place].word == "more":
            return None
        if words[place].word == "more" and words[place + 2].may_be("s"):
            return None
        return _fault(place, place + 1, after.text, "comparison", SENTENCE_ERROR)
    if after.word in _DEGREES and not after.may_be("?") and words[place + 2].may_be(".n") or after.word in _DEGREES and words[place].word == "more" and words[place + 2].word == "than":
        if words[place].word == "most" and words[place - 1].word in {"the", "my"} and after.word not in {"sick", "proud", "happy"}:
            return _fault(place, place + 1, _DEGREES[after.word][1], "comparison", SENTENCE_ERROR)
        if words[place].word == "more" and words[place - 1].may_be("b") and words[place + 2].word in {"than", "."} or words[place].word == "more" and words[place + 2].word == "than" and words[place - 1].may_be("na"):
            if words[place + 3].may_be("j"):
                return None
            return _fault(place, place + 1, _DEGREES[after.word][0], "comparison", SENTENCE_ERROR)
    return None


def _long_form(words: Words, place: int) -> Fault | None:
    """"Difficulter", "hoter"."""
    word = words[place].word
    right = _SLIPS.get(word) or _LONG_FORMS[word]
    if words[place - 1].word in {"more", "most"}:
        return None
    return _fault(place, place, right, "comparison", SENTENCE_ERROR)


def _so_than(words: Words, place: int) -> Fault | None:
    """"So tall than"."""
    if words[place + 1].may_be("ja") and words[place + 2].word == "than" and not words[place + 1].may_be("r"):
        right = f"as {words[place + 1].text} as"
        return _fault(place, place + 2, right, "comparison", SENTENCE_ERROR)
    return None


def _the_comparative(words: Words, place: int) -> Fault | None:
    """"He is the taller than"."""
    after = words[place + 1]
    if words[place - 1].may_be("b") and after.may_be("r") and words[place + 2].word == "than":
        return _fault(place, place + 1, after.text, "comparison", SENTENCE_ERROR)
    return None


def _plain_than(words: Words, place: int) -> Fault | None:
    """"He is tall than me", "taller that me"."""
    word, before = words[place - 1], words[place - 2]
    if words[place].word == "that":
        if word.may_be("r") and before.may_be("ba") and (words[place + 1].may_be("B") and words[place + 1].word not in {"you", "it", "her"}):
            return _fault(place, place, "than", "word_choice")
        return None
    if not word.may_be("j") or word.may_be("r?") or word.word == "different" or not (before.may_be("b") or before.word in {"much", "very"}):
        return None
    right = f"more {word.text}" if word.word in LONG_ADJECTIVES else comparative_of(word.word)
    return _fault(place - 1, place - 1, right, "comparison", SENTENCE_ERROR)


def _very_more(words: Words, place: int) -> Fault | None:
    """"Very better"."""
    if words[place + 1].may_be("r") and not words[place + 1].may_be("?n") and words[place + 1].word not in {"latter", "more", "less"}:
        return _fault(place, place, "much")
    return None


def _clause_after(words: Words, place: int) -> Fault | None:
    """"Because of I was late", "despite he was tired", "during I was", "because the rain."."""
    word, after = words[place].word, words[place + 1]
    if word == "because" and after.word == "of" and words[place + 2].may_be("S") and words[place + 3].may_be("bhodzvM") and words[place + 2].word not in {"it", "you"}:
        return _fault(place, place + 1, words[place].text)
    if word == "because":
        reason = noun_phrase(words, place + 1)
        if reason and after.may_be("DO") and words[reason.head + 1].word in {".", ","}:
            return _fault(place, place, f"{words[place].text} of")
        return None
    if after.may_be("S") and words[place + 2].may_be("bhodM") and after.word not in {"it", "you"}:
        return _fault(place, place, like(words[place].text, "although" if word == "despite" else "while"))
    return None


def _going_to(words: Words, place: int) -> Fault | None:
    """"Go to there", "went to abroad"."""
    if words[place + 1].word == "to" and words[place + 2].word in _NO_TO and not (words[place + 2].word == "home" and words[place + 3].may_be("nsj")):
        return _fault(place + 1, place + 2, words[place + 2].text)
    return None


def _clock(words: Words, place: int) -> Fault | None:
    """"In 7 o'clock", "on 2010", "in my birthday", "by foot"."""
    after, unit = words[place + 1], words[place + 2]
    word = words[place].word
    if word in {"in", "on"} and after.may_be("#") and unit.word in {"o'clock", "a.m", "p.m", "pm", "am"}:
        return _fault(place, place, like(words[place].text, "at"))
    if word in {"at", "on"} and after.text.isdigit() and len(after.text) == 4 and after.text[:2] in {"19", "20"} and (unit.word in {".", ",", "and"} or unit.may_be("S")):
        return _fault(place, place, like(words[place].text, "in"))
    if word in {"in", "at"} and after.may_be("O") and unit.word == "birthday" and words[place + 3].may_be(".cS"):
        return _fault(place, place, like(words[place].text, "on"))
    if word == "by" and after.word == "foot":
        return _fault(place, place, "on")
    return None


def _said_me(words: Words, place: int) -> Fault | None:
    """"Said me", "tell to me"."""
    if words[place + 1].word in {"me", "us", "him"} and words[place - 1].may_be("SnN"):
        right = {"say": "tell", "says": "tells"}.get(words[place].word, "told")
        return _fault(place, place, right)
    return None


def _double_subject(words: Words, place: int) -> Fault | None:
    """"My mother she is"."""
    subject = noun_phrase(words, place) if place == 0 else None
    if subject and subject.is_person and words[place].may_be("O") and words[subject.head + 1].word in {"he", "she", "they"} and words[subject.head + 2].may_be("bzhM"):
        return _fault(subject.head, subject.head + 1, words[subject.head].text, "relative", SENTENCE_ERROR)
    return None


def _although_but(words: Words, place: int) -> Fault | None:
    """"Although it rained, but we went", "because it rained, so we stayed"."""
    if place != 0:
        return None
    second = "so" if words[0].word in {"because", "since"} else "but"
    commas = [each for each in range(2, 20) if words[each].word == ","]
    if len(commas) == 1 and words[commas[0] + 1].word == second and words[commas[0] + 2].may_be("SDO"):
        return _fault(commas[0] + 1, commas[0] + 2, words[commas[0] + 2].text)
    return None


def _small_name(words: Words, place: int) -> Fault | None:
    """"In korea": a name with a small letter in a sentence that begins with a capital one."""
    word = words[place]
    if word.text.islower() and words[0].text[:1].isupper() and words[place - 1].word not in {"-", "@", "#", "_"} and words[place + 1].word not in {"-", "_", "@"}:
        if word.word in {"french", "english", "indian"} and words[place + 1].word in {"fries", "toast", "horn", "door", "doors", "window"}:
            return None
        return _fault(place, place, word.text.capitalize(), "name_capital", "spelling")
    return None


def _then(words: Words, place: int) -> Fault | None:
    """"Better then me", "Than we went"."""
    if words[place].word == "then" and words[place - 1].may_be("r") and words[place - 1].word not in {"more", "less", "later"} and (words[place + 1].may_be("BOD") or words[place + 1].may_be("N")) and not words[place + 1].may_be("S"):
        return _fault(place, place, "than", "word_choice")
    if words[place].text == "Than" and place == 0 and words[1].may_be("SO") and not words.is_question:
        return _fault(0, 0, "Then", "word_choice")
    return None


def _often_after(words: Words, place: int) -> Fault | None:
    """"We go always to", "he drinks usually coffee": an adverb after its verb."""
    verb = words[place - 1]
    subject = words[place - 2]
    if words[place].word == "never" and subject.may_be("h") and verb.may_be("p") and words[place - 3].may_be("S"):
        return _fault(place - 1, place, f"never {verb.text}", "word_order", SENTENCE_ERROR)
    if not verb.may_be("vzd") or verb.may_be("ja") or not words[place + 1].may_be("PDOmsBn") or words[place + 1].word in {"until", "been", "since", "as", "before", "after", "during"}:
        return None
    if subject.may_be("S") and begins_clause(words, place - 2):
        return _fault(place - 1, place, f"{words[place].text} {verb.text}", "word_order", SENTENCE_ERROR)
    return None


def _told_question(words: Words, place: int) -> Fault | None:
    """"I wonder why is he angry", "she asked me what was my name"."""
    asked = words[place - 1].word in _ASKING or words[place - 1].may_be("B") and words[place - 2].word in _ASKING
    if not asked:
        return None
    verb, subject, after = words[place + 1], words[place + 2], words[place + 3]
    if not (verb.may_be("b") or verb.word in {"can", "should", "will"}) or verb.word.endswith("n't"):
        return None
    if subject.word in {"he", "she", "they", "we", "i", "it", "you", "this", "that"}:
        if subject.word in {"this", "that"} and not after.may_be("."):
            return None
        return _fault(place + 1, place + 2, f"{subject.text} {verb.text}", "word_order", SENTENCE_ERROR)
    thing = noun_phrase(words, place + 2)
    if thing and subject.may_be("DO") and words[thing.head + 1].word in {".", "?"} and words[place].word in {"where", "what", "who", "how"} and thing.head == place + 3:
        if words[place].word in {"what", "who"} and not subject.may_be("O"):
            return None
        return _fault(place + 1, thing.head, f"{subject.text} {words[thing.head].text} {verb.text}", "word_order", SENTENCE_ERROR)
    return None


def _asked(words: Words, place: int) -> Fault | None:
    """"Why you didn't call?", "what means this word?"."""
    if place != 0 or not words.is_question:
        return None
    subject, verb = words[1], words[2]
    if subject.may_be("S") and subject.word != "her" and (verb.may_be("hobM")) and words[place].word in {"why", "where", "when", "how", "what"}:
        rest = [words[each].word for each in range(3, 12)]
        if verb.may_be("o") and not verb.word.endswith("n't") or "?" not in rest or any(each in {"is", "are", "do", "did", "does"} for each in rest):
            return None
        return _fault(1, 2, f"{verb.text} {subject.text}", "word_order", SENTENCE_ERROR)
    return None


def _enough(words: Words, place: int) -> Fault | None:
    """"Enough old"."""
    after = words[place + 1]
    if words[place - 1].may_be("ba") and after.may_be("j") and not after.may_be("?n") and words[place + 2].word in {"to", ".", "for"}:
        return _fault(place, place + 1, f"{after.text} enough", "word_order", SENTENCE_ERROR)
    return None


def _very_much(words: Words, place: int) -> Fault | None:
    """"I like very much pizza"."""
    if words[place].word == "very" and words[place + 1].word == "much" and words[place - 1].may_be("vzd") and words[place + 2].may_be("DOBmsgnN") and words[place - 2].may_be("SnN"):
        end = place + 2
        while words[end + 1].may_be("nsmB") and words[end].may_be("DOj"):
            end += 1
        moved = " ".join(words[each].text for each in range(place + 2, end + 1))
        return _fault(place, end, f"{moved} very much", "word_order", SENTENCE_ERROR)
    return None


def _no_be(words: Words, place: int) -> Fault | None:
    """"She good at", "it very hot", "we going to"."""
    subject, end = words[place].word, place + 1
    if not begins_clause(words, place) or words[place - 1].word in {"that", "and", "or", "than"} and place > 0 and words[place - 1].word != "that":
        return None
    very = words[end].word in {"very", "so", "not"}
    if very:
        end += 1
    word, after = words[end], words[end + 1]
    is_adjective = word.may_be("j") and not word.may_be("v?asnP") and (after.may_be(".cP") or after.word == "to")
    is_gerund = word.may_be("g") and not word.may_be("nj") and not very and words[place].word != "it"
    is_noun = word.word == "a" and after.may_be("nj") and subject != "it" and subject != "you"
    if not (is_adjective or is_gerund or is_noun) or words.is_question:
        return None
    if any(words[each].may_be("bM") for each in range(end + 1, end + 8)) and not is_adjective:
        return None
    copula = _COPULA[subject]
    right = f"{words[place].text} {copula} {words[place + 1].text}"
    return _fault(place, place + 1, right, "missing_verb", SENTENCE_ERROR)


def _thing_no_be(words: Words, place: int) -> Fault | None:
    """"My brother playing games.", "the ice melting and"."""
    if not begins_clause(words, place):
        return None
    subject = noun_phrase(words, place)
    if subject is None or not words[place].may_be("DO") or place and words[place - 1].word in {"and", ",", "that"} and words[place - 2].may_be("nsmN"):
        return None
    word = words[subject.head + 1]
    if not word.may_be("g") or word.may_be("nj") or words[subject.head + 2].word == "is":
        return None
    for each in range(subject.head + 2, subject.head + 14):
        if words[each].may_be(".") or words[each].word == "and" and words[each + 1].may_be("SDO"):
            break
        if words[each].may_be("bhoMzvdN?"):
            return None
    if words[each].word == "," or words[subject.head].may_be("ng") and words[place + 1].word == "most":
        return None
    copula = "are" if subject.is_plural else "is"
    right = f"{words[subject.head].text} {copula} {word.text}"
    return _fault(subject.head, subject.head + 1, right, "missing_verb", SENTENCE_ERROR)


def _no_it(words: Words, place: int) -> Fault | None:
    """"Because was raining", "Is important to"."""
    after = words[place + 1]
    if words[place].word in {"because", "when", "if"} and after.word in {"was", "is"} and (words[place + 2].may_be("gja") or words[place + 2].word in {"a", "the", "very", "too"}):
        return _fault(place, place + 1, f"{words[place].text} it {after.text}", "missing_subject", SENTENCE_ERROR)
    if place == 0 and words[place].text in {"Is", "Was"} and not words.is_question:
        adjective = place + (2 if after.word in {"very", "not", "so", "too", "really"} else 1)
        if words[adjective].may_be("j") and words[adjective + 1].word in {"to", "that", "for", "in", "because", "."}:
            return _fault(0, 0, f"It {words[0].word}", "missing_subject", SENTENCE_ERROR)
    return None


def _manner(words: Words, place: int) -> Fault | None:
    """"She sings beautiful.", "looks happily."."""
    base = BASE_OF[words[place].word]
    end = place + 1
    while words[end].word in {"very", "so", "too", "really", "quite"}:
        end += 1
    word = words[end]
    closing = words[end + 1].word in {".", "!", "and", "but", "because", "when"} or words[end + 1].word == ","
    if base in MANNER_VERBS and word.may_be("j") and word.word not in {"alone", "first", "last", "alive", "late", "early", "high", "fast", "hard", "free", "open", "same", "low", "deep", "long", "loud", "quick", "slow", "angry", "happy", "sad", "hungry", "tired", "young", "old", "sick", "poor", "rich", "tall", "big", "strong", "short", "dry", "wild", "clear", "close", "straight", "clean"} | ({"healthy", "independent", "comfortable", "peaceful"} if base in {"live", "grow", "sleep"} else set()) and not word.may_be("a") and closing:
        if words[end + 1].word == "and" and words[end + 2].may_be("jn") and not words[end + 2].may_be("a") or words[place].may_be("?") and not words[place - 1].may_be("SHN"):
            return None
        return _fault(end, end, adverb_of(word.word), "word_choice")
    if base in LINKING_VERBS and words[place - 1].may_be("SHN") and word.word in {"happily", "sadly", "angrily", "beautifully", "badly", "nervously", "deliciously", "strangely", "seriously", "tiredly", "hungrily", "carefully"} and words[end + 1].word in {".", "!", ","} and base not in {"become"} and (base != "look" or word.word in {"happily", "sadly", "beautifully", "strangely", "tiredly", "nervously"}):
        right = {adverb_of(each): each for each in SHORT_ADJECTIVES | LONG_ADJECTIVES}.get(word.word, "")
        return _fault(end, end, right, "word_choice")
    return None


def _negated_twice(words: Words, place: int) -> Fault | None:
    """"I don't know nothing", "hasn't got some"."""
    if words[place].word.endswith("n't") and words[place + 1].word == "never":
        return _fault(place, place + 1, "never", "double_negative", SENTENCE_ERROR)
    if words.is_question:
        return None
    if words[place].may_be("ho") and words[place + 1].word in {"have", "got", "need"} and words[place + 2].word == "some" and words[place + 3].may_be("smn") and words[place + 4].may_be("."):
        return _fault(place + 2, place + 2, "any", "usage", WORD_CHOICE)
    for each in range(place + 1, place + 5):
        word = words[each].word
        if words[each].may_be(".cw") or words[each].word in {"for", "that"}:
            return None
        if word in _ANY and (word != "no" or words[each + 1].may_be("nsm")) and words[each - 1].may_be("vpdg"):
            return _fault(each, each, _ANY[word], "double_negative", SENTENCE_ERROR)
    return None


def _confused(words: Words, place: int) -> Fault | None:
    """"Your right.", "forgot there books", "I one the race", "i live"."""
    word, before, after = words[place].word, words[place - 1], words[place + 1]
    if word == "your" and after.word in _CONFUSED_AFTER_YOUR and words[place + 2].word in {".", "!", ",", "to", "about"} and (before.may_be("v") or place == 0 or before.word in {"that", "because", "if"}):
        return _fault(place, place, like(words[place].text, "you're"), "word_choice")
    if word == "your" and after.may_be("g") and not after.may_be("n") and words[place + 2].word == "to" and words[place + 3].may_be("v"):
        return _fault(place, place, like(words[place].text, "you're"), "word_choice")
    if word == "there" and (before.may_be("vdzg") and not before.may_be("b") or before.word in {"of", "with", "in", "for", "on"}) and after.may_be("nsm") and not after.may_be("vPcz") and words[place + 2].may_be(".Pc") and BASE_OF.get(before.word) not in {"live", "go", "get", "arrive", "stay", "be", "happen", "exist", "stand", "sit", "work", "wait"}:
        return _fault(place, place, "their", "word_choice")
    if word == "one" and before.may_be("S") and after.word in {"the", "a", "first", "second"} and before.word != "it":
        return _fault(place, place, "won", "word_choice")
    return None


def _small_i(words: Words, place: int) -> Fault | None:
    if words[place].text == "i" and words[place - 1].word not in {"."} | ({"-"}) and (words[place + 1].may_be("vdbhMoa") and words[place + 1].classes) and place > 0:
        return _fault(place, place, "I", "capital_i", "spelling") if words[0].text[:1].isupper() else None
    return None


def _title(words: Words, place: int) -> Fault | None:
    """"mr. Kim", "new york"."""
    word = words[place]
    opens = words[0].text[:1].isupper()
    if word.text in _TITLES and opens and words[place + 1].word == "." and words[place + 2].word == "":
        return _fault(place, place, _TITLES[word.text], "name_capital", "spelling")
    if word.text in _TITLES and words[place + (2 if words[place + 1].word == "." else 1)].text[:1].isupper() and opens:
        return _fault(place, place, _TITLES[word.text], "name_capital", "spelling")
    following = words[place + 1]
    if (word.text, following.text) in TWO_WORD_NAMES and opens:
        return _fault(place, place + 1, f"{word.text.capitalize()} {following.text.capitalize()}", "name_capital", "spelling")
    return None


def _comma(words: Words, place: int) -> Fault | None:
    """"For example my uncle", "However he still"."""
    if place != 0:
        return None
    for length in (1, 2, 3, 4):
        opening = " ".join(words[each].word for each in range(length))
        after = words[length]
        if opening in _OPENINGS and (after.may_be("S") or after.may_be("O")) and words[length + 1].may_be("vzdbhMoansmN"):
            if opening == "however" and words[length + 1].word in {"do", "can"}:
                return None
            return _fault(length - 1, length - 1, f"{words[length - 1].text},", "comma_missing", PUNCTUATION)
    return None


ORDER_RULES = (
    WordRule.at(_adjective_preposition, _WITH_ADJECTIVE),
    WordRule.at(_verb_preposition, [form for form, base in BASE_OF.items() if base in _WITH_VERB or base in _ALONE or base == "look" or base == "arrive"]),
    WordRule.at(_time, ["in", "at", "on"]),
    WordRule.at(_to_place, _GOING),
    WordRule.at(_double_degree, ["more", "most"]),
    WordRule.at(_long_form, {*_LONG_FORMS, *_SLIPS}),
    WordRule.at(_so_than, ["so", "as"]),
    WordRule.at(_the_comparative, ["the"]),
    WordRule.at(_plain_than, ["than", "that"]),
    WordRule.at(_very_more, ["very"]),
    WordRule.at(_clause_after, ["because", "despite", "during"]),
    WordRule.at(_going_to, _GOING),
    WordRule.at(_clock, ["in", "on", "at", "by"]),
    WordRule.at(_said_me, ["say", "says", "said"]),
    WordRule.at(_double_subject, classes="O"),
    WordRule.at(_although_but, ["although", "though", "because", "since"]),
    WordRule.at(_small_name, CAPITALISED),
    WordRule.at(_then, ["then", "than"]),
    WordRule.at(_often_after, _SETTLED),
    WordRule.at(_told_question, _QUESTIONS),
    WordRule.at(_asked, _QUESTIONS),
    WordRule.at(_enough, ["enough"]),
    WordRule.at(_very_much, ["very"]),
    WordRule.at(_no_be, _COPULA),
    WordRule.at(_thing_no_be, classes="DO"),
    WordRule.at(_no_it, ["because", "when", "if", "is", "was"]),
    WordRule.at(_manner, [form for form, base in BASE_OF.items() if base in MANNER_VERBS | LINKING_VERBS]),
    WordRule.at(_negated_twice, _NEGATIVE),
    WordRule.at(_confused, ["your", "there", "one"]),
    WordRule.at(_small_i, ["i"]),
    WordRule.at(_title, {*_TITLES, *(first for first, _ in TWO_WORD_NAMES)}),
    WordRule.at(_comma, {each.split()[0] for each in _OPENINGS}),
)
