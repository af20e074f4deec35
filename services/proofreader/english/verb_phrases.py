"""Finds verbs in a form that does not fit what stands before them, or when it happened."""

import re

from services.proofreader.english.patterns import FaultPattern
from services.proofreader.english.verbs import BASE, GERUND, ONLY_VERBS, PARTICIPLE, PAST, THIRD, any_of

_SUBJECTS = r"(?:I|[Yy]ou|[Hh]e|[Ss]he|[Ii]t|[Ww]e|[Tt]hey)"
_MODALS = r"(?:can|could|must|should|will|would|may|might|cannot|can['’]t|won['’]t|couldn['’]t|shouldn['’]t|wouldn['’]t)"
_INFLECTED = any_of(BASE)
_ANY_BASE = any_of([*PAST, "be"])
_ONLY_BASE = any_of(ONLY_VERBS)
_STATES = ("agree", "know", "want", "understand", "believe")
_ACTIONS = any_of(
    {"go", "eat", "listen", "learn", "speak", "come", "wear", "sleep", "write", "teach", "ask", "become"}
)
_NO_NOUN_BEFORE = r"(?i:(?<!\bthe )(?<!\ba )(?<!\bhis )(?<!\bher )(?<!\bmy )(?<!\btheir )(?<!\byour )(?<!\bour )(?<!\bfree )(?<!\bthat ))"
_LAST = r"(?:[Yy]esterday|[Ll]ast (?:night|week|weekend|month|year|summer|winter|spring|autumn|fall|Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday)|[A-Za-z]{1,6} (?:days?|weeks?|months?|years?) ago)"
_BEGINS = r"(?<![^.!?\n] )(?<!\w)"
_PRESENT = any_of([*PAST, *THIRD.values(), "am", "is", "are"])


def _base(found: re.Match[str]) -> str:
    return BASE[found["bad"]]


def _past(found: re.Match[str]) -> str | None:
    be = {"am": "was", "is": "was", "are": "were"}
    verb = found["bad"]
    return be.get(verb) or PAST.get(verb) or PAST[BASE[verb]]


def _past_in_series(found: re.Match[str]) -> str | None:
    # What follows "to", a modal or a verb of seeing or helping is no past.
    if re.search(
        r"\b(?:to|can|could|would|how|let|made|make|saw|see|heard|helped|watched|had|did|didn't)\s[a-z]+",
        found["between"],
    ):
        return (
            None
            if not re.fullmatch(r"\s?(?:[a-z]+\s)?to (?:the|my|a|school|church|work)\b.*", found["between"])
            else _past(found)
        )
    return _past(found)


def _state(found: re.Match[str]) -> str:
    verb = found["verb"]
    return f"{found['subject']} {THIRD[verb] if found['subject'].lower() in {'he', 'she', 'it'} else verb}"


