"""Matrices whose numbers take four bits."""

from abc import abstractmethod
from typing import ClassVar

import torch
from torch import nn


class FourBitLinear(nn.Module):
    """Multiplies with a quantised matrix, in whose rows groups of neighbours share a scale.

    Its buffers are what a copy of the model holds in the matrix's place.

    Attributes:
        precision: As in `Footprint`.
        recipe: What was done to the weights, where it matters for reading them.
    """

    precision: ClassVar[str]
    recipe: ClassVar[str]

    def __init__(self, matrix: nn.Linear) -> None:
        super().__init__()
        self.shape = (matrix.out_features, matrix.in_features)
        # Only the sizes are of interest: what they hold comes from the file.
        for name, buffer in self.quantized(torch.zeros(self.shape, device=matrix.weight.device)).items():
            self.register_buffer(name, buffer)

    @staticmethod
    def quantizes_on() -> str:
        """The device where matrices are quantised."""
        return "cpu"

    @staticmethod
    @abstractmethod
    def quantized(weight: torch.Tensor) -> dict[str, torch.Tensor]:
        """The buffers for a matrix of shape (outputs, inputs); its rows lie in their first dimension."""
