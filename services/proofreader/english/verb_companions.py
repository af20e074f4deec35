"""Finds verbs in a form that does not go with the verb or the word before them."""

import re

from services.proofreader.english.nouns import PERSONS
from services.proofreader.english.patterns import CLAUSE, FaultPattern
from services.proofreader.english.verbs import GERUND, ONLY_VERBS, PARTICIPLE, PAST, THIRD, any_of

_SUBJECTS = r"(?:I|[Yy]ou|[Hh]e|[Ss]he|[Ii]t|[Ww]e|[Tt]hey)"
# Verbs that are a noun or an adjective in none of their uses; "have" and the like follow too much else.
_SURE = ONLY_VERBS - {"have", "become", "come", "do", "let"}
_SURE_BASES = any_of({*_SURE, "have", "become"})
_GERUNDS = {
    **GERUND,
    "read": "reading",
    "cut": "cutting",
    "put": "putting",
    "invite": "inviting",
    "let": "letting",
}
_BASES_OF_GERUNDS = {gerund: base for base, gerund in _GERUNDS.items()}
_TIME_AGO = r"(?:yesterday|last (?:night|week|weekend|month|year|summer|winter|Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday)|(?:two|three|four|five|many|some|a few|\d{1,2}) (?:days|weeks|months|years) ago)"
_PAST_OF_PARTICIPLE = {participle: PAST[base] for base, participle in PARTICIPLE.items() if base in PAST} | {
    past: past for past in PAST.values()
}
_SINGULAR_OF = {**THIRD, "are": "is", "were": "was", "have": "has"}
_PLURAL_OF = {
    **{third: base for base, third in THIRD.items()},
    "is": "are",
    "was": "were",
    "am": "are",
    "has": "have",
}
_OFTEN = r"(?:always|never|often|usually|sometimes|also|really|only)"
_NEGATED = any_of({*_SURE, "have", "like", "love", "need", "work", "live", "want", "know"})


def _verb(pattern: str, right: str) -> FaultPattern:
    return FaultPattern.of("verb_form", pattern, right)


def _to_base(pattern: str) -> FaultPattern:
    return FaultPattern.of("verb_form", pattern, r"to \g<bad>")


def _to_gerund(pattern: str) -> FaultPattern:
    return FaultPattern.of("verb_form", pattern, lambda found: _GERUNDS[found["verb"]])


def _negative(found: re.Match[str]) -> str:
    does = found["subject"] in {"He", "he", "She", "she", "It", "it"}
    return f"{found['subject']} {'does' if does else 'do'} not {found['verb']}"


