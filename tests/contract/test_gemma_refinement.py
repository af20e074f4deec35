"""What GPTQ found is improved where the model is small: scales fit their codes, codes each other."""

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch

from services.gemma.low_bit.gptq import InputStatistics
from services.gemma.low_bit.int4_linear import Int4Linear, unpacked_pairs
from services.gemma.low_bit.refinement import refined


def correlated(tokens: int, inputs: int) -> torch.Tensor:
    """Inputs as a language model's are: some are large, and most go with others."""
    few = torch.randn(tokens, inputs // 8)
    return (few @ torch.randn(inputs // 8, inputs) + 0.3 * torch.randn(tokens, inputs)) * torch.rand(inputs)


def statistics_of(rows: torch.Tensor) -> tuple[InputStatistics, InputStatistics]:
    """As of a bigger model, whose original inputs are not known, and as of a small one."""
    return InputStatistics.of_inputs(rows), InputStatistics.of_inputs(rows, torch.zeros_like(rows))


# Less than a group, whole groups, and some inputs beyond the last; more outputs than are improved at once.
@pytest.mark.parametrize(("outputs", "inputs"), [(96, 64), (48, 384), (40, 300), (1100, 128)])
def test_products_with_new_inputs_change_less_than_by_gptq_alone(outputs: int, inputs: int) -> None:
    torch.manual_seed(11)
    weight = torch.randn(outputs, inputs)
    rows = correlated(2000, inputs)
    alone, improved = (
        Int4Linear.dequantized(Int4Linear.quantized(weight, statistics), inputs)
        for statistics in statistics_of(rows[:1500])
    )
    off = [(rows[1500:] @ (each - weight).T).square().mean() for each in (alone, improved)]
    assert off[1] < 0.97 * off[0]


def test_no_scale_and_no_code_can_be_moved_alone_for_the_better() -> None:
    torch.manual_seed(12)
    weight, rows = torch.randn(6, 32), correlated(500, 32)
    statistics = InputStatistics.of_inputs(rows)
    scales, zeros = weight.abs().amax(1, keepdim=True) / 7, torch.full((6, 1), 8, dtype=torch.uint8)
    codes = (weight / scales + zeros).round().clamp(0, 15).to(torch.uint8)
    kept = codes.clone(), scales.clone()
    # Again and again, until nothing changes.
    for _ in range(20):
        codes, scales = refined(weight, codes, scales, zeros, statistics, group_size=32, max_code=15)
    factor = torch.empty_like(statistics.factor)
    factor[statistics.order] = statistics.factor

    def off(codes: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
        return (((codes.float() - 8) * scales - weight) @ factor).square().sum(1)

    least = off(codes, scales)
    assert (least < off(*kept)).all()
    for share in (0.98, 1.02):
        assert (off(codes, scales * share) > least).all()
    for column in range(32):
        for change in (-1, 1):
            moved = codes.int()
            moved[:, column] = (moved[:, column] + change).clamp(0, 15)
            assert (off(moved, scales) >= least * (1 - 1e-5)).all()


def test_groups_that_calibration_never_saw_keep_their_scale() -> None:
    torch.manual_seed(13)
    weight, rows = torch.randn(16, 256), torch.randn(200, 256)
    rows[:, 128:] = 0
    alone, improved = (Int4Linear.quantized(weight, statistics) for statistics in statistics_of(rows))
    unseen = [unpacked_pairs(each["packed"])[:, 1] for each in (alone, improved)]
    assert (unseen[0] == unseen[1]).float().mean() > 0.95
    torch.testing.assert_close(alone["scales"][:, 1], improved["scales"][:, 1], rtol=0.1, atol=0)
    nothing = [Int4Linear.quantized(weight, each) for each in (None, *statistics_of(torch.zeros(200, 256)))]
    rounded, *others = [(Int4Linear.dequantized(each, 256) - weight).std() for each in nothing]
    assert all(each < 1.5 * rounded for each in others)
