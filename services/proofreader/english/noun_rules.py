"""Rules for articles, number and pronouns that do not fit the noun or the verb beside them."""

from services.proofreader.english.lexicon import COUNTED, MASS_NOUNS, PERSONS, SINGULAR_OF, WORDS, plural_of
from services.proofreader.english.patterns import CONSONANT_SOUND
from services.proofreader.english.phrases import (
    SENTENCE_ERROR,
    WORD_CHOICE,
    Fault,
    WordRule,
    begins_clause,
    ends_phrase,
    like,
    noun_phrase,
)
from services.proofreader.english.tagged_words import Words

_PLURAL_OF_MASS = {plural_of(each): each for each in MASS_NOUNS - set(WORDS["nouns"]["plural_too"].split())}
_PLURAL_OF_MASS |= {"informations": "information", "advices": "advice"}
_COUNTING = frozenset("two three four five six seven eight nine ten eleven twelve twenty many several these those both few various".split())
# They stand before a noun as its measure ("a five star hotel", "a ten year plan"), or have one plural.
_MEASURES = frozenset({"hour", "day", "week", "month", "year", "minute", "meter", "metre", "kilometer", "kilometre", "mile", "star", "time", "way", "kind", "type"})
_THINGS = COUNTED | PERSONS
_TO_POSSESSIVE = {"he": "his", "she": "her", "they": "their", "i": "my", "we": "our", "me": "my"}
_TO_OBJECT = {"he": "him", "she": "her", "they": "them", "i": "me", "we": "us"}
_TO_SUBJECT = {"me": "I", "him": "he", "her": "she", "us": "we", "them": "they"}
_ALONE = {"my": "mine", "your": "yours", "her": "hers", "our": "ours", "their": "theirs"}
_BEFORE_OWNED = {"theirs": "their", "mine": "my", "yours": "your", "ours": "our", "hers": "her"}
_SELVES = {"ourself": "ourselves", "theirself": "themselves", "themself": "themselves", "hisself": "himself", "theirselves": "themselves", "meself": "myself"}
_GIVING = frozenset("give gives gave given giving tell tells told telling show shows showed showing teach teaches taught teaching send sends sent bring brings brought buy buys bought lend lends lent ask asks asked".split())
_TAKES_OBJECT = frozenset("like likes liked love loves loved hate hates hated help helps helped see sees saw meet meets met miss misses missed visit visits visited call calls called thank thanks thanked invite invites invited hug hugs hugged follow follows followed resembles married hit kicked".split())
_UNIQUE = frozenset({"moon", "sun", "sky", "universe", "environment", "internet"})
_BARE = frozenset({"nature", "society", "space", "life", "mankind"})
# Verbs and prepositions after which a thing stands with an article.
_TAKES_THING = frozenset(
    "borrow borrowed buy bought buys bring brought build built bake baked carry carried cook cut draw drew find found has have had "
    "need needs needed read reads receive received rent rented ride rode see saw sell sold take took want wants wanted "
    "wear wears wore write wrote watch watched visit visited lost lose use used open opened make made is was become became own owns keep keeps kept".split()
)
_PLACED = frozenset({"in", "at", "for", "with", "near", "into", "under", "behind", "on"})
_NO_ARTICLE = frozenset(
    "man woman child friend dinner lunch example chance sign fire art person guest change exam time music park place star price church "
    "summer weekend conclusion order company office contest case turn bus car train plane taxi bicycle bike truck ship boat street "
    "address university phone email hour date question sea race secret effect part line fact kitchen level score space mother father dad mom grandma grandpa uncle aunt baby brother sister "
    "wedding chicken fish orange stone paper class cake score number figure page room chapter step unit table exercise cover cook guide model film video sport event water key record answer".split()
)
_DETERMINED = frozenset({"same", "first", "second", "third"})
_QUALITIES = {
    "healthy": "health", "kind": "kindness", "happy": "happiness", "different": "difference", "important": "importance", "difficult": "difficulty",
    "beautiful": "beauty", "strong": "strength", "angry": "anger", "successful": "success", "confident": "confidence", "lonely": "loneliness",
    "intelligent": "intelligence", "safe": "safety", "brave": "bravery", "honest": "honesty", "creative": "creativity", "sad": "sadness",
}  # fmt: skip
_MAKING_NOUN = ("tion", "sion", "ment", "ness")
_VERBS_OF_NOUNS = {"success": "succeed", "protection": "protect", "invention": "invent", "development": "develop", "decision": "decide", "improvement": "improve", "communication": "communicate", "education": "educate", "solution": "solve", "choice": "choose", "advice": "advise", "discussion": "discuss", "prevention": "prevent", "explanation": "explain", "graduation": "graduate", "celebration": "celebrate", "competition": "compete", "information": "inform", "pollution": "pollute", "collection": "collect", "production": "produce", "reduction": "reduce", "creation": "create", "connection": "connect", "preparation": "prepare", "imagination": "imagine", "invitation": "invite", "belief": "believe", "thought": "think", "behavior": "behave", "growth": "grow"}


