"""Finds words in the place of one that sounds like them or is of their family, and small letters in names."""

import re

from services.proofreader.english.nouns import ADJECTIVES, COUNTED, PERSONS, PLURALS, plural
from services.proofreader.english.patterns import CLAUSE, NOUN_ENDS, FaultPattern
from services.proofreader.english.verbs import ONLY_VERBS, THIRD, any_of

_OWNERS = r"(?:my|your|his|her|our|their)"
_BEGINS = r"(?<![^.!?\n] )(?<!\w)"
_HELD = r"(?:hands?|hair|eyes|life|lives|time|jobs?|clothes|things|work|own)"
_THINGS = any_of([*COUNTED, *PERSONS, *PLURALS])
_EXAMS = r"(?:exams?|tests?|course|interview|finals?|driving)"
_SUBJECT_PRONOUNS = {"Him": "He", "Her": "She", "Me": "I", "Them": "They", "Us": "We"}
_POSSESSIVES = {"me": "mine", "him": "his", "her": "hers", "us": "ours", "them": "theirs", "you": "yours"}
_SELVES = {
    "theirselves": "themselves",
    "theirselfs": "themselves",
    "themselfs": "themselves",
    "hisself": "himself",
    "ourselfs": "ourselves",
    "yourselfs": "yourselves",
    "my self": "myself",
    "him self": "himself",
    "them selves": "themselves",
    "our selves": "ourselves",
}
_ADVERBS = {
    "good": "well",
    "bad": "badly",
    "careful": "carefully",
    "beautiful": "beautifully",
    "fluent": "fluently",
    "quiet": "quietly",
    "polite": "politely",
    "serious": "seriously",
    "easy": "easily",
    "nice": "nicely",
    "clear": "clearly",
    "perfect": "perfectly",
}
_QUALITIES = {
    "healthy": "health",
    "different": "difference",
    "important": "importance",
    "happy": "happiness",
    "difficult": "difficulty",
    "beautiful": "beauty",
    "strong": "strength",
    "angry": "anger",
    "successful": "success",
    "confident": "confidence",
    "lonely": "loneliness",
    "intelligent": "intelligence",
    "safe": "safety",
}
_SUCH = {
    "patience": "patient",
    "danger": "dangerous",
    "success": "successful",
    "health": "healthy",
    "difference": "different",
    "importance": "important",
    "happiness": "happy",
    "anger": "angry",
    "confidence": "confident",
    "intelligence": "intelligent",
    "noise": "noisy",
    "tradition": "traditional",
    "wisdom": "wise",
    "peace": "peaceful",
    "convenience": "convenient",
    "stress": "stressful",
    "fame": "famous",
    "kindness": "kind",
}
_NOUNS_OF_VERBS = {
    "succeed": "success",
    "choose": "choice",
    "believe": "belief",
    "arrive": "arrival",
    "decide": "decision",
    "explain": "explanation",
    "grow": "growth",
    "solve": "solution",
    "lose": "loss",
    "advise": "advice",
    "live": "life",
    "die": "death",
    "invite": "invitation",
}
_FEELINGS = {
    "boring": "bored",
    "confusing": "confused",
    "exciting": "excited",
    "surprising": "surprised",
    "disappointing": "disappointed",
    "tiring": "tired",
    "embarrassing": "embarrassed",
    "annoying": "annoyed",
    "interesting": "interested",
    "frightening": "frightened",
}
_CAUSES = {feeling: cause for cause, feeling in _FEELINGS.items()}
_NAMES = r"(?:english|korean|japanese|chinese|spanish|italian|russian|american|british|canadian|mexican|vietnamese|german(?! shepherd)|french(?! (?:fries|windows?|doors?|toast|press|horn)\b)|korea|japan|france|germany|england|italy|spain|canada|america|russia|brazil|mexico|vietnam|europe|australia|seoul|busan|tokyo|london|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|april|july|september|october|november|december)"
_SENTENCE_BEFORE = re.compile(r"[^.!?\n]*\Z")
# In a sentence that begins with a small letter none is a slip: it is a chat, a line of a list or of verse.
_LONGEST_LOOK_BACK = 300


def _confused(pattern: str, right: str) -> FaultPattern:
    return FaultPattern.of("word_choice", pattern, right, "word_choice")


def _of(words: dict[str, str], pattern: str) -> FaultPattern:
    """Makes one whose group "bad" is one of some words that each have their correction."""
    return FaultPattern.of(
        "word_choice", pattern.replace("BAD", any_of(words)), lambda found: words[found["bad"]], "word_choice"
    )


