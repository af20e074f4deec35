"""Finds turns of phrase that learners bring along from their own language or from a rule that they took too far."""

import re

from services.proofreader.english.patterns import CLAUSE, Correct, FaultPattern
from services.proofreader.english.verbs import BASE, GERUND, ONLY_VERBS, THIRD, any_of

_BEGINS = r"(?<![^.!?\n] )(?<!\w)"
_SUBJECTS = r"(?:I|[Yy]ou|[Hh]e|[Ss]he|[Ii]t|[Ww]e|[Tt]hey)"
_DAYS = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_MONTHS = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_ORDINALS = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|twentieth|\d{1,2}(?:st|nd|rd|th))"
_PAIRS = r"(?:trousers|jeans|shorts|scissors|pyjamas|pajamas|pants|tights|headphones|sunglasses|clothes)"
_AGO = r"(?:yesterday|(?:two|three|four|five|six|ten|many|some|a few|\d{1,2}|an?) (?:minutes?|hours?|days?|weeks?|months?|years?) ago|last (?:night|week|month|year|summer|winter))"
_PAST_OF_PARTICIPLE = {
    "seen": "saw",
    "been": "was",
    "gone": "went",
    "done": "did",
    "eaten": "ate",
    "written": "wrote",
    "taken": "took",
    "met": "met",
    "bought": "bought",
    "lost": "lost",
    "found": "found",
    "broken": "broke",
    "finished": "finished",
    "visited": "visited",
    "arrived": "arrived",
    "watched": "watched",
    "started": "started",
    "moved": "moved",
    "forgotten": "forgot",
    "left": "left",
    "given": "gave",
    "heard": "heard",
    "read": "read",
}
_LONG = r"(?:boring|amazing|terrible|comfortable|crowded|modern|romantic|valuable|successful|traditional|intelligent|talented|dangerous|important|beautiful|popular|famous|interesting|difficult|expensive|delicious|powerful|exciting|useful|horrible|frightening|fantastic|unusual|careful|creative|colou?rful)"
# Pasts that are bases of other verbs.
_USED_TO = any_of(
    set(BASE)
    - set(THIRD.values())
    - {"found", "left", "saw", "felt", "wound", "ground", "fell", "bound", "lay"}
)


def _error(wording: str, pattern: str, right: Correct | str) -> FaultPattern:
    return FaultPattern.of(wording, pattern, right)


def _usage(pattern: str, right: Correct | str) -> FaultPattern:
    return FaultPattern.of("usage", pattern, right, "word_choice")


def _base(found: re.Match[str]) -> str:
    return BASE[found["bad"]]


def _simple_past(found: re.Match[str]) -> str:
    right = _PAST_OF_PARTICIPLE[found["verb"]]
    if right == "was" and found.string.startswith(" to ", found.end("bad")):
        return "went"
    return "were" if right == "was" and found["who"].lower() in {"we", "they", "you"} else right


def _rains(found: re.Match[str]) -> str:
    return f"{found['verb']}s"


