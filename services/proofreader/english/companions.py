"""Finds prepositions and verbs that do not go with the word beside them."""

import re

from services.proofreader.english.nouns import PLACES
from services.proofreader.english.patterns import Correct, FaultPattern
from services.proofreader.english.verbs import GERUND, any_of

_THEM = r"(?:me|him|us|them)"
_WHOSE = r"(?:the|a|an|my|your|his|her|our|their|this|that|it|him|them|you|me|us|what|how)"
_DAYS = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTHS = r"(?:January|February|March|April|June|July|August|September|October|November|December)"
_LENGTHS = r"(?:two|three|four|five|six|seven|eight|nine|ten|many|several|\d{1,3}) (?:hours|days|weeks|months|years|minutes)"
_ENDS = r"(?=[.,!?;]| (?:and|but|because|when|with|so|if|I|we|he|she|they|my|for|every)\b)"
_GO = r"(?:go|goes|went|going|gone|come|comes|came|walk|walked|drive|drove|run|ran|got|return|returned)"
_SUBJECTS_AT_SCHOOL = r"(?:math|maths|mathematics|English|Korean|Japanese|Chinese|French|science|history|music|art|sports?|football|soccer|tennis|basketball|drawing|singing|dancing|cooking|swimming|running|painting|writing|speaking|playing)"
_DO = {"make": "do", "makes": "does", "made": "did", "making": "doing"}
_MAKE = {"do": "make", "does": "makes", "did": "made", "doing": "making", "done": "made"}


def _usage(pattern: str, right: Correct | str) -> FaultPattern:
    return FaultPattern.of("usage", pattern, right, "word_choice")


def _unneeded(verbs: str, preposition: str, after: str) -> FaultPattern:
    """Makes the pattern of a preposition after a verb that takes its object without one."""
    return _usage(rf"({verbs}) {preposition}(?= {after})", r"\1")


def _succeeded(found: re.Match[str]) -> str | None:
    gerund = GERUND.get(found["verb"])
    return f"in {gerund}" if gerund else ""