def _fault(first: int, last: int, correction: str, wording: str, issue: str = SENTENCE_ERROR) -> Fault:
    return Fault(wording if correction else f"{wording}_unsure", issue, first, last, correction)


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" and not CONSONANT_SOUND.match(noun) or noun.startswith(("hour", "honest")) else "a"


def _counted_singular(words: Words, place: int) -> Fault | None:
    """"Five kilometer", "how many book", "these house": one noun after a word for several."""
    end = place + 1
    while words[end].may_be("j") and not words[end].may_be("n"):
        end += 1
    noun = words[end]
    if noun.word == "time" and end == place + 1 and ends_phrase(words[end + 1]) and not words[place - 1].may_be("DOP") and words[place].word not in {"few", "these", "those", "both"}:
        return _fault(end, end, "times", "number")
    if not noun.may_be("n") or noun.may_be("s") or noun.word not in _THINGS or not ends_phrase(words[end + 1]):
        return None
    if words[place].word == "few" and words[place - 1].word != "a":
        return None
    if words[place - 1].may_be("DO") and noun.word in _MEASURES or words[end + 1].word == "old":
        return None
    if words[place].word == "both" and (words[end + 1].word == "and" or words[place + 1].may_be("DO")):
        return None
    if words[place].text[0].isdigit() and (words[place].text in {"1", "0"} or "." in words[place].text or len(words[place].text) > 3 or words[end].word in {"page", "well"}):
        return None
    if words[place].may_be("#") and words[end + 1].may_be("a") and end > place + 1:
        return None
    return _fault(end, end, plural_of(noun.word), "number")


def _last_years(words: Words, place: int) -> Fault | None:
    """"One of the best day"."""
    if words[place + 1].word != "of" or not words[place + 2].may_be("DO"):
        return None
    end = place + 3
    while words[end].may_be("jt") and not words[end].may_be("n"):
        end += 1
    if words[end].word in _THINGS and not words[end].may_be("s") and ends_phrase(words[end + 1]) and words[end].word not in {"family", "team"}:
        return _fault(end, end, plural_of(words[end].word), "number")
    return None


def _each_plural(words: Words, place: int) -> Fault | None:
    """"Every students", "each houses", "a chickens"."""
    end = place + 1
    while words[end].may_be("j") and not words[end].may_be("n"):
        end += 1
    noun = words[end]
    if words[place + 1].word == "few":
        return None
    if words[place].word in {"a", "an"}:
        if noun.word in SINGULAR_OF and not noun.may_be("nvz?") and ends_phrase(words[end + 1]) and words[place + 1].word != "few":
            return _fault(place, end, "", "number")
        return None
    if noun.word in SINGULAR_OF and not noun.may_be("nz") and (ends_phrase(words[end + 1]) or words[end + 1].may_be("vz")):
        return _fault(end, end, SINGULAR_OF[noun.word], "number")
    return None


def _mass_plural(words: Words, place: int) -> Fault | None:
    """"Pollutions": a plural that a noun does not have."""
    return _fault(place, place, like(words[place].text, _PLURAL_OF_MASS[words[place].word]), "usage", WORD_CHOICE)


def _mass_article(words: Words, place: int) -> Fault | None:
    """"A water", "a space travel" at the end of a phrase."""
    noun = words[place + 1]
    if noun.may_be("m") and (not noun.may_be("nvjz?") or noun.word in {"water", "snow"}) and words[place + 2].may_be(".cbP") and words[place + 2].word not in {"of", "for", "to"}:
        if noun.word in {"behavior", "behaviour", "feedback", "help", "waste", "fun", "coffee", "tea", "soup", "juice", "cheese", "light", "space", "gas", "metal", "glass", "paper", "food", "plastic", "rain", "music", "news", "knowledge", "gold", "harm"}:
            return None
        return _fault(place, place + 1, "", "usage", WORD_CHOICE)
    return None


