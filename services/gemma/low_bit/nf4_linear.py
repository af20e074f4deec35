"""Linear layers in nf4, by bitsandbytes: for GPUs."""

from functools import cache
from typing import cast

import torch
from bitsandbytes.autograd._functions import matmul_4bit
from bitsandbytes.functional import QuantState, get_4bit_type, quantize_4bit
from typing_extensions import override

from services.gemma.low_bit.gptq import InputStatistics
from services.gemma.low_bit.linear import FourBitLinear

_GROUP_SIZE = 64


class Nf4Linear(FourBitLinear):
    """Sixteen values spaced as the quantiles of a normal distribution, in the format of bitsandbytes.

    Inputs are bf16.
    """

    packed: torch.Tensor
    scales: torch.Tensor

    @staticmethod
    @override
    def quantizing_device() -> str:
        # A CPU takes minutes for what a GPU does in seconds.
        return "cuda:0" if torch.cuda.is_available() else "cpu"

    @staticmethod
    @override
    def quantized(weight: torch.Tensor, statistics: InputStatistics | None = None) -> dict[str, torch.Tensor]:
        if weight.is_meta:
            return {
                "packed": weight.new_empty(weight.numel() // 2, 1, dtype=torch.uint8),
                "scales": weight.new_empty(weight.numel() // _GROUP_SIZE, dtype=torch.float32),
            }
        packed, state = quantize_4bit(weight.bfloat16().contiguous(), blocksize=_GROUP_SIZE, quant_type="nf4")
        return {"packed": packed, "scales": state.absmax}

    @override
    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        state = QuantState(  # type: ignore[no-untyped-call]
            absmax=self.scales,
            shape=torch.Size(self.shape),
            code=_nf4_values(self.packed.device),
            blocksize=_GROUP_SIZE,
            quant_type="nf4",
            dtype=inputs.dtype,
        )
        return cast("torch.Tensor", matmul_4bit(inputs, self.packed.t(), state))


@cache
def _nf4_values(device: torch.device) -> torch.Tensor:
    return cast("torch.Tensor", get_4bit_type("nf4", device=device))  # type: ignore[no-untyped-call]
