"""What a quantised linear layer is to the rest: its buffers, and its names."""

from abc import abstractmethod

import torch
from torch import nn

from services.gemma.low_bit.gptq import InputStatistics


class FourBitLinear(nn.Module):
    """A linear layer without bias of quantised weights; groups of neighbours in a row share a scale.

    Its buffers are the tensors that a quantised copy holds in place of the layer's weight.

    Attributes:
        shape: (outputs, inputs).
    """

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
    def quantized(weight: torch.Tensor, statistics: InputStatistics | None = None) -> dict[str, torch.Tensor]:
        """Quantises a weight; the buffers' first dimension is its rows.

        Args:
            weight: Of shape (outputs, inputs).
            statistics: Of the layer's inputs in calibration, where the class can make use of them; None to
                round each weight to the nearest value.
        """