def _how_many(words: Words, place: int) -> Fault | None:
    """"How many money", "too many coffee", "much books", "little friends"."""
    word, noun = words[place].word, words[place + 1]
    if word == "many" and noun.may_be("m") and not noun.may_be("nsv?") and ends_phrase(words[place + 2]):
        return _fault(place, place, like(words[place].text, "much"), "usage", WORD_CHOICE)
    if word in {"much", "less"} and noun.may_be("s") and not noun.may_be("mz?vn") and words[place + 2].word not in {"a"}:
        if word == "less" and (noun.word == "people" or words[place - 1].may_be("#DO")):
            return None
        return _fault(place, place, like(words[place].text, "many" if word == "much" else "fewer"), "usage", WORD_CHOICE)
    if word == "little" and words[place - 1].word == "a" and noun.may_be("s") and not noun.may_be("mvz?"):
        return _fault(place, place, "few", "usage", WORD_CHOICE)
    if word == "few" and words[place - 1].word in {"a", "only"} and noun.may_be("m") and not noun.may_be("nv?") and ends_phrase(words[place + 2]):
        return _fault(place, place, "little", "usage", WORD_CHOICE)
    if word == "amount" and words[place + 1].word == "of" and words[place + 2].may_be("s") and not words[place + 2].may_be("mz?"):
        return _fault(place, place, "number", "usage", WORD_CHOICE)
    return None


def _every_thing(words: Words, place: int) -> Fault | None:
    """"Everything what he said", "the car what he drives"."""
    if words[place + 1].word != "what" or not words[place + 2].may_be("S"):
        return None
    opens = words[place].word in {"everything", "something", "anything", "nothing", "all"} or (
        words[place].may_be("n") and words[place - 1].word in {"the", "a"} and begins_clause(words, place - 1)
    )
    return _fault(place + 1, place + 1, "that", "relative", WORD_CHOICE) if opens else None


def _which_person(words: Words, place: int) -> Fault | None:
    """"The people which live", "the book who I bought", "whom teaches"."""
    noun, relative, after = words[place - 1], words[place].word, words[place + 1]
    if relative == "which" and noun.may_be("H") and noun.may_be("ns") and after.may_be("zdbhvM") and words[place - 2].may_be("DOj#smH"):
        return _fault(place, place, "who", "relative", WORD_CHOICE)
    if relative == "who" and noun.may_be("ns") and not noun.may_be("H?v") and words[place - 2].may_be("DO") and not words[place - 3].may_be("P") and noun.word not in {"team", "group", "dog", "cat", "company", "crowd", "club", "band", "family", "country"}:
        if after.may_be("S") or after.may_be("zdbh"):
            return _fault(place, place, "that", "relative", WORD_CHOICE)
    if relative == "whom" and noun.may_be("H") and (after.may_be("zbh") or after.may_be("d") and not after.may_be("p")):
        return _fault(place, place, "who", "relative", WORD_CHOICE)
    if relative == "which" and noun.word in {"city", "house", "town", "country", "village", "school", "place"} and after.may_be("S"):
        rest = [words[each].word for each in range(place + 2, place + 6)]
        if rest[0] in {"live", "lived", "lives", "grew"} and not {"in", "at"} & set(rest) or rest[:2] == ["was", "born"]:
            return _fault(place, place, "where", "relative", WORD_CHOICE)
    return None


def _resumed(words: Words, place: int) -> Fault | None:
    """"The movie that I saw it was", "the boy who he broke the window ran"."""
    if words[place].word in {"that", "which"} and words[place - 1].may_be("ns") and words[place + 1].may_be("SO"):
        for each in range(place + 2, place + 5):
            if words[each].word in {"it", "them"} and words[each - 1].may_be("dv") and words[each + 1].may_be("bh"):
                return _fault(each - 1, each, words[each - 1].text, "relative")
    return None


