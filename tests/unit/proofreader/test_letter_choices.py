import functools

import pytest

from services.proofreader.korean.analyser import KoreanAnalyser
from services.proofreader.korean.letter_choices import likeliest_words
from services.proofreader.korean.word_parts import WordParts

analyser = functools.cache(KoreanAnalyser)
parts = functools.cache(WordParts.of_kiwi)
_MOST = 5
_MOST_BEHIND = 9.0


def _variants(word: str) -> list[str]:
    places = range(len(word))
    return list(parts().plausible(word, places, suspected=places))


def _likeliest_one_by_one(word: str, least: float) -> list[str]:
    """Returns the likeliest words without an unknown morpheme, as reading each by itself tells."""
    readings = {each: analyser().read(each) for each in _variants(word)}
    scores = {
        each: reading.score
        for each, reading in readings.items()
        if all(morpheme.known for morpheme in reading.morphemes)
    }
    least = max(least, max(scores.values()) - _MOST_BEHIND)
    likely = [each for each, score in scores.items() if score >= least]
    return sorted(likely, key=lambda each: -scores[each])[:_MOST]


@pytest.mark.parametrize(
    ("word", "best"),
    [
        ("음삭을", "음식을"),
        ("떄문에", "때문에"),
        ("쥐미는", "재미는"),
        ("닸습니다", "됐습니다"),
        ("먹엇습니다", "먹었습니다"),
        ("캍이", "같이"),
        ("밥와", "밥이"),
        # The right word has no final consonant there.
        ("학굥에서", "학교에서"),
        # Stem and ending share the syllable, so that the analysis does not tell which letter was chosen.
        ("사겼다", "사겠다"),
    ],
)
def test_words_read_together_are_those_that_are_likeliest_one_by_one(word: str, best: str) -> None:
    least = analyser().score(word) + 2.0
    found = likeliest_words(analyser(), word, _variants(word), least=least, most=_MOST)
    assert found[0] == best
    assert list(found) == _likeliest_one_by_one(word, least)


def test_no_more_words_are_given_than_are_likely_enough() -> None:
    word = "음삭을"
    variants = _variants(word)
    first, second = (analyser().score(each) for each in ("음식을", "음악을"))
    for least, most, found in (
        (first + 0.1, _MOST, ()),
        (first - 0.1, _MOST, ("음식을",)),
        (second - 0.1, _MOST, ("음식을", "음악을")),
        (second - 0.1, 1, ("음식을",)),
    ):
        assert likeliest_words(analyser(), word, variants, least=least, most=most) == found
    assert likeliest_words(analyser(), word, (), least=second, most=_MOST) == ()


def test_an_analysis_that_does_not_tell_the_letter_gives_the_right_word_all_the_same() -> None:
    letters = ("새", "시", "조")
    likeliest = analyser().read_likeliest("", letters, "겼다")
    assert likeliest is not None
    assert likeliest.number is None
    assert "새" in likeliest.forms
    assert likeliest.score == pytest.approx(analyser().score("새겼다"), abs=0.01)


def test_there_is_no_likeliest_where_each_letter_makes_an_unknown_word() -> None:
    assert analyser().read_likeliest("", ("쀄", "뿨"), "쀍뿱") is None
