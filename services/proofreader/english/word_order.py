"""Finds comparisons, questions and openings that are put together wrongly."""

import re

from services.proofreader.english.patterns import FaultPattern
from services.proofreader.english.verbs import BASE, IRREGULAR, PAST, THIRD, any_of

_COMPARATIVES = {
    **{
        each: each + "er"
        for each in [
            "small",
            "tall",
            "short",
            "fast",
            "cheap",
            "old",
            "young",
            "strong",
            "hard",
            "long",
            "high",
            "cold",
            "rich",
            "slow",
            "clean",
        ]
    },
    **{
        each: each[:-1] + "ier"
        for each in ["easy", "happy", "heavy", "early", "busy", "pretty", "dirty", "funny", "lazy"]
    },
    "big": "bigger",
    "hot": "hotter",
    "large": "larger",
    "nice": "nicer",
    "good": "better",
    "bad": "worse",
}
# What learners make of words with forms of their own.
_REGULARISED = {
    **dict(
        zip(
            ["goodest", "gooder", "badder", "baddest", "worser", "worsest", "bestest"],
            ["best", "better", "worse", "worst", "worse", "worst", "best"],
            strict=True,
        )
    ),
    **dict(
        zip(
            [
                "childs",
                "childrens",
                "womans",
                "tooths",
                "sheeps",
                "mans",
                "deers",
                "foots",
                "feets",
                "teeths",
                "mens",
                "womens",
            ],
            [
                "children",
                "children",
                "women",
                "teeth",
                "sheep",
                "men",
                "deer",
                "feet",
                "feet",
                "teeth",
                "men",
                "women",
            ],
            strict=True,
        )
    ),
    **{
        form: PAST[base]
        for base in IRREGULAR
        for form in (f"{base}{'d' if base[-1] == 'e' else 'ed'}", f"{base}{base[-1]}ed")
        if form not in {"leaved", "seed", "singed", "sited", "wined", "runed", "gooed", "waked", "standed"}
    },
}
_OF_COMPARATIVE = any_of({*_COMPARATIVES.values(), "less", "rather"})
_SHORT = any_of(set(_COMPARATIVES) - {"good", "bad"})
_ME = r"(?:me|him|us|them|my|his|her|mine|yours|the|any|before|ever|other|I|you|it)"
_PRONOUNS = r"(?:it|he|she|they|this|that|you|we|I)"
_ASKING = r"(?:know|knows|knew|tell me|told me|wonder|understand|remember|ask him|ask her|ask them|asked me|explain|show me|sure|forgot|forget)"
_AUXILIARIES = any_of(["are", "is", "was", "were", "can", "will", "should", "could", "would", "have", "has"])


# Before another word these may be owners: "the mens eyes" are the men's.
_PEOPLE = frozenset({"childs", "childrens", "womans", "mans", "mens", "womens"})
_NO_OWNER_BEFORE = re.compile(
    rf"\s+(?:{_AUXILIARIES}|has|had|did|do|who|that|and|or|but|in|on|at|of|to|from|with|for|by|here|there|too|also)\b"
    r"|\s*(?:[^\w\s'’]|$)"
)


_COUNTED = re.compile(
    r"\b(?:many|all|some|most|few|several|these|those|two|three|four|five|six|seven|eight|nine|ten|\d+)\s+$",
    re.IGNORECASE,
)
_REACH = 12


def _regular(found: re.Match[str]) -> str:
    start, end = found.span("bad")
    is_plural = _COUNTED.search(found.string[max(0, start - _REACH) : start])
    may_be_owner = found["bad"] in _PEOPLE and not is_plural and not _NO_OWNER_BEFORE.match(found.string, end)
    return "" if may_be_owner else _REGULARISED[found["bad"]]


def _superlative(adjective: str) -> str:
    comparative = _COMPARATIVES[adjective]
    return comparative[:-1] + "st"


def _swapped(found: re.Match[str]) -> str:
    return f"{found['second']} {found['first']}"


