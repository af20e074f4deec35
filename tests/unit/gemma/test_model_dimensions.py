"""What a config.json says of a model's sizes."""

from typing import Any

import pytest

from services.gemma.fit.model_dimensions import KNOWN_MODELS, ModelDimensions
from services.gemma.interface.load_error import LoadError

SEEING = KNOWN_MODELS[1]
# All that the 4B model's config on the hub says of these.
TEXT = {"hidden_size": 2560, "intermediate_size": 10_240, "num_hidden_layers": 34, "sliding_window": 1024}


@pytest.mark.parametrize(
    ("config", "sliding"),
    [
        ({"model_type": "gemma3_text"}, 10),
        ({"model_type": "gemma2"}, 6),
        ({"model_type": "gemma"}, 0),
        ({"model_type": "gemma9"}, 0),
        ({"model_type": "gemma3_text", "sliding_window": None}, 0),
        ({"model_type": "gemma3_text", "sliding_window_pattern": 2, "layer_types": None}, 6),
        ({"model_type": "gemma3_text", "layer_types": ["sliding_attention", "full_attention"] * 6}, 6),
    ],
)
def test_which_layers_have_a_window_is_read_of_the_config(config: dict[str, Any], sliding: int) -> None:
    sizes = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 12}
    layers = ModelDimensions.of_config("gemma", sizes | config).layers
    assert (sum(each.sliding for each in layers), len(layers)) == (sliding, 12)


def test_what_a_sparse_config_leaves_out_is_gemma_3s() -> None:
    assert ModelDimensions.of_config(
        "gemma-3-4b-it", {"model_type": "gemma3", "text_config": TEXT}
    ) == SEEING.loaded(images=False)


def test_a_vision_tower_is_read_of_the_config_as_the_hub_has_it() -> None:
    vision = {
        "hidden_size": 1152,
        "image_size": 896,
        "intermediate_size": 4304,
        "model_type": "siglip_vision_model",
        "num_attention_heads": 16,
        "num_hidden_layers": 27,
        "patch_size": 14,
        "vision_use_head": False,
    }
    config = {"model_type": "gemma3", "text_config": TEXT, "vision_config": vision}
    assert ModelDimensions.of_config("gemma-3-4b-it", config) == SEEING
    # Gemma 3n's is another kind.
    assert not ModelDimensions.of_config(
        "gemma-3n-e4b-it", config | {"model_type": "gemma3n"}
    ).vision_parameters


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"model_type": "llama"}, "this is no Gemma, its model type is 'llama'"),
        ({}, "this is no Gemma, its model type is None"),
        ({"model_type": "gemma3"}, "config.json does not say hidden_size"),
        (
            {"model_type": "gemma3", "hidden_size": 1, "intermediate_size": 1, "num_hidden_layers": 10**9},
            "config.json: num_hidden_layers is 1000000000, no size",
        ),
        (
            {
                "model_type": "gemma3",
                "text_config": {"hidden_size": 1, "intermediate_size": 1, "num_hidden_layers": 1},
                "vision_config": {"hidden_size": 1},
            },
            "config.json does not say patch_size",
        ),
    ],
)
def test_another_models_config_is_refused(config: dict[str, Any], said: str) -> None:
    with pytest.raises(LoadError, match=said):
        ModelDimensions.of_config("x", config)