VERB_COMPANION_PATTERNS = (
    _to_base(rf"(?:want|wants|wanted|needs|needed|hope|hoped|decided|decide|would like|['’]d like|able|promised|agreed|forgot|trying|tried) (?P<bad>{_SURE_BASES})"),
    _to_base(r"(?:would like|['’]d like|want|wanted|wants|decided|hope) (?P<bad>visit|study|travel|learn|go|try|play|watch|talk|meet|help)(?= (?:the|a|an|my|your|you|him|her|them|to|in|abroad|with|English|Korean|London|Paris|Korea|Japan)\b)"),
    _to_base(rf"{CLAUSE}(?:I|[Ww]e|[Tt]hey|[Yy]ou|[Hh]e|[Ss]he)(?: (?:really|also|don['’]t|doesn['’]t))? (?:like|love|likes|loves|liked|loved|hate|hates|prefer|prefers) (?P<bad>{any_of(_SURE)})"),
    _to_base(rf"[Ii]t(?:['’]s| is| was|['’]s not| is not) (?:very |so |really |not |too )?(?:important|necessary|easy|difficult|hard|possible|impossible|better|good|fun|nice|dangerous|useful|interesting) (?P<bad>{_SURE_BASES})"),
    _to_base(r"[Ii]t(?:['’]s| is| was|['’]s not| is not) (?:very |so |really |not )?(?:important|necessary|difficult|possible|impossible) (?P<bad>learn|study|help|try|play|read|keep|make|change|stay|work)(?= (?:the|a|an|English|Korean|hard|each|other|our|your|my|it|for|in|at|to|with|new)\b)"),
    FaultPattern.of("verb_form", rf"(?:went|came|go|come|going|here|there|time|money|enough|way|ready|important|studied|difficult|easy|need it|hard) (?P<bad>for (?P<verb>{any_of(_SURE)}))", r"to \g<verb>"),
    _to_gerund(rf"(?:enjoy|enjoys|enjoyed|finish|finished|finishes|avoid|avoids|avoided|suggest|suggested|suggests|dislike|dislikes|considering|recommend|can['’]t help|gave up|give up|deny|denied|admitted) (?P<bad>to (?P<verb>{any_of(_GERUNDS)}))"),
    _to_gerund(rf"(?:do|would) you mind (?P<bad>to (?P<verb>{any_of(_GERUNDS)}))"),
    _to_gerund(rf"{CLAUSE}(?:I am|I['’]m|I was|[Ww]e are|[Ww]e['’]re|[Hh]e is|[Ss]he is|[Yy]ou are|I got|I am not|I['’]m not) used to (?P<bad>(?P<verb>{any_of({*_SURE, 'have', 'do'})}|get|work|live|wake|sleep|drive|study))(?= [a-z]+)(?! (?:and|or)\b)"),
    _to_gerund(rf"(?:(?<=\blook )|(?<=\blooks )|(?<=\blooked )|(?<=\blooking ))forward to (?P<bad>(?P<verb>{any_of(GERUND)}))(?= (?:you|him|her|them|my|your|the|from|with|to|in|again|there)\b)"),
    _to_gerund(r"(?:[Tt]hanks|[Tt]hank you)(?: (?:very|so) much)? for (?P<bad>(?P<verb>help|teach|invite|visit|answer|call|read|listen|give|come|take|let|tell|show|send|make))(?= (?:me|us|my|our|him|her|them|to|the|this|such)\b)"),
    _to_gerund(rf"(?:without|[Bb]efore|[Aa]fter|instead of) (?P<bad>(?P<verb>{any_of(_SURE)}))(?! ?[(=`])"),
    FaultPattern.of("verb_form", rf"(?:want|wants|wanted|need|needs|needed|decided|decide|hope|hoped|plan|planned|able|had|has|have|would like) to (?P<bad>{any_of(_GERUNDS[each] for each in GERUND if each != 'be')})(?= (?:the|a|an|my|your|his|her|to|in|at|it|with|abroad|English|Korean|hard)\b)", lambda found: _BASES_OF_GERUNDS[found["bad"]]),
    FaultPattern.of("verb_form", rf"(?:let|lets|letting|makes|made|make)(?: (?:me|him|us|her|you)|(?<=let) (?:them|my [a-z]{{3,10}})) (?P<bad>to (?P<verb>{any_of({*_GERUNDS, 'be', 'stay', 'feel'})}))", lambda found: found["verb"]),
    _to_gerund(rf"spen(?:d|ds|t) (?:a lot of |much |too much |my |his |her |their |some |all (?:my |the )?)?(?:time|money|weekend|hours) (?P<bad>(?:for|to) (?P<verb>{any_of(_SURE)}))"),
    _verb(r"(can) (?:be )?able to", r"\1"),
    FaultPattern.of("verb_form", r"(?P<bad>(?:do|does)n['’]t can|(?:do|does) not can)", "cannot"),
    FaultPattern.of("verb_form", rf"{CLAUSE}(?P<bad>(?P<subject>I|[Ww]e|[Tt]hey|[Hh]e|[Ss]he) not (?P<verb>{_NEGATED}))", _negative),
    FaultPattern.of("verb_form", rf"{_SUBJECTS} (?:am|is|are|was|were) (?P<bad>knowing|wanting|needing|understanding|believing|owning|preferring)(?! (?:that|how|what|and|the|to)\b)", lambda _: ""),
    FaultPattern.of("verb_form", rf"{CLAUSE}(?P<bad>(?:I|[Ww]e|[Hh]e|[Ss]he) (?:am|is|are|was|were) (?:{any_of(_SURE)}|watch|talk|listen to|wait for|play with))(?= (?:to|the|a|an|my|his|her|it|TV|in|at|with|for|about|English|Korean|when|while|home|food|music)\b)", lambda _: ""),
    FaultPattern.of("future_clause", rf"(?:If|if|When|when) (?:I|he|she|it|we|they) (?P<bad>will (?P<verb>{any_of({*PAST, 'be'} - {'do', 'help', 'make'})}))(?=[^.!?,;:\n?]{{0,50}}, (?:I|he|she|it|we|they|you|my|the)\b)", lambda found: "" if found["verb"] == "be" else _present(found)),
    FaultPattern.of("tense", rf"{_SUBJECTS} (?P<bad>(?:have|has) (?P<verb>{any_of(_PAST_OF_PARTICIPLE)}))(?= (?:(?:it|him|her|them|you|this|(?:the|my|a|to the|to) [a-z]{{3,12}}) )?{_TIME_AGO}[.!])", lambda found: _PAST_OF_PARTICIPLE[found["verb"]]),
    FaultPattern.of("agreement", rf"{CLAUSE}(?:[Hh]e|[Ss]he|[Ii]t) {_OFTEN} (?P<bad>{any_of(set(PAST) - {'become', 'come', 'run'})})", lambda found: _SINGULAR_OF[found["bad"]]),
    FaultPattern.of("agreement", rf"{CLAUSE}(?:I|[Tt]hey|[Ww]e|[Yy]ou) {_OFTEN} (?P<bad>{any_of(THIRD.values())})", lambda found: _PLURAL_OF[found["bad"]]),
    FaultPattern.of("agreement", rf"(?:{CLAUSE}(?:[Nn]owadays|[Tt]oday|[Tt]hese days),? |(?<!of )(?<!for )(?<!ing )(?:[Mm]any|[Mm]ost|[Ss]ome|[Oo]ther|[Yy]oung|[Oo]ld) )people (?P<bad>{any_of(THIRD[each] for each in ONLY_VERBS)})", lambda found: _PLURAL_OF[found["bad"]]),
    FaultPattern.of("agreement", rf"{CLAUSE}[Oo]ne of (?:my|the|our|his|her|their|these|those) (?:[a-z]{{3,12}} )?[a-z]{{2,14}}s (?P<bad>{any_of(ONLY_VERBS)}|live|work|play|study|love|are|were|have)(?= (?!who\b)[a-z])", lambda found: _SINGULAR_OF[found["bad"]]),
    FaultPattern.of("agreement", rf"{CLAUSE}[Tt]he number of (?:[a-z]{{3,12}} )?(?:[a-z]{{2,14}}s|people|children|women|men) (?P<bad>are|were|have|increase|grow)", lambda found: {"increase": "increases", "grow": "grows"}.get(found["bad"]) or _SINGULAR_OF[found["bad"]]),
    FaultPattern.of("agreement", rf"{CLAUSE}(?:[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Tt]he) {any_of(PERSONS)} and (?:(?:my|his|her|our|the) {any_of(PERSONS)}|I) (?P<bad>is|was|has|am|{any_of(THIRD[each] for each in ONLY_VERBS)})", lambda found: _PLURAL_OF[found["bad"]]),
    FaultPattern.of("agreement", r"(?<!Is )(?<!is )(?<!Are )(?<!are )(?P<bad>[Tt]here (?:have|has))(?= (?:a|an|no) (?!been\b)[a-z])", lambda found: found["bad"][:5] + " is"),
    FaultPattern.of("agreement", r"(?P<bad>[Tt]here (?:have|has))(?= (?:many|two|three|four|five|several) [a-z])", lambda found: found["bad"][:5] + " are"),
    FaultPattern.of("agreement", r"[Tt]he news (?P<bad>are|were)", lambda found: {"are": "is", "were": "was"}[found["bad"]]),
)  # fmt: skip


def _present(found: re.Match[str]) -> str:
    verb = found["verb"]
    subject = found[0].split()[1]
    return THIRD[verb] if subject in {"he", "she", "it"} else verb
