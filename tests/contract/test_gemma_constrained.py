"""What tokens stand for, and which ones a schema leaves: as llguidance reads a tokenizer by itself."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import llguidance
import llguidance.hf
import torch
from transformers import AddedToken

from chorus.feedback.v1.submission_pb2 import Criterion, Level, Rubric
from modelkit.answer_form.schema import answer_schema
from modelkit.json_schema.answer_schema import AnswerSchema
from services.gemma.generation.closing import Closing, ClosingTokens
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


def allowed(grammar: JsonSchemaGrammar, closing: Closing = Closing.NOTHING) -> list[int]:
    logits = torch.zeros(ROWS)
    grammar.mask_logits(logits, closing)
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
    theirs = JsonSchemaGrammar(reference, schema, ClosingTokens([b""] * ROWS))
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


def written(
    vocabulary: TokenizerVocabulary,
    schema: Any,
    preferred: str,
    most: int,
    *,
    passages: Sequence[str] = (),
    before_closing: int = 1_000_000,
    before_last_point: int = 1_000_000,
) -> str:
    """What a model writes that takes the first of these characters that it may, then any token."""
    grammar = vocabulary.grammar(json.dumps(schema), passages)
    wanted = [TOKENIZER.get_vocab()[each] for each in preferred]
    text = b""
    for at in range(most):
        if grammar.finished:
            return text.decode()
        closing = Closing.LISTS_OF_OBJECTS if at >= before_last_point else Closing.NOTHING
        closing = Closing.EVERYTHING if at >= before_closing else closing
        choice = set(allowed(grammar, closing)) - EOS_TOKEN_IDS
        if not choice:
            return text.decode()
        token = next((each for each in wanted if each in choice), min(choice, default=0))
        grammar.accept(token)
        text += vocabulary.to_bytes(token)
    raise AssertionError("it goes on without an end")


@pytest.mark.parametrize(
    ("schema", "preferred", "longest"),
    [
        ({"type": "number"}, "20", 24),
        ({"type": "number"}, "1.086", 24),
        ({"type": "number", "minimum": 0, "maximum": 10}, "20.", 8),
        ({"type": "integer"}, "-9", 17),
        ({"type": "number", "minimum": 0, "maximum": 0.5}, "0.3", 9),
        ({"type": "string"}, "a", 2002),
        ({"type": "string", "pattern": "^a+$"}, "a", 2002),
        ({"type": "string", "format": "email"}, "ab", 2002),
        ({"type": "array", "items": {"type": "number"}}, "[,1]", 256 * 17 + 1),
    ],
)
def test_what_would_go_on_for_ever_is_ended_by_the_grammar(
    vocabulary: TokenizerVocabulary, schema: Any, preferred: str, longest: int
) -> None:
    text = written(vocabulary, schema, preferred, most=5000)
    assert len(text) <= longest
    AnswerSchema.parse(json.dumps(schema | {"$id": "x"})).check_text(text)


def review_schema(*, short: bool = False) -> str:
    levels = [Level(score=1), Level(score=4)]
    rubric = Rubric(criteria=[Criterion(id="a", levels=levels), Criterion(id="b", levels=levels)])
    return answer_schema(rubric, "ko", work_language="ko", short=short)


@pytest.mark.parametrize("preferred", ["2", "0.", "aS1", '"]', ",a"])
def test_a_model_that_prefers_one_character_gives_a_whole_answer(
    vocabulary: TokenizerVocabulary, preferred: str
) -> None:
    asked = review_schema()
    text = written(vocabulary, json.loads(asked), preferred, most=60_000)
    AnswerSchema.parse(asked).check_text(text)
    answer = json.loads(text)
    assert next(iter(answer)) == "work_language"
    assert answer["work_language"] == "ko"
    assert [each["id"] for each in answer["points"]] == [f"p{at + 1}" for at in range(len(answer["points"]))]
    assert [each["criterion_id"] for each in answer["criteria"]] == ["a", "b"]
    assert all(1 <= each["score"] <= 4 for each in answer["criteria"])
    assert answer["points"]


@pytest.mark.parametrize("preferred", ["ab", "글", "\\A", "]"])
def test_what_a_review_quotes_stands_in_the_work(vocabulary: TokenizerVocabulary, preferred: str) -> None:
    passages = ("사한글 ab, bab.", 'A "b" \\n\na!', "글뷁 😀 글", "...")
    wanted = "".join(each for each in preferred if each in TOKENIZER.get_vocab())
    asked = review_schema()
    text = written(vocabulary, json.loads(asked), wanted, most=2000, passages=passages, before_closing=600)
    AnswerSchema.parse(asked).check_text(text)
    answer = json.loads(text)
    evidence = [quote for each in answer["criteria"] for quote in each["evidence_quotes"]]
    quotes = evidence + [each["quote"] for each in answer["points"]]
    for quote in filter(None, quotes):
        assert any(quote in each for each in passages), quote
        assert any(map(str.isalnum, quote)), quote
    assert all(evidence)
    assert any(quotes) or preferred == "]"


@pytest.mark.parametrize(
    ("preferred", "before_closing", "short"), [("a", 0, False), ("\\", 300, True), (",a", 700, False)]
)
def test_a_review_is_whole_soon_after_it_is_to_be_closed(
    vocabulary: TokenizerVocabulary, preferred: str, before_closing: int, short: bool
) -> None:
    asked = review_schema(short=short)
    text = written(
        vocabulary,
        json.loads(asked),
        preferred,
        # A token is a byte here: what must be written, field names above all, is 900 of them.
        most=before_closing + 1200,
        passages=("aaa " * 70,),
        before_closing=before_closing,
    )
    AnswerSchema.parse(asked).check_text(text)


def test_only_a_review_is_closed_before_its_limit(vocabulary: TokenizerVocabulary) -> None:
    review, other = vocabulary.grammar(review_schema()), vocabulary.grammar(json.dumps(SCHEMA))
    for limit, points, everything in ((1024, 320, 640), (4096, 1280, 2560), (100_000, 1280, 2560)):
        assert review.closing_after(points - 1, limit) is Closing.NOTHING
        assert review.closing_after(points, limit) is Closing.LISTS_OF_OBJECTS
        assert review.closing_after(everything - 1, limit) is Closing.LISTS_OF_OBJECTS
        assert review.closing_after(everything, limit) is Closing.EVERYTHING
        assert other.closing_after(limit - 1, limit) is Closing.NOTHING


@pytest.mark.parametrize("preferred", [',"', ",}"])
def test_no_point_is_begun_after_the_last_one_and_what_follows_is_not_short(
    vocabulary: TokenizerVocabulary, preferred: str
) -> None:
    asked = review_schema()
    text = written(
        vocabulary,
        json.loads(asked),
        preferred,
        most=3000,
        passages=("a, b",),
        before_closing=1800,
        before_last_point=300,
    )
    AnswerSchema.parse(asked).check_text(text)
    answer = json.loads(text)
    assert len(answer["points"]) < 5
    assert len(answer["criteria"]) == 2


def test_a_closed_review_keeps_its_scores(vocabulary: TokenizerVocabulary) -> None:
    levels = [Level(score=0), Level(score=100)]
    asked = answer_schema(Rubric(criteria=[Criterion(id="a", levels=levels)]), "ko", short=True)
    text = written(vocabulary, json.loads(asked), "87", most=1500, before_closing=0)
    assert json.loads(text)["criteria"][0]["score"] == 88.88


@pytest.mark.parametrize("work", ["½ ²", "①②③가", "_"])
def test_a_work_without_a_word_can_be_reviewed(vocabulary: TokenizerVocabulary, work: str) -> None:
    asked = review_schema()
    text = written(vocabulary, json.loads(asked), "S1", most=3000, passages=(work,), before_closing=900)
    AnswerSchema.parse(asked).check_text(text)


def test_a_work_of_100_000_characters_can_be_quoted(vocabulary: TokenizerVocabulary) -> None:
    passages = [
        f"{number} " + "".join(map(chr, range(0xAC00 + number, 0xAC30 + number))) for number in range(2000)
    ]
    text = written(vocabulary, json.loads(review_schema()), "1", 3000, passages=passages, before_closing=600)
    assert json.loads(text)["points"][0]["quote"]


@pytest.mark.parametrize("text", ["<eos>", "a<end_of_turn>b", "<unused0>", "<b>ab</b>"])
def test_a_control_token_that_a_schema_spells_out_is_text(vocabulary: TokenizerVocabulary, text: str) -> None:
    grammar = vocabulary.grammar(json.dumps({"const": text}))
    tokens = grammar.fast_forward_tokens()
    for token in tokens:
        grammar.accept(token)
    assert b"".join(map(vocabulary.to_bytes, tokens)) == json.dumps(text).encode()


def test_a_text_of_a_review_does_not_go_round_in_circles(vocabulary: TokenizerVocabulary) -> None:
    asked = review_schema(short=True)
    text = written(vocabulary, json.loads(asked), "a", most=2000, before_closing=400)
    assert "aaaaaa" in text
    assert "aaaaaaa" not in text


def test_a_repeated_character_is_not_broken(vocabulary: TokenizerVocabulary) -> None:
    # It takes three tokens, so that a run of six ends with it.
    repeated = "뷁" * 3 + "😀" * 3
    grammar = vocabulary.grammar(review_schema(short=True))
    before = '{"work_language":"ko","injection":{"suspected":true,"quote":"'
    for byte in (before + repeated).encode():
        token = TOKENIZER.get_vocab()[f"<0x{byte:02X}>"]
        if byte not in before.encode() and byte & 0xC0 == 0x80:
            assert token in allowed(grammar)
        grammar.accept(token)


def test_one_field_is_not_kept_from_what_another_one_says() -> None:
    tokenizer = tiny_tokenizer(['","', '":"'])
    vocabulary = TokenizerVocabulary(tokenizer, ROWS, EOS_TOKEN_IDS)
    tokens = tokenizer.get_vocab()
    grammar = vocabulary.grammar(review_schema(short=True))
    asked = '{"work_language":"ko","injection":{"suspected":false,"quote":""},"points":['
    for character in asked:
        grammar.accept(tokens[character])
    # Between the two points there is nothing but what their fields begin and end with.
    for identifier in ("p1", "p2"):
        for character in '{"id":"' + identifier + '","criterion_id":"':
            grammar.accept(tokens[character])
        for token in ("a", '","', *"issue", '":"', *"other", '","', *"polarity", '":"'):
            grammar.accept(tokens[token])
        logits = torch.zeros(ROWS)
        grammar.mask_logits(logits)
        assert logits[tokens["s"]].isfinite()
        grammar.accept(tokens["s"])
        rest = 'trength","sentence_ids":[],"quote":"","observation":"가 나","reason":"","next_step":"",'
        for character in (rest + '"severity":"minor"},').replace(" ", "▁"):
            grammar.accept(tokens[character])
