"""Finds articles and numbers that do not fit their noun."""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files

from services.proofreader.english.patterns import CLAUSE, CONSONANT_SOUND, NOUN_ENDS, FaultPattern
from services.proofreader.english.verbs import any_of

_WORDS = tomllib.loads(files(__package__).joinpath("nouns.toml").read_text(encoding="utf-8"))
COUNTED: list[str] = _WORDS["counted"].split()
MASS: list[str] = _WORDS["mass"].split()
ADJECTIVES = any_of(_WORDS["adjectives"].split())
PLACES: list[str] = _WORDS["places"].split()
PERSONS: list[str] = _WORDS["persons"].split()


def plural(noun: str) -> str:
    """Returns the plural of a noun."""
    if noun in _WORDS["irregular"]:
        return str(_WORDS["irregular"][noun])
    if noun[-1] == "y" and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x")) else "s")


_SINGULAR = any_of(COUNTED)
PLURALS: Mapping[str, str] = {plural(each): each for each in (*COUNTED, *PERSONS)}
_PLURAL = any_of([*PLURALS, "people"])
_MANY = r"(?:[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[Mm]any|[Ss]everal|[Tt]hese|[Tt]hose)"
_OWNERS = r"(?:my|your|his|her|our|their|the|these|those)"
_CONSONANT_SOUND = rf"(?:{CONSONANT_SOUND.pattern})"
_SILENT_H = r"(?:hour|honest|honou?r|heir)"
_NO_NOUN = r"(?:a|an|as|and|are|at|if|in|is|on|or|of|it|up|us|i|e|o|u)"


def _article(found: re.Match[str]) -> str:
    first = found["noun"]
    return f"{'an' if first[0] in 'aeiou' else 'a'} {first}"


def _plural_of_group(found: re.Match[str]) -> str:
    return str(found["before"]) + plural(found["noun"])


def _singular_of_group(found: re.Match[str]) -> str:
    return str(found["before"]) + PLURALS[found["noun"]]


NOUN_PATTERNS = (
    FaultPattern.of(
        "article_sound",
        rf"(a|{CLAUSE}A(?! [a-z]+s\b)) (?!{_CONSONANT_SOUND}|{_NO_NOUN}\b)([aeiou][a-z]+)",
        r"\1n \2",
    ),
    FaultPattern.of(
        "article_sound",
        rf"([Aa])n (?!{_SILENT_H}|herb|historic)((?:{_CONSONANT_SOUND}|[bcdfghjklmnpqrstvwz][a-z]*[aeiouy])[a-z]*)",
        r"\1 \2",
    ),
    FaultPattern.of("article_sound", rf"([Aa]) ({_SILENT_H}[a-z]*)", r"\1n \2"),
    FaultPattern.of(
        "article_missing",
        rf"(?:am|is|was|be|become|becomes|became) (?P<bad>(?P<noun>(?:{ADJECTIVES} )?{any_of(_WORDS['jobs'].split())}))"
        r"(?=[.!?;]| (?:too|because|and|at|in|who|but|so|when|from|now)\b)",
        _article,
    ),
    FaultPattern.of(
        "article_missing",
        rf"(?:is|was|in|at|for|to|with|has|have|had|want|wants|buy|bought|live|see|saw|watched|need) (?P<bad>(?P<noun>{ADJECTIVES} {_SINGULAR}))"
        r"(?=[.!?]| (?:near|in|on|at|with|which|who|that|because|but|yesterday|last)\b)",
        _article,
    ),
    FaultPattern.of(
        "article_needless",
        rf"(?:in|to|from|near|at|visit|visited|of) (?P<bad>the ({any_of(PLACES)}))"
        r"(?=[.,!?]| (?:and|because|when|with|last|for|every|by|once|twice|two|three|many)\b)",
        r"\2",
    ),
    FaultPattern.of(
        "number", rf"(?P<bad>[Aa]n? (?:{ADJECTIVES} )?{any_of(PLURALS)}){NOUN_ENDS}", lambda _: ""
    ),
    FaultPattern.of(
        "number",
        rf"(?P<bad>(?P<before>(?:[Ee]very|[Ee]ach|[Aa]nother|[Oo]ne) (?:{ADJECTIVES} )?)(?P<noun>{any_of(PLURALS)})){NOUN_ENDS}",
        _singular_of_group,
    ),
    FaultPattern.of(
        "number",
        rf"(?P<bad>(?P<before>{_MANY} (?:{ADJECTIVES} )?)(?P<noun>{_SINGULAR})){NOUN_ENDS}",
        _plural_of_group,
    ),
    FaultPattern.of(
        "number",
        rf"(?P<bad>(?P<before>[Oo]ne of {_OWNERS} (?:best |{ADJECTIVES} )?)(?P<noun>{_SINGULAR})){NOUN_ENDS}",
        _plural_of_group,
    ),
    FaultPattern.of(
        "usage",
        rf"(?P<bad>(?P<much>[Mm]uch) (?P<noun>{_PLURAL})){NOUN_ENDS}",
        lambda found: f"{'M' if found['much'][0] == 'M' else 'm'}any {found['noun']}",
        "word_choice",
    ),
    FaultPattern.of(
        "usage",
        rf"([Mm])any ({any_of(MASS)})(?=[.,!?]| (?:and|in|on|to|from|for|about|yesterday|today)\b)",
        r"\1uch \2",
        "word_choice",
    ),
    FaultPattern.of(
        "usage",
        r"(information|furniture|equipment|homework|advice|luggage|baggage|housework|knowledge|traffic)e?s",
        r"\1",
        "word_choice",
    ),
    FaultPattern.of(
        "usage",
        r"(?P<a>[Aa])n? (?:(?P<adjective>good|useful|important|new|helpful|great) )?(?P<noun>information|furniture|equipment|advice|luggage|homework)(?=[.,!?]| (?:about|to|from|for|that|on|and)\b)",
        lambda _: "",
        "word_choice",
    ),
)
