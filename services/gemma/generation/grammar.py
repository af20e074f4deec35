"""Constrained decoding: holds an answer's tokens to a JSON Schema, by llguidance."""

import json
import re
from collections.abc import Sequence
from typing import Any

import llguidance
import torch
from transformers import PreTrainedTokenizerFast
from typing_extensions import override

from modelkit.answer_form.decoding import TOKENS_BEFORE_CLOSING, TOKENS_BEFORE_LAST_POINT, decoding_schema
from rpckit.errors import NotSupported
from services.gemma.generation.bounded_schema import bounded
from services.gemma.generation.closing import Closing, ClosingTokens, JsonStringState
from services.gemma.generation.quotation_grammar import has_word, quotation_grammar
from services.gemma.generation.repetition import TextNgrams
from services.gemma.generation.thoughts import ThoughtFilter

# How Gemma's tokenizer writes a space, and a byte that is part of no other token.
_SPACE = "▁"
# How Gemma 4 begins and ends a thought.
_THOUGHT = ("<|channel>", "<channel|>")
_BYTE_TOKEN = re.compile("<0x([0-9A-F]{2})>")
# llguidance precomputes which tokens fit in a string, for each of these classes of strings. Each of its own
# four takes 12 MiB; the other three would save a millisecond in white space and in strings with few
# characters left.
_SLICES = [r'[^"\\\x00-\x1F\x7F]{1,30}']

# What llguidance may spend on the sentences of a work: its own limit is reached below 100,000 characters.
_LEXER_FUEL = 20_000_000


class TokenizerVocabulary:
    """The vocabulary of the model: the bytes of each token, and grammars over the tokens.

    Args:
        tokenizer: Gemma's.
        vocab_size: The model's, which may be more than the tokenizer has tokens.
        eos_token_ids: The tokens that end an answer.
    """

    def __init__(
        self, tokenizer: PreTrainedTokenizerFast, vocab_size: int, eos_token_ids: frozenset[int]
    ) -> None:
        self.eos_token_ids = eos_token_ids
        source = _TokenizerSource(tokenizer, vocab_size)
        self._closing = ClosingTokens(source.tokens)
        self._tokenizer = llguidance.LLTokenizer(source, vocab_size, sorted(eos_token_ids), _SLICES)
        # llguidance has copied them into a trie.
        source.tokens = ()
        self._known_tokens = len(tokenizer)
        self._thought_begin, self._thought_end = map(tokenizer.backend_tokenizer.token_to_id, _THOUGHT)

    def to_bytes(self, token: int) -> bytes:
        """Returns the bytes that a token adds to the answer; none for a control token."""
        silent = token >= self._known_tokens or self._tokenizer.is_special_token(token)
        return b"" if silent else self._tokenizer.decode_bytes([token])

    def thought_filter(self) -> ThoughtFilter:
        """Returns a filter for one answer."""
        return ThoughtFilter(self._thought_begin, self._thought_end)

    def grammar(self, json_schema: str, passages: Sequence[str] = ()) -> "JsonSchemaGrammar":
        """Compiles a JSON Schema for one answer.

        Args:
            json_schema: What the answer keeps to.
            passages: What the quotations of a review are from; empty leaves them free.

        Raises:
            NotSupported: The schema uses what cannot be followed token by token.
        """
        return JsonSchemaGrammar(self._tokenizer, json_schema, self._closing, passages)


