"""Tokens are held to a JSON Schema while they are chosen."""

import re

import llguidance
import torch
from transformers import PreTrainedTokenizerFast

from rpckit.errors import NotSupported

# As Gemma's tokenizer writes a space, and a byte that is in no other word.
_SPACE = "▁"
_BYTE = re.compile("<0x([0-9A-F]{2})>")
# Which words may stand in a string is found out once. Each of llguidance's own four sets takes 12 MiB; the
# others would gain a millisecond for white space, and where a string may have few more characters.
_SLICES = [r'[^"\\\x00-\x1F\x7F]{1,30}']


class Vocabulary:
    """What the model's tokens stand for, in bytes."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, size: int, ends: frozenset[int]) -> None:
        words = _Words(tokenizer, size)
        self._tokens = llguidance.LLTokenizer(words, size, sorted(ends), _SLICES)
        # It keeps them in a way of its own.
        words.tokens = ()
        # The model may have more rows.
        self._words = len(tokenizer)

    def to_bytes(self, token: int) -> bytes:
        """The bytes that a token adds to the answer: none, if it is a control token."""
        silent = token >= self._words or self._tokens.is_special_token(token)
        return b"" if silent else self._tokens.decode_bytes([token])

    def grammar(self, json_schema: str) -> "Grammar":
        """A fresh grammar for one answer.

        Raises:
            NotSupported: The schema uses what cannot be followed token by token.
        """
        return Grammar(self._tokens, json_schema)


class Grammar:
    """Follows one answer and says which tokens may come next."""

    def __init__(self, tokens: llguidance.LLTokenizer, json_schema: str) -> None:
        # Without white space: a model may fill its limit with it, and what need not be written saves time.
        try:
            grammar = llguidance.LLMatcher.grammar_from_json_schema(
                json_schema, overrides={"whitespace_flexible": False}
            )
        except ValueError as error:
            raise _not_supported(str(error)) from error
        self._matcher = llguidance.LLMatcher(tokens, grammar, log_level=0)
        self._refuse_errors()

    @property
    def finished(self) -> bool:
        """Whether the JSON is complete and nothing may follow."""
        return self._matcher.is_stopped()

    def mask(self, logits: torch.Tensor) -> None:
        """Takes every forbidden token out of the logits, in place."""
        allowed = torch.frombuffer(bytearray(self._matcher.compute_logit_bias()), dtype=torch.uint8)
        self._refuse_errors()
        logits.masked_fill_(allowed.to(logits.device) == 0, float("-inf"))

    def forced(self) -> list[int]:
        """The tokens that must come next, as far as there is no choice."""
        tokens = self._matcher.compute_ff_tokens()
        self._refuse_errors()
        return tokens

    def accept(self, token: int) -> None:
        """Takes the token that was chosen."""
        self._matcher.consume_token(token)
        self._refuse_errors()

    def _refuse_errors(self) -> None:
        if self._matcher.is_error():
            # Beyond its first line it may show what was generated so far.
            raise _not_supported(self._matcher.get_error().partition("\n")[0])


class _Words(llguidance.TokenizerWrapper):
    """The tokenizer as llguidance asks for it: from a tokenizer's JSON it would build a second one."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, size: int) -> None:
        backend = tokenizer.backend_tokenizer
        self._model = backend.model
        self.is_tokenizer_wrapper = True
        self.eos_token_id = tokenizer.eos_token_id
        self.bos_token_id = tokenizer.bos_token_id
        self.tokens = [_to_bytes(backend.id_to_token(token) or "") for token in range(size)]
        self.special_token_ids = [
            token
            for token, word in backend.get_added_tokens_decoder().items()
            if word.special or (word.content.startswith("<") and word.content.endswith(">"))
        ]

    def __call__(self, text: str) -> list[int]:
        """The tokens of what a schema forces. A control token that it spells out is text."""
        return [token.id for token in self._model.tokenize(text.replace(" ", _SPACE))]


def _not_supported(reason: str) -> NotSupported:
    text = f"this JSON Schema cannot be followed: {reason}"
    return NotSupported(text, metadata={"capability": "JSON_SCHEMA"})


def _to_bytes(word: str) -> bytes:
    byte = _BYTE.fullmatch(word)
    return bytes.fromhex(byte[1]) if byte else word.replace(_SPACE, " ").encode()
