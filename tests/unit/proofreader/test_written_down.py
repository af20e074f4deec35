"""What is written down so that it is not derived at each start is what would be derived today."""

import pytest
from spellchecker import SpellChecker

from bench.required_words import FILE
from bench.word_parts import forms
from services.proofreader.english.dictionary import EnglishDictionary
from services.proofreader.english.grammar import PATTERNS
from services.proofreader.english.required_words import write_down
from services.proofreader.korean.word_parts import WordParts

_TYPOS = ("studens", "teh", "gardn", "wich", "becuase", "recieve", "helllo", "xqzv", "doesnt")


def test_the_parts_of_korean_words_are_those_of_the_dictionary() -> None:
    derived = WordParts.of_forms(forms()).write()
    assert derived == WordParts.of_kiwi().write(), "python -m bench.word_parts writes them anew"


def test_the_words_that_patterns_require_are_those_of_the_patterns() -> None:
    derived = write_down(each.expression for each in PATTERNS)
    written = FILE.read_text(encoding="utf-8")
    assert derived == written, "python -m bench.required_words writes them anew"


@pytest.mark.parametrize("typo", _TYPOS)
def test_the_words_one_edit_away_are_those_that_pyspellchecker_finds(typo: str) -> None:
    theirs, ours = SpellChecker(language="en"), EnglishDictionary()
    known = theirs.known(theirs.edit_distance_1(typo))
    assert set(ours.one_edit_away(typo)) == known
    assert {each: ours.count(each) for each in known} == {each: theirs[each] for each in known}
    assert (typo in ours) == (typo in theirs)
