"""Gemma 4 is counted right; what of it cannot be computed is refused before a byte is written."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from transformers import AutoModelForCausalLM, Gemma4TextConfig
from transformers.models.gemma4_unified.configuration_gemma4_unified import Gemma4UnifiedTextConfig

from rpckit.settings import Environment
from services.gemma.commands import MALLOC_SETTINGS, checked, main
from services.gemma.fit.model_dimensions import ModelDimensions
from services.gemma.fit.preflight import all_plans
from services.gemma.interface.load_error import LoadError, UnsupportedModelError
from services.gemma.settings import GemmaSettings
from services.gemma.weights.source import HuggingFaceHub
from tests.fakes import tiny_gemma

E4B: dict[str, Any] = {
    "hidden_size": 2560,
    "num_hidden_layers": 42,
    "intermediate_size": 10_240,
    "num_key_value_heads": 2,
    "num_kv_shared_layers": 18,
}
TINY: dict[str, Any] = {
    "hidden_size": 64,
    "num_hidden_layers": 6,
    "intermediate_size": 96,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "global_head_dim": 32,
    "vocab_size": 320,
    "vocab_size_per_layer_input": 320,
}
SHARING: dict[str, Any] = {
    "layer_types": ["sliding_attention", "full_attention"] * 3,
    "num_kv_shared_layers": 2,
}
EQUAL: dict[str, Any] = {
    "hidden_size_per_layer_input": 0,
    "attention_k_eq_v": True,
    "num_global_key_value_heads": 1,
}
EXPERTS: dict[str, Any] = {
    "enable_moe_block": True,
    "num_experts": 4,
    "top_k_experts": 2,
    "moe_intermediate_size": 24,
}


@pytest.mark.parametrize(
    "config",
    [
        Gemma4TextConfig(**E4B),
        Gemma4TextConfig(**TINY),
        Gemma4TextConfig(**TINY, **SHARING, use_double_wide_mlp=True),
        Gemma4TextConfig(**(TINY | EQUAL)),
        Gemma4TextConfig(**TINY, **EXPERTS),
        Gemma4UnifiedTextConfig(**{key: TINY[key] for key in TINY if "per_layer" not in key}),
    ],
    ids=["E4B", "tiny", "sharing", "equal", "experts", "unified"],
)
def test_its_parameters_are_those_of_transformers_model(config: Any) -> None:
    with torch.device("meta"):
        model: Any = AutoModelForCausalLM.from_config(config)  # type: ignore[no-untyped-call]
    matrices = sum(each.numel() for each in model.parameters() if each.dim() > 1)
    found = ModelDimensions.of_config("x", config.to_diff_dict() | {"model_type": config.model_type})
    assert found.text_parameters + found.per_layer_embedding_parameters == matrices


def test_the_table_of_e4b_is_counted() -> None:
    dimensions = ModelDimensions.of_config("e4b", {"model_type": "gemma4", "text_config": E4B})
    plans = {each.precision: each for each in all_plans(dimensions, tiny_gemma.ROOMY, 1)}
    assert plans["bf16"].disk_bytes / 2**30 == pytest.approx(13.9, abs=0.05)
    assert plans["bf16"].memory_bytes / 2**30 == pytest.approx(14.7, abs=0.2)
    # In four bits the table stays in its file.
    assert plans["int4"].memory_bytes < plans["bf16"].memory_bytes / 4
    assert plans["int4"].disk_bytes / 2**30 == pytest.approx(6.2, abs=0.1)


@pytest.mark.parametrize(
    "changes",
    [
        {"layer_types": 3},
        {"per_layer_config": {"x": {}}},
        {"num_kv_shared_layers": "a"},
        {"global_head_dim": None},
        {"num_kv_shared_layers": 6},
        {"layer_types": ["sliding_attention"] * 6},
    ],
)
def test_a_config_that_is_damaged_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(LoadError, match=r"config\.json"):
        ModelDimensions.of_config("x", {"model_type": "gemma4_text"} | TINY | changes)


@pytest.fixture(
    params=[
        ({"model_type": "gemma4_text", **TINY, **EXPERTS}, "gemma4_text with a mixture of experts"),
        ({"model_type": "gemma4", "text_config": TINY | EXPERTS}, "gemma4 with a mixture of experts"),
        (
            {"model_type": "gemma4_text", **TINY, "use_bidirectional_attention": "all"},
            "gemma4_text with attention to later tokens",
        ),
        ({"model_type": "gemma4_assistant", "text_config": TINY}, "gemma4_assistant"),
    ],
    ids=["experts", "multimodal experts", "later tokens", "drafter"],
)
def unsupported(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A folder, and what the server calls it."""
    config, name = request.param
    folder = tmp_path / "gemma-4"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    return folder, name


def test_what_cannot_be_computed_is_refused_before_a_byte_is_written(
    unsupported: tuple[Path, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, name = unsupported
    with pytest.raises(UnsupportedModelError) as refused:
        tiny_gemma.loaded(folder)
    assert refused.value.model_type.startswith("gemma4")
    said = str(refused.value)
    assert f"models of the type {name} are not supported" in said
    assert "llama.cpp, Ollama or vLLM" in said

    cache = tmp_path / "copies"
    settings = GemmaSettings.read(Environment({"GEMMA_MODEL": str(folder), "GEMMA_CACHE_DIR": str(cache)}))
    lines = checked(settings, tiny_gemma.ROOMY, HuggingFaceHub())
    assert lines[-1] == f"the server would refuse it: {said}"

    monkeypatch.setenv("GEMMA_CACHE_DIR", str(cache))
    for name, value in MALLOC_SETTINGS.items():
        monkeypatch.setenv(name, value)
    assert main(["quantize", str(folder)]) == 1
    assert capsys.readouterr().err == f"{said}\n"
    assert not cache.exists()
