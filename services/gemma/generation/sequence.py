"""One running sequence: its prompt, the tokens generated so far, and the text that may be shown."""

import itertools
from collections.abc import Sequence

import torch

from services.gemma.generation.detokenizer import StreamingDetokenizer
from services.gemma.generation.grammar import JsonSchemaGrammar, TokenizerVocabulary
from services.gemma.generation.image_encoder import ImageEncoding
from services.gemma.generation.repetition import RepetitionDetector
from services.gemma.generation.sampling import TokenSampler
from services.gemma.interface.generation_request import GenerationRequest, RgbImage
from services.gemma.interface.local_model import GenerationResult, StepOutput
from services.gemma.kv_cache.attention import TokenChunk
from services.gemma.kv_cache.sequence_cache import SequenceKVCache


class RunningSequence:
    """One answer while it is generated.

    Args:
        request: What to generate.
        prompt: Its token ids. Each of an image's is the image's placeholder.
        max_output_tokens: The most tokens to generate.
        vocabulary: The model's.
        device: Where its logits are.

    Attributes:
        cache: Its KV cache.
        pending_tokens: The tokens that no forward pass has read yet.
        image_encoding: The encoding of the image that comes next, once it has begun.

    Raises:
        NotSupported: The model cannot keep to the JSON Schema.
    """

    def __init__(
        self,
        request: GenerationRequest,
        prompt: Sequence[int],
        *,
        max_output_tokens: int,
        vocabulary: TokenizerVocabulary,
        device: torch.device,
    ) -> None:
        self.cache = SequenceKVCache(len(prompt) + max_output_tokens)
        self.pending_tokens = list(prompt)
        self.image_encoding: ImageEncoding | None = None
        self._images = {image.placeholder: image for message in request.messages for image in message.images}
        self._prompt_tokens = len(prompt)
        self._max_output_tokens = max_output_tokens
        self._vocabulary = vocabulary
        self._sampler = TokenSampler(request.sampling, device)
        self._grammar: JsonSchemaGrammar | None = None
        if request.json_schema is not None:
            self._grammar = vocabulary.grammar(request.json_schema, request.passages)
        self._thoughts = vocabulary.thought_filter()
        self._detokenizer = StreamingDetokenizer(request.sampling.stop_sequences)
        self._repetition = RepetitionDetector()
        self._output_tokens = 0
        self._result: GenerationResult | None = None

    @property
    def in_prefill(self) -> bool:
        """Whether its prompt is still being read."""
        return not self._output_tokens

    @property
    def image_to_encode(self) -> RgbImage | None:
        """The image that comes next, until it is encoded."""
        encoded = self.image_encoding and self.image_encoding.embeddings is not None
        return None if encoded else self._images.get(self.pending_tokens[0])

    def next_chunk(self, max_tokens: int) -> TokenChunk:
        """Its next tokens, at most so many; all of an image's, once it is encoded."""
        first = self.pending_tokens[0]
        if self.image_encoding:
            image_tokens = list(itertools.takewhile(lambda token: token == first, self.pending_tokens))
            return TokenChunk(self.cache, image_tokens, self.image_encoding.embeddings)
        text_tokens = itertools.takewhile(lambda token: token >= 0, self.pending_tokens[:max_tokens])
        return TokenChunk(self.cache, list(text_tokens))

    def advance(self, chunk: TokenChunk, logits: torch.Tensor) -> StepOutput:
        """Marks a chunk as read, and generates tokens unless it leaves a part of the prompt unread.

        Args:
            chunk: What was read.
            logits: After its last token, of shape (vocabulary,).

        Raises:
            NotSupported: The JSON Schema turns out to be one that cannot be followed.
        """
        self.mark_read(chunk)
        return StepOutput() if self.pending_tokens else self._generate(logits)

    def mark_read(self, chunk: TokenChunk) -> None:
        """Counts a chunk's tokens as cached."""
        self.image_encoding = None
        self.cache.tokens += chunk.tokens
        self.pending_tokens = self.pending_tokens[len(chunk.tokens) :]

    def _generate(self, logits: torch.Tensor) -> StepOutput:
        """Samples the next token, and adds those that the schema forces after it."""
        if self._grammar:
            closing = self._grammar.closing_after(self._output_tokens, self._max_output_tokens)
            self._grammar.mask_logits(logits, closing)
        token = self._sampler.sample(logits)
        text = self._append(token)
        if not self._result and self._repetition.repeats(token):
            self._finish(repetitive=True)
        if self._grammar and not self._result:
            # The model is not asked about tokens that the schema leaves no choice about.
            for token in self._grammar.fast_forward_tokens():
                text += self._append(token)
                if self._result:
                    break
        if not self._result:
            return StepOutput(text)
        return StepOutput(text + self._detokenizer.flush(), self._result)

    def _append(self, token: int) -> str:
        """Adds a token to the answer; returns the text that may be shown now."""
        self._output_tokens += 1
        self.pending_tokens.append(token)
        if self._grammar:
            self._grammar.accept(token)
        if token in self._vocabulary.eos_token_ids:
            self._finish()
            return ""
        withheld = self._thoughts.withholds(token)
        text = self._detokenizer.feed(b"" if withheld else self._vocabulary.to_bytes(token))
        if self._detokenizer.stopped or (self._grammar and self._grammar.finished):
            self._finish()
        elif self._output_tokens == self._max_output_tokens:
            self._finish(truncated=True)
        return text

    def _finish(self, *, truncated: bool = False, repetitive: bool = False) -> None:
        self._result = GenerationResult(
            truncated=truncated,
            input_tokens=self._prompt_tokens,
            output_tokens=self._output_tokens,
            repetitive=repetitive,
        )