def _pronoun_case(words: Words, place: int) -> Fault | None:
    """"I gave he", "for he birthday", "likes she.", "me like summer"."""
    pronoun, before, after = words[place].word, words[place - 1], words[place + 1]
    if pronoun in _TO_SUBJECT and place == 0:
        later = words[1]
        if (later.may_be("vzhbM") and not later.may_be("nms") or later.may_be("d") and not later.may_be("p")) and later.word != "too" and (pronoun != "her" or later.may_be("hbz")):
            return _fault(0, 0, _TO_SUBJECT[pronoun].capitalize(), "pronoun", WORD_CHOICE)
        return None
    if pronoun not in _TO_OBJECT:
        return None
    if before.word in _GIVING and after.may_be("DO#mj") and before.classes:
        return _fault(place, place, _TO_OBJECT[pronoun], "pronoun", WORD_CHOICE)
    if after.may_be(".") and after.word in {".", "!", ","} and (before.word in _TAKES_OBJECT and words[place - 2].may_be("SnNsa") or before.word in {"with", "like", "for", "about", "at", "to", "from", "of"} and before.classes):
        if pronoun == "i" and before.word == "like" and not words[place - 2].may_be("z"):
            return None
        return _fault(place, place, _TO_OBJECT[pronoun], "pronoun", WORD_CHOICE)
    return None


def _pronoun_owner(words: Words, place: int) -> Fault | None:
    """"For he birthday", "me mother", "she brother is"."""
    before, noun = words[place - 1], words[place + 1]
    if not noun.may_be("n") or noun.may_be("v?j") or not ends_phrase(words[place + 2]):
        return None
    if words[place].word == "me" and (not noun.may_be("H") or before.may_be("vzdg")):
        return None
    if before.may_be("P") and not before.may_be("c") or place == 0:
        return _fault(place, place, like(words[place].text, _TO_POSSESSIVE[words[place].word]), "pronoun", WORD_CHOICE)
    return None


def _possessive_alone(words: Words, place: int) -> Fault | None:
    """"This book is my.", "theirs garden"."""
    word = words[place].word
    if word in _ALONE and words[place + 1].word in {".", "!"} and words[place - 1].may_be("bPD") and (word != "her" or words[place - 1].may_be("b") and words[place - 2].may_be("n") and not words[place - 2].may_be("H")):
        return _fault(place, place, _ALONE[word], "pronoun", WORD_CHOICE)
    if word in _BEFORE_OWNED and words[place + 1].may_be("ns") and not words[place + 1].may_be("v?z") and (place == 0 or words[place - 1].may_be("Pv")):
        return _fault(place, place, like(words[place].text, _BEFORE_OWNED[word]), "pronoun", WORD_CHOICE)
    return None


def _self(words: Words, place: int) -> Fault | None:
    return _fault(place, place, like(words[place].text, _SELVES[words[place].word]), "pronoun", WORD_CHOICE)


def _same(words: Words, place: int) -> Fault | None:
    """"In same class", "for first time"."""
    if words[place].word in _DETERMINED and words[place - 1].may_be("PvzdM") and words[place - 1].word not in {"than", "as", "come", "came", "comes", "finish", "finished", "win", "won", "placed", "at", "ranked", "be", "go", "went"} and words[place + 1].may_be("nl") and ends_phrase(words[place + 2]) and words[place + 1].word != "language":
        if words[place + 1].may_be("v") and words[place + 1].word not in {"time", "class", "school", "day"} or words[place].word != "same" and words[place - 1].may_be("vzd"):
            return None
        return _fault(place, place, f"the {words[place].text}", "article_missing")
    return None


def _such(words: Words, place: int) -> Fault | None:
    """"Such beautiful place"."""
    end = place + 1
    while words[end].may_be("j") and not words[end].may_be("n"):
        end += 1
    noun = words[end]
    if end > place + 1 and noun.word in _THINGS and not noun.may_be("sv?m") and ends_phrase(words[end + 1]):
        article = _article(words[place + 1].word)
        return _fault(place, place + 1, f"{words[place].text} {article} {words[place + 1].text}", "article_missing")
    return None


def _most_of(words: Words, place: int) -> Fault | None:
    """"Most of students"."""
    noun = words[place + 2]
    if words[place + 1].word == "of" and noun.may_be("s") and not noun.may_be("mz?") and words[place - 1].word not in {"the", "a", "as"}:
        return _fault(place, place + 1, words[place].text, "usage", WORD_CHOICE)
    return None


def _lot_of(words: Words, place: int) -> Fault | None:
    """"A lot of student"."""
    end = place + 2
    while words[end].may_be("j") and not words[end].may_be("n"):
        end += 1
    noun = words[end]
    if words[place + 1].word == "of" and noun.word in _THINGS and not noun.may_be("smvlj?") and ends_phrase(words[end + 1]) and words[end + 1].word not in {"-", "and"}:
        return _fault(end, end, plural_of(noun.word), "number")
    return None