COMPANION_PATTERNS = (
    _usage(r"(interested) (?:about|for|on|at)(?= [a-z])", r"\1 in"),
    _usage(r"(afraid|scared|proud|jealous|full|fond|capable|guilty) (?:from|for|about|with|on)(?= (?:the|my|dogs?|cats?|snakes|spiders|him|her|you|it|them|this|water|people|flying|heights|being)\b)", r"\1 of"),
    _usage(rf"((?:am|is|are|was|were|be|very|really|not|so) (?:good|bad|terrible|excellent)) in(?= {_SUBJECTS_AT_SCHOOL}(?=[.,!?]| (?:and|but|because|so|at)\b))", r"\1 at"),
    _usage(r"(married|engaged) with(?= (?:an?|my|his|her|him|me|the|someone|you)\b)(?! (?:an?|two|three|his|her|my) (?:[a-z]+ )?(?:child|children|kids?|son|daughter|family))", r"\1 to"),
    _usage(rf"(arriv(?:e|ed|es|ing)) to(?= {any_of(PLACES)}\b)", r"\1 in"),
    _usage(r"(arriv(?:e|ed|es|ing)) to(?= (?:the|my|our|his|her|their|school|work|a) ?(?:station|airport|school|house|hotel|office|work|bus|party|hospital|beach|shop|place|cinema|restaurant|museum|park|[.,]))", r"\1 at"),
    _usage(r"(depend(?:s|ed|ing)?) (?:of|from|in|to|by|with)(?= (?:the|my|your|his|her|our|their|what|who|how|where|people|each|you|him|it)\b)", r"\1 on"),
    _usage(r"(listen(?:s|ed|ing)?) (music|songs|me|him|her|us|them|(?:the|my|your|his) (?:radio|teacher|music|song|songs|news|parents|mother|father|friends?|advice|story))(?![\w-])", r"\1 to \2"),
    _usage(r"(consist(?:s|ed)?) (?:from|by|with)", r"\1 of"),
    _usage(rf"(explain(?:ed|s)?) (?={_THEM} (?:the|what|how|why|that|about|everything|it|my|his|this)\b)", r"\1 to "),
    _usage(rf"(said) ({_THEM})(?= (?:that|to|about)\b)", r"told \2"),
    _usage(rf"(ask|asks|asked|told|answered) to (?={_THEM}\b(?! and))", r"\1 "),
    _usage(rf"(wait(?:s|ed|ing)?) ({_THEM}|the (?:bus|train|taxi|teacher|doctor)|my (?:friend|friends|mother|father|bus|train|turn))(?![\w-])", r"\1 for \2"),
    _unneeded("enter(?:s|ed|ing)?", "(?:to|into|in)", r"(?:the|a|my|his|her|our) (?:room|house|school|classroom|class|university|building|shop|store|hospital|office|company|kitchen)\b"),
    _unneeded("(?:discuss|mention|describe|emphasi[sz]e)(?:d|ed|s|es|ing)?", "about", _WHOSE),
    _unneeded("(?<!in )(?<!into )(?<!eye )(?<!close )(?<!no )contact(?:ed|s)?", "(?:with|to)", rf"(?:{_THEM}|you|her|my|the|your)\b"),
    _unneeded("(?:reach(?:ed|es|ing)?|approach(?:ed|ing))", "(?:to|at|in)", r"(?:the|my|our|his|her|their|a)\b(?! (?:point|agreement|conclusion))"),
    _unneeded("(?:answered|answering|(?:to|can|will|I|not|must|should|please) answer)", "to", r"(?:the|my|his|her|your|this|that|all|these) (?:questions?|emails?|letters?|phone)\b"),
    _unneeded("attend(?:ed|s|ing)?", "(?:to|in|at)", r"(?:the|a|my|this|his|her) (?:class|classes|school|university|meeting|party|concert|course|lecture|wedding|lesson)\b"),
    _unneeded("resembl(?:e|es|ed)", "(?:to|with)", _WHOSE),
    _usage(rf"({_GO}(?: back)?) to home(?=[.,!?]| (?:and|at|after|by|with|late|early|because|from|on|to|when|before|together)\b)", r"\1 home"),
    _usage(rf"({_GO}) to (shopping|fishing|swimming|hiking|camping|skiing|jogging|dancing|skating|surfing)(?=[.,!?]| (?:with|and|in|at|on|every|yesterday|last|together|because)\b)", r"\1 \2"),
    _usage(rf"(?:in|at) ({_DAYS}s?)(?=[.,!?]| (?:morning|afternoon|evening|night|and|I|we|he|she|they|because|when)\b)", r"on \1"),
    _usage(rf"on ({_MONTHS})(?=[.!?]|, (?:I|we|it|he|she|they|my)\b| (?:and|I|we|because|when|every|we)\b)", r"in \1"),
    _usage(rf"in ({_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?)(?=[.,!?])(?!, \d)", r"on \1"),
    _usage(r"(?:in|at) (morning|afternoon|evening)(?=[.,!?]| (?:I|we|he|she|they|my|and)\b)", r"in the \1"),
    _usage(r"at the (morning|afternoon|evening)(?=[.,!?]| (?:I|we|he|she|they|my|and)\b)", r"in the \1"),
    _usage(r"in (?:the )?night(?= (?:I|we|he|she|they)\b|[.!?])(?<!the night)", r"at night"),
    _usage(rf"(?:in|at|on) ((?:last|next) (?:week|month|year|night|summer|winter|weekend|{_DAYS}))(?=[.,!?]| (?:I|we|he|she|they|my)\b)", r"\1"),
    _usage(rf"since (?={_LENGTHS}(?=[.,!?;]| (?:and|now|because|but)\b))", "for "),
    _usage(rf"during (?={_LENGTHS}(?=[.,!?;]| (?:and|because|but|I|we)\b))", "for "),
    _usage(rf"(live|lives|lived|living|study|studied|studying|born|stay|stayed|work|worked) at (?={any_of(PLACES)}[.,!?])", r"\1 in "),
    _usage(r"(different) (?:of|with|to that|that)(?= (?:the|my|mine|yours|others?|me|him|other|our|Korea|Japan|China)\b)", r"\1 from"),
    _usage(r"(?<!as )(similar) (?:with|as|than|of)(?= (?:the|my|mine|yours|others?|me|him|other|our|Korean?|Japan|China)\b)", r"\1 to"),
    _usage(r"(responsible) (?:of|about|to)(?= (?:the|my|his|this|that|everything|it|[a-z]+ing)\b(?! (?:people|public|law|court|manager|parliament)))", r"\1 for"),
    _usage(r"(pa(?:y|ys|id|ying) attention) (?:on|for|at|in|of)(?= )", r"\1 to"),
    _usage(r"(participat(?:e|ed|es|ing)) (?:to|at|on)(?= (?:the|a|an|this|many|my)\b)", r"\1 in"),
    _usage(r"(?:(I)|(i))n the other (?=hand\b)", lambda found: ("On" if found[1] else "on") + " the other "),
    _usage(r"(?:(I)|(i))n the same (?=time\b)", lambda found: ("At" if found[1] else "at") + " the same "),
    _usage(r"([Ii]n|[Oo]n|[Bb]y|[Ff]or|[Aa]t) (?:my|the my) point of view", lambda found: ("From" if found[1][0].isupper() else "from") + " my point of view"),
    _usage(r"([Oo]n|[Bb]y|[Ff]or|[Aa]t|[Ff]rom) my opinion", lambda found: ("In" if found[1][0].isupper() else "in") + " my opinion"),
    _usage(r"(?:in|at) (?:the )?([Ii]nternet|TV)(?=[.,!?]| (?:and|I|we|because|to|every|for|you)\b)", lambda found: "on TV" if found[1] == "TV" else f"on the {found[1]}"),
    _usage(r"(laugh(?:ed|s|ing)?) (?:to|of|on)(?= (?:me|him|us|them|her)\b)", r"\1 at"),
    _usage(r"(?:in|to|from|visit|visited) (?P<bad>(?P<name>United States|United Kingdom|UK|USA|Netherlands|Philippines))(?=[.,!?]| (?:and|last|next|for|with|when|because|every|this|in)\b)", r"the \g<name>"),
    _usage(r"(?:(?:go|goes|went|going|come|came|travel|get|got)(?: [a-z]+){1,3}) by (?P<bad>(?:the|a|my) (?P<vehicle>bus|train|subway|taxi|plane|bike|bicycle))(?=[.,!?]| (?:and|every|because)\b)", r"\g<vehicle>"),
    _usage(r"(?:(?:go|goes|went|going|come|came|travel|travelled|traveled)(?: [a-z]+){0,3}) (?P<bad>with (?P<vehicle>bus|train|subway|taxi|plane|bike|bicycle))(?=[.,!?]| (?:and|every|because)\b)", r"by \g<vehicle>"),
    FaultPattern.of("usage", r"(?P<bad>make|makes|made|making)(?= (?:(?:my|your|his|her|our|their|the|some|a lot of) )?(?:homework|housework|(?:(?<=the )|(?<=my )|(?<=her )|(?<=his )|(?<=our )|(?<=their ))dishes(?! (?:in|with|for|at)\b)|laundry|ironing|washing[ -]up|exercises?|sports?|shopping)(?=[.,!?]| (?:every|in|at|with|and|for|because|after|before|yesterday|on)\b))", lambda found: _DO[found["bad"]], "word_choice"),
    FaultPattern.of("usage", r"(?:to|I|we|he|she|they|can|will|not|n['’]t|always|often|also) (?P<bad>do|does|did|doing|done)(?= (?:an? |many |some |lots of |a lot of |the same |a big )(?:mistakes?|decisions?|effort|noise)\b)", lambda found: _MAKE[found["bad"]], "word_choice"),
    _usage(rf"(borrow|borrowed)(?= {_THEM} (?:a|the|some|his|her|your|my|money)\b)", lambda found: "lend" if found[1] == "borrow" else "lent"),
    _usage(rf"(learn|learned|learnt|learns)(?= {_THEM} (?:how|to|English|a lot|many)\b)", lambda found: {"learn": "teach", "learns": "teaches"}.get(found[1], "taught")),
    FaultPattern.of("verb_form", rf"succeed(?:ed|s)? (?P<bad>to (?P<verb>{any_of(GERUND)}))", _succeeded),
    _usage(r"(I) have (\d{1,2}) years(?: old)?(?=[.,!?]| (?:and|now|but)\b)", r"\1 am \2 years old"),
    _usage(r"([Hh]e|[Ss]he) has (\d{1,2}) years(?: old)?(?=[.,!?]| (?:and|now|but)\b)", r"\1 is \2 years old"),
    _usage(r"(play|plays|played|playing) the (soccer|football|tennis|basketball|baseball|badminton|volleyball|chess)(?=[.,!?]| (?:with|every|and|on|in|after|at|because)\b)", r"\1 \2"),
    FaultPattern.of("article_missing", r"(?:have|has|had|having|got) (?P<bad>headache|fever|sore throat|runny nose)(?=[.,!?]| (?:today|yesterday|and|so|now|because|since|for|all)\b)", r"a \g<bad>"),
    FaultPattern.of("article_missing", rf"{_GO} (?:back )?to (?P<bad>cinema|bank|park|beach|airport|station|library|supermarket|museum|gym|zoo|post office|dentist|swimming pool|mall|theater|theatre|countryside|mountains|toilet|hospital by)(?=[.,!?]| (?:with|and|to|because|for|every|on|yesterday|last|after|by|in|today|tomorrow|but|when|near|once|twice|two|three|four|alone|together|before|later)\b)", r"the \g<bad>"),
    FaultPattern.of("article_missing", r"(?:use|uses|used|using|on|surf|surfing) (?P<bad>internet)(?=[.,!?]| (?:to|every|and|for|because|at|in)\b)", r"the \g<bad>"),
    FaultPattern.of("article_missing", r"(?:is|was|are|were|be) (?P<bad>best|worst|biggest|largest|tallest|smallest|oldest|youngest|fastest|longest|highest|richest|strongest|most (?:important|beautiful|popular|famous|interesting|difficult|expensive|delicious|common|dangerous|powerful|exciting|useful))(?= (?!(?:when|and|in|to|for|if|among|during|of|at|on|with|known|seen|done|left|kept|found|served|understood|taken)\b)[a-z]{3,15}(?<!ed)(?<!ly) (?:in|of|on|I|for|that)\b)", r"the \g<bad>"),
    FaultPattern.of("article_needless", r"(?P<bad>the (?P<owner>my|our|your|their))(?= [a-z]{3,15}\b)", r"\g<owner>"),
)  # fmt: skip