def _in_sentence(found: re.Match[str], right: str) -> str | None:
    before = _SENTENCE_BEFORE.search(found.string[max(0, found.start() - _LONGEST_LOOK_BACK) : found.start()])
    opening = before.group().strip()[:1] if before else ""
    return right if opening.isupper() else None


def _plural_after(found: re.Match[str]) -> str:
    return str(found["before"]) + plural(found["noun"])


WORD_FORM_PATTERNS = (
    _confused(rf"(in|of|with|from|for|on|at|by|about|lost|love|loves|like|took|take|bring|brought|finished|do|did|sold|sell|use|used|wash|washed|open|opened|clean|cleaned|told|asked|changed) there(?= (?:{_THINGS}|{_HELD}){NOUN_ENDS})", r"\1 their"),
    _confused(rf"{_BEGINS}There(?= {_THINGS} (?:is|are|was|were|has)\b)", "Their"),
    _confused(r"([Yy])our(?= (?:not|always late|going|welcome to)\b)", r"\1ou're"),
    _confused(r"([Yy])ou['’]re(?= (?:house|phone|car|book|name|homework|bag|room|opinion|country)\b)", r"\1our"),
    _confused(r"(wagged|wags|opened|lost|has|have|changed?|changes|shows?|reached|broke|hurt|moved|closed|lifted) it['’]s(?= (?:tail|head|name|mouth|legs?|wings?|eyes?|colou?r|shape|size|value|food|owner|doors?|users|people|students|members|history|culture|problems|effects|advantages|mother|babies)\b)", r"\1 its"),
    _confused(rf"{_BEGINS}([Ii])ts(?= (?:been|raining|snowing|getting|going to|always|never|really)\b(?! [a-z]+(?:ed|ing)? [a-z]+ (?:is|was)\b))", r"\1t's"),
    _confused(r"(know|knows|wonder|decide|ask|asked|sure|tell|care|matter) weather(?= (?:or|it|he|she|they|we|I|you|the|to|my|this)\b)", r"\1 whether"),
    _confused(r"(good|bad|nice|hot|cold|sunny|rainy|terrible|beautiful) whether(?=[.,!?]| (?:is|was|in|today|and)\b)", r"\1 weather"),
    _confused(rf"(to|will|can|could|would|might|may|not|never|n['’]t|always|{CLAUSE}(?:I|[Ww]e|[Tt]hey|[Yy]ou)) loose(?= (?:my|your|his|her|our|their|a|some|all|it|them|him|weight|money|time|points|hope|confidence|control|everything|something|games?)\b)", r"\1 lose"),
    _confused(r"(good|some|much|any|of|my|your|his|her|their|an|useful|helpful|bad|great) advise(?=[.,!?]| (?:about|on|to|from|for|and|was|is|that)\b)", r"\1 advice"),
    _confused(rf"{_BEGINS}Whose(?= (?:at|in|there|coming|going|calling|been|ready|next|here)\b)(?! (?:coming of|[a-z]+ (?:[a-z]+ )?(?:is|was|would|will|has|had|are|were))\b)", "Who's"),
    _confused(r"who['’]s(?= (?:books?|cars?|house|phone|name|bag|ideas?|fault|parents|job|children)\b)", "whose"),
    _confused(rf"(I|[Hh]e|[Ss]he|[Ww]e|[Tt]hey|[Yy]ou|finally|easily|just|have|has|had) past(?= (?:the|my|his|her|our|their|an?|all)(?: [a-z]{{3,12}})? {_EXAMS}\b)", r"\1 passed"),
    _confused(r"(years|days|time|months|weeks|hours) past(?= (?:quickly|fast|slowly|so fast|very)\b)", r"\1 passed"),
    _confused(r"((?:want|wants|wanted|need|needs|like|going|go|went|have|had|decided|money|hope|able) to|(?:can|will|must|should) (?=by (?:a|an|some|it)\b)|(?:can|will)) by(?= (?:a|an|some|new|my|it|them|food|clothes|many|more|the)\b)", r"\1 buy"),
    _confused(rf"{CLAUSE}([Yy]ou|[Tt]hey|[Ww]e) where(?= (?:late|not|very|happy|sad|so|all|there|in|at|going|playing|tired|here|good|young|too|always|watching|having|walking)\b)", r"\1 were"),
    _confused(r"([Tt]here) where(?= (?:many|a lot|some|two|three|no)\b)", r"\1 were"),
    _confused(rf"{CLAUSE}(I|[Yy]ou|[Tt]hey|[Ww]e) no(?= (?:that|how|what|him|her|them|it|where|why|who|when)\b)", r"\1 know"),
    _confused(rf"{CLAUSE}(I|[Hh]e|[Ss]he|[Tt]hey|[Ww]e) new(?= (?:that|how|what|him|her|the|about|it)\b)", r"\1 knew"),
    _confused(r"(was|is|am|are|were) quiet(?= (?:tired|good|nice|happy|difficult|hard|easy|big|small|interesting|expensive|different|cold|hot|important|boring|a)\b)", r"\1 quite"),
    _confused(r"(be|very|so|too|stay|keep|kept) quite(?=[.!?])", r"\1 quiet"),
    _confused(r"(to|can|could|cannot|can['’]t|couldn['’]t|not) breath(?=[.,!?]| (?:in|well|under|deeply|fresh|the|easily|because|properly|again)\b)", r"\1 breathe"),
    _confused(r"(a deep|deep|my|his|her) breathe(?=[.,!?]| (?:and|before)\b)", r"\1 breath"),
    _confused(r"((?:for|ate|eat|eating|delicious|sweet|favou?rite)) desert(?=[.,!?]| (?:is|was|and|after|with)\b)", r"\1 dessert"),
    _confused(r"(school|vice|assistant) principle(?=[.,!?]| (?:gave|said|told|came|is|was|called|asked|and)\b)", r"\1 principal"),
    _confused(r"([Aa]) peace(?= of (?:cake|paper|advice|bread|pizza|music|art|chocolate)\b)", r"\1 piece"),
    _confused(r"([Tt]he) hole(?= (?:day|world|time|week|year|class|family|story|night|thing|country)\b)", r"\1 whole"),
    _confused(r"(come|live|been|stay|right|from|over|around|am|work|study) hear(?=[.,!?])", r"\1 here"),
    _confused(r"(last|next|every|per) weak(?=[.,!?]| (?:I|we|he|she|they)\b)", r"\1 week"),
    _confused(r"(eat|ate|eating) meet(?=[.,!?]| (?:and|every)\b)", r"\1 meat"),
    _confused(r"([Ee]veryone|[Ee]verything|[Nn]obody|[Ee]verybody) accept(?= (?:me|him|her|for|one|my|Sunday|Monday)\b)", r"\1 except"),
    _confused(r"(to|will|cannot|can['’]t) except(?= (?:the|my|your|his|it|this|that|an?)\b)", r"\1 accept"),
    _of(_SELVES, r"(?P<bad>theirselves|theirselfs|themselfs|hisself|ourselfs|yourselfs|(?<=by )my self|(?<=enjoy )my self|(?<=hurt )my self|(?<=introduce )my self|him self|them selves|our selves)"),
    _of(_SUBJECT_PRONOUNS, rf"{_BEGINS}(?P<bad>BAD)(?= (?:is|are|was|were|has|have|always|went|likes to|{any_of(THIRD[each] for each in ONLY_VERBS)})\b)"),
    _of(_POSSESSIVES, r"(?:friends?|cousin|colleague|neighbou?r|teacher) of (?P<bad>BAD)(?=[.,!?]| (?:lives|is|was|has|came|told|said|who|and I|called|gave|works)\b)"),
    _confused(r"((?:[Tt]he|[Aa]|[Mm]y|[Mm]any|[Ss]ome) (?:man|woman|boy|girl|person|people|friend|teacher|student|doctor|uncle|aunt|brother|sister|child)) which(?= (?:is|was|lives?|lived|has|had|works?|likes?|wants?|speaks?|helped|teaches|can|came|I|you|we)\b)", r"\1 who"),
    _confused(r"(?<!ask )(?<!asks )(?<!asked )(?<!asking )(?<!tell )(?<!tells )(?<!told )(?<!telling )(?<!show )(?<!showed )([Ee]verything|[Nn]othing|[Ss]omething|[Aa]nything|the (?:things?|books?|film|movie|person|man)) what(?= (?:I|you|we|he|she|they)\b)", r"\1 that"),
    FaultPattern.of("word_choice", r"(?:do|does|did|ca|could)(?:n['’]t) (?:[a-z]{2,10} )?(?P<bad>nothing|nobody|nowhere|no one)(?=[.,!?]| (?:about|in|at|yesterday|today|else|because)\b)", lambda found: {"nothing": "anything", "nobody": "anybody", "nowhere": "anywhere", "no one": "anyone"}[found["bad"]], "word_choice"),
    FaultPattern.of("word_order", r"(like|likes|love|loves|enjoy|enjoys|liked|loved|enjoyed) very much (?P<object>(?:(?:the|my|this|your|his|her) )?(?!indeed|too|because|that|and|but|so|when|as|if|now|also|here)[a-z]{3,15})(?=[.!])", r"\1 \g<object> very much"),
    FaultPattern.of("word_order", rf"{_BEGINS}(?P<bad>Is (?P<rest>(?:very |so |not |really )?(?:important|necessary|difficult|easy|good|bad|cold|hot|nice|possible|impossible|hard|true|fun|better|raining|expensive|interesting|dangerous|beautiful)))(?=[^.!?\n]{{0,80}}[.!])", r"It is \g<rest>"),
    FaultPattern.of("word_order", rf"{_BEGINS}(?:Although|Though|Even though) [^.!?;,\n]{{3,80}}, (?P<bad>but (?P<rest>I|we|he|she|they|it|you|the|my))", r"\g<rest>"),
    FaultPattern.of("word_order", rf"{_BEGINS}Because [^.!?;,\n]{{3,80}}, (?P<bad>so (?P<rest>I|we|he|she|they|it|you|the|my))", r"\g<rest>"),
    FaultPattern.of("comparison", r"(?:is|are|was|were|becomes?|feels?|felt|looks?|gets?|got|much) (?P<bad>more (?P<adjective>good|bad))(?= than\b|[.!])", lambda found: {"good": "better", "bad": "worse"}[found["adjective"]]),
    _of(_ADVERBS, r"(?:speaks?|spoke|sings?|sang|swims?|danced?|dances|drives?|drove|plays?|played|cooks?|cooked|works?|worked|sleeps?|slept|writes?|wrote|behaved?|behaves)(?: (?:[A-Z][a-z]+|the [a-z]{4,8}))? (?:very|so|really|quite|too) (?P<bad>BAD)(?=[.,!?]| (?:and|but|because|in|at|for|when|on|with)\b)"),
    _of(_ADVERBS, r"(?:speak|speaks|spoke) [A-Z][a-z]+ (?P<bad>good|fluent|bad|perfect)(?=[.,!?]| (?:and|but|because)\b)"),
    _of(_QUALITIES, r"(?:[Mm]y|[Yy]our|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir) (?P<bad>BAD)(?= (?:is|was)\b)"),
    _of(_QUALITIES, r"(?:[Tt]he) (?P<bad>different|difficult|important|happy|healthy|safe|strong)(?= (?:of|between)\b)"),
    _of(_SUCH, r"(?<!the )(?<!this )(?<!that )(?<!its )(?:very|too) (?P<bad>BAD)(?=[.,!?]| (?:and|to|for|in|with|because|but)\b)"),
    _of(_SUCH, r"(?<!here )(?:is|are|was|were) (?P<bad>danger)(?= (?:for|to)\b)"),
    _of(_NOUNS_OF_VERBS, rf"(?:{_OWNERS}|a|an|this|good|bad|big|great|best|important|first|final|wrong) (?P<bad>BAD)(?=[.,!?]| (?:of|is|was|about)\b)"),
    _of(_FEELINGS, r"(?:I am|I['’]m|I was|I feel|I felt|[Ww]e are|[Ww]e were|[Ww]e felt) (?:very |so |really |too |a little )?(?P<bad>BAD)(?=[.,!?]| (?:in|with|about|by|at|when|because|to see|to hear|that|of|and)\b)"),
    _of(_FEELINGS, r"(?:[Hh]e|[Ss]he|[Tt]hey) (?:is|was|are|were|felt|feels) (?:very |so |really )?(?P<bad>BAD)(?= (?:in|about|at|to hear)\b)"),
    _of(_CAUSES, r"(?:film|movie|book|lesson|story|game|novel|lecture|trip|concert|match|subject|job|weekend|holiday|vacation|article|homework) (?:is|was|were|are) (?:very |so |really |too |not |quite )?(?P<bad>BAD)(?=[.,!?]| (?:and|for|because|but)\b)"),
    _of({"happily": "happy", "sadly": "sad", "angrily": "angry", "nervously": "nervous"}, r"(?:I|[Ww]e|[Hh]e|[Ss]he|[Tt]hey) (?:feel|feels|felt|am|was|became|become) (?:very |so |really )?(?P<bad>BAD)(?=[.,!?]| (?:today|now|because|and|when)\b)"),
    FaultPattern.of("usage", r"(?:[Mm]any|[Mm]ost|[Ss]ome|[Ss]everal|[Yy]oung|[Oo]ld|a lot of|[Oo]ther|these|[Tt]hese) (?P<bad>peoples)(?=[.,!?]| (?:who|are|were|came|in|like|think|have|and|can|do|don['’]t|from|at|live)\b)", "people", "word_choice"),
    FaultPattern.of("usage", r"(?:[Mm]any|some|a lot of|did|do|more|several) (?P<bad>researches)(?=[.,!?]| (?:on|about|for|in)\b)", "research", "word_choice"),
    FaultPattern.of("number", r"(?:[Mm]any|[Ss]everal|[Vv]arious|[Dd]ifferent|[Tt]wo|[Tt]hree|[Aa]ll|[Tt]hese|[Tt]hose) (?P<bad>kind|type|sort)(?= of\b)", r"\g<bad>s"),
    FaultPattern.of("number", rf"(?P<bad>[Tt]his)(?= (?:{ADJECTIVES} )?(?:{any_of(set(PLURALS) - {'shows', 'questions', 'books', 'places', 'parks', 'stores', 'emails', 'dreams', 'phones', 'problems'})})(?:[.,!?]| (?:are|were|is|was|have|has|and|in|on|very|which|that|who)\b))", lambda found: found["bad"][:-2] + "ese"),
    FaultPattern.of("number", rf"(?P<bad>(?P<before>(?:(?:[Oo]ne|[Ss]ome) of {_OWNERS} |[Oo]ne of the )(?:best |most [a-z]{{4,14}} |[a-z]{{3,9}}est )?)(?P<noun>{any_of([*COUNTED, *PERSONS, 'thing', 'subject', 'food', 'reason', 'way', 'issue', 'activity', 'festival', 'memory'])})){NOUN_ENDS}", _plural_after),
    FaultPattern.of("number", rf"(?P<bad>(?P<before>(?:[Aa] lot of|[Ll]ots of|[Aa]ll (?:my|of my)|[Hh]ow many|[Tt]oo many|[Ss]o many|[Aa] few|[Vv]arious|[Bb]oth) (?:{ADJECTIVES} )?)(?P<noun>{any_of([*PERSONS, 'student', 'question', 'book', 'problem', 'mistake', 'tree', 'country', 'city', 'reason', 'idea', 'thing', 'animal', 'tourist', 'car', 'classmate', 'lesson', 'shoe', 'flower', 'word', 'way'])})){NOUN_ENDS}", _plural_after),
    FaultPattern.of("number", rf"(?P<bad>(?P<before>[Tt]hese |[Tt]hose )(?P<noun>shoe|flower|thing|word|way|problem|animal|subject|question|glove|class|child)){NOUN_ENDS}", _plural_after),
    FaultPattern.of("article_missing", rf"What (?P<bad>(?P<noun>{ADJECTIVES} (?:day|{any_of(COUNTED)})))(?=!| (?:it|that|this|he|she) (?:is|was)\b)", lambda found: f"{'an' if found['noun'][0] in 'aeiou' else 'a'} {found['noun']}"),
    FaultPattern.of("name_capital", rf"(?P<bad>{_NAMES})", lambda found: _in_sentence(found, found["bad"].capitalize()), "spelling"),
    FaultPattern.of("capital_i", r"(?:and|but|so|because|when|if|that|then|think) (?P<bad>i)(?= [a-z])", lambda found: _in_sentence(found, "I"), "spelling"),
    FaultPattern.of("word_choice", r"(?:[a-z]{2,12}) (?P<bad>cant)(?= (?:be|do|go|see|swim|find|even|wait|really|understand|believe|help|come|get|make|eat|sleep|speak|use|live|play|drive|hear|say|tell)\b)", "can't", "word_choice"),
    FaultPattern.of("word_choice", r"(?:[A-Za-z]{1,12}) (?P<bad>wont)(?= (?:be|do|go|see|have|come|get|make|work|help|let|know|tell)\b)", "won't", "word_choice"),
    FaultPattern.of("word_choice", rf"{_BEGINS}(?P<bad>Im)(?= (?:a|an|not|so|very|going|from|happy|sorry|tired|sure|in|[a-z]+ing)\b)", "I'm", "word_choice"),
    FaultPattern.of("word_choice", r"(?P<bad>[Ww]hats)(?= (?:the|your|that|wrong|going|up)\b)", lambda found: found["bad"][:-1] + "'s", "word_choice"),
    FaultPattern.of("owner_apostrophe", rf"(?:[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir|[Yy]our) (?P<bad>(?P<owner>(?:{any_of(PERSONS)}))s)(?= (?:car|house|name|birthday|room|job|bike|bag|wedding|computer|hair|face|voice|favou?rite [a-z]+) (?:is|was|has|were|are)\b)", r"\g<owner>'s"),
)  # fmt: skip