def _there_is(words: Words, place: int) -> Fault | None:
    """"There is many old trees", "there are a park", "there are much traffic"."""
    verb = words[place + 1]
    if verb.word not in {"is", "are", "was", "were"} or words.is_question and place > 0:
        return None
    end = place + 2
    several = words[end].may_be("#") and words[end].text != "1" or words[end].word in {"some"}
    if words[end].may_be("#") or words[end].word in {"some", "no"}:
        end += 1
    elif words[end].word in {"a", "lots"} and words[end + 1].word in {"lot", "of"}:
        several, end = True, end + (3 if words[end].word == "a" else 2)
    elif words[end].word in {"a", "an", "one", "much"}:
        end += 1
    while words[end].may_be("j") and not words[end].may_be("n"):
        end += 1
    noun, first = words[end], words[place + 2].word
    if not ends_phrase(words[end + 1]) or words[end + 1].word in {"and", "or"} or noun.may_be("?") and not several:
        return None
    if verb.word in {"is", "was"} and noun.may_be("s") and not noun.may_be("nm") and (first not in {"a", "an", "one", "much"} or several):
        return _fault(place + 1, place + 1, {"is": "are", "was": "were"}[verb.word], "agreement")
    if verb.word in {"are", "were"} and (first in {"a", "an", "one"} and not several and noun.may_be("n") or (several or first == "much") and noun.may_be("m")) and not noun.may_be("s") and words[place + 3].word not in {"few", "number", "couple"}:
        return _fault(place + 1, place + 1, {"are": "is", "were": "was"}[verb.word], "agreement")
    return None


def _quality_after_article(words: Words, place: int) -> Fault | None:
    """"A big different between", "no confident."."""
    end = place + 1
    if words[end].word in {"big", "great", "huge", "little", "good", "lot"}:
        end += 1
    word, after = words[end].word, words[end + 1].word
    if word in _QUALITIES and word not in {"kind", "beautiful", "sad", "strong"} and (after in {"between", "."} and words[place].word != "the") and words[place - 1].word not in {"such"}:
        return _fault(end, end, _QUALITIES[word], "word_choice", WORD_CHOICE)
    return None


def _and_me(words: Words, place: int) -> Fault | None:
    """"My brother and me went"."""
    if words[place - 1].word != "and" or not words[place - 2].may_be("HN") or place > 4:
        return None
    after = words[place + 1]
    if after.may_be("dbh") and (not after.may_be("p") or place <= 3) and (words[0].may_be("ON") or words[0].text[:1].isupper()):
        if any(words[each].may_be("vzdbhP") for each in range(max(0, place - 2))):
            return None
        return _fault(place, place, _TO_SUBJECT[words[place].word], "pronoun", WORD_CHOICE)
    return None


def _no_article(words: Words, place: int) -> Fault | None:
    """"Borrowed book", "for month", "in small village": a thing in the singular without an article."""
    before = words[place]
    if before.text[:1].isupper() and place > 0:
        return None
    end = place + 1
    while words[end].may_be("j") and not words[end].may_be("n?") and end - place < 3:
        end += 1
    noun = words[end]
    if noun.word not in _THINGS or noun.word in _NO_ARTICLE or noun.may_be("slmvjz?P") or noun.text != noun.word:
        return None
    after = words[end + 1]
    if after.word == "after" or words[place - 1].word == noun.word:
        return None
    if not after.may_be(".PcbwS") or after.word in {"of", "to", "or", "and", ":", "-", "/", "'", '"', "’"}:
        if not (after.word == "and" and end > place + 1):
            return None
    if before.word in _TAKES_THING:
        if words[place - 1].word in {"a", "the", "to"} and before.may_be("n"):
            return None
        if before.may_be("b") and (not words[place - 1].may_be("SnN") or not noun.may_be("H") and end == place + 1):
            return None
    elif not (before.word in _PLACED and (end > place + 1 or noun.word in {"month", "week", "year", "house", "garden", "village", "city", "forest", "bedroom", "box", "library", "hotel", "farm", "restaurant"}) and words[place - 1].classes and words[place - 1].word not in {"from", "by"}):
        return None
    if not before.may_be("b"):
        return _fault(place + 1, end, "", "article_missing")
    phrase = " ".join(words[each].text for each in range(place + 1, end + 1))
    return _fault(place + 1, end, f"{_article(phrase)} {phrase}", "article_missing")


