"""Chooses tokens by their logits."""

import torch

from services.gemma.interface.local_model import Sampling

# As in Gemma's own generation settings. Sorting the whole vocabulary would cost two fifths of a step.
_CANDIDATES = 64


class Sampler:
    """Chooses one answer's tokens, the same ones each time for a seed, whoever else is in the batch."""

    def __init__(self, sampling: Sampling, device: torch.device) -> None:
        self._sampling = sampling
        self._random = torch.Generator(device)
        if sampling.seed is None:
            self._random.seed()
        else:
            self._random.manual_seed(sampling.seed)

    def choose(self, logits: torch.Tensor) -> int:
        """One token of a vector of logits."""
        if not self._sampling.temperature:
            return int(logits.argmax())
        best, tokens = logits.topk(min(_CANDIDATES, len(logits)))
        # From the best one down, so that next to no temperature divides nothing infinite.
        probabilities = torch.softmax((best - best[0]) / self._sampling.temperature, dim=0)
        before = probabilities.cumsum(dim=0) - probabilities
        probabilities[before > self._sampling.top_p] = 0
        chosen = torch.multinomial(probabilities, 1, generator=self._random)
        return int(tokens[chosen])
