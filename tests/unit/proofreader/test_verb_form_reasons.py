import pytest

from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.wording import word
from tests.unit.proofreader.test_language import reviewers


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("She can sings very well.", "verb_form_modal"),
        ("You must to wear a helmet.", "verb_form_modal"),
        ("Did you went to the party?", "verb_form_do"),
        ("I have went to Japan twice.", "verb_form_perfect"),
        ("The window was break by the boys.", "verb_form_be"),
        ("I want to went home.", "verb_form_to"),
        ("She left without say goodbye.", "verb_form_preposition"),
        ("I enjoy to play tennis.", "verb_form_gerund"),
        ("He needs buy a car.", "verb_form_infinitive"),
        ("My mother let me to go out.", "verb_form_causing"),
        ("I am wanting a new computer.", "verb_form_state"),
        ("English is speak in many countries.", "verb_form_unsure"),
    ],
)
def test_the_reason_is_that_of_the_form(text: str, wording: str) -> None:
    found = reviewers()[0].review(ParsedText.read(text, "en"), Reading())
    (of_verbs,) = (each for each in found if each.wording.startswith("verb_form"))
    assert of_verbs.wording == wording
    assert word(of_verbs, "en").reason != word(of_verbs, "ko").reason
