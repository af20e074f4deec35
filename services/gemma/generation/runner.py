"""Runs a loaded Gemma: requests in, the texts of many answers out, one forward pass at a time."""

from collections.abc import Mapping, Sequence
from functools import partial

import torch
from transformers import PreTrainedModel
from typing_extensions import override

from rpckit.errors import ChorusError, InputTooLong, OutOfMemory
from services.gemma.fit.out_of_memory import out_of_memory
from services.gemma.generation.chat_prompt import ChatPromptEncoder
from services.gemma.generation.fault_boundary import FaultBoundary
from services.gemma.generation.forward_pass import ForwardPass
from services.gemma.generation.grammar import TokenizerVocabulary
from services.gemma.generation.image_encoder import ImageEncoder
from services.gemma.generation.sequence import RunningSequence
from services.gemma.interface.generation_request import GenerationRequest
from services.gemma.interface.local_model import LocalModel, ModelInfo, StepOutput
from services.gemma.kv_cache.attention import TokenChunk
from services.gemma.kv_cache.cache_pool import KVCachePool, common_length, saves_prefill
from services.gemma.kv_cache.sequence_cache import SequenceKVCache
from services.gemma.kv_cache.size import PREFILL_CHUNK_TOKENS

# Every vocabulary has it: a pass over it shows whether the model works.
_KNOWN_TOKEN = 0


