"""Every word that an SDK knows for the end of an answer is mapped on purpose: a new one fails here."""

import warnings
from typing import Any, get_args

import pytest
from anthropic.types import StopReason
from google.genai.types import FinishReason
from huggingface_hub import TextGenerationOutputFinishReason
from openai.types.chat.chat_completion import Choice
from openai.types.chat.chat_completion_chunk import Choice as ChunkChoice

from services.cloud_proxy.providers import anthropic, gemini_request, huggingface, openai

with warnings.catch_warnings():
    # The SDK warns on import that it is no longer maintained.
    warnings.simplefilter("ignore", FutureWarning)
    from google.ai.generativelanguage import Candidate


def _words(annotation: Any) -> set[str]:
    """Returns the words of a Literal, or of one in a union with None."""
    words: set[str] = set()
    for each in get_args(annotation):
        words |= {each} if isinstance(each, str) else _words(each)
    return words


@pytest.mark.parametrize(
    ("words", "finishes"),
    [
        ({each.value for each in FinishReason}, gemini_request.FINISHES),
        (_words(StopReason), anthropic.FINISHES),
        (_words(Choice.model_fields["finish_reason"].annotation), openai.FINISHES),
    ],
    ids=["google-genai", "anthropic", "openai"],
)
def test_the_table_has_the_words_of_the_sdk_and_no_others(
    words: set[str], finishes: dict[str, object]
) -> None:
    assert words == finishes.keys()


@pytest.mark.parametrize(
    ("words", "finishes"),
    [
        ({each.name for each in iter(Candidate.FinishReason)}, gemini_request.FINISHES),
        (_words(ChunkChoice.model_fields["finish_reason"].annotation), openai.FINISHES),
        (_words(TextGenerationOutputFinishReason), huggingface.FINISHES),
        # The inference providers speak OpenAI's API.
        ({"stop", "length", "content_filter"}, huggingface.FINISHES),
    ],
    ids=["google-generativeai", "openai-chunk", "text-generation-inference", "huggingface"],
)
def test_the_table_has_the_words_that_others_share(words: set[str], finishes: dict[str, object]) -> None:
    assert words
    assert words <= finishes.keys()
