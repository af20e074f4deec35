"""Finds one word of a pair that sounds alike, or is written alike, where the other one is meant."""

import re

from services.proofreader.english.patterns import CLAUSE, Correct, FaultPattern
from services.proofreader.english.verbs import ONLY_VERBS, any_of

_BEGINS = r"(?<![^.!?\n] )(?<!\w)"
_OWN = r"(?:my|your|his|her|our|their)"
_OWNED = (
    r"(?:tail|paws?|legs?|head|eyes?|ears?|nose|mouth|wings?|feathers|fur|nest|name|colou?r|owner|food|mother|babies"
    r"|young|body|feet|shape|place|way|home|cage|shell|teeth|claws|neck|back|face|price|size|meaning|history|beauty"
    r"|leaves|roots|branches|door|doors|windows|roof|lid)"
)
_VERBS_OF_OWNERS = (
    r"(?:hurts?|lost|lose|loses|wag(?:s|ged|ging)?|broke|breaks|lick(?:s|ed|ing)?|open(?:s|ed)|clos(?:es|ed)|mov(?:es|ed)"
    r"|chang(?:es|ed)|has|have|had|eats?|ate|shook|rais(?:es|ed)|turn(?:s|ed)|spreads?|built|builds?|left|us(?:es|ed)"
    r"|kept|made|washed|cleaned|loves|protects|on|in|of|with|from|by|for|at|into|near|around|under)"
)
_OF_WEATHER = r"(?:raining|snowing|getting|going to|time to|my|your|his)"
_SAID_OF_IT = (
    r"(?:cold|hot|warm|late|early|nice|good|bad|great|important|hard|easy|difficult|big|small|fun|funny|sad|boring"
    r"|interesting|beautiful|expensive|cheap|far|loud|quiet|dark|delicious|dangerous|true|over|ok|okay|mine|yours)"
)
_CANNOT_LOOSE = r"(?:to|[Dd]on['’]t|[Dd]o not|didn['’]t|doesn['’]t|will|won['’]t|can|can['’]t|could|might|may|would|not|never|always)"
_LET_LOOSE = r"(?! (?:the|a|his|her|their|my|our) (?:arrows?|dogs?|hounds?|ropes?|knots?|horses?|bolts?)\b)"
_BRAKED = (
    r"(?:car|train|bus|bike|bicycle|vehicle|van|truck|lorry|wheels?|engine|cart|sledge|motorbike|plane|tram)"
)
_EFFECTED = (
    r"(?:changes?|transfers?|repairs?|payments?|release|escape|reforms?|transition|cure|delivery|compromise|rescue"
    r"|settlement|improvements?|reconciliation|entry|exchange|conversion|arrest|sale|union)"
)
_NOT_KNOWN = (
    r"(?:knows|(?:don['’]t|didn['’]t|doesn['’]t|not|to|you) know|wonders?|wondered|asked (?:me|him|her|us)"
    r"|(?:can['’]t|don['’]t|to) remember|forgot|can['’]t find|find out|tell me|show me|no idea)"
)
_LIKE_A_BOOK = r"(?:a (?:letter|story|book|poem|essay|text|message|song|list|card|diary)|an (?:essay|email)|about|letters|stories|my name|it down)"
_CLOTHES = (
    r"(?:glasses|jeans|uniforms?|shoes|boots|clothes|coats?|jackets?|hats?|tie|helmets?|masks?|dress|suit|scarf"
    r"|shirts?|skirts?|trousers|socks)"
)
_TIRED = (
    r"(?:very|so|not|all|both|late|happy|sad|tired|too|going|playing|walking|sitting|waiting|born|living)"
)


def _pair(pattern: str, right: Correct | str) -> FaultPattern:
    return FaultPattern.of("word_choice", pattern, right, "word_choice")


def _like(right: str) -> Correct:
    """Returns a correction that begins with a capital letter where the fault does."""
    return lambda found: right[0].upper() + right[1:] if found["bad"][0].isupper() else right


def _past_be(found: re.Match[str]) -> str:
    return "was" if found["who"].lower() in {"he", "she", "it", "i"} else "were"


def _owner(found: re.Match[str]) -> str:
    return "their" if found["bad"][0] == "t" else "Their"


