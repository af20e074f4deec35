import tomllib
from importlib.resources import files

import pytest

from services.proofreader.finding import Finding
from services.proofreader.wording import word

ENTRIES = tomllib.loads(files("services.proofreader").joinpath("wording.toml").read_text(encoding="utf-8"))
VALUES = dict.fromkeys(
    (
        "word",
        "correction",
        "quote",
        "words",
        "sentence",
        "sentences",
        "times",
        "main",
        "other",
        "often",
        "leaving",
    ),
    "말",
)


@pytest.mark.parametrize("entry", ENTRIES)
def test_says_everything_in_both_languages(entry: str) -> None:
    finding = Finding(entry, "other", 0, 1, values=VALUES)
    for language in ("ko", "en"):
        wording = word(finding, language)
        assert all((wording.observation, wording.reason, wording.next_step))


@pytest.mark.parametrize("entry", [each for each in ENTRIES if "{correction" in str(ENTRIES[each])])
def test_what_corrects_has_words_for_where_no_correction_is_sure(entry: str) -> None:
    finding = Finding(f"{entry}_unsure", "other", 0, 1, values={"word": "말", "correction": ""})
    for language in ("ko", "en"):
        wording = word(finding, language)
        assert all((wording.observation, wording.reason, wording.next_step))
        assert "''" not in wording.observation


def test_a_wording_that_nobody_wrote_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        word(Finding("no_such_wording", "other", 0, 1, values=VALUES), "en")


@pytest.mark.parametrize("entry", ENTRIES)
def test_korean_keeps_to_one_register(entry: str) -> None:
    for template in ENTRIES[entry]["ko"]:
        plain = template.partition("(")[0] or template
        for sentence in plain.replace("?", ".").rstrip(".").split(". "):
            assert sentence.rstrip(" .").endswith("요"), sentence


@pytest.mark.parametrize(
    ("value", "observation"),
    [
        ("밥", "'밥'은 '밥'으로 써야 해요."),
        ("나무", "'나무'는 '나무'로 써야 해요."),
        ("물", "'물'은 '물'로 써야 해요."),
        ("a lot", "'a lot' 표현은 'a lot' 표현으로 써야 해요."),
    ],
)
def test_particles_fit_the_word_before_them(value: str, observation: str) -> None:
    finding = Finding("particle", "sentence_error", 0, 1, values={"word": value, "correction": value})
    assert word(finding, "ko").observation == observation
