"""Finds words that learners take for their neighbours in meaning, and companions that do not go with them."""

import re

from services.proofreader.english.lexicon import (
    BASE_OF,
    FORMS_OF,
    IRREGULAR_PLURALS,
    PERSONS,
    SHORT_ADJECTIVES,
    comparative_of,
    plural_of,
)
from services.proofreader.english.nouns import PLACES
from services.proofreader.english.patterns import CLAUSE, Correct, FaultPattern
from services.proofreader.english.verbs import any_of

_BEGINS = r"(?<![^.!?\n] )(?<!\w)"
_THEM = r"(?:me|him|us|them)"
_OWN = r"(?:my|your|his|her|our|their)"
_DET = rf"(?:the|an?|this|that|some|{_OWN})"
_DAYS = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_MONTHS = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_LANGUAGES = (
    r"(?:English|Korean|Japanese|Chinese|French|German|Spanish|Italian|Russian|Vietnamese|Arabic|Portuguese|Thai"
    r"|Turkish|Hindi|Latin|Greek|Polish|Dutch|Swedish|Indonesian)"
)
_SUBJECTS_OF_STUDY = (
    r"(?:medicine|law|mathematics|maths|math|physics|chemistry|biology|economics|psychology|engineering|literature"
    r"|philosophy|architecture|politics|journalism|business|computer science)"
)
_PORTABLE = (
    r"(?:bicycles?|bikes?|wallets?|money|phones?|purses?|bags?|handbags?|cars?|jewel(?:s|ry|lery)|watch(?:es)?|passports?"
    r"|computers?|cameras?|laptops?|necklaces?|rings?|paintings?|diamonds?|motorbikes?|suitcases?|keys?)"
)
_SMALL = r"(?:big |small |little |good |nice |long |short |great |quick |hot |cold |huge |serious |terrible |few |lot of )?"
_PERSON = any_of(PERSONS)
_PEOPLE = any_of([*PERSONS, *map(plural_of, PERSONS), *IRREGULAR_PLURALS.values(), "people", "parents"])
_UNTIL_DONE = (
    r"(?:hand(?:ed)? in|submit(?:ted)?|sen[dt]|finish(?:ed)?|return(?:ed)?|deliver(?:ed)?|complete[d]?|bring|give(?: back)?|reply"
    r"|answer|pay|paid|register|apply|book|be back|come back|get back|do|done|write|read|decide)"
)
_TILL = rf"(?:{_DAYS}|tomorrow|tonight|next (?:week|month|year|{_DAYS})|the end of|noon|midnight|\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) o)"
_PLAY = {
    "see": "watch",
    "sees": "watches",
    "saw": "watched",
    "seeing": "watching",
    "look": "watch",
    "looks": "watches",
    "looked": "watched",
    "looking": "watching",
}
_SPEAK = {"talk": "speak", "talks": "speaks", "talked": "spoke", "talking": "speaking"}
_TELL = {
    "say": "tell",
    "says": "tells",
    "said": "told",
    "saying": "telling",
    "speak": "tell",
    "speaks": "tells",
    "spoke": "told",
    "speaking": "telling",
}
_MISS = {"lose": "miss", "loses": "misses", "lost": "missed", "losing": "missing"}
_STEAL = {"rob": "steal", "robs": "steals", "robbed": "stole", "robbing": "stealing"}
_TAKE = {
    "make": "take",
    "makes": "takes",
    "made": "took",
    "making": "taking",
    "do": "take",
    "does": "takes",
    "did": "took",
    "doing": "taking",
}
_HAVE = {
    "make": "have",
    "makes": "has",
    "made": "had",
    "making": "having",
    "do": "have",
    "does": "has",
    "did": "had",
    "doing": "having",
}
_MAKE = {"do": "make", "does": "makes", "did": "made", "doing": "making"}
_DO = {"make": "do", "makes": "does", "made": "did", "making": "doing"}
_BEAT = {"win": "beat", "won": "beat", "wins": "beats", "winning": "beating"}
_REMIND = {"remember": "remind", "remembers": "reminds", "remembered": "reminded"}
_TURN = {
    "open": "turn on",
    "opens": "turns on",
    "opened": "turned on",
    "close": "turn off",
    "closes": "turns off",
    "closed": "turned off",
}
_TEACH = {"learn": "teach", "learns": "teaches", "learned": "taught", "learnt": "taught"}
_RISE = {"raises": "rises", "raised": "rose", "raise": "rise"}
_FELL = {"fell": "felt", "felt": "fell", "feel": "fall"}
_OTHER_SEX = {
    **dict.fromkeys(
        [
            "sister",
            "mother",
            "mom",
            "mum",
            "aunt",
            "grandmother",
            "grandma",
            "daughter",
            "niece",
            "wife",
            "girlfriend",
        ],
        "she",
    ),
    **dict.fromkeys(
        [
            "brother",
            "father",
            "dad",
            "uncle",
            "grandfather",
            "grandpa",
            "son",
            "nephew",
            "husband",
            "boyfriend",
        ],
        "he",
    ),
}
_FAR = 300
_ANYBODY = rf"(?:he|she|him|his|her|who|that|{_PEOPLE}|baby|cat|dog|boss)\b"
# Before, somebody else may have been named: a person, or a name inside a sentence.
_SOMEBODY = re.compile(
    rf"\b(?:he|she|him|his|her|hers|man|woman|{_PEOPLE}|baby|cat|dog|boss|Mr|Mrs|Ms)\b|[a-z,] [A-Z][a-z]"
)
_TOOK = {"be": "been", "do": "done", "did": "done"}
# The past of each participle that is not the same as the base.
_PASTS = {
    forms[2]: forms[1]
    for base, forms in FORMS_OF.items()
    if forms[2] != base
    and base
    in {
        "die",
        "buy",
        "visit",
        "move",
        "start",
        "begin",
        "finish",
        "graduate",
        "meet",
        "marry",
        "build",
        "leave",
        "arrive",
        "lose",
        "write",
        "win",
        "open",
        "travel",
        "return",
        "join",
        "happen",
    }
}
_QUALITIES = {
    "importance": "important", "success": "successful", "confidence": "confident", "intelligence": "intelligent",
    "patience": "patient", "wisdom": "wise", "difference": "different",
}  # fmt: skip
_COUNTS = frozenset(
    [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "several",
        "few",
        "many",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "10",
    ]
)


def _usage(pattern: str, right: Correct | str) -> FaultPattern:
    return FaultPattern.of("usage", pattern, right, "word_choice")


def _words(pattern: str, right: Correct | str) -> FaultPattern:
    return FaultPattern.of("word_choice", pattern, right, "word_choice")


def _of(table: dict[str, str], pattern: str) -> FaultPattern:
    """Makes one whose group "bad" is one of some words that each have their correction."""
    return _words(pattern.replace("BAD", any_of(table)), lambda found: table[found["bad"]])


def _the(found: re.Match[str]) -> str:
    return f"the {found['bad']}"


def _gerund(found: re.Match[str]) -> str:
    return FORMS_OF[found["verb"]][3]


def _other_sex(found: re.Match[str]) -> str | None:
    """Returns the pronoun of who is named, if nobody else was whom the other one may stand for."""
    right = _OTHER_SEX[found["who"]]
    before = found.string[max(0, found.start() - _FAR) : found.start()]
    return None if right == found["bad"] or _SOMEBODY.search(before) else right


def _own_sex(found: re.Match[str]) -> str | None:
    partner = found.string[found.end() :].split(maxsplit=1)[0].strip(".,!?;")
    right = "her" if partner in {"husband", "boyfriend"} else "his"
    fits = (_OTHER_SEX[found["who"]] == "she") == (right == "her")
    return right if fits and right != found["own"] else None


def _time_first(found: re.Match[str]) -> str:
    who = found["who"] if found["who"] == "I" else found["who"].lower()
    time = found["time"]
    opens = found["who"][0].isupper() and not re.search(r"[a-z,;] \Z", found.string[: found.start("bad")])
    return f"{time.capitalize() if opens else time} {who}"


def _with_article(found: re.Match[str]) -> str:
    return f"{'an' if found['noun'][0] in 'aeiou' or found['noun'].startswith('honest') else 'a'} {found['noun']}"


def _cased(right: str) -> Correct:
    return lambda found: right[0].upper() + right[1:] if found["bad"][0].isupper() else right


def _hundreds_of(found: re.Match[str]) -> str | None:
    return None if (found["before"] or "").lower().strip() in _COUNTS else f"{found['bad']} of"


