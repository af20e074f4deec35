"""Four bits on a GPU, by bitsandbytes."""

from functools import cache
from typing import cast

import torch
from bitsandbytes.autograd._functions import matmul_4bit
from bitsandbytes.functional import QuantState, get_4bit_type, quantize_4bit

from services.gemma.four_bit.linear import FourBitLinear

_GROUP = 64


class Nf4Linear(FourBitLinear):
    """Sixteen steps spaced as normally distributed weights are, as bitsandbytes takes them."""

    packed: torch.Tensor
    scales: torch.Tensor
    precision = "nf4"
    recipe = f"nf4-b{_GROUP}"

    @staticmethod
    def quantizes_on() -> str:
        """The first GPU, if there is one: a CPU takes minutes for what it does in seconds."""
        return "cuda:0" if torch.cuda.is_available() else "cpu"

    @staticmethod
    def quantized(weight: torch.Tensor) -> dict[str, torch.Tensor]:
        """As `FourBitLinear` says."""
        if weight.is_meta:
            return {
                "packed": weight.new_empty(weight.numel() // 2, 1, dtype=torch.uint8),
                "scales": weight.new_empty(weight.numel() // _GROUP, dtype=torch.float32),
            }
        packed, state = quantize_4bit(weight.bfloat16().contiguous(), blocksize=_GROUP, quant_type="nf4")
        return {"packed": packed, "scales": state.absmax}

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Multiplies; `inputs` is bf16."""
        state = QuantState(  # type: ignore[no-untyped-call]
            absmax=self.scales,
            shape=torch.Size(self.shape),
            code=_nf4_numbers(self.packed.device),
            blocksize=_GROUP,
            quant_type="nf4",
            dtype=inputs.dtype,
        )
        return cast("torch.Tensor", matmul_4bit(inputs, self.packed.t(), state))


@cache
def _nf4_numbers(device: torch.device) -> torch.Tensor:
    return cast("torch.Tensor", get_4bit_type("nf4", device=device))  # type: ignore[no-untyped-call]