class JsonSchemaGrammar:
    """Follows one answer and tells which tokens may come next. Every string, number and list has an end.

    Each method raises NotSupported if the schema turns out to be one that cannot be followed.

    Args:
        tokenizer: The model's.
        json_schema: What the answer keeps to.
        closing: The vocabulary's.
        passages: What the quotations of a review are from; empty leaves them free.
    """

    def __init__(
        self,
        tokenizer: llguidance.LLTokenizer,
        json_schema: str,
        closing: ClosingTokens,
        passages: Sequence[str] = (),
    ) -> None:
        self._tokenizer = tokenizer
        self._closing = closing
        self._string = JsonStringState()
        self._ngrams = TextNgrams()
        try:
            asked = json.loads(json_schema)
            schema = decoding_schema(asked)
            self._is_review = schema is not asked
            schema = bounded(schema)
            self._matcher = self._matching(schema, passages if self._is_review else ())
        except RecursionError as error:
            raise _not_supported("it is nested too deeply") from error
        except (ValueError, TypeError, OverflowError) as error:
            raise _not_supported(str(error)) from error
        self._raise_errors()

    @property
    def finished(self) -> bool:
        """Whether the JSON is complete and nothing may follow."""
        return self._matcher.is_stopped()

    def closing_after(self, tokens: int, max_output_tokens: int) -> Closing:
        """Returns what is to be ended after so many tokens, so that a review is whole within its limit."""
        if not self._is_review:
            return Closing.NOTHING
        # What is left of a review that is closed takes some 40 tokens a criterion.
        if tokens >= min(max_output_tokens * 5 // 8, TOKENS_BEFORE_CLOSING):
            return Closing.EVERYTHING
        if tokens >= min(max_output_tokens * 5 // 16, TOKENS_BEFORE_LAST_POINT):
            return Closing.LISTS_OF_OBJECTS
        return Closing.NOTHING

    def mask_logits(self, logits: torch.Tensor, closing: Closing = Closing.NOTHING) -> None:
        """Sets the logits of all forbidden tokens to minus infinity, in place; shape (vocabulary,).

        What is to be ended is ended as soon as the grammar allows it. Within a text of a review no run of
        tokens comes twice, unless the grammar leaves nothing else.
        """
        allowed = torch.frombuffer(bytearray(self._matcher.compute_logit_bias()), dtype=torch.uint8) != 0
        self._raise_errors()
        # What a character or an escape begins with is not given another end.
        repeating = set() if self._string.is_inside_character else self._ngrams.repeating()
        if self._is_review and repeating:
            others = allowed.index_fill(0, torch.tensor(sorted(repeating)), value=False)
            allowed = others if others.any() else allowed
        allowed = self._closing.among(allowed, closing, self._string)
        logits.masked_fill_(~allowed.to(logits.device), float("-inf"))

    def fast_forward_tokens(self) -> list[int]:
        """Returns the tokens that must come next, as far as the schema leaves no choice."""
        tokens = self._matcher.compute_ff_tokens()
        self._raise_errors()
        return tokens

    def accept(self, token: int) -> None:
        """Advances by a token that was sampled or forced."""
        # One token may end a field's text, or its name, and begin the next one: each has its own n-grams.
        if self._string.take(self._tokenizer.decode_bytes([token])):
            self._ngrams = TextNgrams()
        elif self._string.is_open:
            self._ngrams.take(token)
        self._matcher.consume_token(token)
        self._raise_errors()

    def _matching(self, schema: Any, passages: Sequence[str]) -> llguidance.LLMatcher:
        """Compiles a grammar. In a work that is too long even so, quotations are free."""
        if quotable := [each for each in passages if has_word(each)]:
            grammar = llguidance.LLMatcher.grammar_from_lark(quotation_grammar(schema, quotable))
            limits = llguidance.LLParserLimits(initial_lexer_fuel=_LEXER_FUEL)
            matcher = llguidance.LLMatcher(self._tokenizer, grammar, log_level=0, limits=limits)
            if not matcher.is_error():
                return matcher
        # No white space: a model can fill its token limit with it, and forced tokens save forward passes.
        grammar = llguidance.LLMatcher.grammar_from_json_schema(
            json.dumps(schema), overrides={"whitespace_flexible": False}
        )
        return llguidance.LLMatcher(self._tokenizer, grammar, log_level=0)

    def _raise_errors(self) -> None:
        if self._matcher.is_error():
            # The lines after the first may show what was generated so far.
            raise _not_supported(self._matcher.get_error().partition("\n")[0])


class _TokenizerSource(llguidance.TokenizerWrapper):
    """Gives llguidance the tokenizer that is loaded: from `tokenizer.json` it would build a second one.

    The attributes are those that llguidance reads of a tokenizer written in Python.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast, vocab_size: int) -> None:
        backend = tokenizer.backend_tokenizer
        self._model = backend.model
        self.is_tokenizer_wrapper = True
        self.eos_token_id = tokenizer.eos_token_id
        self.bos_token_id = tokenizer.bos_token_id
        self.tokens = [_to_bytes(backend.id_to_token(token) or "") for token in range(vocab_size)]
        self.special_token_ids = [
            token
            for token, added in backend.get_added_tokens_decoder().items()
            if added.special or (added.content.startswith("<") and added.content.endswith(">"))
        ]

    @override
    def __call__(self, text: str) -> list[int]:
        """Tokenizes what a schema forces. A control token that it spells out is text."""
        return [token.id for token in self._model.tokenize(text.replace(" ", _SPACE))]


def _not_supported(reason: str) -> NotSupported:
    text = f"this JSON Schema cannot be followed: {reason}"
    return NotSupported(text, metadata={"capability": "JSON_SCHEMA"})


def _to_bytes(token: str) -> bytes:
    byte = _BYTE_TOKEN.fullmatch(token)
    return bytes.fromhex(byte[1]) if byte else token.replace(_SPACE, " ").encode()
