"""The loop that has the model write one token after the other."""

from collections.abc import Callable, Generator

import torch
from transformers import DynamicCache, PreTrainedModel

from services.gemma.model import Sampling

# A caller who leaves is noticed after each piece of the prompt, and the memory it takes is bounded.
_PROMPT_PIECE = 512
# As in Gemma's own generation settings. Sorting the whole vocabulary would cost two fifths of a step.
_CANDIDATES = 64


class Sampler:
    """Chooses tokens by their logits, the same ones each time for a seed."""

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


@torch.inference_mode()
def token_ids(
    model: PreTrainedModel, prompt: torch.Tensor, choose: Callable[[torch.Tensor], int]
) -> Generator[int | None, None, None]:
    """Yields the tokens after the prompt, without end; None after each piece of the prompt but the last.

    Args:
        model: A causal language model.
        prompt: Token ids, of shape (1, length).
        choose: Chooses a token by its float32 logits, of shape (vocabulary,), which it may change.
    """
    cache = DynamicCache(config=model.config)
    *before, piece = torch.split(prompt, _PROMPT_PIECE, dim=1)
    for each in before:
        model(input_ids=each, past_key_values=cache, logits_to_keep=1)
        yield None
    while True:
        output = model(input_ids=piece, past_key_values=cache, logits_to_keep=1)
        token = choose(output.logits[0, -1].float())
        yield token
        piece = torch.tensor([[token]], device=prompt.device)