LEARNER_PHRASE_PATTERNS = (
    _error("verb_form", rf"{_SUBJECTS} (?:also |never |often |always )?used to (?P<bad>{_USED_TO})(?! by)", _base),
    _error("verb_form", r"(?:[Ww]ithout|[Bb]efore|[Aa]fter) (?P<bad>(?P<verb>say(?= (?:goodbye|hello|anything|a word|sorry|something|thank))|look(?= (?:at|back))|talk(?= to)|ask(?= (?:me|him|her|them|us|anyone|anybody|for permission))))", r"\g<verb>ing"),
    _error("verb_form", rf"(?:[Aa]fter|[Bb]efore|[Ww]ithout) (?P<bad>to (?P<verb>{any_of(ONLY_VERBS)}))", lambda found: GERUND[found["verb"]]),
    _error("verb_form", rf"{CLAUSE}{_SUBJECTS} (?P<bad>(?:can ?not|can['’]t) to)(?= [a-z]{{2,12}})", lambda found: found["bad"][:-3]),
    _error("verb_form", r"(?P<bad>[Dd]o (?P<who>you|they|we|I) can)(?= [a-z]{2,12})", lambda found: f"{'C' if found['bad'][0] == 'D' else 'c'}an {found['who']}"),
    _error("verb_form", r"(?P<bad>(?P<who>I) am not|(?P<they>[Ww]e|[Tt]hey|[Yy]ou) are not) (?=(?:want|know|have|need|agree|think|understand)(?: (?:the|an?|to|my|him|her|it|that|this|you|them|how|what)\b|[.!]))", lambda found: f"{found['who'] or found['they']} do not"),
    _error("verb_form", r"(?P<bad>(?:am|are) (?P<verb>disagree))(?= with\b|[.,!])", r"\g<verb>"),
    _error("verb_form", rf"{CLAUSE}(?:I|[Ww]e|[Tt]hey|[Hh]e|[Ss]he) (?:wants?|wanted) (?P<bad>that)(?= (?:you|he|she|we|they|I) [a-z])", lambda _: ""),
    _error("future_clause", rf"{CLAUSE}[Ii]f it (?P<bad>will (?P<verb>rain|snow))(?=[^.!?\n]{{0,40}}, )", _rains),
    _error("tense", rf"(?P<who>I|[Yy]ou|[Hh]e|[Ss]he|[Ii]t|[Ww]e|[Tt]hey) (?P<bad>(?:have|has) (?P<verb>{any_of(_PAST_OF_PARTICIPLE)}))(?= (?:[a-z]+ ){{0,4}}?{_AGO}(?=[.!]| (?:at|in|with|and|but|because)\b))(?! (?:[a-z]+ ){{0,4}}(?:since|from|of|about|until|that|who|which|what|than|you|he|she|we|they|it|made|bought|left|sent|[a-z]+ed) )", _simple_past),
    _error("tense", r"(?P<who>I) (?P<bad>am)(?= born (?:in|on)\b)", "was"),
    _error("irregular_form", rf"(?:{_SUBJECTS}|bus|train|plane|ship|mother|father|brother|sister|friend|teacher|who|and) (?P<bad>leaved)(?= (?:the|my|his|her|our|their|home|for|at|before|after|early|late|because|me|us|it|school|in)\b|[.,!])", "left"),
    _error("irregular_form", r"(?P<bad>costed)(?= (?:me|us|him|her|them|a lot|too|only|about|\d|more|less|very|nothing))", "cost"),
    _error("word_order", rf"{_BEGINS}(?P<bad>What means (?P<what>[^?.\n]{{2,40}}))(?=\?)", r"What does \g<what> mean"),
    _error("word_order", r"(?:I|[Ww]e|[Tt]hey|[Yy]ou|[Hh]e|[Ss]he) (?P<bad>very)(?= (?:like|likes|liked|love|loves|loved|enjoy|enjoyed|enjoys|want|wants|wanted|hate|miss)\b)", "really"),
    _error("comparison", r"(?<!\w)as (?P<bad>(?P<adjective>tall|old|big|small|fast|strong|smart|long|high|cold|young|short|cheap|hard)(?:ger|er))(?= as\b)", r"\g<adjective>"),
    _error("comparison", r"(?:is|are|was|were) (?P<bad>the (?P<more>(?:tall|old|small|fast|strong|smart|long|high|cold|young|short|cheap|hard|big+)er))(?= than\b)", r"\g<more>"),
    _error("article_missing", rf"(?:is|was|are|were|be) (?P<bad>most {_LONG})(?= [a-z]{{3,15}} (?:I|we|he|she|in|of|on|that|ever|for)\b)", r"the \g<bad>"),
    _error("article_missing", r"(?:have|has|had|got) (?P<bad>(?P<how>terrible|bad|awful|slight) (?P<what>headache|sore throat|cold|fever))(?=[.,!?]| (?:after|because|and|today|so|since|for|yesterday)\b)", lambda found: f"{'an' if found['how'] == 'awful' else 'a'} {found['bad']}"),
    _error("article_missing", rf"(?:{_SUBJECTS} |{_BEGINS}|to |please |Please |and |don['’]t |didn['’]t |can |could |will |would )(?:[Cc]lose|closed|[Oo]pen|opened|[Ss]hut|[Ll]ock|locked) (?P<bad>door|window|gate)(?=[.,!?]| (?:please|because|when|before|slowly|quickly|quietly|and)\b)(?! ?-)(?! and (?:window|door|gate)s?\b)", r"the \g<bad>"),
    _error("article_missing", rf"{_BEGINS}(?P<bad>Sun|Moon)(?= (?:rises|sets|shines|shone|rose|looks|looked)\b|(?<=Moon) (?:is|was) (?:so|very|too|big|bright|full|round|beautiful)\b)", lambda found: f"The {found['bad'].lower()}"),
    _error("number", rf"{_BEGINS}(?P<bad>This)(?= (?!news|series|species|means|always|mathematics|physics|gas|bus|lens|chaos|canvas|perhaps|besides|sometimes|alias|atlas|bias|crisis|class|was|has|does|is)[a-z]{{3,14}}[a-rt-z]s (?:are|were)\b)(?! [a-z]+(?:us|is|ss) )", "These"),
    _error("article_needless", rf"{_BEGINS}(?P<bad>The life)(?= (?:is|was) (?:hard|short|beautiful|difficult|too|so|very|full|not easy|unfair)\b)", "Life"),
    _error("article_needless", r"(?:go|goes|went|going) to (?P<bad>the bed)(?=[.!?]| (?:at|early|late)\b)", "bed"),
    _error("article_needless", r"(?:I|[Ww]e|[Tt]hey|[Hh]e|[Ss]he) (?:go|goes) to (?P<bad>the school)(?= (?:every day|by bus|by bike|on foot|from Monday|at \w+)\b)", "school"),
    _error("number", rf"(?P<bad>[Aa]n? (?:new |red |blue |black |warm |nice |good |big |sharp |old |long |short )?{_PAIRS})(?=[.,!?]| (?:for|and|in|with|at|from|because|but|yesterday)\b)", lambda _: ""),
    _error("number", rf"{_BEGINS}(?P<bad>How much)(?= (?:books|friends|apples|hours|brothers|sisters|questions|cars|pencils|languages) (?:do|did|are|have|does|can|will)\b)", "How many"),
    _error("number", r"(?:I|[Yy]ou|[Ww]e|[Tt]hey|[Hh]e|[Ss]he) (?:have|has|had) (?:(?:long|short|black|brown|blond|blonde|curly|straight|dark|red|beautiful) ){1,2}(?P<bad>hairs)(?=[.,!?]| and\b)", "hair"),
    _error("number", r"(?:[Mm]y|[Yy]our|[Hh]is|[Hh]er|[Tt]heir) (?:(?:long|short|black|brown|blond|blonde|curly|straight|dark) )?(?P<bad>hairs (?P<be>are|were))", lambda found: "hair " + {"are": "is", "were": "was"}[found["be"]]),
    _error("agreement", rf"{CLAUSE}[Tt]he police (?P<bad>is|was|has)(?= (?:coming|looking|searching|investigating|here|there|already|arrested|found|caught|arrived|come)\b)", lambda found: {"is": "are", "was": "were", "has": "have"}[found["bad"]]),
    _error("agreement", rf"{CLAUSE}[Tt]hese [a-z]{{3,12}}s (?P<bad>costs|looks|works|tastes|smells|needs|helps|shows|means)(?= (?:too|so|very|a|an|the|me|us|like|good|bad|nice|great|better|to|that|about|more)\b)", lambda found: found["bad"][:-1]),
    _usage(rf"(?P<bad>In|At|in|at)(?= {_DAYS}(?:,| (?:I|we|he|she|they|my|morning|evening|afternoon)\b))", lambda found: "On" if found["bad"][0].isupper() else "on"),
    _usage(rf"(?P<bad>in|at|In|At)(?= the {_ORDINALS} of {_MONTHS}(?=[.,!?]| (?:and|we|I|at|\d{{4}})\b))", lambda found: "On" if found["bad"][0].isupper() else "on"),
    _usage(r"(?:met|meet|start|starts|got up|get up|left|arrived|arrive|begin|begins|wake up|go|went) (?P<bad>(?:on|at) the (?P<part>morning|afternoon|evening))(?=[.,!?]| (?:and|because|we|I|but)\b)", r"in the \g<part>"),
    _usage(r"(?P<bad>[Dd]espite of)", lambda found: found["bad"][:-3]),
    _usage(r"(?P<bad>because of)(?= it (?:rained|snowed|was raining|was snowing)\b)", "because"),
    _usage(r"(?P<verb>enjoy|enjoys|enjoyed) of(?= (?:the|my|it|this|your|our)\b)", r"\g<verb>"),
    _usage(r"(?P<bad>[Ee]xplain)(?= (?:me|us) (?:this|that|the|how|why|what|it)\b)", r"\g<bad> to"),
    _usage(r"(?:I|[Ww]e|[Hh]e|[Ss]he|[Tt]hey) have (?P<bad>no any)(?= [a-z])", "no"),
    _usage(r"(?P<verb>went|came|go|come|here) for to(?= [a-z])", r"\g<verb> to"),
)  # fmt: skip
