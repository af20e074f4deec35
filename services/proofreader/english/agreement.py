"""Finds verbs that do not agree with their subject."""

import re

from services.proofreader.english.nouns import MASS, PERSONS, PLURALS, plural
from services.proofreader.english.patterns import CLAUSE, FaultPattern
from services.proofreader.english.verbs import ONLY_VERBS, PAST, THIRD, any_of

_SINGULAR_BE = {
    "are": "is",
    "were": "was",
    "am": "is",
    "have": "has",
    "do": "does",
    "don't": "doesn't",
    "don’t": "doesn’t",
}
_PLURAL_BE = {
    "is": "are",
    "was": "were",
    "am": "are",
    "has": "have",
    "does": "do",
    "doesn't": "don't",
    "doesn’t": "don’t",
}
_TO_SINGULAR = {**THIRD, **_SINGULAR_BE}
_TO_PLURAL = {**{third: base for base, third in THIRD.items()}, **_PLURAL_BE}
_SHARED_PAST = frozenset({"come", "become", "run"})
_BASES = any_of([*PAST, "don't", "don’t"])
# After a noun that may begin a compound, only what cannot be a noun is sure to be its verb.
_SURE_BASES = any_of([*ONLY_VERBS, "are", "were", "have", "don't", "don’t"])
_THIRDS = any_of([*THIRD.values(), "is", "was", "does", "doesn't", "doesn’t"])
_OWNERS = r"(?:[Mm]y|[Yy]our|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir|[Tt]he|[Tt]his|[Tt]hat)"
_PLURAL_OWNERS = (
    r"(?:[Mm]y|[Yy]our|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir|[Tt]he|[Tt]hese|[Tt]hose|[Mm]any|[Ss]ome|[Mm]ost|[Aa]ll)"
)
_PLACE = r"(?: (?:in|of|at|from) (?:my|our|the|this|his|her) [a-z]{2,15})?"
_PLURAL_NOUNS = any_of([*PLURALS, *map(plural, PERSONS), "people"])
_ALONE = r"(?:[Ee]veryone|[Ee]verybody|[Ss]omeone|[Ss]omebody|[Nn]obody|[Nn]o one|[Aa]nyone|[Ee]ach student|[Ee]very (?:student|child|person|day))"
_MASS = any_of(MASS)
# "Like" may be no verb: "My brother like me", "My sisters like cats".
_NOT_ALIKE = r"(?! (?:me|him|her|us|them|you|all|many|most|every|any)\b)"


_NEED_NOT = re.compile(rf"\s(?:not|never|only|have|be|{any_of(PAST)})\b")


def _singular(found: re.Match[str]) -> str | None:
    if found["bad"] == "need" and _NEED_NOT.match(found.string, found.end("bad")):
        # "It need not be so", "nobody need know".
        return None
    return _TO_SINGULAR.get(found["bad"])


def _plural(found: re.Match[str]) -> str | None:
    return _TO_PLURAL.get(found["bad"])


def _with_i(found: re.Match[str]) -> str | None:
    forms = {"is": "am", "are": "am", "were": "was"}
    return forms.get(found["bad"]) or _TO_PLURAL.get(found["bad"])


AGREEMENT_PATTERNS = (
    FaultPattern.of("agreement", rf"{CLAUSE}(?:[Hh]e|[Ss]he|[Ii]t) (?P<bad>{_BASES}|are|am)", _singular),
    FaultPattern.of("agreement", rf"{CLAUSE}(?:[Hh]e|[Ss]he|[Ii]t) (?P<bad>were)", _singular),
    FaultPattern.of(
        "agreement",
        rf"(?<!\band )(?<!\bor )(?<!\bof )(?<!\bthan )(?<!\bas )(?<!\bnor )(?:[Tt]hey|[Ww]e) (?P<bad>{_THIRDS})",
        _plural,
    ),
    FaultPattern.of("agreement", rf"{CLAUSE}[Yy]ou (?P<bad>{_THIRDS})", _plural),
    FaultPattern.of(
        "agreement", rf"{CLAUSE}I (?P<bad>{any_of(THIRD.values())}|is|are|were|does|doesn't|doesn’t)", _with_i
    ),
    FaultPattern.of("agreement", rf"{CLAUSE}{_ALONE}{_PLACE} (?P<bad>{_SURE_BASES}|like|need)", _singular),
    FaultPattern.of(
        "agreement",
        rf"{CLAUSE}(?:[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Yy]our|[Tt]heir) {any_of(PERSONS)} (?P<bad>{_BASES}|are|were){_NOT_ALIKE}",
        _singular,
    ),
    FaultPattern.of(
        "agreement",
        rf"{CLAUSE}{_OWNERS} {any_of([*PERSONS, *PLURALS.values()])} (?P<bad>{_SURE_BASES})",
        _singular,
    ),
    FaultPattern.of(
        "agreement", rf"{CLAUSE}{_PLURAL_OWNERS} {_PLURAL_NOUNS}{_PLACE} (?P<bad>{_THIRDS})", _plural
    ),
    FaultPattern.of(
        "agreement",
        rf"{CLAUSE}[Pp]eople{_PLACE} (?P<bad>{_THIRDS})",
        _plural,
    ),
    FaultPattern.of(
        "agreement",
        rf"[Tt]here (?P<bad>is|was|has been)(?= (?:many(?! (?:an?|{_MASS})\b)|several|two|three|four|five|six|seven|eight|nine|ten|a few|few|some [a-z]{{2,20}}(?<!s)s"
        rf"|(?:a lot|lots) of {any_of([*PLURALS, 'people'])})\b)",
        lambda found: {"is": "are", "was": "were"}.get(found["bad"], "have been"),
    ),
    FaultPattern.of(
        "agreement",
        rf"[Tt]here (?P<bad>are|were)(?= (?:an?|one|another) (?:[a-z]{{2,12}} )?{any_of(PLURALS.values())}(?=[.!?]| (?:in|on|at|near|with|which|that)\b))",
        lambda found: {"are": "is", "were": "was"}[found["bad"]],
    ),
    FaultPattern.of(
        "agreement", rf"{CLAUSE}(?:[Tt]his|That) (?P<bad>are|were)(?= (?:a|an|the|my|very|not)\b)", _singular
    ),
)
