"""How big a model is, by its `config.json` alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from services.gemma.fit import gemma_4
from services.gemma.fit.config_values import layer_count, section, size
from services.gemma.fit.layer_dimensions import LayerDimensions
from services.gemma.interface.load_error import SERVE_ELSEWHERE, LoadError, UnsupportedModelError

# Gemma 3's config files leave out what equals transformers' defaults.
_DEFAULTS = {
    "vocab_size": 262_208,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "head_dim": 256,
    "max_position_embeddings": 131_072,
    "sliding_window": 4096,
}
# Where the config does not list its layers' types, every n-th has full attention, the others a window.
_FULL_ATTENTION_EVERY = {"gemma": 1, "gemma2": 2, "gemma3": 6, "gemma3_text": 6}
# A token and its merge take at least so many bytes of `tokenizer.json`, which is too big to be parsed here.
_BYTES_PER_TOKEN_OF_FILE = 40
_SUPPORTED_TYPES = gemma_4.TYPES | _FULL_ATTENTION_EVERY.keys()


@dataclass(frozen=True, slots=True)
class ModelDimensions:
    """The sizes that decide how much memory a model takes.

    Attributes:
        name: As the operator wrote it, or as Google names it.
        layers: The decoder layers.
        vocab_size: Rows of the embedding.
        matrix_parameters: Parameters in all matrices but the embedding.
        embedding_parameters: Parameters of the embedding, which is the head too.
        window: The sliding layers' window, in tokens.
        context_tokens: The context window that the model was trained for.
        tokenizer_tokens: How many tokens the tokenizer has.
        vision_parameters: Parameters of the vision tower and its projector; 0 if there is none.
        per_layer_embedding_parameters: Parameters of the table of which each layer looks up another embedding
            of a token; 0 if there is none.
        model_type: As `config.json` names it.
        unsupported_part: What of it cannot be computed here; empty if there is no such part.
        on_q4_0_grid: Whether its matrices were trained to lie on the grid of Q4_0.
    """

    name: str
    layers: tuple[LayerDimensions, ...]
    vocab_size: int
    matrix_parameters: int
    embedding_parameters: int
    window: int
    context_tokens: int
    tokenizer_tokens: int
    vision_parameters: int = 0
    per_layer_embedding_parameters: int = 0
    model_type: str = "gemma3_text"
    unsupported_part: str = ""
    on_q4_0_grid: bool = False

    @property
    def text_parameters(self) -> int:
        """Parameters of the text model."""
        return self.matrix_parameters + self.embedding_parameters

    @classmethod
    def of_config(cls, name: str, config: Any) -> Self:
        """Returns the dimensions of the model that a `config.json` describes.

        Raises:
            LoadError: It is no Gemma's, or a size is missing or is no size.
        """
        model_type = section(config, "config.json").get("model_type")
        if not isinstance(model_type, str) or not model_type.startswith("gemma"):
            raise LoadError(f"this is no Gemma, its model type is {model_type!r}: {SERVE_ELSEWHERE}")
        of_gemma_4 = gemma_4.is_gemma_4(model_type)
        defaults = _DEFAULTS | (gemma_4.defaults(model_type) if of_gemma_4 else {})
        text = defaults | section(config.get("text_config") or config, "text_config")
        hidden, vocab_size = size(text, "hidden_size"), size(text, "vocab_size")
        layers = gemma_4.layers(text) if of_gemma_4 else _equal_layers(model_type, text)
        projection, table = gemma_4.per_layer_parameters(text) if of_gemma_4 else (0, 0)
        return cls(
            name=name,
            layers=layers,
            vocab_size=vocab_size,
            matrix_parameters=sum(each.matrix_parameters for each in layers) + projection,
            embedding_parameters=vocab_size * hidden,
            window=size(text, "sliding_window") if text["sliding_window"] else 0,
            context_tokens=size(text, "max_position_embeddings"),
            tokenizer_tokens=vocab_size,
            per_layer_embedding_parameters=table,
            model_type=model_type,
            unsupported_part=gemma_4.unsupported_part(text) if of_gemma_4 else "",
            vision_parameters=_vision_parameters(config["vision_config"], hidden) if _sees(config) else 0,
        )

    @classmethod
    def of_folder(cls, folder: Path, name: str) -> Self:
        """Returns the dimensions of the model in a folder.

        Raises:
            LoadError: There is no readable `config.json`, or it is no Gemma's.
        """
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise LoadError(
                f"there is no config.json in {folder}: take the folder of the model's own repository"
            ) from error
        except OSError as error:
            raise LoadError(f"{folder / 'config.json'} cannot be read: {error.strerror}") from error
        except (ValueError, RecursionError) as error:
            raise LoadError("config.json is no JSON: download the model again") from error
        dimensions = cls.of_config(name, config)
        tokenizer = folder / "tokenizer.json"
        if not tokenizer.is_file():
            return dimensions
        most_tokens = tokenizer.stat().st_size // _BYTES_PER_TOKEN_OF_FILE
        return replace(dimensions, tokenizer_tokens=min(dimensions.tokenizer_tokens, most_tokens))

    def refuse_unsupported(self) -> None:
        """Refuses a model that cannot be served.

        Raises:
            UnsupportedModelError: Its architecture is not one of those that are, or has an unsupported part.
        """
        if self.model_type not in _SUPPORTED_TYPES or self.unsupported_part:
            raise UnsupportedModelError(self.model_type, self.unsupported_part)

    def loaded(self, *, images: bool) -> Self:
        """Returns the dimensions of what is loaded: with the vision tower, or without it.

        Raises:
            LoadError: Images are to be read, and the model has no vision tower.
        """
        if images and not self.vision_parameters:
            raise LoadError(
                f"{self.name} has no vision tower that is read here: take gemma-3-4b-it, or unset "
                "GEMMA_IMAGES"
            )
        return self if images else replace(self, vision_parameters=0)


def _equal_layers(model_type: str, text: Mapping[str, Any]) -> tuple[LayerDimensions, ...]:
    """Returns the layers of Gemma 1, 2 or 3, which differ in their window alone."""
    hidden, head, inner = (size(text, key) for key in ("hidden_size", "head_dim", "intermediate_size"))
    count = layer_count(text)
    queries, keys = (size(text, key) * head for key in ("num_attention_heads", "num_key_value_heads"))
    full, sliding = (
        LayerDimensions.of_sizes(hidden=hidden, queries=queries, keys=keys, inner=inner, sliding=each)
        for each in (False, True)
    )
    windows = _sliding_layers(model_type, text, count)
    return (sliding,) * windows + (full,) * (count - windows)


def _sliding_layers(model_type: str, text: Mapping[str, Any], layers: int) -> int:
    """Returns how many layers have a sliding window."""
    if not text["sliding_window"]:
        return 0
    if types := text.get("layer_types"):
        if not isinstance(types, list):
            raise LoadError("config.json: layer_types is no list")
        return sum(1 for each in types if each == "sliding_attention")
    if text.get("sliding_window_pattern"):
        return layers - layers // size(text, "sliding_window_pattern")
    return layers - layers // _FULL_ATTENTION_EVERY.get(model_type, 1)


def _sees(config: Mapping[str, Any]) -> bool:
    return config["model_type"] == "gemma3" and bool(config.get("vision_config"))


def _vision_parameters(config: Any, text_hidden: int) -> int:
    """Parameters of the vision tower, and of the projector to the text model's hidden size."""
    vision = section(config, "vision_config")
    hidden, patch = size(vision, "hidden_size"), size(vision, "patch_size")
    layer = 4 * hidden**2 + 2 * hidden * size(vision, "intermediate_size")
    embedding = 3 * patch**2 + (size(vision, "image_size") // patch) ** 2
    return size(vision, "num_hidden_layers") * layer + hidden * (embedding + text_hidden)


def _gemma_3(name: str, hidden: int, intermediate: int, layers: int, **others: int) -> ModelDimensions:
    sizes = {"hidden_size": hidden, "intermediate_size": intermediate, "num_hidden_layers": layers}
    return ModelDimensions.of_config(name, {"model_type": "gemma3_text"} | sizes | others)


_ONE_KV_HEAD = {
    "num_attention_heads": 4,
    "num_key_value_heads": 1,
    "vocab_size": 262_144,
    "sliding_window": 512,
}
_SIGLIP = {
    "hidden_size": 1152,
    "intermediate_size": 4304,
    "num_hidden_layers": 27,
    "image_size": 896,
    "patch_size": 14,
}
_E4B = {
    "hidden_size": 2560,
    "intermediate_size": 10_240,
    "num_hidden_layers": 42,
    "num_key_value_heads": 2,
    "num_kv_shared_layers": 18,
}
_E2B = {
    "hidden_size": 1536,
    "intermediate_size": 6144,
    "num_hidden_layers": 35,
    "num_key_value_heads": 1,
    "num_kv_shared_layers": 20,
    "use_double_wide_mlp": True,
    "layer_types": [*["sliding_attention"] * 4, "full_attention"] * 7,
}
_FOUR_B = {
    "hidden_size": 2560,
    "intermediate_size": 10_240,
    "num_hidden_layers": 34,
    "sliding_window": 1024,
}
# The models that may be proposed instead of a bigger one, from the biggest down.
KNOWN_MODELS = (
    ModelDimensions.of_config("gemma-4-E4B-it", {"model_type": "gemma4", "text_config": _E4B}),
    ModelDimensions.of_config(
        "gemma-3-4b-it", {"model_type": "gemma3", "text_config": _FOUR_B, "vision_config": _SIGLIP}
    ),
    ModelDimensions.of_config("gemma-4-E2B-it", {"model_type": "gemma4", "text_config": _E2B}),
    ModelDimensions.of_config(
        "gemma-2b-it",
        {
            "model_type": "gemma",
            "hidden_size": 2048,
            "intermediate_size": 16_384,
            "num_hidden_layers": 18,
            "num_key_value_heads": 1,
            "vocab_size": 256_000,
            "max_position_embeddings": 8192,
        },
    ),
    _gemma_3("gemma-3-1b-it", 1152, 6912, 26, **_ONE_KV_HEAD, max_position_embeddings=32_768),
    _gemma_3("gemma-3-270m-it", 640, 2048, 18, **_ONE_KV_HEAD, max_position_embeddings=32_768),
)
