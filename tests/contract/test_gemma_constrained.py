"""What tokens stand for, and which ones a schema leaves: as llguidance reads a tokenizer by itself."""

import json

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import llguidance
import llguidance.hf
import torch
from transformers import AddedToken

from services.gemma.generation.grammar import JsonSchemaGrammar, TokenizerVocabulary
from tests.fakes.tiny_gemma import tiny_tokenizer

# The last ones stand for no token.
ROWS = 400
MERGES = [("▁", "a"), ("▁a", "b"), ("a", "b"), ("ab", "c"), ("b", "c"), ("▁", "▁"), ("사", "한")]
TOKENIZER = tiny_tokenizer(["".join(each) for each in MERGES], MERGES)
TOKENIZER.add_tokens([AddedToken(each, normalized=False) for each in ("<unused0>", "<b>", "\n\n")])
EOS_TOKEN_IDS = frozenset(map(TOKENIZER.get_vocab().__getitem__, ("<eos>", "<end_of_turn>")))
SCHEMA = {
    "type": "object",
    "properties": {
        "abc ab": {"const": "abc  ab abcab 사한 글뷁 😀\n"},
        "free": {"type": "string", "maxLength": 40},
        "list": {
            "type": "array",
            "items": {"enum": ["ab abc", "ab a", "뷁", 1.5]},
            "minItems": 2,
            "maxItems": 4,
        },
    },
    "required": ["abc ab", "free", "list"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def vocabulary() -> TokenizerVocabulary:
    return TokenizerVocabulary(TOKENIZER, ROWS, EOS_TOKEN_IDS)


@pytest.fixture(scope="module")
def reference() -> llguidance.LLTokenizer:
    return llguidance.hf.from_tokenizer(TOKENIZER, ROWS, sorted(EOS_TOKEN_IDS))


def allowed(grammar: JsonSchemaGrammar) -> list[int]:
    logits = torch.zeros(ROWS)
    grammar.mask_logits(logits)
    return logits.isfinite().nonzero().flatten().tolist()


def test_tokens_stand_for_the_same_bytes(
    vocabulary: TokenizerVocabulary, reference: llguidance.LLTokenizer
) -> None:
    expected = [
        b"" if reference.is_special_token(each) else reference.decode_bytes([each]) for each in range(ROWS)
    ]
    assert [vocabulary.to_bytes(each) for each in range(ROWS)] == expected
    assert {b"\xf0", b" ", b" ab", "글".encode()} <= set(expected)


@pytest.mark.parametrize("step", [1, 7, 13, 29])
def test_a_schema_allows_and_forces_the_same_tokens(
    vocabulary: TokenizerVocabulary, reference: llguidance.LLTokenizer, step: int
) -> None:
    schema = json.dumps(SCHEMA)
    ours = vocabulary.grammar(schema)
    theirs = JsonSchemaGrammar(reference, schema)
    forced = 0
    for at in range(200):
        if ours.finished:
            break
        choice = allowed(ours)
        assert choice == allowed(theirs)
        # Another way through it for each `step`.
        token = choice[at * step % len(choice)]
        ours.accept(token)
        theirs.accept(token)
        tokens = ours.fast_forward_tokens()
        assert tokens == theirs.fast_forward_tokens()
        for token in tokens:
            ours.accept(token)
            theirs.accept(token)
        forced += len(tokens)
    assert ours.finished
    assert theirs.finished
    assert forced > 20


@pytest.mark.parametrize("text", ["<eos>", "a<end_of_turn>b", "<unused0>", "<b>ab</b>"])
def test_a_control_token_that_a_schema_spells_out_is_text(vocabulary: TokenizerVocabulary, text: str) -> None:
    grammar = vocabulary.grammar(json.dumps({"const": text}))
    tokens = grammar.fast_forward_tokens()
    for token in tokens:
        grammar.accept(token)
    assert b"".join(map(vocabulary.to_bytes, tokens)) == json.dumps(text).encode()
