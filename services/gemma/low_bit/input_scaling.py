"""AWQ: gives the inputs that carry much finer steps, by what comes before the matrix.

Lin, Tang, Tang, Yang, Chen, Wang, Xiao, Dang, Gan, Han: *AWQ: Activation-aware Weight Quantization for
On-Device LLM Compression and Acceleration*, 2024. A matrix's columns are multiplied by numbers that its
inputs are divided by; the division is folded into the norm, or into the rows of the matrix, before it.
"""

import torch

# The inputs' root mean square to this power: with more, those that carry little are rounded too coarsely.
_POWER = 0.25
# Multiples of the mean, either way, that a scale has at most.
_MOST = 4.0
_MIN_SIZE = 1e-6


def input_scales(inputs: torch.Tensor) -> torch.Tensor:
    """Returns what to multiply the columns by, of shape (inputs,); their geometric mean is about 1.

    Args:
        inputs: fp32, of shape (tokens, inputs).
    """
    sizes = inputs.square().mean(0).sqrt().clamp(min=_MIN_SIZE)
    return (sizes / sizes.log().mean().exp()).pow(_POWER).clamp(1 / _MOST, _MOST)


def divided_norm(
    weight: torch.Tensor, scales: torch.Tensor, offset: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Divides a norm's factors by scales.

    Args:
        weight: As files hold it, of shape (inputs,).
        scales: Of that shape.
        offset: What is added to the weight.

    Returns:
        The new weight in bf16, and the scales that it divides by after it was rounded.
    """
    factors = offset + weight.float()
    divided = (factors / scales - offset).bfloat16()
    exact = factors / (offset + divided.float())
    # Where a norm holds nothing back, or rounding took it all, its factor stays.
    usable = exact.isfinite() & (exact > 0)
    return torch.where(usable, divided, weight.bfloat16()), torch.where(usable, exact, 1.0)
