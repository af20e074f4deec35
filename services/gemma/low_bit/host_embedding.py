"""The bf16 embedding of a quantised model on a GPU, of which a pass needs a few rows."""

import torch
from torch import nn
from typing_extensions import override


class HostEmbedding(nn.Module):
    """Looks tokens up in the host's memory, where the embedding's file is mapped, and moves the rows.

    On the GPU the table would take more than a third of what all other weights of a 4B model in nf4 take.

    Args:
        embedding: The model's own, with its scale. It stays where it is when the model is moved.
    """

    def __init__(self, embedding: nn.Module) -> None:
        super().__init__()
        # In a tuple, torch does not see a module that it would move with this one.
        self._embedding = (embedding,)

    @override
    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        (embedding,) = self._embedding
        rows: torch.Tensor = embedding(ids.cpu())
        return rows.to(ids.device)
