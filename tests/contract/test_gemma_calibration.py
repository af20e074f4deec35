"""GPTQ: nearer to the products than rounding, on texts of both languages, under a name of its own."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from unittest.mock import Mock

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, Gemma3TextConfig

from services.gemma.fit.recipes import RECIPES
from services.gemma.interface.load_error import LoadError
from services.gemma.low_bit import gptq
from services.gemma.low_bit.gptq import InputStatistics
from services.gemma.low_bit.int4_linear import Int4Linear
from services.gemma.weights import calibration
from services.gemma.weights.calibration import calibration_rows, calibration_tokens
from services.gemma.weights.quantize import quantize
from tests.fakes import tiny_gemma

TEXTS = Path(calibration.__file__).with_name("calibration_texts.jsonl")
BOS = 2


def correlated(tokens: int, inputs: int) -> torch.Tensor:
    """Inputs as a language model's are: some are large, and most go with others."""
    few = torch.randn(tokens, inputs // 8)
    return (few @ torch.randn(inputs // 8, inputs) + 0.3 * torch.randn(tokens, inputs)) * torch.rand(inputs)


# Less than a group, whole groups, and some inputs beyond the last; more outputs than are rounded at once.
@pytest.mark.parametrize(("outputs", "inputs"), [(96, 64), (48, 384), (40, 300), (2100, 128)])
def test_products_with_new_inputs_change_less_than_by_rounding(outputs: int, inputs: int) -> None:
    torch.manual_seed(6)
    weight = torch.randn(outputs, inputs)
    rows = correlated(1500, inputs)
    seen, new = rows[:1000], rows[1000:]
    rounded, calibrated = (
        Int4Linear.dequantized(Int4Linear.quantized(weight, statistics), inputs)
        for statistics in (None, InputStatistics.of_inputs(seen))
    )
    off = [(new @ (each - weight).T).square().mean() for each in (rounded, calibrated)]
    assert off[1] < 0.7 * off[0]


def test_inputs_that_calibration_never_saw_are_rounded_as_well() -> None:
    torch.manual_seed(7)
    inputs = torch.randn(50, 256)
    unseen = slice(100, 160)
    inputs[:, unseen] = 0
    weight = torch.randn(16, 256)
    rounded = Int4Linear.dequantized(Int4Linear.quantized(weight), 256)
    for seen in (inputs, torch.zeros_like(inputs)):
        statistics = InputStatistics.of_inputs(seen)
        found = Int4Linear.dequantized(Int4Linear.quantized(weight, statistics), 256)
        off, least = ((each - weight)[:, unseen].std() for each in (found, rounded))
        assert off < 1.5 * least


def test_the_factor_is_that_of_the_second_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gptq, "_MOMENTS", 16)
    torch.manual_seed(8)
    inputs = correlated(300, 40)
    statistics = InputStatistics.of_inputs(inputs)
    moments = (inputs.T @ inputs / len(inputs))[statistics.order][:, statistics.order]
    assert torch.equal(moments.diagonal(), moments.diagonal().sort(descending=True).values)
    moments.diagonal().add_(0.01 * moments.diagonal().mean())
    torch.testing.assert_close(statistics.factor @ statistics.factor.T, moments)
    assert torch.equal(statistics.factor, statistics.factor.triu())


def test_a_matrix_goes_half_of_the_way_to_the_original_outputs() -> None:
    torch.manual_seed(9)
    inputs, weight = correlated(600, 40), torch.randn(24, 40)
    original = inputs + 0.3 * torch.randn(600, 40) + 0.2 * inputs.roll(1, 1)
    drift = InputStatistics.of_inputs(inputs, original - inputs).drift
    assert drift is not None
    moments = inputs.T @ inputs / len(inputs)
    moments.diagonal().add_(0.1 * moments.diagonal().mean())
    whole = moments.inverse() @ inputs.T @ (original - inputs) @ weight.T / len(inputs)
    torch.testing.assert_close(drift.correction(weight), whole.T / 2, rtol=1e-3, atol=1e-4)
    # What is rounded is that of the inputs that there are, with or without.
    assert torch.equal(
        InputStatistics.of_inputs(inputs).factor, InputStatistics.of_inputs(inputs, drift=original).factor
    )
    off = [
        ((inputs @ each.T) - original @ weight.T).square().mean() for each in (weight, weight + whole.T / 2)
    ]
    assert off[1] < off[0]


def test_the_texts_are_of_both_languages_and_the_recipe_is_theirs() -> None:
    records = [json.loads(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    assert set(Counter(each["language"] for each in records)) == {"en", "ko"}
    assert all(each["text"].strip() for each in records)
    # Who changes the texts gives the recipe another name.
    digest = hashlib.sha256(TEXTS.read_bytes()).hexdigest()[:12]
    assert (digest, RECIPES["int4"], RECIPES["int4h8"]) == (
        "c7bba4620829",
        "int4-g128-gptq4",
        "int4h8-g128-gptq4",
    )


def test_each_language_has_as_many_rows(tmp_path: Path) -> None:
    source = tiny_gemma.build(tmp_path / "tiny-it")
    rows = calibration_tokens(source, 16, BOS, 384)
    assert rows.shape == (16, 256)
    assert (rows[:, 0] == BOS).all()
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    korean = [any("가" <= letter <= "힣" for letter in tokenizer.decode(row.tolist())) for row in rows]
    assert korean == [False] * 8 + [True] * 8


def test_a_big_model_is_calibrated_on_fewer_rows() -> None:
    def rows(layers: int) -> int:
        with torch.device("meta"):
            return calibration_rows(
                AutoModelForCausalLM.from_config(Gemma3TextConfig(num_hidden_layers=layers))  # type: ignore[no-untyped-call]
            )

    assert rows(1) > rows(26) > 0


def test_a_big_model_is_not_calibrated_against_its_original_layers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tiny_gemma.build(tmp_path / "tiny-it")
    original_pass = Mock(wraps=calibration._OriginalPass)
    monkeypatch.setattr(calibration, "_OriginalPass", original_pass)
    quantize(source, tmp_path / "small", "int4h8", lambda done, of: None)
    original_pass.assert_called_once()
    parameters = AutoModelForCausalLM.from_pretrained(source).num_parameters()
    monkeypatch.setattr(calibration, "_SMALL", parameters)
    quantize(source, tmp_path / "big", "int4h8", lambda done, of: None)
    original_pass.assert_called_once()


def test_without_a_tokenizer_nothing_is_calibrated(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"there is no tokenizer.json"):
        calibration_tokens(tmp_path, 16, BOS, 384)
    (tmp_path / "tokenizer.json").write_text("{")
    with pytest.raises(LoadError, match=r"tokenizer.json"):
        calibration_tokens(tmp_path, 16, BOS, 384)


def test_a_tokenizer_of_more_tokens_than_the_model_is_refused(tmp_path: Path) -> None:
    source = tiny_gemma.build(tmp_path / "tiny-it")
    with pytest.raises(LoadError, match="the tokenizer is another model's"):
        calibration_tokens(source, 16, BOS, 300)


@pytest.mark.parametrize(
    ("damaged", "part"),
    [
        ("model.layers.0.self_attn.v_proj.weight", "layer 0"),
        ("model.layers.1.mlp.down_proj.weight", "the head"),
    ],
)
def test_weights_that_are_no_numbers_are_refused(tmp_path: Path, damaged: str, part: str) -> None:
    source = tiny_gemma.build(tmp_path / "tiny-it")
    weights = load_file(source / "model.safetensors")
    weights[damaged][3, 5] = float("nan")
    save_file(weights, source / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(LoadError, match=rf"{part} cannot be calibrated: are its weights damaged\?"):
        quantize(source, tmp_path / "copies", "int4", lambda done, of: None)
