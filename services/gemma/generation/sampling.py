"""Samples the next token from logits."""

import torch

from rpckit.errors import Internal
from services.gemma.interface.generation_request import SamplingParameters

# Top-k, as in Gemma's own generation settings. To sort the whole vocabulary would take two fifths of a step.
_TOP_K = 64


class TokenSampler:
    """Samples one answer's tokens: the same ones each time for a seed, whatever else is in the batch."""

    def __init__(self, sampling: SamplingParameters, device: torch.device) -> None:
        self._sampling = sampling
        self._generator = torch.Generator(device)
        if sampling.seed is None:
            self._generator.seed()
        else:
            self._generator.manual_seed(sampling.seed)

    def sample(self, logits: torch.Tensor) -> int:
        """Returns a token id, by logits of shape (vocabulary,).

        Raises:
            Internal: A logit is no number.
        """
        if not self._sampling.temperature:
            token = int(logits.argmax())
            _refuse_nan(logits[token])
            return token
        top_logits, token_ids = logits.topk(min(_TOP_K, len(logits)))
        _refuse_nan(top_logits[0])
        # Relative to the greatest, so that no quotient overflows at a temperature near zero.
        probabilities = torch.softmax((top_logits - top_logits[0]) / self._sampling.temperature, dim=0)
        preceding = probabilities.cumsum(dim=0) - probabilities
        probabilities[preceding > self._sampling.top_p] = 0
        sampled = torch.multinomial(probabilities, 1, generator=self._generator)
        return int(token_ids[sampled])


def _refuse_nan(greatest: torch.Tensor) -> None:
    """Torch takes what is no number for the greatest."""
    if greatest.isnan():
        raise Internal("the logits are no numbers: the weights are damaged, download the model again")