def _question(found: re.Match[str]) -> str | None:
    subject, verb = found["subject"], found["verb"]
    if verb in PAST:
        return f"{'does' if subject in {'he', 'she', 'it'} else 'do'} {subject} {verb}"
    return f"{'does' if verb in THIRD.values() else 'did'} {subject} {BASE[verb]}"


def _told(found: re.Match[str]) -> str | None:
    verb = {"do": found["verb"], "does": THIRD[found["verb"]], "did": PAST[found["verb"]]}[found["do"]]
    return f"{found['subject']} {verb}"


WORD_ORDER_PATTERNS = (
    FaultPattern.of(
        "irregular_form",
        rf"(?!(?:(?<=\b[Hh]e )|(?<=\b[Ss]he )|(?<=\bwho ))mans (?:the|a|his|her|this|that|one)\b)(?P<bad>{any_of(_REGULARISED)})",
        _regular,
        "spelling",
    ),
    FaultPattern.of(
        "comparison",
        rf"(?:more|most) (better|worse|best|worst|easier|bigger|{any_of(_COMPARATIVES.values())}(?= than\b|[.!]))",
        r"\1",
    ),
    FaultPattern.of(
        "comparison",
        rf"(?:more|most) (?P<adjective>{_SHORT}) than(?! (?:new|{_SHORT})\b)",
        lambda found: f"{_COMPARATIVES[found['adjective']]} than",
    ),
    FaultPattern.of(
        "comparison",
        rf"(?:is|are|was|were|becomes?|became|gets?|got|looks|much) (?P<bad>more (?P<adjective>{_SHORT}))(?=[.!?])",
        lambda found: _COMPARATIVES[found["adjective"]],
    ),
    FaultPattern.of(
        "comparison",
        rf"(?:the|my) (?P<bad>most (?P<adjective>{_SHORT}))(?! (?:when|if|about|of all)\b)",
        lambda found: _superlative(found["adjective"]),
    ),
    FaultPattern.of(
        "comparison",
        r"as (?!other|rather|less|more|worse|better|such|soon|well|different|many|much|opposed)([a-z]{2,14}(?<!er)) than",
        r"as \1 as",
    ),
    FaultPattern.of("word_choice", rf"({_OF_COMPARATIVE}) then(?= {_ME}\b)", r"\1 than", "word_choice"),
    FaultPattern.of("word_choice", rf"(more [a-z]{{4,14}}) then(?= {_ME}\b)", r"\1 than", "word_choice"),
    FaultPattern.of("word_choice", r"(rather [a-z]{2,10}) then(?= [a-z]{2,10})", r"\1 than", "word_choice"),
    FaultPattern.of(
        "word_choice",
        r"((?:will|can|may|could|would|to|not|also|doesn['’]t|don['’]t|didn['’]t|might)) effect(?= (?:us|me|him|her|them|you|people|my|our|your|everyone)\b)",
        r"\1 affect",
        "word_choice",
    ),
    FaultPattern.of(
        "word_choice",
        r"((?:an?|great|big|bad|good|huge|strong|important|serious|real)) affect(?= (?:on|of)\b)",
        r"\1 effect",
        "word_choice",
    ),
    FaultPattern.of(
        "word_choice",
        r"([Tt]he) wether(?= (?:is|was|will|in|today|forecast|got)\b)",
        r"\1 weather",
        "word_choice",
    ),
    FaultPattern.of(
        "word_choice", r"wether(?= (?:it|he|she|they|we|I|you|to|or|the)\b)", "whether", "word_choice"
    ),
    FaultPattern.of(
        "word_choice",
        r"([Aa]dvice)(?= (?:me|him|us|them|you)\b)",
        lambda found: found[1][:-2] + "se",
        "word_choice",
    ),
    FaultPattern.of("word_choice", r"(am|is|are|was|were) quite(?=[.!?])", r"\1 quiet", "word_choice"),
    FaultPattern.of(
        "word_choice",
        r"([Yy])our(?= (?:welcome[.!]|going to|wrong\b|a (?:good|great|nice)|so (?:kind|nice)))",
        r"\1ou're",
        "word_choice",
    ),
    FaultPattern.of("word_choice", r"([Tt])heir(?= (?:is|are|was|were)(?![\w-]))", r"\1here", "word_choice"),
    FaultPattern.of(
        "word_choice",
        r"(of|with|love|loves|like|to|from|for|in|lost) there(?= (?:house|home|parents|family|friends?|children|car|room|dog|name|money|homework|mother|father|teacher|school|books?|lives)\b)",
        r"\1 their",
        "word_choice",
    ),
    FaultPattern.of(
        "word_choice",
        r"(?<![^.!?,\n] )(?<!\w)([Ii])ts(?= (?:(?:fine|good|bad|hot|cold|great|ok|okay|true|late|easy|hard|difficult|fun|nice|important|time|possible|too|raining)(?:[.!,]|\sto\b|\sthat\b)|so\b|my\b|your\b|his\b|raining\b|snowing\b))",
        r"\1t's",
        "word_choice",
    ),
    FaultPattern.of(
        "word_order",
        rf"{_ASKING} (?:what|where|who|when|why|how(?: old| much| many| long| far| tall| big)?|which) (?P<bad>(?P<first>is|are|was|were|can|will|should) (?P<second>{_PRONOUNS}|(?:the|my|your|his|her) [a-z]{{3,12}}))(?=[.?!])",
        _swapped,
    ),
    FaultPattern.of(
        "word_order",
        rf"{_ASKING} (?:what|where|who|when|why|how(?: much| many)?|which)(?: time)? (?P<bad>(?P<do>do|does|did) (?P<subject>{_PRONOUNS}) (?P<verb>{any_of(PAST)}))",
        _told,
    ),
    FaultPattern.of(
        "word_order",
        rf"(?<![^.!?\n] )(?<!\w)(?:Why|What|Where|When|How|Who)(?: old| much| far| tall| long| time)? (?P<bad>(?P<first>you|he|she|it|they|we) (?P<second>{_AUXILIARIES}))(?=(?: (?!(?:is|are|do|does|did|will|can|would|should)\b)[\w’'-]{{1,20}}){{0,8}}\?)",
        _swapped,
    ),
    FaultPattern.of(
        "word_order",
        rf"(?<![^.!?\n] )(?<!\w)(?:Why|What|Where|When|How)(?: time| often| much| long)? (?P<bad>(?P<subject>you|he|she|it|they|we) (?P<verb>{any_of({*PAST, *BASE} - {'have', 'has', 'had'})}))(?=(?: (?!(?:is|are|do|does|did|will|can|would|should|was|were)\b)[\w’'-]{{1,20}}){{0,8}}\?)",
        _question,
    ),
    FaultPattern.of(
        "comma_missing",
        r"(?<![^.!?\n] )(?<!\w)(However|Therefore|Moreover|Furthermore|Nevertheless|In addition|For example|As a result|On the other hand|First of all|In conclusion)(?= (?!you (?:do|can)\b)(?:I|it|he|she|they|we|you|there|this) (?:am|is|are|was|were|have|has|had|can|could|will|would|do|did|didn['’]t|don['’]t|think|went)\b)",
        r"\1,",
        "punctuation",
    ),
    FaultPattern.of(
        "two_words", r"([Ee])veryday(?=[.!]|, I\b| (?:I|he|she|we|they) )", r"\1very day", "spelling"
    ),
    FaultPattern.of(
        "capital_i",
        r"(?<=[ \n])i(?= (?:am|was|have|had|will|can|could|would|should|think|like|want|go|went|don['’]t|didn['’]t|did|do|live|love|know|need|saw|feel|felt|really|also|hope)\b)",
        "I",
        "spelling",
    ),
)
