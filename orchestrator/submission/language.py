"""Which language a text is in."""

import functools

import regex
from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Among all languages a short English text is often taken for Sotho or Nigerian Pidgin.
_CANDIDATES = [
    "ar",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "fa",
    "fi",
    "fr",
    "he",
    "hi",
    "hu",
    "id",
    "it",
    "ja",
    "mn",
    "ms",
    "nl",
    "no",
    "pl",
    "pt",
    "ro",
    "ru",
    "sv",
    "th",
    "tr",
    "uk",
    "uz",
    "vi",
    "zh",
]
_ENOUGH_HANGUL = 0.3
_ENOUGH_ENGLISH = 0.08
_ENOUGH_ENGLISH_WORDS = 4
_ENOUGH_ASCII = 0.98
_ENOUGH_CERTAINTY = 0.5
_READ_AT_MOST = 4000
_LETTER = regex.compile(r"\p{L}")
_HANGUL = regex.compile(r"\p{Hangul}")
_WORD = regex.compile(r"\p{L}+")
# Frequent in English, and hardly words of another candidate.
_ENGLISH = frozenset(
    {
        "the",
        "and",
        "that",
        "this",
        "with",
        "they",
        "from",
        "have",
        "are",
        "because",
        "would",
        "their",
        "there",
    }
)


def detect_language(text: str) -> str:
    """The BCP 47 code of the text's language; "en" where nothing tells."""
    head = text[:_READ_AT_MOST]
    letters = len(_LETTER.findall(head))
    if letters and len(_HANGUL.findall(head)) >= _ENOUGH_HANGUL * letters:
        return "ko"
    if _is_plain_english(head):
        return "en"
    language, certainty = _identifier().classify(head)
    return str(language) if certainty >= _ENOUGH_CERTAINTY else "en"


def primary_subtag(language_code: str) -> str:
    """The language alone: "en" of "en-GB"."""
    return language_code.partition("-")[0].lower()


def _is_plain_english(text: str) -> bool:
    """Whether it needs no identifier, which takes 80 MB and a second to load. A title is not enough."""
    words = _WORD.findall(text.lower())
    found = [each for each in words if each in _ENGLISH]
    return (
        len(set(found)) >= _ENOUGH_ENGLISH_WORDS
        and len(found) >= _ENOUGH_ENGLISH * len(words)
        and sum(map(len, filter(str.isascii, words))) >= _ENOUGH_ASCII * sum(map(len, words))
    )


@functools.cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_CANDIDATES)
    return identifier
