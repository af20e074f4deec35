"""How big a model is, by its config alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from services.gemma.interface.local_model import LoadError

# Gemma 3's config files leave out what equals transformers' defaults.
_DEFAULTS = {
    "vocab_size": 262_208,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "head_dim": 256,
    "max_position_embeddings": 131_072,
    "sliding_window": 4096,
}
# Where the config does not tell its layers apart, one in so many sees all tokens, the others a window.
_FULL_EVERY = {"gemma": 1, "gemma2": 2, "gemma3": 6, "gemma3_text": 6}
# A word and its merge take at least so much of `tokenizer.json`, which is too big to be counted out.
_WORD_FILE_BYTES = 40


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes that decide how much memory a model takes.

    Attributes:
        matrices: Parameters in the layers' matrices.
        embedding: Parameters of the embedding, which is the head too.
        kv_bytes: Of one token's keys and values in one layer, in bf16.
        sliding: Layers that see no more than a window of the last tokens.
        window: In tokens.
        context_tokens: What the model was made for.
        words: In the tokenizer.
        vision: Parameters that look at images; 0: there are none, or none are asked for.
    """

    name: str
    layers: int
    vocabulary: int
    matrices: int
    embedding: int
    kv_bytes: int
    sliding: int
    window: int
    context_tokens: int
    words: int
    vision: int = 0

    @classmethod
    def of(cls, name: str, config: Mapping[str, Any]) -> Self:
        """The shape that a `config.json` describes.

        Raises:
            LoadError: It is no Gemma's.
        """
        model_type = config.get("model_type")
        if not isinstance(model_type, str) or not model_type.startswith("gemma"):
            raise LoadError(f"this is no Gemma: its model type is {model_type!r}")
        text: dict[str, Any] = _DEFAULTS | dict(config.get("text_config") or config)
        try:
            hidden, layers, head = text["hidden_size"], text["num_hidden_layers"], text["head_dim"]
            queries, keys = text["num_attention_heads"] * head, text["num_key_value_heads"] * head
            layer = hidden * (2 * queries + 2 * keys + 3 * text["intermediate_size"])
            vision = _vision(config["vision_config"], hidden) if _sees(config) else 0
        except KeyError as error:
            raise LoadError(f"config.json does not say {error.args[0]}") from error
        return cls(
            name=name,
            layers=layers,
            vocabulary=text["vocab_size"],
            matrices=layers * layer,
            embedding=text["vocab_size"] * hidden,
            kv_bytes=2 * keys * 2,
            sliding=_sliding(model_type, text),
            window=text["sliding_window"] or 0,
            context_tokens=text["max_position_embeddings"],
            words=text["vocab_size"],
            vision=vision,
        )

    def seeing(self, *, images: bool) -> Self:
        """The shape of what is loaded, with or without what looks at images.

        Raises:
            LoadError: It has none of that.
        """
        if images and not self.vision:
            raise LoadError(
                f"{self.name} has no vision tower: take one that has, as gemma-3-4b-it, or unset GEMMA_IMAGES"
            )
        return self if images else replace(self, vision=0)

    @classmethod
    def of_folder(cls, folder: Path, name: str) -> Self:
        """The shape of the model in a folder.

        Raises:
            LoadError: There is no readable `config.json`, or it is no Gemma's.
        """
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        except OSError as error:
            raise LoadError("there is no config.json") from error
        except json.JSONDecodeError as error:
            raise LoadError("config.json is no JSON") from error
        shape = cls.of(name, config)
        tokenizer = folder / "tokenizer.json"
        if not tokenizer.is_file():
            return shape
        return replace(shape, words=min(shape.words, tokenizer.stat().st_size // _WORD_FILE_BYTES))


def _sliding(model_type: str, text: Mapping[str, Any]) -> int:
    """How many layers see a window only."""
    if not text["sliding_window"]:
        return 0
    if types := text.get("layer_types"):
        return sum(1 for each in types if each == "sliding_attention")
    layers: int = text["num_hidden_layers"]
    return layers - layers // (text.get("sliding_window_pattern") or _FULL_EVERY.get(model_type, 1))


def _sees(config: Mapping[str, Any]) -> bool:
    return config["model_type"] == "gemma3" and bool(config.get("vision_config"))


def _vision(config: Mapping[str, Any], hidden: int) -> int:
    """Parameters of the vision tower, and of what projects to the text model's hidden size."""
    own: int = config["hidden_size"]
    patch: int = config["patch_size"]
    layers: int = config["num_hidden_layers"]
    layer: int = 4 * own**2 + 2 * own * config["intermediate_size"]
    patches: int = 3 * patch**2 + (config["image_size"] // patch) ** 2
    return layers * layer + own * (patches + hidden)


def _gemma_3(name: str, hidden: int, intermediate: int, layers: int, **others: int) -> Shape:
    sizes = {"hidden_size": hidden, "intermediate_size": intermediate, "num_hidden_layers": layers}
    return Shape.of(name, {"model_type": "gemma3_text"} | sizes | others)


# What may be taken instead of a bigger one, from the biggest down.
_ONE_KEY = {
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
_FOUR_B = {
    "hidden_size": 2560,
    "intermediate_size": 10_240,
    "num_hidden_layers": 34,
    "sliding_window": 1024,
}
KNOWN = (
    Shape.of("gemma-3-4b-it", {"model_type": "gemma3", "text_config": _FOUR_B, "vision_config": _SIGLIP}),
    Shape.of(
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
    _gemma_3("gemma-3-1b-it", 1152, 6912, 26, **_ONE_KEY, max_position_embeddings=32_768),
    _gemma_3("gemma-3-270m-it", 640, 2048, 18, **_ONE_KEY, max_position_embeddings=32_768),
)
