"""A loaded Gemma: jobs in, the texts of many answers out, a pass at a time."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar, cast

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from rpckit.errors import ChorusError, InputTooLong, OutOfMemory
from services.gemma.fit.out_of_memory import out_of_memory
from services.gemma.generation.grammar import Vocabulary
from services.gemma.generation.image_encoder import Vision
from services.gemma.generation.sequence import Writing
from services.gemma.interface.fault_isolation import isolated
from services.gemma.interface.local_model import Facts, Job, Message, Progress
from services.gemma.kv_cache.attention import Piece, Workspace
from services.gemma.kv_cache.cache_pool import Pasts
from services.gemma.kv_cache.sequence_cache import Past
from services.gemma.kv_cache.size import PROMPT_TOKENS

T = TypeVar("T")

# A pass over it shows whether the model works. Every vocabulary has it.
_ANY_TOKEN = 0


class Gemma:
    """Weights and tokenizer, ready to answer.

    Args:
        model: The weights, on their device, with our attention.
        tokenizer: Has a chat template.
        ends: The tokens that end an answer.
        facts: What is known of the model.
        pasts: The memory for keys and values.
        vision: Looks at images; None: there are none.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerFast,
        ends: frozenset[int],
        facts: Facts,
        pasts: Pasts,
        vision: Vision | None = None,
    ) -> None:
        self.facts = facts
        self._model = model
        self._tokenizer = tokenizer
        self._ends = ends
        self._vocabulary = Vocabulary(tokenizer, model.config.vocab_size, ends)
        self._pasts = pasts
        self._vision = vision
        self._workspace = Workspace()

    def begin(self, job: Job) -> Writing:
        """As `LocalModel` says."""
        return self._remembering(partial(self._begin, job))

    def _begin(self, job: Job) -> Writing:
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
        return self._pasts.reserve(writing.past, writing.pending)

    def release(self, writing: Writing) -> None:
        """As `LocalModel` says."""
        self._pasts.release(writing.past)

    @torch.inference_mode()
    def step(self, writings: Sequence[Writing]) -> list[Progress]:
        """As `LocalModel` says."""
        result = [Progress()] * len(writings)
        pieces, failed = self._pieces(writings)
        unseen = [index for index, each in enumerate(writings) if index not in failed and each.unseen]
        for index, logits in self._logits(pieces).items():
            outcome: Progress | torch.Tensor | ChorusError = logits
            if isinstance(logits, torch.Tensor):
                outcome = self._contained(partial(_advance, writings[index], pieces[index], logits))
            if isinstance(outcome, Progress):
                result[index] = outcome
            elif isinstance(outcome, ChorusError):
                failed[index] = outcome
        for index in unseen[:1]:
            if refused := self._attempt(partial(self._look, writings[index])):
                failed[index] = refused
        for index, error in failed.items():
            result[index] = Progress(end=error)
        return result

    def encode(self, messages: tuple[Message, ...]) -> list[int]:
        """The prompt's tokens. A control token that a message spells out is text there, no control.

        Each of an image's tokens is its mark.
        """
        chat: list[Any] = [{"role": each.role, "content": _content(each)} for each in messages]
        found = self._tokenizer.apply_chat_template(
            chat, add_generation_prompt=True, return_dict=False, sanitize_control_tokens=True
        )
        tokens = cast("list[int]", found)
        marks = [image.mark for message in messages for image in message.images]
        if not (self._vision and marks):
            return tokens
        remaining = (mark for mark in marks for _ in range(self._vision.tokens))
        return [next(remaining) if each == self._vision.token else each for each in tokens]

    def _pieces(self, writings: Sequence[Writing]) -> tuple[dict[int, Piece], dict[int, ChorusError]]:
        """What the next pass reads, by the writing's index, and what ends those of which nothing is read."""
        pieces, failed = {}, {}
        room = PROMPT_TOKENS[self._model.device.type]
        for index, writing in enumerate(writings):
            piece = self._attempt(partial(self._next_piece, writing, room))
            if isinstance(piece, ChorusError):
                failed[index] = piece
            elif piece:
                pieces[index] = piece
                room -= len(piece.tokens) if writing.reads else 0
        return pieces, failed

    def _next_piece(self, writing: Writing, room: int) -> Piece | None:
        """What the next pass reads of an answer; of prompts, there is room for so many tokens."""
        if not writing.reads:
            return writing.piece(len(writing.pending))
        if room <= 0:
            return None
        if not writing.past.tokens:
            self._pasts.take_over(writing.past, writing.pending)
            writing.pending = writing.pending[len(writing.past.tokens) :]
        return None if writing.unseen else writing.piece(room)

    def _logits(self, pieces: Mapping[int, Piece]) -> Mapping[int, torch.Tensor | ChorusError]:
        """The logits after each piece, or what ends its answer; without either it is read again."""
        if not pieces:
            return {}
        found = self._attempt(partial(self._read, list(pieces.values())))
        if found is None:
            return {}
        if isinstance(found, OutOfMemory):
            # The one that asked for the most, or else came last. The others go on with the next pass.
            return {max(pieces, key=lambda each: (len(pieces[each].tokens), each)): found}
        if not isinstance(found, ChorusError):
            return dict(zip(pieces, found, strict=True))
        # One of them made it fail, or the model cannot make any pass: each by itself shows which.
        alone = {index: self._attempt(partial(self._read, [piece])) for index, piece in pieces.items()}
        if not any(isinstance(each, torch.Tensor) for each in alone.values()):
            self._refuse_broken_model()
        return {
            index: each if isinstance(each, ChorusError) else each[0]
            for index, each in alone.items()
            if each is not None
        }

    def _refuse_broken_model(self) -> None:
        """Raises what a pass over a token that is known to be good raises.

        The engine then loads the model anew. Without an error, the model is sound.
        """
        try:
            self._read([Piece(Past(1), [_ANY_TOKEN])])
        except (RuntimeError, MemoryError) as error:
            # Too little memory, too, makes a pass fail: loaded anew the model would take no less.
            if out_of_memory(error, self._model.device) is None:
                raise

    def _look(self, writing: Writing) -> None:
        """Takes the image that comes next through one layer: who writes waits for no more than that."""
        if self._vision and writing.unseen:
            writing.look = writing.look or self._vision.look(writing.unseen)
            writing.look.go_on()

    def _attempt(self, work: Callable[[], T]) -> T | ChorusError | None:
        """As `_contained`, or None if memory ran out, some was freed, and the work may be done again."""
        result = self._contained(work)
        return None if isinstance(result, OutOfMemory) and self._pasts.forget() else result

    def _contained(self, work: Callable[[], T]) -> T | ChorusError:
        """What the work comes to, or the error that ends the answer it was done for."""
        return isolated("step", partial(self._remembering, work))

    def _remembering(self, work: Callable[[], T]) -> T:
        """Does work; a lack of memory is raised as `OutOfMemory`."""
        try:
            return work()
        except (RuntimeError, MemoryError) as error:
            refused = out_of_memory(error, self._model.device)
            if refused is None:
                raise
        # Only now: until the handler ends, the error holds the frames whose tensors took the memory.
        if self._model.device.type == "cuda":
            torch.cuda.empty_cache()
        raise refused

    def _read(self, pieces: Sequence[Piece]) -> torch.Tensor:
        """The logits after each piece, float32, of shape (pieces, vocabulary)."""
        device = self._model.device
        positions = [each.start + at for each in pieces for at in range(len(each.tokens))]
        sizes = torch.tensor([len(each.tokens) for each in pieces], device=device)
        output = self._model(
            **self._inputs(pieces),
            position_ids=torch.tensor([positions], device=device),
            logits_to_keep=sizes.cumsum(0) - 1,
            use_cache=False,
            pieces=pieces,
            workspace=self._workspace,
        )
        return cast("torch.Tensor", output.logits[0].float())

    def _inputs(self, pieces: Sequence[Piece]) -> dict[str, torch.Tensor]:
        """The tokens; or what they stand for, if there is an image among them."""
        tokens = [max(0, token) for each in pieces for token in each.tokens]
        ids = torch.tensor([tokens], device=self._model.device)
        if all(each.rows is None for each in pieces):
            return {"input_ids": ids}
        embeddings = self._model.get_input_embeddings()(ids)
        start = 0
        for each in pieces:
            end = start + len(each.tokens)
            if each.rows is not None:
                embeddings[0, start:end] = each.rows
            start = end
        return {"inputs_embeds": embeddings}


def _content(message: Message) -> str | list[dict[str, str]]:
    """In the words of chat templates."""
    if isinstance(message.content, str):
        return message.content
    return [
        {"type": "text", "text": each} if isinstance(each, str) else {"type": "image"}
        for each in message.content
    ]


def _advance(writing: Writing, piece: Piece, logits: torch.Tensor) -> Progress:
    """Notes that a pass has read a piece; after the prompt's last one, chooses the next token."""
    writing.took(piece)
    return Progress() if writing.pending else writing.go_on(logits)
