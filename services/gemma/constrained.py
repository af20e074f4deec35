"""Tokens are held to a JSON Schema while they are chosen."""

import llguidance
import llguidance.hf
import torch
from transformers import PreTrainedTokenizerFast

from rpckit.errors import NotSupported


class Vocabulary:
    """What the model's tokens stand for, in bytes."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, size: int, ends: frozenset[int]) -> None:
        slices = llguidance.LLTokenizer.json_slices()
        self._tokens = llguidance.hf.from_tokenizer(tokenizer, size, sorted(ends), slices)

    def to_bytes(self, token: int) -> bytes:
        """The bytes that a token adds to the answer: none, if it is a control token."""
        return b"" if self._tokens.is_special_token(token) else self._tokens.decode_bytes([token])

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
        grammar = llguidance.LLMatcher.grammar_from_json_schema(
            json_schema, overrides={"whitespace_flexible": False}
        )
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
            text = f"this JSON Schema cannot be followed: {self._matcher.get_error()}"
            raise NotSupported(text, metadata={"capability": "JSON_SCHEMA"})
