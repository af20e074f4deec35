"""How transformers loads a model whose matrices take four bits."""

from typing import Any, cast

from torch import nn
from transformers import PreTrainedModel
from transformers.quantizers.auto import register_quantization_config, register_quantizer
from transformers.quantizers.base import HfQuantizer
from transformers.utils.quantization_config import QuantizationConfigMixin

from services.gemma.four_bit.int4_linear import Int4Linear
from services.gemma.four_bit.linear import FourBitLinear

METHOD = "chorus_four_bit"


def linear(precision: str) -> type[FourBitLinear]:
    """What stands in a matrix's place in "int4" or "nf4"."""
    if precision == Int4Linear.precision:
        return Int4Linear
    # To import bitsandbytes takes seconds, and memory: only where it is needed.
    from services.gemma.four_bit.nf4_linear import Nf4Linear  # noqa: PLC0415

    return Nf4Linear


def matrices(model: PreTrainedModel) -> dict[str, nn.Linear]:
    """The matrices that are quantised, by the names of their modules."""
    return {name: each for name, each in model.named_modules() if isinstance(each, nn.Linear)}


@register_quantization_config(METHOD)
class _Config(QuantizationConfigMixin):
    """Stands in the copy's `config.json`."""

    def __init__(self, precision: str, quant_method: str = METHOD) -> None:
        self.quant_method = cast("Any", quant_method)
        self.precision = precision


@register_quantizer(METHOD)
class _Quantizer(HfQuantizer):
    """Has transformers put the quantised matrices where the others were, before it fills them."""

    requires_calibration = False

    def _process_model_before_weight_loading(self, model: PreTrainedModel, **_: Any) -> None:
        config = cast("_Config", self.quantization_config)
        for name, matrix in matrices(model).items():
            model.set_submodule(name, linear(config.precision)(matrix))

    def is_serializable(self) -> bool:
        """Copies are written elsewhere."""
        return False

    @property
    def is_trainable(self) -> bool:
        """Only to answer."""
        return False
