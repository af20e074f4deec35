"""A loaded Gemma: jobs in, the texts of many answers out, a pass at a time."""

from collections.abc import Sequence
from typing import cast

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from rpckit.errors import ChorusError, InputTooLong
from services.gemma.attention import Piece, Workspace
from services.gemma.constrained import Vocabulary
from services.gemma.memory import out_of_memory
from services.gemma.model import Facts, Job, Message, Progress
from services.gemma.pasts import Pasts
from services.gemma.writing import Writing

# Of prompts, in one pass: what others write waits for it, and a caller who leaves is noticed after it.
_PROMPT_TOKENS = {"cpu": 128, "cuda": 2048}


class Gemma:
    """Weights and tokenizer, ready to answer.

    Args:
        model: The weights, on their device, with our attention.
        tokenizer: Has a chat template.
        ends: The tokens that end an answer.
        facts: What is known of the model.
        cache_tokens: How many tokens there is memory for, over all answers.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerFast,
        ends: frozenset[int],
        facts: Facts,
        cache_tokens: int,
    ) -> None:
        self.facts = facts
        self._model = model
        self._tokenizer = tokenizer
        self._ends = ends
        self._vocabulary = Vocabulary(tokenizer, model.config.vocab_size, ends)
        self._pasts = Pasts(cache_tokens)
        self._workspace = Workspace()

    def begin(self, job: Job) -> Writing:
        """As `LocalModel` says."""
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
        return Writing(
            job,
            prompt,
            limit=min(room, job.sampling.max_output_tokens),
            vocabulary=self._vocabulary,
            ends=self._ends,
            device=self._model.device,
        )

    def admit(self, writing: Writing) -> bool:
        """As `LocalModel` says."""
        return self._pasts.reserve(writing.past)

    def release(self, writing: Writing) -> None:
        """As `LocalModel` says."""
        self._pasts.release(writing.past)

    @torch.inference_mode()
    def step(self, writings: Sequence[Writing]) -> list[Progress]:
        """As `LocalModel` says."""
        result = [Progress()] * len(writings)
        pieces = self._pieces(writings)
        try:
            logits = self._read(list(pieces.values()))
        except (RuntimeError, MemoryError) as error:
            refused = out_of_memory(error, self._model.device)
            if refused is None:
                raise
        else:
            for row, (index, piece) in zip(logits, pieces.items(), strict=True):
                writings[index].took(piece)
                if not writings[index].pending:
                    result[index] = _go_on(writings[index], row)
            return result
        # Only now: until the handler ends, the error holds the frames whose tensors took the memory.
        if self._model.device.type == "cuda":
            torch.cuda.empty_cache()
        if not self._pasts.forget():
            # The one that asked for the most, or else came last. The others go on with the next pass.
            index = max(pieces, key=lambda each: (len(pieces[each].tokens), each))
            result[index] = Progress(end=refused)
        return result

    def encode(self, messages: tuple[Message, ...]) -> list[int]:
        """The prompt's tokens. A control token that a message spells out is text there, no control."""
        chat = [{"role": each.role, "content": each.content} for each in messages]
        tokens = self._tokenizer.apply_chat_template(
            chat, add_generation_prompt=True, return_dict=False, sanitize_control_tokens=True
        )
        return cast("list[int]", tokens)

    def _pieces(self, writings: Sequence[Writing]) -> dict[int, Piece]:
        """What the next pass reads, by the writing's index: prompts in their order, and all who write."""
        room = _PROMPT_TOKENS[self._model.device.type]
        pieces = {}
        for index, writing in enumerate(writings):
            if not writing.reads:
                pieces[index] = writing.piece(len(writing.pending))
            elif room:
                if not writing.past.tokens:
                    self._pasts.take_over(writing.past, writing.pending)
                    writing.pending = writing.pending[len(writing.past.tokens) :]
                pieces[index] = writing.piece(room)
                room -= len(pieces[index].tokens)
        return pieces

    def _read(self, pieces: Sequence[Piece]) -> torch.Tensor:
        """The logits after each piece, float32, of shape (pieces, vocabulary)."""
        device = self._model.device
        tokens = [token for each in pieces for token in each.tokens]
        positions = [each.start + at for each in pieces for at in range(len(each.tokens))]
        sizes = torch.tensor([len(each.tokens) for each in pieces], device=device)
        output = self._model(
            input_ids=torch.tensor([tokens], device=device),
            position_ids=torch.tensor([positions], device=device),
            logits_to_keep=sizes.cumsum(0) - 1,
            use_cache=False,
            pieces=pieces,
            workspace=self._workspace,
        )
        return cast("torch.Tensor", output.logits[0].float())


def _go_on(writing: Writing, logits: torch.Tensor) -> Progress:
    try:
        return writing.go_on(logits)
    except ChorusError as error:
        return Progress(end=error)
