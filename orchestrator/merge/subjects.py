"""What a point is about and what it asks for, by a closed list of what teachers speak of.

Two comments on one fault seldom share a word: "nobody can check this" and "name the author". They share a
subject far more often. `subjects.txt` has the words that name one, in Korean and in English.
"""

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import re2

from modelkit.language import primary_subtag

# What an issue of the closed list is about. Of `other` nothing is known.
ISSUE_SUBJECTS: Mapping[str, frozenset[str]] = {
    "off_task": frozenset({"off the matter"}),
    "missing_requirement": frozenset({"requirement", "detail"}),
    "length_format": frozenset({"requirement"}),
    "claim_unclear": frozenset({"claim", "vagueness"}),
    "reason_weak": frozenset({"reason", "evidence"}),
    "evidence_missing": frozenset({"evidence", "example", "source", "figure"}),
    "evidence_irrelevant": frozenset({"off the matter"}),
    "counterview_missing": frozenset({"other side"}),
    "factual_error": frozenset({"truth", "scope"}),
    "depth": frozenset({"detail", "vividness"}),
    "introduction": frozenset({"opening"}),
    "conclusion": frozenset({"ending"}),
    "paragraph_focus": frozenset({"paragraph", "off the matter", "link"}),
    "order_logic": frozenset({"order", "link"}),
    "transition": frozenset({"link"}),
    "sentence_error": frozenset(
        {"agreement", "tense", "particle", "missing part", "word form", "construction", "long sentence"}
    ),
    "word_choice": frozenset({"word", "vagueness"}),
    "register_mix": frozenset({"register"}),
    "repetition": frozenset({"repetition"}),
    "concision": frozenset({"concision", "long sentence"}),
    "spelling": frozenset({"spelling"}),
    "spacing": frozenset({"spacing"}),
    "punctuation": frozenset({"punctuation", "apostrophe"}),
    "citation": frozenset({"source"}),
}
# The sections of `subjects.txt` that say what a point asks for begin so.
_REQUEST = "to "
CUT, ADD = "to cut", "to add"
# Sets of more patterns meet more states than RE2 remembers in so many bytes.
_PATTERNS_PER_SET = 16
_MOST_MEMORY = 4 << 20


@dataclass(frozen=True, slots=True)
class _Search:
    """Patterns that are looked for in one pass, with what each of them names."""

    names: Sequence[str]
    patterns: re2.Set


def subjects_of(text: str, language_code: str) -> frozenset[str]:
    """Returns the subjects that a text names. In any language but Korean they are looked for in English."""
    return _named(text, language_code, requests=False)


def requests_of(text: str, language_code: str) -> frozenset[str]:
    """Returns what a text asks for, such as to add or to cut something."""
    return _named(text, language_code, requests=True)


def _named(text: str, language_code: str, *, requests: bool) -> frozenset[str]:
    if not text:
        return frozenset()
    encoded = text.lower().encode()
    language = "ko" if primary_subtag(language_code) == "ko" else "en"
    return frozenset(
        each.names[index]
        for each in _searches(language, requests=requests)
        for index in each.patterns.Match(encoded) or ()
    )


@functools.cache
def _searches(language: str, *, requests: bool) -> Sequence[_Search]:
    sections = [
        (name, "|".join(patterns[language]))
        for name, patterns in _sections().items()
        if name.startswith(_REQUEST) == requests
    ]
    starts = range(0, len(sections), _PATTERNS_PER_SET)
    return [_search(sections[start : start + _PATTERNS_PER_SET]) for start in starts]


def _search(sections: Sequence[tuple[str, str]]) -> _Search:
    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    patterns = re2.Set.SearchSet(options)
    for _, pattern in sections:
        patterns.Add(pattern)
    patterns.Compile()
    return _Search([name for name, _ in sections], patterns)


def _sections() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Returns the patterns of each section by their language."""
    text = resources.files(__package__).joinpath("subjects.txt").read_text(encoding="utf-8")
    sections: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    name = ""
    for line in text.splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif line and not line.startswith("#"):
            language, _, pattern = line.partition(" ")
            sections[name][language].append(pattern)
    return sections