def _unique(words: Words, place: int) -> Fault | None:
    """"That moon is": there is one, so "the moon"."""
    before = words[place - 1]
    if before.word in {"on", "around", "of", "that", "use", "uses", "protect", "save", "under", "pollute", "destroy", "in"} and words[place + 1].may_be(".bPc") and words[place].word in _UNIQUE and words[place].text == words[place].word:
        if before.word == "that" and not words[place - 2].may_be("zvd") and words[place - 2].word not in {"says", "say"}:
            return None
        return _fault(place, place, f"the {words[place].text}", "article_missing")
    return None


def _the_nature(words: Words, place: int) -> Fault | None:
    """"I love the nature."."""
    noun = words[place + 1]
    if noun.word in _BARE and words[place + 2].may_be(".") and words[place - 1].word in {"love", "like", "protect", "save", "destroy", "enjoy", "in", "loves", "enjoyed", "about"}:
        return _fault(place, place + 1, noun.text, "article_needless")
    return None


def _superlative(words: Words, place: int) -> Fault | None:
    """"It was best holiday of"."""
    end = place + 1
    if not words[place].may_be("b") or not words[end].may_be("t") or words[end].word in {"least", "most"}:
        return None
    if words[end + 1].may_be("n") and words[end + 2].word in {"of", "in", "i", "that", "."} and not words[end + 1].may_be("v"):
        return _fault(end, end, f"the {words[end].text}", "article_missing")
    return None


def _quality(words: Words, place: int) -> Fault | None:
    """"Your kind.", "my healthy.": an adjective in the place of its noun."""
    word = words[place + 1].word
    after = words[place + 2]
    if word in _QUALITIES and (after.word in {".", "!"} or (after.word in {"is", "was", "of"} and word != "kind")) and words[place].word not in {"its", "their"}:
        if words[place].word == "her" and not words[place - 1].may_be("P"):
            return None
        return _fault(place + 1, place + 1, _QUALITIES[word], "word_choice", WORD_CHOICE)
    return None


def _noun_for_verb(words: Words, place: int) -> Fault | None:
    """"Want to success", "must protection nature"."""
    noun = words[place + 1]
    if noun.word not in _VERBS_OF_NOUNS:
        return None
    if words[place].word == "to":
        wanting = words[place - 1]
        fits = wanting.word in {"want", "wants", "wanted", "hope", "need", "needs", "try", "trying", "able", "going", "decided", "is", "how", "important", "have", "has", "would", "like"}
    else:
        fits = words[place - 1].may_be("Ss") and words[place].text == words[place].word
    return _fault(place + 1, place + 1, _VERBS_OF_NOUNS[noun.word], "word_choice", WORD_CHOICE) if fits else None


NOUN_RULES = (
    WordRule.at(_counted_singular, _COUNTING, "#"),
    WordRule.at(_last_years, ["one", "some"]),
    WordRule.at(_each_plural, ["every", "each", "another", "a", "an"]),
    WordRule.at(_mass_plural, _PLURAL_OF_MASS),
    WordRule.at(_mass_article, ["a", "an"]),
    WordRule.at(_how_many, ["many", "much", "less", "little", "few", "amount"]),
    WordRule.at(_every_thing, ["everything", "something", "anything", "nothing", "all"], "n"),
    WordRule.at(_which_person, ["which", "who", "whom"]),
    WordRule.at(_resumed, ["that", "which"]),
    WordRule.at(_pronoun_case, {*_TO_OBJECT, *_TO_SUBJECT}),
    WordRule.at(_pronoun_owner, ["he", "she", "they", "we", "me"]),
    WordRule.at(_possessive_alone, {*_ALONE, *_BEFORE_OWNED}),
    WordRule.at(_self, _SELVES),
    WordRule.at(_no_article, {*_TAKES_THING, *_PLACED}),
    WordRule.at(_unique, _UNIQUE),
    WordRule.at(_the_nature, ["the"]),
    WordRule.at(_superlative, classes="b"),
    WordRule.at(_same, _DETERMINED),
    WordRule.at(_such, ["such"]),
    WordRule.at(_most_of, ["most", "some", "many", "few"]),
    WordRule.at(_lot_of, ["lot", "lots", "plenty"]),
    WordRule.at(_there_is, ["there"]),
    WordRule.at(_quality_after_article, ["a", "any", "no"]),
    WordRule.at(_and_me, ["me", "him", "her"]),
    WordRule.at(_quality, classes="O"),
    WordRule.at(_noun_for_verb, ["to"], "M"),
)