CONFUSED_PAIR_PATTERNS = (
    _pair(rf"(?:{_VERBS_OF_OWNERS}) (?P<bad>it['’]s)(?= {_OWNED}(?=[.,!?]| (?:on|in|with|and|at|to|when|because|for|from)\b))", "its"),
    _pair(rf"{CLAUSE}(?P<bad>Its|its)(?= {_OF_WEATHER}\b)", lambda found: found["bad"][:2] + "'s"),
    _pair(rf"{CLAUSE}(?P<bad>Its|its)(?= (?:very |too |so |really )?{_SAID_OF_IT}[.,!?])", lambda found: found["bad"][:2] + "'s"),
    _pair(rf"{CLAUSE}(?P<bad>Their|There|their|there)(?= (?:not )?(?:going to (?:{any_of(ONLY_VERBS)}|be|have|paint|play|work|visit|help)|waiting for|looking for|trying to)\b)", _like("they're")),
    _pair(rf"{_BEGINS}(?P<bad>They['’]re|There)(?= (?:house|parents|children|teacher|dog|cat|car|names?|friends?|mother|father|home|room) (?:is|are|was|were|has|have)\b)", "Their"),
    _pair(r"(?:of|with|in|on|for|from|by|lost|forgot|left|like|love) (?P<bad>they['’]re)(?= (?:own|friends?|parents?|house|homes?|children|lives|names?|room|books?|mother|father|way|dog|cat|ball|bags?|keys?|toys?)\b)", _owner),
    _pair(r"(?:lost|forgot|left|brought|took|washed|cleaned|painted|love|loves|like) (?P<bad>there)(?= (?:ball|bags?|keys?|toys?|house|dog|cat|parents|children|hands|car|tickets?|homework|money|phones?|coats?|jobs?)(?=[.,!?]| (?:and|in|on|at|because|when)\b))", "their"),
    _pair(rf"{CLAUSE}(?P<bad>Your|your)(?= (?:the best|the only|the first|an? (?!(?:la|priori|posteriori|cappella)\b)|not (?:going|coming|allowed|listening)|going to)\b)", _like("you're")),
    _pair(r"(?:of|with|in|on|for|from|like|love|is this|lost|is that|about) (?P<bad>you['’]re)(?= (?:own|friends?|parents?|house|hat|bag|book|name|room|mother|father|dog|cat|phone|car|help|time|work)(?=[.,!?]| (?:and|in|on|at|because|when|with|is)\b))", "your"),
    _pair(r"(?P<bad>[Ww]ho['’]s)(?= (?:name|house|car|book|bag|pen|phone|turn|idea|parents|mother|father|brother|sister|dog|cat|son|daughter|favou?rite)\b(?! to\b))", _like("whose")),
    _pair(rf"(?:{_CANNOT_LOOSE}) (?P<bad>loose)(?= (?:my|your|his|her|our|their|the|a|it|them|weight|money|time|points|hope|control|interest)\b){_LET_LOOSE}", "lose"),
    _pair(r"(?:am|is|are|was|were|be|been|keeps?|kept|of|without|['’]m|['’]re) (?P<bad>loosing)(?= (?:my|your|his|her|our|their|the|a|it|weight|money|time|hope)\b)", "losing"),
    _pair(rf"(?:to|will|can|could|did|didn['’]t|don['’]t|not|never|might|would) (?P<bad>brake)(?= (?:{_OWN}|the|an?|down|into)\b)(?! (?:{_OWN}|the|an?) {_BRAKED}\b)", "break"),
    _pair(r"(?:(?:takes?|taking|took|have|having|had|needs?) a (?:short |quick |little |long )?|(?:lunch|coffee|tea|spring|summer|winter|Christmas) )(?P<bad>brake)(?=[.,!?]| (?:at|from|and|after|because)\b)", "break"),
    _pair(rf"(?:to|will|can|could|may|might|would|does|did|not|doesn['’]t|don['’]t|didn['’]t|also|greatly|badly) (?P<bad>effect)(?= (?:{_OWN}|the|us|me|them|you|him|people|children|everyone|how)\b)(?! (?:{_OWN}|the) (?:[a-z]+ )?{_EFFECTED}\b)", "affect"),
    _pair(rf"(?:[Ii]t|[Tt]his|[Tt]hat|which|also|noise|weather|pollution) (?P<bad>effects)(?= (?:{_OWN}|us|me|them|you|people|children|everyone)\b)", "affects"),
    _pair(rf"(?:{_NOT_KNOWN}) (?P<bad>were)(?= (?:the|{_OWN}|it|he|she|they|we|I|you|to)\b)", "where"),
    _pair(rf"{_BEGINS}(?P<bad>Were)(?= (?:is|are|do|does|did|was|can|has)\b)", "Where"),
    _pair(rf"{CLAUSE}(?P<who>[Ww]e|[Tt]hey|[Yy]ou|[Hh]e|[Ss]he|[Ii]t|I) (?P<bad>where)(?= {_TIRED}\b)", _past_be),
    _pair(rf"(?:to|must|should|always|usually|can) (?P<bad>where)(?= (?:(?:an?|the|{_OWN}) )?(?:(?:school|blue|red|black|white|warm|new|nice) ){{0,2}}{_CLOTHES}\b)", "wear"),
    _pair(r"(?:know|sure|wonder|wondered|decide|asked) (?P<bad>weather)(?= (?:I|you|he|she|it|we|they|to)\b)", "whether"),
    _pair(r"(?:[Tt]he|nice|good|bad|cold|hot|sunny) (?P<bad>whether)(?=[.,!?]| (?:is|was|will|forecast)\b)", "weather"),
    _pair(r"(?:walk|walks|walked|go|goes|went|ran|run|runs|drive|drove|came) (?P<bad>passed)(?= (?:the|a|my|his|her|our|their|me|us|him)\b)", "past"),
    _pair(r"[Ii]n the (?P<bad>passed)(?=[.,]| (?:I|we|he|she|they|people|it|there)\b)", "past"),
    _pair(r"(?:wants?|wanted|have|has|had|needs?|needed|going|like|went|shop) to (?P<bad>by)(?= (?:an?|some|the|new|food|it|them|bread|milk|clothes|two|my|me)\b)", "buy"),
    _pair(r"(?:don['’]t|didn['’]t|doesn['’]t) (?P<bad>no)(?=[.,!?]| (?:the|how|what|where|who|why|when|if|that|him|her|it|them|anything|anyone)\b)", "know"),
    _pair(rf"(?:to|will|can|must|should) (?P<bad>right)(?= {_LIKE_A_BOOK}\b)", "write"),
    _pair(r"(?:good|some|[Mm]y|[Yy]our|[Hh]is|[Hh]er|any|much|of|this|[Tt]he) (?P<bad>advise)(?=[.,!?]| (?:about|on|from|is|was|for)\b)", "advice"),
    _pair(r"(?:to|I|can|would|will|could|must) (?P<bad>advice)(?= (?:me|you|him|her|us|them|everyone|people)\b)", "advise"),
    _pair(rf"(?:(?:in|of|all|about) {_OWN}|[Mm]y|[Hh]is|[Hh]er) (?P<bad>live)(?=[.,!?]| (?:is|was|changed|became)\b)", "life"),
    _pair(r"(?P<bad>felt)(?= (?:off|from|down from) (?:the|my|his|her|a) (?:bike|bicycle|tree|horse|chair|bed|ladder|stairs|wall|roof|swing)\b)", "fell"),
    _pair(r"(?P<bad>[Ll]ot['’]s)(?= of\b)", lambda found: found["bad"][:3] + "s"),
    _pair(r"(?P<bad>[Aa] lots)(?= of\b)", lambda found: found["bad"][:-1]),
    _pair(rf"{_BEGINS}(?P<bad>May be)(?= (?:I|he|she|it|we|they|you|the|my|because|tomorrow)\b)", "Maybe"),
    *(
        FaultPattern.of("two_words", rf"(?P<bad>{wrong})", _like(right), "spelling")
        for wrong, right in {
            "[Ii]nfront(?= of)": "in front",
            "[Ee]achother": "each other",
            "[Aa]swell": "as well",
            "[Ii]ncase(?= (?:I|you|it|he|she|we|they|of|the))": "in case",
            "[Ii]ce ?-?cream(?<=[Ii]cecream)": "ice cream",
            "[Hh]ighschool": "high school",
            "[Tt]hankyou": "thank you",
            "[Ii]nspite(?= of)": "in spite",
            "[Oo]fcourse": "of course",
        }.items()
    ),
)  # fmt: skip