VERB_PATTERNS = (
    FaultPattern.of(
        "verb_form",
        rf"(?P<reason>(?:what|all|everything|whatever|anything|best|that|much|how|hard|things|as) )?(?P<subject>{_SUBJECTS} )(?P<bad>(?P<modal>{_MODALS}) to (?P<verb>{_ANY_BASE}))",
        lambda found: None if found["reason"] else f"{found['modal']} {found['verb']}",
    ),
    FaultPattern.of(
        "verb_form", rf"{_NO_NOUN_BEFORE}{_MODALS}(?: not| never| also| always)? (?P<bad>{_INFLECTED})", _base
    ),
    FaultPattern.of("verb_form", rf"(?:did|does|do)(?:n['’]t| not) (?P<bad>{_INFLECTED})", _base),
    FaultPattern.of(
        "verb_form", rf"(?:[Dd]id|[Dd]oes) (?:I|you|he|she|it|we|they) (?P<bad>{_INFLECTED})", _base
    ),
    FaultPattern.of(
        "verb_form",
        rf"(?:[Hh]ave|[Hh]as|[Hh]ad|I['’]ve|[Tt]hey['’]ve|[Ww]e['’]ve)(?: never| already| just| not| always| ever)? (?P<bad>{any_of(set(PARTICIPLE) - set(PAST) - {'saw', 'rode', 'wore', 'fell'})}|saw(?= (?:such|so|anything|anyone|anybody|that|this|the|him|her|it|them|a|many|my|you)\b))",
        lambda found: PARTICIPLE[found["bad"]],
    ),
    FaultPattern.of(
        "verb_form",
        rf"{_SUBJECTS} (?:have|has|had)(?: never| already| just| ever)? (?P<bad>{any_of(set(PARTICIPLE) & ONLY_VERBS - {'come', 'become'})})",
        lambda found: PARTICIPLE[found["bad"]],
    ),
    FaultPattern.of(
        "verb_form", rf"(?P<bad>(?P<subject>{_SUBJECTS}) (?:am|is|are) (?P<verb>{any_of(_STATES)}))", _state
    ),
    FaultPattern.of(
        "verb_form",
        rf"(?<!\bthat )(?P<bad>(?:{_SUBJECTS} (?:am|is|are|was|were)|I['’]m|[Hh]e['’]s|[Ss]he['’]s|[Ww]e['’]re|[Tt]hey['’]re) (?:{_ACTIONS}|(?:live|work|study|play|wait)(?= (?:here|in|at|there|near|with|for)\b)))",
        lambda _: "",
    ),
    FaultPattern.of(
        "verb_form",
        rf"(?:[Ww]ant|[Ww]ants|[Ww]anted|[Nn]eed|[Nn]eeds|[Nn]eeded|like|likes|liked|decided|hope|hoped|tried|try|have|has|had|able|ready|going) to (?P<bad>{any_of(past for past in BASE if past not in THIRD.values())})",
        _base,
    ),
    FaultPattern.of(
        "verb_form",
        rf"(?<=[.!?,\n] )(?P<bad>{_SUBJECTS} use to)(?= {_ANY_BASE})",
        lambda found: found["bad"][:-6] + "used to",
    ),
    FaultPattern.of(
        "verb_form",
        rf"(?:enjoy|enjoys|enjoyed|avoid|avoids|avoided|suggested|dislike|dislikes) (?P<bad>to (?P<verb>{_ANY_BASE}))",
        lambda found: GERUND.get(found["verb"], "being"),
    ),
    FaultPattern.of(
        "verb_form",
        rf"(?:(?:(?<=\blook )|(?<=\blooks )|(?<=\blooked )|(?<=\blooking ))forward to|good at|bad at|interested in|afraid of|tired of|instead of|without|thank you for|think about|by) (?P<bad>{any_of(ONLY_VERBS - {'become', 'want', 'have', 'listen'})})",
        lambda found: GERUND[found["bad"]],
    ),
    FaultPattern.of(
        "verb_form",
        rf"(?:decided|hope|hopes|hoped|agreed|refused|promised|want|wants|wanted) (?P<bad>{any_of(GERUND[each] for each in ONLY_VERBS)})",
        lambda found: "to " + next(base for base, gerund in GERUND.items() if gerund == found["bad"]),
    ),
    FaultPattern.of(
        "verb_form",
        rf"(?:let|lets|makes|made) (?:me|him|us) (?P<bad>to (?P<verb>{_ANY_BASE}))",
        lambda found: found["verb"],
    ),
    FaultPattern.of(
        "tense", rf"{_BEGINS}{_LAST},? (?:I|we|he|she|they|my [a-z]{{3,11}}) (?P<bad>{_PRESENT})", _past
    ),
    FaultPattern.of(
        "tense",
        rf"{_BEGINS}{_LAST},? (?:I|we|he|she|they)(?P<between> [^.,;:!?]{{2,60}}) and (?P<bad>{any_of(PAST)})(?= (?:some|a|an|the|my|his|her|to|at|in|home|with|it|them)\b)",
        _past_in_series,
    ),
    FaultPattern.of(
        "tense",
        rf"{_BEGINS}(?:I|We|He|She|They) (?P<bad>{_PRESENT})(?= (?![^.,;:!?]{{0,60}}\b(?:that|what|who|which|about|from|the)\s[a-z]{{1,9}}\s{_LAST})[^.,;:!?]{{0,60}}\b{_LAST}[.!])",
        lambda found: (
            None
            if found["bad"]
            in {
                "say",
                "says",
                "know",
                "remember",
                "knows",
                "think",
                "believe",
                "am",
                "is",
                "are",
                "have",
                "has",
                "miss",
                "regret",
            }
            else _past(found)
        ),
    ),
)
