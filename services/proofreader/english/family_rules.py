"""Rules for a word of the right family in the wrong class: "the pollute of", "most succeed", "I usual go"."""

from services.proofreader.english.lexicon import adverb_of
from services.proofreader.english.phrases import (
    WORD_CHOICE,
    Fault,
    WordRule,
    begins_clause,
    ends_phrase,
    like,
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
    MARK,
    MASS,
    NOUN,
    PAST_TENSE,
    PERSON,
    PLURAL,
    POSSESSIVE,
    PREPOSITION,
    SUBJECT,
    THIRD_PERSON,
)

# Verbs that are no nouns, and theirs.
_NOUN_OF = dict(
    each.split(":")
    for each in (
        "achieve:achievement admire:admiration admit:admission advertise:advertisement agree:agreement "
        "analyze:analysis analyse:analysis announce:announcement apply:application appear:appearance "
        "argue:argument arrive:arrival attract:attraction behave:behavior believe:belief breathe:breath "
        "choose:choice collect:collection combine:combination communicate:communication compare:comparison "
        "compete:competition complain:complaint conclude:conclusion connect:connection consume:consumption "
        "contribute:contribution converse:conversation create:creation decide:decision describe:description "
        "destroy:destruction develop:development differ:difference disappear:disappearance "
        "discover:discovery discuss:discussion donate:donation educate:education employ:employment "
        "encourage:encouragement enjoy:enjoyment enter:entrance entertain:entertainment exist:existence "
        "expect:expectation explain:explanation explode:explosion explore:exploration fail:failure "
        "graduate:graduation grow:growth imagine:imagination imitate:imitation improve:improvement "
        "inform:information inspire:inspiration introduce:introduction invent:invention invest:investment "
        "invite:invitation lose:loss manage:management marry:marriage move:movement obey:obedience "
        "observe:observation organize:organization participate:participation perform:performance "
        "permit:permission persuade:persuasion please:pleasure pollute:pollution populate:population "
        "predict:prediction prefer:preference prepare:preparation prevent:prevention produce:production "
        "pronounce:pronunciation propose:proposal protect:protection prove:proof publish:publication "
        "punish:punishment react:reaction receive:receipt recognize:recognition recommend:recommendation "
        "reduce:reduction refuse:refusal relax:relaxation rely:reliance remove:removal repeat:repetition "
        "respond:response satisfy:satisfaction select:selection solve:solution speak:speech "
        "succeed:success suggest:suggestion survive:survival think:thought transport:transportation "
        "translate:translation treat:treatment vary:variety weigh:weight die:death serve:service "
        "advise:advice prescribe:prescription reserve:reservation register:registration "
        "know:knowledge investigate:investigation celebrate:celebration concentrate:concentration"
    ).split()
)
_ALSO_NOUNS = frozenset(
    {
        "permit",
        "transport",
        "treat",
        "move",
        "reserve",
        "register",
        "graduate",
        "repeat",
        "produce",
        "converse",
    }
)
_BEFORE_NOUN = frozenset("the this that good bad great big important first final best a an no".split())
_QUALITY_OF = dict(
    each.split(":")
    for each in (
        "important:importance different:difference difficult:difficulty beautiful:beauty honest:honesty "
        "brave:bravery lonely:loneliness patient:patience confident:confidence healthy:health "
        "happy:happiness angry:anger successful:success intelligent:intelligence strong:strength "
        "popular:popularity polite:politeness generous:generosity creative:creativity safe:safety "
        "responsible:responsibility possible:possibility necessary:necessity curious:curiosity "
        "independent:independence convenient:convenience dangerous:danger hungry:hunger silent:silence "
        "violent:violence wise:wisdom able:ability available:availability equal:equality "
        "friendly:friendliness lazy:laziness careless:carelessness powerful:power long:length wide:width "
        "high:height deep:depth hot:heat famous:fame free:freedom"
    ).split()
)
# With "the" and "of" they name a part, or whom they are said of.
_ALSO_NAMED = frozenset(
    {"long", "wide", "high", "deep", "hot", "free", "strong", "able", "equal", "patient", "safe", "brave"}
)
_ADJECTIVE_OF = dict(
    each.split(":")
    for each in (
        "succeed:successful success:successful attract:attractive attraction:attractive beauty:beautiful "
        "danger:dangerous create:creative compete:competitive differ:different difference:different "
        "importance:important health:healthy happiness:happy noise:noisy tradition:traditional "
        "wisdom:wise convenience:convenient stress:stressful fame:famous kindness:kind "
        "confidence:confident intelligence:intelligent patience:patient curiosity:curious "
        "popularity:popular politeness:polite generosity:generous bravery:brave honesty:honest "
        "poverty:poor anger:angry hunger:hungry luck:lucky care:careful help:helpful use:useful "
        "harm:harmful peace:peaceful power:powerful pain:painful wonder:wonderful mystery:mysterious "
        "humor:humorous ambition:ambitious religion:religious nature:natural history:historical "
        "culture:cultural economy:economical energy:energetic fashion:fashionable music:musical "
        "taste:tasty dirt:dirty salt:salty wind:windy rain:rainy sun:sunny cloud:cloudy thirst:thirsty "
        "knowledge:knowledgeable talent:talented experience:experienced skill:skilled interest:interesting "
        "excite:exciting surprise:surprising bore:boring depend:dependent impress:impressive "
        "friend:friendly comfort:comfortable courage:courageous ability:able relax:relaxing"
    ).split()
)
_DEGREES = frozenset({"very", "so", "too", "most", "really"})
_OF_SOMEBODY = ("man", "er", "or", "ist", "woman")
_DEGREES_BEFORE_NOUN = frozenset({"very", "most", "really"})
_FREQUENT = {
    each: adverb_of(each)
    for each in "usual final sudden easy careful quiet real immediate recent general normal actual certain "
    "quick slow regular serious strong true complete special frequent gradual unfortunate fortunate lucky "
    "obvious probable".split()
}
_FREQUENT |= {"true": "truly", "probable": "probably", "real": "really", "gradual": "gradually"}
_EXTREME = {
    each: f"{each[:-1]}y" if each.endswith("le") else f"{each}ly"
    for each in "extreme incredible terrible complete absolute unbelievable total particular serious".split()
}
_OPENERS = frozenset(
    "usual sudden final unfortunate fortunate recent general normal actual obvious lucky".split()
)


