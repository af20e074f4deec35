"""Inflects frequent English verbs."""

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files

_VOWELS = "aeiou"
_DOUBLED = frozenset({"plan", "stop", "get", "run", "sit", "swim", "win", "begin", "forget"})
TABLE = tomllib.loads(files(__package__).joinpath("verbs.toml").read_text(encoding="utf-8"))
IRREGULAR: Mapping[str, list[str]] = {base: forms.split() for base, forms in TABLE["irregular"].items()}
_ALSO_NOUNS = frozenset(TABLE["regular"]["also_nouns"].split())


def _third(base: str) -> str:
    if base == "have":
        return "has"
    if base[-1] == "y" and base[-2] not in _VOWELS:
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "sh", "ch", "x", "o")) else "s")


def _gerund(base: str) -> str:
    if base in _DOUBLED:
        return base + base[-1] + "ing"
    silent = base[-1] == "e" and not base.endswith("ee")
    return (base[:-1] if silent else base) + "ing"


def _regular_past(base: str) -> str:
    if base[-1] == "y" and base[-2] not in _VOWELS:
        return base[:-1] + "ied"
    if base in _DOUBLED:
        return base + base[-1] + "ed"
    return base + ("d" if base[-1] == "e" else "ed")


PAST: Mapping[str, str] = {
    **{base: forms[0] for base, forms in IRREGULAR.items()},
    **{base: _regular_past(base) for base in TABLE["regular"]["verbs"].split()},
}
THIRD: Mapping[str, str] = {base: _third(base) for base in PAST}
GERUND: Mapping[str, str] = {base: _gerund(base) for base in PAST}
# The base of a form in the third person or the past; a past form that is a base too is left out.
BASE: Mapping[str, str] = {
    **{third: base for base, third in THIRD.items()},
    **{past: base for base, past in PAST.items() if past not in PAST},
}
# The participle of a past form or a base that differs from it.
PARTICIPLE: Mapping[str, str] = {
    form: participle
    for base, (past, participle) in IRREGULAR.items()
    for form in (base, past)
    if form != participle and form not in {"got", "get"}
}
# Bases that are nothing but verbs.
ONLY_VERBS = frozenset(PAST) - _ALSO_NOUNS


def any_of(words: Iterable[str]) -> str:
    """Returns the pattern that matches one of some words. It does not depend on their order."""
    return "(?:" + "|".join(sorted(words, key=lambda each: (-len(each), each))) + ")"
