"""One forward pass of the model over the chunks of several sequences."""

from collections.abc import Sequence
from typing import cast

import torch
from transformers import PreTrainedModel

from services.gemma.kv_cache.attention import Float32Buffer, TokenChunk


class ForwardPass:
    """Runs a model whose attention is `packed_attention`."""

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        self._fp32_buffer = Float32Buffer()

    def run(self, chunks: Sequence[TokenChunk]) -> torch.Tensor:
        """Returns the logits after each chunk's last token: fp32, of shape (chunks, vocabulary).

        The chunks' keys and values are in their caches then, which do not count them yet.
        """
        device = self._model.device
        positions = [each.start + offset for each in chunks for offset in range(len(each.tokens))]
        lengths = torch.tensor([len(each.tokens) for each in chunks], device=device)
        output = self._model(
            **self._inputs(chunks),
            position_ids=torch.tensor([positions], device=device),
            logits_to_keep=lengths.cumsum(0) - 1,
            use_cache=False,
            chunks=chunks,
            fp32_buffer=self._fp32_buffer,
        )
        return cast("torch.Tensor", output.logits[0].float())

    def _inputs(self, chunks: Sequence[TokenChunk]) -> dict[str, torch.Tensor]:
        """Returns the token ids; or, if there is an image among them, the embeddings."""
        # A placeholder of an image is negative. Its row of the table is replaced below.
        token_ids = [max(0, token) for each in chunks for token in each.tokens]
        input_ids = torch.tensor([token_ids], device=self._model.device)
        if all(each.embeddings is None for each in chunks):
            return {"input_ids": input_ids}
        embeddings = self._model.get_input_embeddings()(input_ids)
        start = 0
        for each in chunks:
            end = start + len(each.tokens)
            if each.embeddings is not None:
                embeddings[0, start:end] = each.embeddings
            start = end
        return {"inputs_embeds": embeddings}