_BASES = any_of(each for each in FORMS_OF if each not in {"let", "school", "bed", "work"})

COLLOCATION_PATTERNS = (
    # Words that are near in meaning.
    _of(_MISS, r"(?P<bad>BAD)(?= (?:the|my|our|his|her|their) (?:last |first )?(?:train|bus|flight|plane|ferry|subway)(?=[.,!?;]| (?:by|and|because|so|to|this|yesterday|again|at|for|in|on)\b))"),
    _of(_STEAL, rf"(?P<bad>BAD)(?= (?:{_DET}|two|three|many|several|all) (?:[a-z]{{2,10}} )?{_PORTABLE}(?=[.,!?;]| (?:from|in|at|and|last|while|yesterday|on|of)\b))"),
    _of(_SPEAK, rf"(?:I|[Yy]ou|[Ww]e|[Tt]hey|[Hh]e|[Ss]he|[Pp]eople|to|can|could|not|people|is|are|am|was|were|[a-z]+n['’]t|everyone|of) (?P<bad>BAD)(?= {_LANGUAGES}(?=[.,!?;]| (?:with|to|in|at|and|very|well|fluently|every|because|when|but)\b))"),
    _of(_TELL, r"(?P<bad>BAD)(?= (?:the truth|a lie|lies|a story|stories|jokes|a joke|a secret)(?=[.,!?;]| (?:to|about|and|because|in|when|every|all)\b))"),
    _words(r"(?P<bad>tell|told|tells)(?= (?:hello|goodbye|good morning|good night|sorry)\b)", lambda found: {"tell": "say", "told": "said", "tells": "says"}[found["bad"]]),
    _of(_PLAY, r"(?:I|[Ww]e|[Tt]hey|[Hh]e|[Ss]he|to|and|is|am|are|was|were|often|always|usually|like|love|of|not|[a-z]+n['’]t) (?P<bad>BAD)(?= (?:the )?(?:TV|television|movies on)(?=[.,!?;]| (?:and|in|at|every|with|after|before|all|together|for|because|when|a lot|too)\b))"),
    _of(_TAKE, rf"(?P<bad>BAD)(?= (?:an?|some|many|{_OWN}|two|the) {_SMALL}(?:shower|bath|nap|selfie|photos? of|walk)(?=[.,!?;]| (?:at|with|and|every|before|after|because|together|yesterday|around|my|me|the)\b))"),
    _of(_TAKE, rf"(?:I|[Ww]e|[Ss]he|[Hh]e|[Tt]hey|to|and|must|will) (?P<bad>BAD)(?= (?:an?|the|{_OWN}) {_SMALL}(?:exam|taxi)(?=[.,!?;]| (?:in|at|on|last|yesterday|and|tomorrow|next|to)\b))"),
    _of(_HAVE, rf"(?:I|[Ww]e|[Ss]he|[Hh]e|[Tt]hey|to|and|often|always|will) (?P<bad>BAD)(?= (?:a|an|{_OWN}) {_SMALL}(?:party|accident|dream|birthday party|good time)(?=[.,!?;]| (?:in|at|for|with|and|on|last|yesterday|when|every|because|about)\b))"),
    _of(_MAKE, rf"(?:I|[Ww]e|[Ss]he|[Hh]e|[Tt]hey|to|and|not|[a-z]+n['’]t|will|can|must|always|often) (?P<bad>BAD)(?= (?:an?|the same|many|some|new|lots of|a lot of|{_OWN}) {_SMALL}(?:mistakes?|decisions?|efforts?|noise|friends|progress|money|speech|promises?|phone calls?|appointments?|plans?|jokes?|suggestions?)(?=[.,!?;]| (?:in|at|for|with|and|on|last|yesterday|when|every|because|to|about)\b))"),
    _of(_DO, rf"(?:I|[Ww]e|[Ss]he|[Hh]e|[Tt]hey|to|and|not|[a-z]+n['’]t|will|can|must|always|often) (?P<bad>BAD)(?= (?:(?:an?|my|your|his|her|our|their|some|the) )?{_SMALL}(?:homework|exercises?|research|sports?|yoga|best|shopping|housework|favou?r|experiments?)(?=[.,!?;]| (?:every|about|in|for|and|on|at|to|after|before|yesterday|because|with)\b)(?! bikes?\b))"),
    _words(rf"(?:to|and|I|he|she|we|they|can|may|will|want to) (?P<bad>(?P<verb>make|makes|made|do|did)(?= (?:(?:{_THEM}|you|her) )?(?:a|some|many|the|two|{_OWN}) {_SMALL}questions?(?=[.!]| (?:to|about)\b)))", lambda found: {"make": "ask", "makes": "asks", "made": "asked", "do": "ask", "did": "asked"}[found["verb"]]),
    _of(_BEAT, rf"(?P<bad>BAD)(?= (?:{_THEM}(?=[.,!]| (?:in|at|by|with|\d))|(?:the other|their|our|another) (?:teams?|class|school)(?=[.,!]| (?:in|at|by|with|yesterday|last|\d))))"),
    _of(_REMIND, rf"(?P<bad>BAD)(?= (?:{_THEM}|you) of (?!all\b|old\b))"),
    _of(_REMIND, rf"(?:[Pp]lease|to|it|It|This song|photos?|pictures?|songs?|[Mm]y mother|he|she|always) (?P<bad>BAD)(?= (?:{_THEM}) to [a-z])"),
    _of(_TURN, r"(?:[Pp]lease|to|I|[Yy]ou|[Hh]e|[Ss]he|[Ww]e|[Tt]hey|and|not|[a-z]+n['’]t|can|could|always|will|mother|father|the) (?P<bad>BAD)(?= (?:the|my|all the|his|her|our) (?:lights?|TV|television|radio|fan|heater|air conditioner|air conditioning|heating)(?=[.,!?;]| (?:and|when|because|before|after|in|at|to|please|so)\b))"),
    _of({"Open": "Turn on", "Close": "Turn off"}, r"(?<![^.!?\n] )(?<!\w)(?P<bad>BAD)(?= (?:the|all the) (?:lights?|TV|television|radio|fan|heater|air conditioner|heating)(?=[.,!?;]| (?:and|when|because|before|after|please)\b))"),
    _of(_TEACH, rf"(?P<bad>BAD)(?= {_THEM} (?:{_LANGUAGES}|how|to [a-z]|(?:the|a|an|many|some|about|math|maths|science|music|everything|that)\b))"),
    _of(_RISE, r"(?:[Tt]he sun|[Pp]rices|[Tt]he prices?|[Tt]he temperature|[Tt]emperatures) (?:always )?(?P<bad>BAD)(?=[.,!?;]| (?:in|at|every|from|early|quickly|again|up|because|over|last|and)\b)"),
    _of(_FELL, r"(?P<bad>felt|feel)(?= (?:asleep|in love)(?=[.,!?;]| (?:with|in|and|on|at|when|because|during|while|after)\b))"),
    _words(rf"{CLAUSE}(?:I|[Ww]e|[Hh]e|[Ss]he|[Tt]hey) (?P<bad>fell)(?= (?:very |so |really )?(?:happy|sad|hungry|thirsty|nervous|better|excited|proud|bored|lonely|worried|angry|tired|embarrassed|good)(?=[.,!?;]| (?:because|when|and|about|after|for|that|to|but)\b))", "felt"),
    _words(rf"(?:[Cc]an|[Cc]ould|[Mm]ay) (?:I|we) (?P<bad>lend)(?= (?:{_OWN}|an?|the|this|that|some) [a-z]{{2,14}}(?:\?|,| (?:from|for)\b))", "borrow"),
    _words(rf"(?P<bad>lend|lent|lends)(?= (?:{_DET}|two|three) (?:[a-z]{{2,10}} )?(?:books?|money|pens?|bikes?|umbrella|car|pencils?|dictionary|phone|laptop|DVDs?|bicycle) from\b)", lambda found: {"lend": "borrow", "lent": "borrowed", "lends": "borrows"}[found["bad"]]),
    _words(rf"(?P<bad>borrow|borrowed|borrows)(?= (?:{_THEM}|you) (?:{_OWN}|a|an|the|some|two|ten|five|money|\d))", lambda found: {"borrow": "lend", "borrowed": "lent", "borrows": "lends"}[found["bad"]]),
    _words(rf"(?P<bad>borrow|borrowed|borrows)(?= (?:{_DET}) (?:[a-z]{{2,10}} )?(?:books?|money|pens?|bikes?|umbrella|car|pencils?|dictionary|phone|laptop|bicycle|notes?) to {_THEM}\b)", lambda found: {"borrow": "lend", "borrowed": "lent", "borrows": "lends"}[found["bad"]]),
    _words(r"(?:won|win|winning|wins) (?:the|a|an|first|second|third) (?:(?:first|second|third|big|great|special|main|top) )?(?P<bad>price)(?=[.,!?;]| (?:in|at|for|and|because)\b)", "prize"),
    _words(r"(?P<bad>[Hh]alf passed|[Qq]uarter passed)(?= (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d))", lambda found: found["bad"][:-6] + "past"),
    _words(rf"(?:walk|walks|walked|walking|go|goes|went|ran|run|runs|running|drive|drove|driving|came|rode|flew|flies|jumped|rushed|hurried) (?:straight |right |quickly |slowly |just )?(?P<bad>passed)(?= (?:the|an?|{_OWN}|{_THEM}|her|it)\b)", "past"),
    _words(r"(?P<bad>almost)(?= (?:all the )?(?:people|students|children|teachers|women|men|teenagers|parents|tourists|foreigners) (?:are|have|do|don['’]t|like|think|want|use|in|can|know|who|were|had|will)\b)", "most"),
    _words(rf"{_BEGINS}(?P<bad>Almost)(?= (?:people|students|children|teachers|women|men|teenagers|parents|tourists|foreigners) )", "Most"),
    _words(r"(?P<bad>[Aa]lmost of)(?= (?:the|my|our|them|us|these|people|students))", lambda found: found["bad"][0].replace("A", "M").replace("a", "m") + "ost of"),
    _words(r"prefers? (?!to\b|more\b|rather\b)(?:[a-z]{2,14} ){1,3}(?P<bad>than)(?= [a-z]{3,14}(?=[.,!?;]| (?:because|when|in|and)\b))", lambda found: None if re.search(r"\b(?:more|other|rather|better|to|less|er)\b", found[0]) or re.search(r"er than", found[0]) else "to"),
    _words(r"(?:(?:[Tt]he )?same (?=like|than)|(?:is|are|was|were|looks?) the same (?=with))(?P<bad>like|than|with)(?= (?:me|him|her|us|them|you|my|his|your|mine|yours|last|before|the|in)\b)", "as"),
    _words(r"(?P<bad>[Aa]s same as)", lambda found: "The same as" if found["bad"][0] == "A" else "the same as"),
    _words(r"(?:superior|inferior|senior|junior) (?P<bad>than)(?= [a-z])", "to"),
    _usage(r"(?P<bad>by (?P<own>my|his|her|our|their|your) own)(?=[.,!?;]| (?:and|because|when|in|at|without|since)\b)", r"on \g<own> own"),
    _usage(r"(?P<bad>[Ee]ach others)(?=[.,!?;]| (?:and|in|at|on|when|very|because|with|for|every|a lot)\b)", lambda found: found["bad"][:-1]),
    _usage(r"(?:do|does|did|have|has|ca|wo)n['’]t (?:like|know|have|understand|eat|drink|speak|remember|agree)(?: (?!to\b)[a-z]+){0,2} (?P<bad>too)(?=[.!])", "either"),
    _usage(r"(?:do|does|did|have|has|ca|wo)n['’]t (?:[a-z]+ ){1,4}(?P<bad>neither)(?=[.!])", "either"),
    _of({"spend": "have", "spends": "has", "spent": "had", "spending": "having"}, r"(?P<bad>BAD)(?= (?:a|an) (?:very )?(?:good|great|nice|wonderful|amazing|fun|happy|fantastic|lovely) time\b)"),
    _words(r"(?:I|[Ww]e|[Yy]ou|[Tt]hey|people) (?P<bad>thing)(?= (?:that|it|he|she|we|they|this|so|you)\b)", "think"),
    _words(r"(?:I|[Ww]e|[Hh]e|[Ss]he|[Tt]hey|and) (?P<bad>herd)(?= (?:an?|the|him|her|that|it|about|someone|something|my)\b)", "heard"),
    _words(r"(?:I|can|to|could|[a-z]+n['’]t|cannot) (?P<bad>here)(?= (?:an?|you|him|the (?:music|noise|sound|news|bell|voice|birds|sea)|my (?:name|mother|voice))\b)", "hear"),
    _words(rf"(?:to|will|can|I|want to) (?P<bad>meat)(?= (?:him|you|her|them|us|my|me|new|{_OWN})\b)", "meet"),
    _words(r"(?:walk|walked|walking|go|went|ran|drove|looked|look|came|passed|flew|climbed) (?P<bad>threw)(?= (?:the|an?|my|our)\b)", "through"),
    _words(r"(?:am|is|are|was|were|come|comes|came|letter|email|far|different|back|home) (?P<bad>form)(?= (?:[A-Z][a-z]+|my|the|him|her|school|work|home|each)\b)(?! the basis)", "from"),
    _words(r"(?:in|of|to|with|at|for) (?P<bad>are)(?= (?:house|school|class|country|city|town|family|teacher|parents|life|lives|friends|room|car|garden)(?=[.,!?;]| (?:and|was|is|in|because)\b))", "our"),
    _words(r"(?<![^.!?\n] )(?<!\w)(?:They|We) (?P<bad>we['’]re)(?= (?:very|so|not|late|happy|sad|tired|all|there|in|at)\b)", "were"),
    _words(r"(?:right|until|till|by|for|and) (?P<bad>know)(?=[.,!](?! (?:that|what|how|who)))(?<!\band know)", "now"),
    _words(r"(?:wear|wears|wore|wearing|my|warm|beautiful) (?P<bad>cloths)(?=[.,!?;]| (?:and|in|at|for|because|are|were|every|to|from)\b)", "clothes"),
    _words(r"(?:in|write|wrote|my|a|keep) (?P<bad>dairy)(?= every|[.,!])(?<=my dairy)", "diary"),
    _words(r"(?:have|has|had|with|got) (?P<bad>to)(?= (?:cats|dogs|brothers|sisters|children|friends|sons|daughters|cars|bikes|rooms|hands|older|younger)\b)", "two"),
    _words(rf"(?:I|[Ww]e|[Tt]hey) (?P<bad>leave)(?= in (?:an? (?:(?:small|big|large|little) )?(?:apartment|house|flat|village|city|town)|{any_of(PLACES)})\b)", "live"),
    _words(rf"{_BEGINS}(?P<bad>Thanks you)(?= (?:for|very|so|to)\b|[.!])", "Thank you"),
    _words(rf"{_BEGINS}(?P<bad>Whose)(?= (?:that|this) (?:[a-z]+ )?(?:girl|boy|man|woman|person|guy|lady|teacher|student)\b)", "Who's"),
    _words(r"(?:[Hh]ow|[Tt]oo|[Ss]o) (?P<bad>many)(?= (?:water|milk|sugar|rice|coffee|tea|bread|money|information|homework|meat|salt|traffic|rain|snow|food|work)(?=[.,!?;]| (?:do|does|did|is|are|was|should|in|on|at|for|to|and|that|can|we|I|you|because)\b))", "much"),
    _words(r"(?:smiled|smiles|laughed|laughs|cried|shouted) (?P<bad>happy|sad|angry|nervous)(?=[.!])", lambda found: {"happy": "happily", "sad": "sadly", "angry": "angrily", "nervous": "nervously"}[found["bad"]]),
    _words(r"(?:works?|worked|speaks?|spoke|sings?|sang|plays?|played|swims?|swam|dances?|danced|drives?|drove|cooks?|cooked|writes?|sleep|sleeps|slept|behaves?) (?:very |so |really )?(?P<bad>good)(?=[.!]| because\b)", "well"),
    _words(rf"(?:lose|lost|loses|losing|show|showed|thank you for) {_OWN} (?P<bad>patient|confident|honest)(?= (?:with|in)\b)", lambda found: {"patient": "patience", "confident": "confidence", "kind": "kindness", "honest": "honesty"}[found["bad"]]),
    _words(r"(?:[Aa]|very) (?P<bad>danger)(?= (?:animal|place|road|job|sport|situation|city|man|person|dog|snake|game|thing|river|country|activity|trip)\b)", "dangerous"),
    _words(r"(?:[Aa]|very|most) (?P<bad>beauty)(?= (?:girl|woman|place|city|country|day|flower|house|view|garden|beach|dress|island|picture|town|lady|song)\b)", "beautiful"),
    _words(rf"{_BEGINS}(?P<bad>How)(?= do you think (?:about|of) )", "What"),
    _words(r"(?P<bad>most bad|most good)(?= (?:day|film|movie|book|thing|player|student|teacher|friend|city|food|place|time|experience|song|idea|way|team)\b)", lambda found: {"most bad": "worst", "most good": "best"}[found["bad"]]),
    _usage(r"(?:agree|agrees|agreed|disagree|disagrees|disagreed) (?P<bad>to)(?= (?:you|him|me)(?=[.,!?;]| (?:that|because|and|about|in)\b))", "with"),
    _usage(r"(?:see you|meet|met|leave|left|arrive|arrived|start|started|go|come|came|call you|study|work|run|jog|walk) (?P<bad>on)(?= the (?:morning|afternoon|evening)[.!])", "in"),
    _usage(rf"(?:arriv(?:e|ed|es|ing)) (?P<bad>at)(?= {any_of(PLACES)}(?=[.,!?;]| (?:on|in|at|by|yesterday|last|and|after|with)\b))", "in"),
    _usage(rf"(?:live|lives|lived|living|born|stay|stayed) (?P<bad>at)(?= {any_of(PLACES)}(?= (?:with|and|for|since|because|when|now|until|but)\b))", "in"),
    _usage(rf"{_BEGINS}(?P<bad>Look)(?= (?:this|that|these|those) (?!way|time|morning|week)[a-z]+[.!])", "Look at"),
    _usage(rf"(?P<bad>(?P<verb>give|gives|gave|show|showed|send|sent|lend|lent) to (?P<who>{_THEM}|her))(?= (?:your|my|an?|some|the|his) [a-z]{{3,10}}[.,!?])", r"\g<verb> \g<who>"),
    _usage(rf"{_BEGINS}(?P<bad>(?:As|For|By|On) (?:a )?conclusion)(?=,| I\b)", "In conclusion"),
    _usage(r"(?P<bad>[Ss]ome times)(?= (?:I|we|he|she|they|it|my)\b)", lambda found: found["bad"][0] + "ometimes"),
    _usage(r"(?:is|are|was|were|looks?) (?P<bad>same (?:as|like|with))(?= [a-z])", "the same as"),
    FaultPattern.of("double_negative", r"(?:[Ii]s|[Aa]re|[Ww]as|[Ww]ere)n['’]t (?P<bad>no)(?= (?!longer|more|one|such|doubt)[a-z]{3,14}[.,!]| (?:milk|food|water|money|time|people|bread|way|place|chairs?) )", "any"),
    FaultPattern.of("verb_form", rf"(?P<bad>(?P<modal>will|would|must|should|may|might|shall) can)(?= {_BASES})", r"\g<modal> be able to"),
    FaultPattern.of("verb_form", rf"(?:[Ii]t is no use|[Ii]t['’]s no use|(?:I|[Yy]ou|[Ww]e|[Tt]hey|[Hh]e|[Ss]he|[a-z]+n['’]t|not|really|just) (?:feels?|felt) like) (?P<bad>to (?P<verb>{_BASES}))", _gerund),
    FaultPattern.of("verb_form", rf"(?:spend|spends|spent|spending) (?:(?:a lot of|much|too much|all|most of|{_OWN}|some|more|two|three|many|several|the|free|whole) ){{1,3}}(?:time|hours?|day|weekend|evening|days?|years?|minutes) (?P<bad>(?:to|for) (?P<verb>{_BASES}))(?! (?:you|me|him)\b)", _gerund),
    FaultPattern.of("verb_form", r"(?:good|bad|excellent|terrible|better) at (?P<bad>(?P<verb>cook|swim|draw|sing|paint|read|write|speak|drive|run|dance))(?=[.,!?]| (?:and|but|because)\b)(?! and dr)", _gerund),
    FaultPattern.of("verb_form", rf"{_BEGINS}(?P<bad>(?P<verb>Swim|Cook|Read|Listen|Speak|Write|Learn|Eat|Drive|Sing|Draw))(?= is (?:good|fun|important|difficult|dangerous|healthy|very|not|so|a good|easy|hard|useful|interesting|boring)\b)", lambda found: FORMS_OF[found["verb"].lower()][3].capitalize()),
    FaultPattern.of("article_missing", rf"(?:work|works|worked|working|job) as (?P<bad>(?P<noun>(?:(?!(?:an?|the|my|his|her|their|our|your|its|one|any|another|no|both|team|head|chief|deputy|acting|vice|class)\b)[a-z]+ )?{_PERSON}))(?=[.,!?;]| (?:in|at|for|and|because|since|when|with|there)\b)", _with_article),
    FaultPattern.of("article_missing", r"(?:have|has|had|having) (?P<bad>(?P<noun>(?:great|good|nice|wonderful|fantastic|hard|terrible|lovely|amazing|bad) time))(?=[.,!?;]| (?:at|in|with|and|there|together|on|because)\b)", _with_article),
    FaultPattern.of("article_missing", rf"(?:[Hh]e|[Ss]he|I|[Mm]y {_PERSON}) (?:is|was|am) (?:(?:not|really) )?(?P<bad>(?P<noun>(?:very )?(?:good|kind|honest|nice|smart|clever|brave|strong|rich|poor|shy|funny|famous|tall|lazy|friendly|bad|great|young|old|quiet|hardworking|polite|popular|happy|busy|lucky) (?:man|woman|person|boy|girl|student|teacher|child|friend|doctor|singer|actor|player|mother|father|cook|driver|writer|nurse)))(?=[.,!?;]| (?:and|who|because|but|with|in|at|to|for)\b)", _with_article),
    FaultPattern.of("article_missing", rf"{_BEGINS}(?P<bad>Sun|Moon)(?= (?:is|was) (?:shining|hot|setting|rising|going|up|very|so|behind)\b)", lambda found: f"The {found['bad'].lower()}"),
    FaultPattern.of("article_missing", r"(?:afraid|scared) of (?P<bad>dark)(?=[.,!?;]| (?:and|because|when)\b)", _the),
    FaultPattern.of("article_needless", r"(?:have|has|had|having|eat|ate|eats) (?P<bad>a (?P<name>breakfast|lunch|dinner))(?= (?:at|together|with|every|in the)\b|[.!])", r"\g<name>"),
    FaultPattern.of("article_needless", r"(?:play|plays|played|playing) (?P<bad>the (?P<name>soccer|football|tennis|basketball|baseball|badminton|volleyball|chess))(?= (?:until|when|there|together|a lot|very|but|or|since|before)\b)", r"\g<name>"),
    FaultPattern.of("number", r"(?:has|have|had|with) (?:(?:beautiful|big|small|long|short|nice|pretty|large) )?(?:blue|brown|green|black|big|small|beautiful|dark|long) (?P<bad>(?P<one>eye|ear|leg|hand|finger|wing))(?=[.,!?;]| and\b)", r"\g<one>s"),
    FaultPattern.of("agreement", rf"{CLAUSE}(?:[Pp]hysics|[Mm]athematics|[Mm]aths|[Ee]conomics|[Gg]ymnastics) (?P<bad>are|were)(?= (?:my|an?|the|not|very|so|too|difficult|easy|important|interesting|boring|hard)\b)", lambda found: {"are": "is", "were": "was"}[found["bad"]]),
    FaultPattern.of("agreement", rf"{_BEGINS}(?P<bad>Is|Was)(?= there (?:any|many|some|two|three|several|a lot of) (?:[a-z]+ )?(?:(?!news|means|series|[a-z]+ics\b)[a-z]{{3,14}}(?<!ss)(?<!us)s|{_PEOPLE})(?: [a-z]+){{0,6}}\?)", lambda found: {"Is": "Are", "Was": "Were"}[found["bad"]]),
    FaultPattern.of("owner_apostrophe", rf"{_OWN.replace('(?:my|your|his|her|our|their)', '(?:[Mm]y|[Yy]our|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir)')} (?P<bad>(?P<who>parents|grandparents|friends|sisters|brothers))(?= (?:house|car|bedroom|home|garden|shop|restaurant|farm|wedding|anniversary|flat|apartment|birthday)(?=[.,!?;]| (?:is|was|in|on|at|and|has|because|for)\b))", lambda found: f"{found['who']}'" if found["who"][-7:] == "parents" else f"{found['who'][:-1]}'s"),
    FaultPattern.of("word_order", rf"(?:speak|speaks|spoke|speaking|know|knows) (?P<bad>(?P<how>fluently|perfectly|well) (?P<what>{_LANGUAGES}))(?=[.,!?;]| (?:and|because|but|with|in)\b)", r"\g<what> \g<how>"),
    _of({"do": "take", "does": "takes", "did": "took", "make": "take", "made": "took"}, r"(?P<bad>BAD)(?= a (?:short |little |quick |long )?break(?=[.,!?;]| (?:at|and|after|because)\b| (?:for|from) (?:lunch|tea|coffee|dinner|work|school|a|an|ten|five|half|one|my|the)\b))"),
    _words(r"I (?P<bad>hope)(?= I (?:could|were) )", "wish"),
    _words(r"(?:should|must|could|would|can) (?P<bad>except)(?= (?:the|your|my|his|her|this|it|an?)\b)", "accept"),
    _words(r"(?:go|goes|went|going|come|came|walk|walked|ran|drove|moved|returned) (?P<bad>too)(?= (?:the|my|a|his|her|our|school|bed|work)\b)(?! the (?:next|same|following|first|last|other|day|week|year))", "to"),
    _words(rf"(?:[Aa]n?|very) (?P<bad>{any_of(_QUALITIES)})(?= (?:man|woman|person|thing|student|boy|girl|teacher|people|country|city|question|problem|day|role|part|family|singer|writer)\b)(?! problem)", lambda found: _QUALITIES[found["bad"]]),
    _words(r"(?:the|our|my) (?P<bad>environmental|cultural|historical|economical)(?=[.!])", lambda found: {"environmental": "environment", "cultural": "culture", "historical": "history", "economical": "economy"}[found["bad"]]),
    _words(r"(?:explain|explained|explains|did|answered|wrote|speak|speaks|spoke|finished|cleaned|played|sang|learned|remember|remembers|drives|drove) (?:it|them|that|this) (?:very|so|really|too) (?P<bad>good|clear|careful|quick|slow|easy|bad|beautiful|perfect)(?=[.,!])", lambda found: {"good": "well", "easy": "easily"}.get(found["bad"], found["bad"] + "ly")),
    _words(rf"{CLAUSE}(?P<bad>There|there)(?= (?:is|was) (?:very |so |too |really )?(?:raining|snowing|sunny|windy|cloudy|cold|hot|warm|foggy|rainy)(?=[.,!]| (?:in|today|and|outside|here|but|when|all)\b))", _cased("it")),
    _words(rf"{_BEGINS}(?P<bad>It)(?= (?:is|was|are|were) (?:a lot of|many) (?:{_PEOPLE}|cars|shops|trees|flowers|animals|restaurants|museums|places|buildings|problems|houses)\b(?!['’]))", "There"),
    _words(rf"(?:is|are|was|were|much|looks|feels) (?:{any_of(map(comparative_of, SHORT_ADJECTIVES - {'good', 'bad', 'late'}))}) (?P<bad>as)(?= (?:{_THEM}|yesterday|mine|yours|last (?:year|month|week|time)|(?:my|the|your|his|her|our) (?:[a-z]+ )?(?:{_PERSON}|others?|first|second|last|one|old one|parents|friends?))(?=[.,!?;]| (?:and|but|because)\b))(?! [a-z]+ as)", "than"),
    _usage(rf"(?P<bad>(?P<verb>look|looks|looked|looking) (?P<what>{_OWN} (?:keys?|phone|wallet|glasses|passport|ticket|lost [a-z]+)))(?=[.,!?;]| (?:and|in|everywhere|for|all|but)\b)", r"\g<verb> for \g<what>"),
    _usage(r"(?:picture|poster|clock|photo|painting|calendar|map|mirror|photos|pictures|paintings)s? (?:is |are |was |were |hang |hangs |hung |hanging )?(?P<bad>in)(?= (?:the|my|our) (?:bedroom |kitchen )?wall(?=[.,!?]| (?:and|is|was|of)\b))", "on"),
    _usage(r"absent (?P<bad>in|at|to|of)(?= (?:school|class|work|the (?:class|lesson|meeting))\b)", "from"),
    _usage(rf"(?P<bad>(?P<verb>talk|talks|talked|talking) (?P<what>(?:{_OWN}|the|this|that) (?:[a-z]{{3,9}} )?(?:problems?|plans?|life|future|trip|family|weather|films?|books?|movies?|dreams?|holidays?|feelings)))(?=[.,!?;]| (?:and|with|for|in|because|when)\b)", r"\g<verb> about \g<what>"),
    _usage(r"(?:good|bad|terrible|excellent) (?P<bad>on)(?= (?:tennis|football|soccer|basketball|math|maths|English|cooking|dancing|singing|sports?|chess|swimming|drawing|science|history|playing|writing|speaking)\b)", "at"),
    FaultPattern.of("verb_form", rf"(?:asked|told|want|wants|wanted|allowed|advised|invited|asks) {_THEM} (?P<bad>(?:close|open|clean)(?! (?:to|in|at))|help|come|go|give|buy|bring|wait|stay|sit|read|write|make|do|take|wash|call|leave|study|play|speak|show|join|learn|eat)(?= (?:the|an?|my|his|her|our|to|with|at|in|him|it|them|some|home|here|there)\b)", r"to \g<bad>"),
    FaultPattern.of("verb_form", r"(?:need|needs|needed) (?P<bad>(?P<verb>buying|studying|learning|finding|making|getting|cleaning|finishing|seeing|helping|doing|taking|eating|reading|writing|asking|calling|practicing|practising))(?= (?:some|an?|the|my|more|to|his|her|our|it|English)\b)", lambda found: f"to {BASE_OF.get(found['verb'], 'do')}"),
    FaultPattern.of("verb_form", r"(?:keep|keeps|kept) (?P<bad>to (?P<verb>talk|ask|try|go|say|tell|make|think|learn|practise|practice|study|do|eat|read|write|speak|cry|smile|wait|look|move))", _gerund),
    FaultPattern.of("verb_form", rf"(?:think|thinking|dream|dreaming|afraid|tired|interested|good|bad|idea|way|fond|proud|capable|worried|thought|talk|talking) (?:of|about|in|at) (?P<bad>to (?P<verb>{_BASES}))", _gerund),
    FaultPattern.of("verb_form", rf"(?:makes?|made|lets?) {_THEM} (?P<bad>(?P<verb>cleaning|doing|going|washing|crying|laughing|studying|reading|eating|waiting|working|writing|cooking|feeling|thinking))(?= (?:my|the|a|his|her|our|their|to|in|all|very|happy|hard)\b|[.!])", lambda found: BASE_OF.get(found["verb"], {"doing": "do", "going": "go"}.get(found["verb"], ""))),
    FaultPattern.of("verb_form", r"(?:[Hh]ave|[Hh]as) (?:you|he|she|they|we|I) (?:ever |already |never |just )?(?P<bad>be|go|went|see|saw|eat|ate|do|did|meet|take|took|write|wrote|give|gave|speak|spoke|drive|drove|fly|break|buy|try|visit|finish|lose|forget|hear)(?= (?:to|the|an?|my|your|his|her|in|it|this|that|him|there|any|such)\b|\?)", lambda found: _TOOK.get(found["bad"]) or FORMS_OF[BASE_OF[found["bad"]]][2]),
    FaultPattern.of("verb_form", rf"(?:I|[Yy]ou|[Hh]e|[Ss]he|[Ww]e|[Tt]hey|[Ii]t) (?P<bad>(?:am|is|are|was|were) (?P<modal>can|must|should|will))(?= {_BASES})", r"\g<modal>"),
    FaultPattern.of("verb_form", rf"{_BEGINS}(?P<bad>(?:Does|Did|Do) (?P<who>he|she|it) (?P<modal>can|must|should|will))(?= [a-z])", lambda found: f"{found['modal'].capitalize()} {found['who']}"),
    FaultPattern.of("word_order", rf"{_BEGINS}(?P<bad>What (?:does|do|did) means? (?P<what>(?:this|that|the) [a-z]+))(?=\?)", r"What does \g<what> mean"),
    FaultPattern.of("tense", rf"{CLAUSE}(?:I|[Hh]e|[Ss]he|[Ww]e|[Tt]hey|[Mm]y {_PERSON}) (?P<bad>(?:have|has) (?P<verb>{any_of(_PASTS)}))(?= (?:(?!that|who|which|what|since|from|about|of)[a-z]+ ){{0,4}}in (?:19\d\d|20[01]\d)[.,](?! \d))", lambda found: _PASTS[found["verb"]]),
    FaultPattern.of("tense", rf"{CLAUSE}(?:I|[Hh]e|[Ss]he|[Ww]e|[Tt]hey|[Mm]y {_PERSON}) (?P<bad>am|is|are)(?= [a-z]+ing (?:[a-z]+ ){{0,4}}when (?:I|he|she|they|we|the [a-z]+|my [a-z]+) (?:called|came|arrived|saw|got|went|heard|entered|left|met|rang|phoned|fell|started|knocked|began|opened)\b)", lambda found: "were" if found["bad"] == "are" else "was"),
    FaultPattern.of("agreement", rf"{CLAUSE}(?:[Aa]ll|[Mm]ost|[Ss]ome|[Mm]any|[Bb]oth|[Ss]everal|[Aa] few) of (?:my|the|our|his|her|their|these|those) (?:{_PEOPLE}|students|books|shops|houses|cars|animals|things|countries|cities|rooms|teachers|classmates|neighbou?rs) (?P<bad>is|was|has)(?= [a-z])", lambda found: {"is": "are", "was": "were", "has": "have"}[found["bad"]]),
    # Determiners and quantities.
    _usage(rf"{_BEGINS}(?P<bad>Lot of)(?= [a-z])", "A lot of"),
    _usage(r"(?:have|has|had|are|were|is|was|with|eat|ate|drink|spend|spent|need|buy|bought|learn|learned|see|saw|make|made|visit|know|do|did|read|met|meet) (?P<bad>lot of)(?= [a-z])", "a lot of"),
    FaultPattern.of("quantity", rf"(?P<bad>plenty)(?= (?:{_PEOPLE}|time|money|food|water|books|things|trees|cars|space|fruit|work|fun)(?=[.,!?;]| (?:to|in|at|for|and|on|who|that)\b))", "plenty of", "word_choice"),
    FaultPattern.of("quantity", rf"(?P<before>(?:[A-Za-z]+|\d+) )?(?P<bad>hundreds|thousands|millions)(?= (?:{_PEOPLE}|books|years|trees|cars|houses|animals|dollars|times|tourists|stars|flowers)(?=[.,!?;]| (?:in|at|for|and|on|who|that|were|are|have|came|died|ago|visit|live)\b))", _hundreds_of, "word_choice"),
    FaultPattern.of("number", r"(?:[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|\d) (?P<bad>(?P<one>hundred|thousand|million)s)(?= (?!of )(?:[a-z]{2,14}s|people|won|children)\b)", r"\g<one>"),
    FaultPattern.of("quantity", rf"(?:[Aa]|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Tt]en) (?P<bad>(?P<one>hundred|thousand|million) of)(?= (?:{_PEOPLE}|books|years|trees|cars|dollars|houses|animals|won|times)\b)", r"\g<one>", "word_choice"),
    FaultPattern.of("degree", r"(?P<bad>[Aa] such)(?= [a-z]+ [a-z])", lambda found: "Such a" if found["bad"][0] == "A" else "such a", "word_choice"),
    FaultPattern.of("degree", r"(?P<bad>a so)(?= (?:beautiful|big|nice|good|interesting|difficult|small|kind|great|long|important|bad|hard|boring|funny|happy|sad|delicious|cute) [a-z]{3,14}(?=[.,!?;]| (?:that|in|of|and|for)\b))", "such a", "word_choice"),
    FaultPattern.of("word_order", r"(?P<bad>(?P<own>[Mm]y|[Oo]ur|[Hh]is|[Tt]heir|[Yy]our|[Tt]he) all)(?= (?:friends|classmates|students|family|money|books|life|clothes|problems|teachers|things|toys|homework)(?=[.,!?;]| (?:are|were|is|was|in|at|on|to|and|have|will|can|came|went|for)\b))", lambda found: ("All " if found["own"][0].isupper() else "all ") + found["own"].lower()),
    FaultPattern.of("article_needless", r"(?P<bad>the both)(?= (?:of|countries|teams|men|women|girls|boys|books|sides|cities|sisters|brothers|teachers)\b)", "both"),
    # Articles that a set phrase has.
    FaultPattern.of("article_missing", rf"(?P<bad>(?P<before>(?:[Aa]t|[Ff]rom|[Uu]ntil|[Ss]ince|[Bb]y|[Tt]ill)) (?P<noun>end|beginning|start|bottom|top|age))(?= of (?:the|this|that|that|my|our|his|her|their|last|next|each|every|\d|ten|twelve|six|seven|eight|nine|five|{_MONTHS})\b)", r"\g<before> the \g<noun>"),
    FaultPattern.of("article_missing", r"(?P<bad>(?P<before>(?:[Ii]n|[Oo]n|[Tt]o|[Nn]ear|[Ff]or)) (?P<noun>middle|centre|center|beginning|corner|outskirts|edge|rest|end|back))(?= of (?:the|this|that|my|our|his|her|their|each|every|a)\b)", r"\g<before> the \g<noun>"),
    FaultPattern.of("article_missing", r"(?:all over|around|across|through|throughout) (?P<bad>world|whole world|country)(?=[.,!?;]| (?:and|because|to|with|by|for|in|every)\b)", _the),
    FaultPattern.of("article_missing", r"(?:est|most [a-z]{4,14}|best|famous|popular) (?:[a-z]{2,14} )?in (?P<bad>world|whole world)(?=[.,!?;]| (?:and|because|for|is|was|to)\b)", _the),
    FaultPattern.of("article_missing", r"(?:[Tt]ell|tells|[Tt]old|[Tt]elling|say|said) (?:me |him |her |us |them |you )?(?P<bad>truth)(?=[.,!?;]| (?:to|about|and|because|when)\b)", _the),
    FaultPattern.of("article_missing", r"(?P<bad>[Mm]ost of time)(?=[.,!?;]| (?:I|we|he|she|they|it|you)\b)", r"most of the time"),
    FaultPattern.of("article_missing", r"(?:in|to|from|near) (?P<bad>city cent(?:er|re)|countryside|suburbs|same (?:class|school|room|house|city|town|company))(?=[.,!?;]| (?:and|because|with|for|is|was|every|last|when|as|near)\b)", _the),
    FaultPattern.of("article_missing", r"(?P<bad>[Aa]t weekend)(?=[.,!?;]| (?:I|we|he|she|they|my|and|because|with)\b)", "at the weekend"),
    FaultPattern.of("article_missing", r"(?:on|to) (?P<bad>(?:left|right) side)(?= of\b|[.,])", _the),
    FaultPattern.of("article_needless", rf"(?:learn(?:s|ed|t|ing)?|stud(?:y|ies|ied|ying)|speak(?:s|ing)?|spoke|practi[sc](?:e|es|ed|ing)) (?P<bad>the (?P<name>{_LANGUAGES}))(?=[.,!?;]| (?:and|at|in|since|for|with|because|very|well|every|from|when|but|to|after|so)\b)", r"\g<name>"),
    FaultPattern.of("article_needless", rf"(?:learn(?:s|ed|t|ing)?|stud(?:y|ies|ied|ying)|teach(?:es|ing)?|taught) (?P<bad>the (?P<name>{_SUBJECTS_OF_STUDY}))(?=[.,!?;]| (?:and|at|in|since|for|with|because|from|when|but|to|so)\b)", r"\g<name>"),
    FaultPattern.of("article_needless", r"(?:have|has|had|having|eat|eats|ate|eating) (?P<bad>the (?P<name>breakfast|lunch|dinner))(?=[.!]| (?:at|together|with|every|in the|before|after)\b)", r"\g<name>"),
    FaultPattern.of("article_needless", r"(?P<bad>the (?P<name>Mount [A-Z][a-z]+|Lake (?!District|Poet|Region|Country|Isle|Park|House|Hotel|Road|Street)[A-Z][a-z]+))(?=[.,!?;]| (?:and|in|is|was|with|last|for|to)\b)", r"\g<name>"),
    FaultPattern.of("article_needless", rf"(?:{_BEGINS}|that |think |believe )(?P<bad>[Tt]he (?P<name>money))(?= (?:can buy|can not buy|cannot buy|can['’]t buy|does not buy|doesn['’]t buy|is not everything|isn['’]t everything|makes people|makes us))", lambda found: "Money" if found["bad"][0] == "T" else "money"),
    FaultPattern.of("article_needless", rf"(?:{_BEGINS}|that |think |believe )(?P<bad>[Tt]he (?P<name>happiness|nature|friendship|honesty|patience|education|love|health|success|pollution|poverty|technology|knowledge))(?= (?:is|can) (?:very |so |the most |more |not |an? |make |help |give |change |destroy )?(?:important|difficult|beautiful|necessary|useful|expensive|everything|us|our|people|big|serious|great|powerful|valuable|precious)\b)", lambda found: found["name"].capitalize() if found["bad"][0] == "T" else found["name"]),
    FaultPattern.of("article_needless", r"(?P<bad>[Tt]he most of (?:the )?)(?=(?:people|students|time|my|children|them|us|tourists)\b)", lambda found: ("M" if found["bad"][0] == "T" else "m") + "ost " if not found.string.startswith(("my", "them", "us"), found.end("bad")) else ("M" if found["bad"][0] == "T" else "m") + "ost of "),
    # Prepositions.
    _usage(rf"(?:must|should|have to|has to|had to|need to|please|Please|can you|could you|will|to|want you to) {_UNTIL_DONE}(?: (?!not\b|until\b|wait)[a-z]+){{0,6}} (?P<bad>until|till)(?= {_TILL})", lambda found: None if re.search(r"n['’]t|\b(?:not|never|wait|stay|keep|open|work)\b", found.string[max(0, found.start() - 30):found.end()]) else "by"),
    _usage(rf"(?:got|get|received|receive|gets|have|had|getting) (?:an?|the|many|some|two|three) (?:[a-z]{{2,10}} )?(?:letters?|messages?|emails?|presents?|gifts?|postcards?|calls?|texts?|packages?|parcels?|invitations?) (?P<bad>of)(?= {_OWN} (?:[a-z]{{2,10}} )?{_PEOPLE}\b)", "from"),
    _usage(r"(?P<bad>[Bb]efore (?P<count>two|three|four|five|six|seven|ten|a few|many|\d{1,2}) (?P<unit>days?|weeks?|months?|years?|hours?))(?=[.!]|, (?:I|we|my|he|she)\b)", r"\g<count> \g<unit> ago"),
    _usage(r"(?P<bad>(?:in|on|at) (?P<day>tomorrow|yesterday|every (?:day|morning|evening|night|week|weekend|Sunday|Saturday|Monday)))(?=[.!]| (?:and|I|we|because)\b)", r"\g<day>"),
    _usage(r"(?P<bad>[Ii]n (?:the )?weekends?)(?=[.!,]| (?:I|we|and|because|my|he|she|they)\b)", lambda found: ("On" if found["bad"][0] == "I" else "on") + (" weekends" if found["bad"][-1] == "s" else " the weekend")),
    _usage(r"(?:was|were|is|are|am|be) (?P<bad>born)(?= (?:1[89]|20)\d\d[.,])", "born in"),
    _usage(rf"(?P<bad>(?P<verb>look|looks|looked|looking|stare|stared|smiled?|smiles|smiling|shout|shouted|shouting|laugh|laughed|laughing) (?P<who>{_THEM}))(?=[.,!?;]| (?:and|with|when|because|again|angrily|strangely)\b)", r"\g<verb> at \g<who>"),
    _words(rf"(?:[Mm]y|[Hh]er|[Hh]is|[Oo]ur|[Yy]our|[Tt]heir) (?P<who>{any_of(_OTHER_SEX)}) (?:(?!{_ANYBODY})[a-z'’]+,? ){{1,9}}(?:and|but|so|because) (?P<bad>he|she)(?= [a-z])", _other_sex),
    _words(rf"(?:[Mm]y|[Hh]er|[Hh]is|[Oo]ur|[Yy]our|[Tt]heir) (?P<who>{any_of(_OTHER_SEX)}) (?:(?!{_ANYBODY})[a-z'’]+ ){{1,4}}(?:with|and|to|from) (?P<bad>(?P<own>his|her))(?= (?:husband|wife|boyfriend|girlfriend)\b)", _own_sex),
    _usage(r"(?:I|[Ww]e|[Hh]e|[Ss]he|[Tt]hey|to|and|[Pp]lease|was|were|is|are|am) (?P<bad>(?P<verb>[Ll]ook|looks|looked|looking) (?P<thing>(?:this|these|those|my|your|our|the|that) (?:picture|board|photos?|pictures|sky|map|stars|screen|window|menu|flowers?|painting|mirror|moon)))(?=[.,!?;]| (?:and|with|when|because|of|on|in|carefully)\b)", r"\g<verb> at \g<thing>"),
    _usage(rf"(?P<bad>(?P<verb>happen|happens|happened|reply|replied|talk|talks|talking|belong|belongs|belonged|respond|responded|apologize|apologized|apologise|apologised) (?P<who>{_THEM}|you|(?:my|his|her|our) {_PERSON}))(?=[.,!?;]| (?:about|yesterday|last|in|on|and|because|when|for|every|with|at|after)\b)", r"\g<verb> to \g<who>"),
    _usage(rf"(?:I|[Ww]e|[Tt]hey|you|[a-z]+n['’]t|not|fully|completely|[Hh]e|[Ss]he|to) (?P<bad>(?P<verb>agree|agrees|agreed|disagree|disagrees|disagreed) (?P<who>{_THEM}|(?:this|that|the|your|his|her) (?:opinion|idea|statement|view)))(?=[.,!?;]| (?:because|that|and|about|but|for|on)\b)", r"\g<verb> with \g<who>"),
    _usage(rf"(?P<bad>(?P<verb>help|helps|helped|helping) (?P<who>{_THEM}|(?:my|his|her) {_PERSON}) (?P<what>(?:the|my|his|her|their|our|your) (?:homework|housework|dishes|project|problems?|cooking|cleaning|work|luggage|English|maths?)))(?=[.,!?;]| (?:and|every|because|when|after|yesterday)\b)", r"\g<verb> \g<who> with \g<what>"),
    _usage(rf"(?P<bad>(?P<verb>search|searched|searches|searching) (?P<what>{_OWN} (?:keys?|phone|wallet|glasses|dog|cat|passport|ticket|book|lost [a-z]+)))(?=[.,!?;]| (?:and|in|everywhere|for|all|but)\b)(?! for\b)", r"\g<verb> for \g<what>"),
    _usage(r"(?P<bad>(?P<verb>[Ss]it|sits|sat|sitting|lie|lay|lying|slept|sleep) (?P<what>(?:the|an?|my|his|her) (?:[a-z]{3,8} )?(?:chair|sofa|bed|floor|grass|bench|couch|carpet)))(?=[.,!?;]| (?:and|in|near|next|because|with|when|for|all)\b)", r"\g<verb> on \g<what>"),
    _usage(r"(?P<bad>(?P<verb>[Kk]nock|knocks|knocked|knocking) (?P<what>(?:the|my|his|her|our) (?:[a-z]{3,8} )?(?:door|window)))(?=[.,!?;]| (?:and|but|three|twice|because|when|loudly|again)\b)", r"\g<verb> on \g<what>"),
    _usage(rf"{_BEGINS}(?P<bad>Instead to)(?= [a-z]+ [^,.!?\n]{{0,60}},)", "Instead of"),
    _usage(r"(?P<bad>[Ii]n spite)(?= (?:the|my|his|her|it|their|this|being)\b)", r"\g<bad> of"),
    _usage(r"(?P<bad>[Tt]hank to)(?= (?:my|the|him|her|them|you|his|our|this)\b)", lambda found: found["bad"][:5] + "s to"),
    _usage(r"(?:visited|visiting|(?:to|will|can|I|we|they) visit) (?P<bad>to)(?= (?:the|my|our|his|her|their|many|[A-Z][a-z]+)\b)", lambda _: ""),
    _usage(r"(?:[Tt]he|an?|main|one|only|another|this) (?:[a-z]{3,10} )?reason (?P<bad>of)(?= (?:this|that)\b)", "for"),
    _usage(r"(?:[Tt]he|an|right|correct) answer (?P<bad>of)(?= (?:the|this|that|my|your|all|these) (?:[a-z]+ )?(?:questions?|problems?|exercises?|riddle|emails?|letter)\b)", "to"),
    _usage(r"(?:good|bad|big|great|strong|huge|negative|positive|important|an|much) (?:influence|effect|impact) (?P<bad>to)(?= (?:the|our|my|his|her|their|people|children|students|us|me|him|society|health|young|human)\b)(?! the [a-z]+ that)", "on"),
    _usage(r"(?:[Ii]t is|[Ii]t['’]s|[Ii]s|was|are|not) (?P<bad>worth to (?P<verb>BASES))".replace("BASES", _BASES), lambda found: f"worth {_gerund(found)}"),
    FaultPattern.of("verb_form", rf"(?:have|has|had|having|with) (?:no |some |great |a lot of |much |any |more )?(?:difficulty|difficulties|trouble|a hard time|problems) (?P<bad>to (?P<verb>{_BASES}))", _gerund),
    FaultPattern.of("verb_form", rf"(?:am|is|are|was|were|be|been)(?: very| always| really)? (?P<bad>busy to (?P<verb>{_BASES}))", lambda found: f"busy {_gerund(found)}"),
    FaultPattern.of("verb_form", rf"(?P<bad>(?P<had>had better|['’]d better|would rather|['’]d rather) to)(?= {_BASES})", r"\g<had>"),
    FaultPattern.of("verb_form", rf"(?:prevents?|prevented|stop|stops|stopped|keeps?|kept) (?:{_THEM}|her|you|(?:the|my) {_PEOPLE}) (?P<bad>(?:to|for) (?P<verb>{_BASES}))", lambda found: f"from {_gerund(found)}" if found[0].startswith("prevent") else None),
    FaultPattern.of("verb_form", rf"(?:saw|see|heard|hear|watched|watch|noticed) (?:{_THEM}|(?:my|the|his) {_PERSON}) (?P<bad>to (?P<verb>{_BASES}))(?= (?:in|the|a|an|my|his|her|their|on|at|into|across|from|home|with|very)\b|[.])", lambda found: found["verb"]),
    FaultPattern.of("verb_form", rf"{CLAUSE}(?:I|[Ww]e|[Tt]hey|[Hh]e|[Ss]he|[Yy]ou)(?: (?:really|also|do|don['’]t|doesn['’]t))? (?:enjoy|enjoys|enjoyed|practise|practice|practiced|practised|finish|finished|keep|kept|dislike) (?P<bad>(?P<verb>play|read|swim|cook|dance|listen|watch|study|travel|learn|sing|draw|write|talk|run|walk|ride|eat|do|speak|paint|take|make))(?= (?:the|a|an|my|his|her|with|to|in the|books|music|English|soccer|football|tennis|basketball|games|films|movies|TV|about|songs|pictures|new|things|photos)\b)", _gerund),
    FaultPattern.of("verb_form", rf"{CLAUSE}(?:I|[Ww]e|[Tt]hey|[Hh]e|[Ss]he|[Yy]ou)(?: (?:really|also|don['’]t|doesn['’]t))? (?:like|love|likes|loves|hate|hates|prefer|prefers) (?P<bad>(?P<verb>play|watch|study|listen|read|swim|cook|draw|paint|speak|ride))(?= (?:the|a|an|my|with|to|in|books|music|English|soccer|football|tennis|basketball|games|films|movies|TV|songs|pictures|new|alone|abroad)\b)", r"to \g<verb>"),
    FaultPattern.of("verb_form", r"(?:would like|['’]d like) (?P<bad>(?P<verb>going|visiting|learning|seeing|buying|knowing|studying|travelling|traveling|meeting|becoming))(?= (?:the|a|an|to|my|you|some|abroad|in|more|this|[A-Z][a-z]+)\b)", lambda found: "to " + {"travelling": "travel", "traveling": "travel"}.get(found["verb"], next((base for base, forms in FORMS_OF.items() if forms[3] == found["verb"]), "be"))),
    _usage(r"(?P<bad>[Ff]astly)", lambda found: found["bad"][:-2]),
    _words(rf"(?:{_PERSON}|she|She|he|He|I|who) (?:is|was|am) (?:a|the) (?:very )?(?:good|great|excellent|bad|terrible|best|famous|professional|wonderful) (?P<bad>cooker)", "cook"),
    _words(rf"{_BEGINS}(?P<bad>Lets)(?= (?:go|see|play|eat|talk|try|start|meet|look|have|take|watch|dance|think|not|do it|make|find|get|be|begin|hope|begin)\b)", "Let's"),
    _usage(r"(?P<bad>(?P<verb>feel|feels|felt) (?:me|him|us|them))(?= (?:very |so |really )?(?:tired|happy|sad|good|bad|better|sick|lonely|angry|hungry|nervous|alone|ill|bored|comfortable)(?=[.,!?;]| (?:today|and|because|when|now|in|with|at)\b))", r"\g<verb>"),
    _usage(r"(?:go|goes|went|going|come|came|comes|travel|travels|travelled|traveled|travelling|arrived|get|got)(?: (?:to|back|there|here|home|school|work|[A-Z][a-z]+|the [a-z]+)){0,3} (?P<bad>in (?P<by>car|bus|train|plane|taxi|bike|subway|bicycle))(?=[.,!?;]| (?:and|because|with|every|but|to|from|when)\b)", r"by \g<by>"),
    FaultPattern.of("verb_form", r"(?:like|likes|love|loves|enjoy|enjoys|hate|hates) (?P<bad>(?P<verb>cook|swim|dance|sing|draw|paint|read|write|travel|run|play|watch|listen))(?= and [a-z]+ing\b)", _gerund),
    # Orders of words.
    FaultPattern.of("word_order", r"(?P<bad>(?P<verb>[Ww]ake up|woke up|wakes up|[Pp]ick up|picked up|picks up|[Tt]hrow away|threw away|throws away|[Tt]urn off|turned off|[Ss]witch off|switched off|[Ss]witch on|switched on|[Ww]rite down|wrote down|[Tt]ry on|tried on|[Cc]ut down|[Ff]ill in|filled in|[Pp]ut away|put away|[Gg]ive back|gave back|[Tt]ake off|took off) (?P<who>me|him|us|them|it))(?=[.,!?;]| (?:at|and|early|because|when|every|before|after|from|in|please|please|again|yesterday)\b)", lambda found: f"{found['verb'].split()[0]} {found['who']} {found['verb'].split()[1]}"),
    FaultPattern.of("word_order", r"(?:[Ii]s|are|was|were|not|am|[a-z]+n['’]t) (?P<bad>enough (?P<adjective>good|big|old|tall|strong|rich|fast|warm|clever|brave|smart|large|hot|clear|easy|close|long|young))(?= (?:to|for)\b|[.,!])", r"\g<adjective> enough"),
    FaultPattern.of("word_order", rf"{CLAUSE}(?P<bad>(?P<who>I|[Ww]e|[Hh]e|[Ss]he|[Tt]hey) (?P<time>yesterday|every (?:day|morning|evening|night|week|weekend|summer|Sunday|Saturday)))(?= (?:went|go|goes|ate|eat|eats|saw|see|met|meet|bought|buy|watched|watch|played|play|plays|visited|visit|had|have|has|was|were|read|did|do|came|got|get|made|make|studied|study|cooked|cook|drink|walk|run)\b)", _time_first),
    FaultPattern.of("word_order", rf"{CLAUSE}(?:I|[Ww]e|[Hh]e|[Ss]he|[Tt]hey) (?:saw|met|bought|ate|played|visited|watched|cooked|play|eat|watch|drink|study|read|drank|lost|found) (?P<bad>(?P<time>yesterday|every (?:day|morning|evening|weekend|week)|last (?:night|week|weekend|month|year)) (?P<what>(?:(?:an?|the|{_OWN}|some) )?(?:[a-z]{{3,10}} )?(?:friends?|film|movie|book|football|soccer|tennis|piano|coffee|English|homework|TV|milk|breakfast|dinner|lunch|shoes|dress|car|bike|cake|museum|grandparents|grandmother|uncle|aunt|game|games|phone|keys?|wallet|museum|concert|match|bread|rice|fruit|basketball|guitar)))(?=[.!]| (?:with|in|at|and)\b)", r"\g<what> \g<time>"),
    _words(r"(?P<bad>[Ww]here do (?P<who>you|they|we) from)", lambda found: f"{found['bad'][0]}here are {found['who']} from"),
    _words(rf"{_BEGINS}(?P<bad>How)(?= (?:do|does|did) (?:you|we|they|people) call (?:this|it|that|these|them|him|her)\b)", "What"),
    FaultPattern.of("comma_missing", rf"{_BEGINS}(?P<bad>(?P<word>Although|Even though|Despite),)(?= [a-zI])", r"\g<word>", "punctuation"),
)  # fmt: skip
