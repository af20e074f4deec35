"""What a linear layer in four bits is to the rest: its buffers, and its names."""

from abc import abstractmethod
from typing import ClassVar

import torch
from torch import nn


class FourBitLinear(nn.Module):
    """A linear layer without bias whose weights take four bits; groups of neighbours in a row share a scale.

    Its buffers are the tensors that a quantised copy holds in place of the layer's weight.

    Attributes:
        precision: Worded as in the contract's `Footprint`.
        recipe: Names how the weights were quantised, as far as reading them depends on it.
        shape: (outputs, inputs).
    """

    precision: ClassVar[str]
    recipe: ClassVar[str]

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.shape = (linear.out_features, linear.in_features)
        # The shapes and types alone matter: what the buffers hold comes from the file.
        for name, buffer in self.quantized(torch.zeros(self.shape, device=linear.weight.device)).items():
            self.register_buffer(name, buffer)

    @staticmethod
    def quantizing_device() -> str:
        """Returns the device on which weights are quantised."""
        return "cpu"

    @staticmethod
    @abstractmethod
    def quantized(weight: torch.Tensor) -> dict[str, torch.Tensor]:
        """Quantises a weight of shape (outputs, inputs); the buffers' first dimension is its rows."""
