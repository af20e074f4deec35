"""Registers the quantised precisions with transformers, which then loads quantised copies."""

from typing import Any, cast

from torch import nn
from transformers import PreTrainedModel
from transformers.quantizers.auto import register_quantization_config, register_quantizer
from transformers.quantizers.base import HfQuantizer
from transformers.utils.quantization_config import QuantizationConfigMixin
from typing_extensions import override

from services.gemma.low_bit.form import linear_layers, quantized_form
from services.gemma.low_bit.int8_embedding import PER_LAYER_TABLE, Int8Embedding

QUANT_METHOD = "chorus_low_bit"


def per_layer_table(model: PreTrainedModel) -> nn.Embedding | None:
    """Returns the table of per-layer embeddings that some Gemma 4 have."""
    table = getattr(model.model, PER_LAYER_TABLE.rpartition(".")[2], None)
    return table if isinstance(table, nn.Embedding) else None


def replace_modules(model: PreTrainedModel, precision: str) -> None:
    """Replaces a model's linear layers, and its per-layer embeddings, by those of a copy."""
    form = quantized_form(precision)
    for name, layer in linear_layers(model).items():
        model.set_submodule(name, form.linear_class(name)(layer))
    if table := per_layer_table(model):
        model.set_submodule(PER_LAYER_TABLE, Int8Embedding(table, model.config.num_hidden_layers))


@register_quantization_config(QUANT_METHOD)
class _FourBitConfig(QuantizationConfigMixin):
    """The `quantization_config` in the `config.json` of a quantised copy."""

    def __init__(self, precision: str, quant_method: str = QUANT_METHOD) -> None:
        self.quant_method = cast("Any", quant_method)
        self.precision = precision


@register_quantizer(QUANT_METHOD)
class _FourBitQuantizer(HfQuantizer):
    """Replaces a model's modules before transformers loads their weights."""

    requires_calibration = False

    @override
    def _process_model_before_weight_loading(self, model: PreTrainedModel, **_: Any) -> None:
        config = cast("_FourBitConfig", self.quantization_config)
        replace_modules(model, config.precision)

    @override
    def is_serializable(self) -> bool:
        # Copies are written by `weights/quantize.py`.
        return False

    @property
    @override
    def is_trainable(self) -> bool:
        return False