def _the_pollute(words: Words, place: int) -> Fault | None:
    """Finds "the pollute of our rivers", "my decide", "a big improve"."""
    word, before, after = words[place].word, words[place - 1], words[place + 1]
    if place == 0 or words[place].text[:1].isupper():
        return None
    right = _NOUN_OF[word]
    if before.word in {"the", "this", "a", "an"} and after.word == "of" and word not in _ALSO_NOUNS:
        return word_fault(place, place, right, "word_choice", WORD_CHOICE)
    if word in _ALSO_NOUNS or words[place].may_be(NOUN | ADJECTIVE):
        return None
    owned = before.may_be(POSSESSIVE) and before.word != "her" and (after.word in {"is", "was", "of", "."})
    judged = (
        before.word
        in {"good", "bad", "great", "big", "important", "final", "best", "difficult", "new", "huge"}
        and words[place - 2].may_be(DETERMINING)
        and (after.may_be(MARK | CONJUNCTION | PREPOSITION) and after.word not in {"-", "and", "or"})
    )
    if (owned and words[place - 2].word not in {"let", "make", "help"}) or judged:
        return word_fault(place, place, right, "word_choice", WORD_CHOICE)
    return None


def _the_important(words: Words, place: int) -> Fault | None:
    """Finds "the important of education", "the kind of the old woman"."""
    word, before, after = words[place].word, words[place - 1], words[place + 1]
    if word == "kind":
        felt = words[place - 2].word in {"forget", "appreciate", "remember", "forgot"}
        if (
            felt
            and before.word in {"the", "your", "his", "her", "their"}
            and after.word == "of"
            and any(words[place + each].may_be(PERSON) for each in (3, 4))
        ):
            return word_fault(place, place, "kindness", "word_choice", WORD_CHOICE)
        return None
    if (
        before.word == "of"
        and after.may_be(MARK)
        and words[place - 2].word in {"lot", "lots", "lack", "sense", "feeling", "full"}
    ):
        return word_fault(place, place, _QUALITY_OF[word], "word_choice", WORD_CHOICE)
    if word in _ALSO_NAMED or after.word not in {"of", "between"} or before.word not in {"the", "an"}:
        return None
    if words[place + 2].word in {"all", "them", "these", "those", "both", "us", "you"} or words[
        place + 2
    ].may_be(PLURAL):
        return None
    return word_fault(place, place, _QUALITY_OF[word], "word_choice", WORD_CHOICE)


def _most_succeed(words: Words, place: int) -> Fault | None:
    """Finds "the most succeed singer", "a very beauty girl", "he is very success."."""
    word, before, after = words[place].word, words[place - 1], words[place + 1]
    if before.word not in _DEGREES or words[place].text[:1].isupper():
        return None
    right = _ADJECTIVE_OF[word]
    verb_or_noun = words[place].may_be(BASE_FORM) and not words[place].may_be(NOUN)
    noun = after.may_be(PERSON | NOUN) or (not after.classes and after.word.endswith(_OF_SOMEBODY))
    if before.word in _DEGREES_BEFORE_NOUN and noun and not after.may_be(BASE_FORM):
        named = words[place - 2].may_be(DETERMINER) and words[place - 2].word not in {"that", "this"}
        if before.word == "most" and words[place - 2].word != "the":
            named = False
        if named and not (before.word == "very" and words[place - 2].word == "the"):
            return word_fault(place, place, right, "word_choice", WORD_CHOICE)
    if (
        before.word in {"very", "so", "too"}
        and words[place - 2].may_be(BE)
        and (after.may_be(MARK) or after.word in {"and", "because", "but", "to", "for"})
        and after.word != "-"
        and (not verb_or_noun or word == "succeed")
    ):
        return word_fault(place, place, right, "word_choice", WORD_CHOICE)
    return None


