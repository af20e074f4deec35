"""Gemma 4 is calibrated, too: per-layer embeddings, shared keys and values, both sizes of heads."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from services.gemma.interface.load_error import LoadError
from services.gemma.low_bit.form import linear_layers
from services.gemma.low_bit.int4_linear import Int4Linear
from services.gemma.weights import calibration
from services.gemma.weights.calibration import calibration_tokens
from services.gemma.weights.quantize import quantize
from tests.contract.test_gemma_int4_layer import take_weights
from tests.fakes import tiny_gemma_4

BOS = 2


class StoppedError(Exception):
    """Ends a quantising on the way, as a kill does."""


@pytest.fixture(autouse=True)
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "_ROWS_OF_SMALL", 16)


def silent(done: int, of: int) -> None:
    pass


def outputs(model: Any, tokens: torch.Tensor) -> list[torch.Tensor]:
    """What each layer puts out."""
    found: list[torch.Tensor] = []
    handles = [
        layer.register_forward_hook(lambda _layer, _inputs, result: found.append(result.clone()))
        for layer in model.model.layers
    ]
    with torch.inference_mode():
        model(tokens)
    for handle in handles:
        handle.remove()
    return found


def round_weights(model: Any) -> None:
    for linear in linear_layers(model).values():
        buffers = Int4Linear.quantized(linear.weight.detach())
        linear.weight = torch.nn.Parameter(Int4Linear.dequantized(buffers, linear.in_features))


@pytest.mark.parametrize("form", tiny_gemma_4.FORMS)
def test_each_layer_puts_out_what_is_nearer_than_by_rounding(form: str, tmp_path: Path) -> None:
    folder = tiny_gemma_4.build(tmp_path / "tiny-it", form)
    copy = quantize(folder, tmp_path / "copies", "int4", silent)
    exact, calibrated, rounded = (
        AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32) for _ in range(3)
    )
    for each in (calibrated, rounded):
        # Its own, no longer the embedding.
        each.lm_head.weight = torch.nn.Parameter(each.lm_head.weight.detach().clone())
    take_weights(calibrated, copy, "int4")
    round_weights(rounded)
    # Rows that calibration does not take.
    tokens = calibration_tokens(folder, 80, BOS, exact.config.vocab_size)[[36, 38, 76, 78]]
    wanted, near, far = (outputs(each, tokens) for each in (exact, calibrated, rounded))
    for layers in zip(wanted, near, far, strict=True):
        off = [float((each - layers[0]).square().mean()) for each in layers[1:]]
        # .17 to .45 were seen on 64 rows.
        assert off[0] < 0.7 * off[1]


def test_killed_among_the_layers_that_share_it_goes_on_to_the_same_copy(tmp_path: Path) -> None:
    folder = tiny_gemma_4.build(tmp_path / "tiny-it", "E2B")

    def stopping(done: int, of: int) -> None:
        if done == of // 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        quantize(folder, tmp_path / "stopped", "int4", stopping)
    stopped = quantize(folder, tmp_path / "stopped", "int4", silent)
    assert stopped.manifest == quantize(folder, tmp_path / "whole", "int4", silent).manifest


def test_an_embedding_that_is_no_numbers_is_refused(tmp_path: Path) -> None:
    folder = tiny_gemma_4.build(tmp_path / "tiny-it", "E4B")
    weights = load_file(folder / "model.safetensors")
    weights["model.embed_tokens.weight"][BOS, 0] = float("nan")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(LoadError, match=r"per_layer_model_projection cannot be calibrated"):
        quantize(folder, tmp_path / "copies", "int4", silent)
