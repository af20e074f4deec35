"""One answer while it is written: what it has read, what it has chosen, what may be shown of it."""

import itertools
from collections.abc import Sequence

import torch

from services.gemma.generation.detokenizer import OutputText
from services.gemma.generation.grammar import Grammar, Vocabulary
from services.gemma.generation.image_encoder import Look
from services.gemma.generation.sampling import Sampler
from services.gemma.interface.local_model import Ending, Image, Job, Progress
from services.gemma.kv_cache.attention import Piece
from services.gemma.kv_cache.sequence_cache import Past


class Writing:
    """One answer.

    Args:
        job: What to write.
        prompt: Its tokens. Each of an image's is its mark.
        limit: The most tokens to write.
        vocabulary: The model's.
        ends: The tokens that end an answer.
        device: Where its logits are.

    Attributes:
        look: At the image that comes next, if that is what it is at.

    Raises:
        NotSupported: The model cannot keep to the JSON Schema.
    """

    def __init__(
        self,
        job: Job,
        prompt: Sequence[int],
        *,
        limit: int,
        vocabulary: Vocabulary,
        ends: frozenset[int],
        device: torch.device,
    ) -> None:
        self.past = Past(len(prompt) + limit)
        self.pending = list(prompt)
        self.look: Look | None = None
        self._images = {image.mark: image for message in job.messages for image in message.images}
        self._input_tokens = len(prompt)
        self._limit = limit
        self._vocabulary = vocabulary
        self._ends = ends
        self._sampler = Sampler(job.sampling, device)
        self._grammar: Grammar | None = None
        if job.json_schema is not None:
            self._grammar = vocabulary.grammar(job.json_schema)
        self._text = OutputText(job.sampling.stop_sequences)
        self._written = 0
        self._ended = False

    @property
    def reads(self) -> bool:
        """Whether it is still at its prompt."""
        return not self._written

    @property
    def unseen(self) -> Image | None:
        """The image that comes next, until it has been looked at."""
        seen = self.look and self.look.rows is not None
        return None if seen else self._images.get(self.pending[0])

    def piece(self, most: int) -> Piece:
        """Its next tokens, at most so many; of an image all, once it has been looked at."""
        first = self.pending[0]
        if self.look:
            image = list(itertools.takewhile(lambda token: token == first, self.pending))
            return Piece(self.past, image, self.look.rows)
        return Piece(self.past, list(itertools.takewhile(lambda token: token >= 0, self.pending[:most])))

    def took(self, piece: Piece) -> None:
        """Notes that a pass has read a piece."""
        self.look = None
        self.past.tokens += piece.tokens
        self.pending = self.pending[len(piece.tokens) :]

    def go_on(self, logits: torch.Tensor) -> Progress:
        """Chooses the next token by the logits after the last one, of shape (vocabulary,).

        Raises:
            NotSupported: The JSON Schema turns out to be one that cannot be kept to.
        """
        if self._grammar:
            self._grammar.mask(logits)
        text = self._add(self._sampler.choose(logits), self._grammar)
        if self._grammar and not self._ended:
            # What the schema leaves no choice about is not asked for token by token.
            for token in self._grammar.forced():
                text += self._add(token, self._grammar)
                if self._ended:
                    break
        if not self._ended:
            return Progress(text)
        return Progress(text + self._text.rest(), self._ending)

    def _add(self, token: int, grammar: Grammar | None) -> str:
        self._written += 1
        self.pending.append(token)
        if grammar:
            grammar.accept(token)
        cut = self._written == self._limit
        if token in self._ends:
            self._end(cut=False)
            return ""
        text = self._text.feed(self._vocabulary.to_bytes(token))
        if self._text.stopped or (grammar and grammar.finished):
            self._end(cut=False)
        elif cut:
            self._end(cut=True)
        return text

    def _end(self, *, cut: bool) -> None:
        self._ended = True
        self._ending = Ending(cut=cut, input_tokens=self._input_tokens, output_tokens=self._written)