def _i_usual_go(words: Words, place: int) -> Fault | None:
    """Finds "I usual go", "Sudden, he stopped"."""
    word, before, after = words[place].word, words[place - 1], words[place + 1]
    if place == 0:
        if word in _OPENERS and after.word == ",":
            return word_fault(
                place, place, like(words[place].text, _FREQUENT[word]), "word_choice", WORD_CHOICE
            )
        return None
    if (
        not before.may_be(SUBJECT)
        or before.word in {"it", "you", "her"}
        or not begins_clause(words, place - 1)
    ):
        return None
    if (
        after.may_be(BASE_FORM | PAST_TENSE | THIRD_PERSON)
        and not after.may_be(NOUN | ADJECTIVE | PLURAL)
        and (
            not after.may_be(AMBIGUOUS)
            or words[place + 2].may_be(DETERMINING | PREPOSITION | MARK)
            or words[place + 2].word == "to"
        )
    ):
        return word_fault(place, place, _FREQUENT[word], "word_choice", WORD_CHOICE)
    return None


def _extreme_cold(words: Words, place: int) -> Fault | None:
    """Finds "it was extreme cold"."""
    before, adjective, after = words[place - 1], words[place + 1], words[place + 2]
    if (
        before.may_be(BE)
        and adjective.may_be(ADJECTIVE)
        and (adjective.word in {"cold", "hot", "dry"} or not adjective.may_be(NOUN | AMBIGUOUS | ADVERB))
        and after.may_be(MARK | PREPOSITION | CONJUNCTION)
        and after.word not in {",", "-", "and", "or", "that"}
    ):
        return word_fault(place, place, _EXTREME[words[place].word], "word_choice", WORD_CHOICE)
    return None


def _works_hardly(words: Words, place: int) -> Fault | None:
    """Finds "he works hardly.", "she came very lately."."""
    before, after = words[place - 1], words[place + 1]
    degree = before.word in {"very", "so", "really", "too"}
    verb = words[place - 1 - degree].word
    if words[place].word == "hardly":
        works = verb in _TRYING or (
            degree and words[place - 2].may_be(NOUN | SUBJECT) is False and verb in _TRYING
        )
        ends = (
            after.may_be(MARK)
            or (degree and ends_phrase(after))
            or after.word in {"every", "because", "for", "to", "and"}
        )
        return (
            word_fault(place, place, "hard", "word_choice", WORD_CHOICE)
            if works and ends and after.word != "-"
            else None
        )
    came = verb in {"came", "come", "arrived", "arrive", "up", "bed", "home"} and degree
    return word_fault(place, place, "late", "word_choice", WORD_CHOICE) if came else None


_TRYING = frozenset(
    "work works worked working study studies studied studying try tried tries practise practice "
    "practiced trained train".split()
)
_GOOD_SENSES = {
    "deliciously": "delicious",
    "beautifully": "beautiful",
    "wonderfully": "wonderful",
    "terribly": "terrible",
    "horribly": "horrible",
    "nicely": "nice",
    "badly": "bad",
    "freshly": "fresh",
    "perfectly": "perfect",
    "sweetly": "sweet",
    "awfully": "awful",
}


def _smells_deliciously(words: Words, place: int) -> Fault | None:
    """Finds "the soup smelled deliciously, but"."""
    before, after = words[place - 1], words[place + 1]
    degree = before.word in {"very", "so", "really"}
    verb, subject = words[place - 1 - degree], words[place - 2 - degree]
    if not (after.may_be(MARK) or after.word in {"and", "but", "because", "when"}) or after.word == "-":
        return None
    senses = {"taste", "tastes", "tasted", "smell", "smells", "smelled"}
    if words[place].word in {"deliciously", "wonderfully", "nicely", "beautifully"}:
        senses |= {"look", "looks", "looked"}
    thing = (
        subject.may_be(NOUN | PLURAL)
        or subject.word in {"it", "they", "food", "bread"}
        or subject.may_be(MASS)
    )
    if (
        verb.word in senses
        and thing
        and not subject.may_be(PERSON)
        and not (verb.word == "smelled" and words[place].word == "badly")
    ):
        return word_fault(place, place, _GOOD_SENSES[words[place].word], "word_choice", WORD_CHOICE)
    return None


FAMILY_RULES = (
    WordRule.at(_the_pollute, _NOUN_OF),
    WordRule.at(_the_important, {*_QUALITY_OF, "kind"}),
    WordRule.at(_most_succeed, _ADJECTIVE_OF),
    WordRule.at(_i_usual_go, _FREQUENT),
    WordRule.at(_extreme_cold, _EXTREME),
    WordRule.at(_works_hardly, ["hardly", "lately"]),
    WordRule.at(_smells_deliciously, _GOOD_SENSES),
)
