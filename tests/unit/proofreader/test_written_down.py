"""What is written down so that it is not derived at each start is what would be derived today."""

from pathlib import Path

import pytest
import simplemma
from spellchecker import SpellChecker

from bench.required_words import FILE, expressions
from bench.word_parts import forms
from services.proofreader.english import dictionary
from services.proofreader.english.dictionary import EnglishDictionary
from services.proofreader.english.word_files import (
    COMMON,
    COMMON_WORDS,
    RARE_WORDS,
    common_words,
    rare_words,
)
from services.proofreader.korean.word_parts import WordParts
from services.proofreader.required_words import write_down

_TYPOS = ("studens", "teh", "gardn", "wich", "becuase", "recieve", "helllo", "xqzv", "doesnt")


def test_the_parts_of_korean_words_are_those_of_the_dictionary() -> None:
    derived = WordParts.of_forms(forms()).write()
    assert derived == WordParts.of_kiwi().write(), "python -m bench.word_parts writes them anew"


def test_the_words_that_patterns_require_are_those_of_the_patterns() -> None:
    derived = write_down(expressions())
    written = FILE.read_text(encoding="utf-8")
    assert derived == written, "python -m bench.required_words writes them anew"


def test_the_english_words_are_those_of_both_dictionaries() -> None:
    how = "python -m services.proofreader.english.word_files writes them anew"
    assert common_words() == COMMON_WORDS.read_text(encoding="utf-8"), how
    assert rare_words() == RARE_WORDS.read_bytes(), how


def test_without_the_files_the_same_words_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dictionary, "COMMON_WORDS", tmp_path / "none")
    monkeypatch.setattr(dictionary, "RARE_WORDS", tmp_path / "none")
    known = EnglishDictionary()
    assert [each in known for each in ("garden", "aahed", "xqzv")] == [True, True, False]


@pytest.mark.parametrize("typo", _TYPOS)
def test_the_words_one_edit_away_are_the_common_ones_that_pyspellchecker_finds(typo: str) -> None:
    theirs, ours = SpellChecker(language="en"), EnglishDictionary()
    common = {each for each in theirs.known(theirs.edit_distance_1(typo)) if theirs[each] >= COMMON}
    assert set(ours.one_edit_away(typo)) == common
    assert {each: ours.count(each) for each in common} == {each: theirs[each] for each in common}


@pytest.mark.parametrize(
    "word",
    [*_TYPOS, "garden", "colour", "aahed", "london", "café", "naïve", "qwertyish", "zyzzyva"],
)
def test_a_word_is_known_that_either_dictionary_knows(word: str) -> None:
    theirs = word in SpellChecker(language="en") or simplemma.is_known(word, "en", low_memory=True)
    assert (word in EnglishDictionary()) == theirs
