"""A loaded Gemma: messages in, an answer's text out."""

from collections.abc import Generator
from typing import cast

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from rpckit.errors import InputTooLong
from services.gemma.constrained import Grammar, Vocabulary
from services.gemma.generation import Sampler, token_ids
from services.gemma.memory import out_of_memory
from services.gemma.model import Ending, Facts, Job, Message
from services.gemma.text import OutputText


class Gemma:
    """Weights and tokenizer, ready to answer.

    Args:
        model: The weights, on their device.
        tokenizer: Has a chat template.
        ends: The tokens that end an answer.
        facts: What is known of the model.
    """

    def __init__(
        self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, ends: frozenset[int], facts: Facts
    ) -> None:
        self.facts = facts
        self._model = model
        self._tokenizer = tokenizer
        self._ends = ends
        self._vocabulary = Vocabulary(tokenizer, model.config.vocab_size, ends)

    def generate(self, job: Job) -> Generator[str | Ending, None, None]:
        """As `LocalModel` says."""
        try:
            yield from self._generate(job)
        except (RuntimeError, MemoryError) as error:
            refused = out_of_memory(error, self._model.device)
            if refused is None:
                raise
        else:
            return
        # Only now: until the handler ends, the error holds the frames whose tensors took the memory.
        if self._model.device.type == "cuda":
            torch.cuda.empty_cache()
        raise refused

    def encode(self, messages: tuple[Message, ...]) -> list[int]:
        """The prompt's tokens. A control token that a message spells out is text there, no control."""
        chat = [{"role": each.role, "content": each.content} for each in messages]
        tokens = self._tokenizer.apply_chat_template(
            chat, add_generation_prompt=True, return_dict=False, sanitize_control_tokens=True
        )
        return cast("list[int]", tokens)

    def _generate(self, job: Job) -> Generator[str | Ending, None, None]:
        grammar = None if job.json_schema is None else self._vocabulary.grammar(job.json_schema)
        prompt = self.encode(job.messages)
        room = self.facts.context_tokens - len(prompt)
        if room < 1:
            raise InputTooLong(
                f"the prompt has {len(prompt)} tokens, the model takes {self.facts.max_input_tokens}",
                metadata={
                    "max_input_tokens": str(self.facts.max_input_tokens),
                    "input_tokens": str(len(prompt)),
                },
            )
        limit = min(room, job.sampling.max_output_tokens)
        text = OutputText(job.sampling.stop_sequences)
        written, cut = 0, False
        for token in self._tokens(prompt, job, grammar):
            if token is None:
                yield ""
                continue
            written += 1
            if token in self._ends:
                break
            yield text.feed(self._vocabulary.to_bytes(token))
            if text.stopped or (grammar is not None and grammar.finished):
                break
            if written == limit:
                cut = True
                break
        yield text.rest()
        yield Ending(cut=cut, input_tokens=len(prompt), output_tokens=written)

    def _tokens(
        self, prompt: list[int], job: Job, grammar: Grammar | None
    ) -> Generator[int | None, None, None]:
        sampler = Sampler(job.sampling, self._model.device)

        def choose(logits: torch.Tensor) -> int:
            if grammar is None:
                return sampler.choose(logits)
            grammar.mask(logits)
            token = sampler.choose(logits)
            grammar.accept(token)
            return token

        return token_ids(self._model, torch.tensor([prompt], device=self._model.device), choose)