class GemmaRunner(LocalModel[RunningSequence]):
    """A Gemma with its weights and its tokenizer, ready to answer.

    Args:
        model: The weights, on their device, with `packed_attention`.
        prompt_encoder: Tokenizes conversations.
        vocabulary: Turns tokens into bytes.
        info: Describes the model.
        cache_pool: Allocates the KV cache.
        image_encoder: Encodes images; None if no images are read.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        prompt_encoder: ChatPromptEncoder,
        vocabulary: TokenizerVocabulary,
        info: ModelInfo,
        cache_pool: KVCachePool,
        image_encoder: ImageEncoder | None = None,
    ) -> None:
        self.model = model
        self.prompt_encoder = prompt_encoder
        self.cache_pool = cache_pool
        self.image_encoder = image_encoder
        self.forward_pass = ForwardPass(model)
        self._vocabulary = vocabulary
        self._info = info
        self._boundary = FaultBoundary(model.device, cache_pool)

    @property
    @override
    def info(self) -> ModelInfo:
        return self._info

    @override
    def begin(self, request: GenerationRequest) -> RunningSequence:
        return self._boundary.with_typed_memory_errors(partial(self._begin, request))

    @override
    def admit(self, sequence: RunningSequence) -> bool:
        reserve = partial(self.cache_pool.reserve, sequence.cache, sequence.pending_tokens)
        reserved = self._boundary.contain_repeatable(reserve)
        if isinstance(reserved, ChorusError):
            raise reserved
        return bool(reserved)

    @override
    def release(self, sequence: RunningSequence) -> None:
        self.cache_pool.release(sequence.cache)

    @override
    @torch.inference_mode()
    def step(self, sequences: Sequence[RunningSequence]) -> list[StepOutput]:
        outputs = [StepOutput()] * len(sequences)
        chunks, failed = self._next_chunks(sequences)
        to_encode = [i for i, each in enumerate(sequences) if i not in failed and each.image_to_encode]
        for index, logits in self._logits(chunks).items():
            outcome: StepOutput | ChorusError | torch.Tensor = logits
            if isinstance(logits, torch.Tensor):
                outcome = self._boundary.contain(partial(sequences[index].advance, chunks[index], logits))
            if isinstance(outcome, StepOutput):
                outputs[index] = outcome
                self._retain_snapshot(sequences[index])
            elif isinstance(outcome, ChorusError):
                failed[index] = outcome
        # One layer of one image: the sequences in decode wait for no more than that.
        for index in to_encode[:1]:
            error = self._boundary.contain_repeatable(partial(self._encode_image, sequences[index]))
            if error:
                failed[index] = error
        for index, error in failed.items():
            outputs[index] = StepOutput(result=error)
        return outputs

    def _begin(self, request: GenerationRequest) -> RunningSequence:
        prompt = self.prompt_encoder.encode(request.messages)
        remaining_tokens = self.info.context_tokens - len(prompt)
        if remaining_tokens < 1:
            raise InputTooLong(
                f"the prompt has {len(prompt)} tokens, the model takes {self.info.max_input_tokens}",
                metadata={
                    "max_input_tokens": str(self.info.max_input_tokens),
                    "input_tokens": str(len(prompt)),
                },
            )
        return RunningSequence(
            request,
            prompt,
            max_output_tokens=min(remaining_tokens, request.sampling.max_output_tokens),
            vocabulary=self._vocabulary,
            device=self.model.device,
        )

    def _next_chunks(
        self, sequences: Sequence[RunningSequence]
    ) -> tuple[dict[int, TokenChunk], dict[int, ChorusError]]:
        """Returns the next pass's chunks by the sequence's index, and the errors of those that have failed.

        Each sequence in decode has one; prompts get what is left of the prefill budget, in their order.
        """
        chunks, failed = {}, {}
        prefill_budget = PREFILL_CHUNK_TOKENS[self.model.device.type]
        for index, sequence in enumerate(sequences):
            chunk = self._boundary.contain_repeatable(partial(self._next_chunk, sequence, prefill_budget))
            if isinstance(chunk, ChorusError):
                failed[index] = chunk
            elif chunk:
                chunks[index] = chunk
                prefill_budget -= len(chunk.tokens) if sequence.in_prefill else 0
        return chunks, failed

    def _next_chunk(self, sequence: RunningSequence, prefill_budget: int) -> TokenChunk | None:
        if not sequence.in_prefill:
            return sequence.next_chunk(len(sequence.pending_tokens))
        if prefill_budget <= 0:
            return None
        if not sequence.cache.tokens:
            self._reuse_prefix(sequence)
        return None if sequence.image_to_encode else sequence.next_chunk(prefill_budget)

    def _reuse_prefix(self, sequence: RunningSequence) -> None:
        """Reuses what another sequence has read, and decides whether others will reuse more of this one."""
        cache, prompt = sequence.cache, sequence.pending_tokens
        self.cache_pool.reuse_prefix(cache, prompt)
        sequence.pending_tokens = prompt[len(cache.tokens) :]
        # A full cache is retained as a whole. Encoding takes time, so it is done where it is of use.
        if cache.windowed_tokens is None or not sequence.shared_messages:
            return
        shared = self._boundary.contain(partial(self.prompt_encoder.encode, sequence.shared_messages))
        # What fails here leaves the answer as it is.
        if not isinstance(shared, ChorusError):
            length = common_length(shared, prompt)
            if saves_prefill(length - len(cache.tokens), len(prompt)):
                sequence.snapshot_length = length

    def _retain_snapshot(self, sequence: RunningSequence) -> None:
        """Retains what other prompts share, once it is read; after that a windowed cache evicts it."""
        length = sequence.snapshot_length
        if length and len(sequence.cache.tokens) >= length:
            sequence.snapshot_length = 0
            # Without memory for it others read it again, and this answer goes on.
            self._boundary.contain(partial(self.cache_pool.retain_snapshot, sequence.cache, length))

    def _logits(self, chunks: Mapping[int, TokenChunk]) -> Mapping[int, torch.Tensor | ChorusError]:
        """Returns the logits after each chunk, or its sequence's error; one without either is tried again."""
        if not chunks:
            return {}
        found = self._try_pass(list(chunks.values()))
        if found is None:
            return {}
        if isinstance(found, torch.Tensor):
            return dict(zip(chunks, found, strict=True))
        if isinstance(found, OutOfMemory):
            # The longest chunk asked for the most, or else the last one came too many. The others go on.
            return {max(chunks, key=lambda index: (len(chunks[index].tokens), index)): found}
        return self._logits_one_by_one(chunks)

    def _logits_one_by_one(
        self, chunks: Mapping[int, TokenChunk]
    ) -> Mapping[int, torch.Tensor | ChorusError]:
        """Finds out which chunk makes a pass fail, by a pass for each.

        Raises:
            Exception: No pass can be made, not even over a known token: the model is broken.
        """
        found = {index: self._try_pass([each]) for index, each in chunks.items()}
        if not any(isinstance(each, torch.Tensor) for each in found.values()):
            self._raise_if_broken()
        return {
            index: each[0] if isinstance(each, torch.Tensor) else each
            for index, each in found.items()
            if each is not None
        }

    def _try_pass(self, chunks: Sequence[TokenChunk]) -> torch.Tensor | ChorusError | None:
        return self._boundary.contain_repeatable(partial(self.forward_pass.run, chunks))

    def _raise_if_broken(self) -> None:
        """Makes a pass over a known token, and raises what it raises."""
        try:
            self.forward_pass.run([TokenChunk(SequenceKVCache(capacity=1), [_KNOWN_TOKEN])])
        except (RuntimeError, MemoryError) as error:
            # A model that is loaded anew takes as much memory.
            if out_of_memory(error, self.model.device) is None:
                raise

    def _encode_image(self, sequence: RunningSequence) -> None:
        """Takes the next image of a sequence through one layer of the vision tower."""
        if self.image_encoder and (image := sequence.image_to_encode):
            sequence.image_encoding = sequence.image_encoding or self.image_encoder.begin(image)
            sequence.image_encoding.run_next_layer()
