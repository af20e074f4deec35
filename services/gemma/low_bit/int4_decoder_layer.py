"""A Gemma in int4 or int8: all that a decoder layer does besides attention, in two runs of onnxruntime.

Operation by operation, a token's way through a layer takes torch some forty calls: for a small Gemma they
cost as much as its arithmetic. For the rows of a prompt they cost little: where there is a kernel for those
(`prompt_kernel.py`), the layer is computed so.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn
from transformers import PreTrainedModel
from transformers.activations import GELUActivation, GELUTanh
from transformers.models.gemma.modeling_gemma import GemmaDecoderLayer
from transformers.models.gemma2.modeling_gemma2 import Gemma2DecoderLayer
from transformers.models.gemma3.modeling_gemma3 import Gemma3DecoderLayer
from transformers.models.gemma4.modeling_gemma4 import Gemma4TextDecoderLayer
from transformers.models.gemma4_unified.modeling_gemma4_unified import Gemma4UnifiedTextDecoderLayer
from typing_extensions import override

from services.gemma.interface.load_error import LoadError
from services.gemma.kv_cache.attention import packed_attention
from services.gemma.low_bit.int4_linear import Int4Linear
from services.gemma.low_bit.int8_embedding import Int8Embedding
from services.gemma.low_bit.integer_linear import IntegerLinear
from services.gemma.low_bit.onnx_graph import OnnxGraph, OnnxSession, share_threads, tensor_locations
from services.gemma.low_bit.prompt_kernel import PromptKernel

# The layers that are known here, with what their norms add to the weights that files hold. All else that they
# differ in is told by the modules that they have.
NORM_OFFSETS: dict[type[nn.Module], int] = {
    GemmaDecoderLayer: 1,
    Gemma2DecoderLayer: 1,
    Gemma3DecoderLayer: 1,
    Gemma4TextDecoderLayer: 0,
    Gemma4UnifiedTextDecoderLayer: 0,
}
# The attribute `approximate` of ONNX's Gelu, by the module that it stands in for.
_GELU_APPROXIMATION: dict[type[nn.Module], str] = {GELUTanh: "tanh", GELUActivation: "none"}
# For fewer rows two runs of onnxruntime are quicker than the kernel for prompts and torch's calls.
_MIN_PROMPT_ROWS = 32


class Int4DecoderLayer(nn.Module):
    """Replaces a decoder layer of transformers' Gemma, Gemma 2, Gemma 3 or Gemma 4.

    Args:
        layer: Its linear layers are `IntegerLinear`s with their locations in the folder's files.
        folder: The quantised copy's.
        prompt_kernel: Multiplies the rows of prompts; None if onnxruntime does.
    """

    def __init__(self, layer: Any, folder: Path, prompt_kernel: PromptKernel | None) -> None:
        super().__init__()
        self._attention = layer.self_attn
        linears = [each for each in layer.modules() if isinstance(each, IntegerLinear)]
        self._prompt_layer = None
        if prompt_kernel and all(isinstance(each, Int4Linear) for each in linears):
            for each in linears:
                cast("Int4Linear", each).read_prompts_by(prompt_kernel)
            self._prompt_layer = layer
        self._before_attention = _before_attention(layer, folder)
        self._after_attention = _after_attention(layer, folder)

    @override
    def forward(
        self,
        hidden_states: torch.Tensor,
        per_layer_input: torch.Tensor | None = None,
        *,
        position_embeddings: tuple[torch.Tensor, torch.Tensor],
        **others: Any,
    ) -> torch.Tensor:
        """Computes the layer, in the signature that transformers' models call.

        Args:
            hidden_states: fp32, of shape (1, tokens, hidden size), as is the result.
            per_layer_input: This layer's own embedding of the tokens, fp32, of shape (1, tokens, its size);
                None if the model has none.
            position_embeddings: The cosines and sines of the rotary embedding.
            others: Handed to attention.
        """
        if self._prompt_layer is not None and hidden_states.shape[1] >= _MIN_PROMPT_ROWS:
            if per_layer_input is not None:
                others["per_layer_input"] = per_layer_input
            states = self._prompt_layer(hidden_states, position_embeddings=position_embeddings, **others)
            return cast("torch.Tensor", states)
        rows = hidden_states[0]
        cosines, sines = (each[0, :, None] for each in position_embeddings)
        heads = self._before_attention.run(rows=rows, cosines=cosines, sines=sines)
        # A layer that shares another's keys and values computes none.
        query, key, value, *_ = (*(each.transpose(0, 1)[None] for each in heads), None, None)
        attention = self._attention
        attended, _ = packed_attention(
            attention,
            query,
            key,
            value,
            scaling=attention.scaling,
            sliding_window=getattr(attention, "sliding_window", None),
            softcap=getattr(attention, "attn_logit_softcapping", None),
            **others,
        )
        inputs = {"attended": attended[0].flatten(1), "rows": rows}
        if per_layer_input is not None:
            inputs["per_layer"] = per_layer_input[0].contiguous()
        (rows,) = self._after_attention.run(**inputs)
        return rows[None]


def refuse_unknown_layers(model: PreTrainedModel) -> None:
    """Refuses a model whose decoder layers cannot be computed in int4.

    Raises:
        LoadError: They are not those of the Gemmas that are known here, or their activation is not GELU.
    """
    for layer in cast("Any", model.model).layers:
        if type(layer) not in NORM_OFFSETS or hasattr(layer, "experts"):
            raise LoadError(
                f"int4 does not know layers of {model.config.model_type}, but those of Gemma 1, 2, 3 and 4 "
                "without experts: set GEMMA_PRECISION=bf16"
            )
        if type(layer.mlp.act_fn) not in _GELU_APPROXIMATION:
            raise LoadError(
                f"int4 knows the activation GELU, not {type(layer.mlp.act_fn).__name__}: "
                "set GEMMA_PRECISION=bf16"
            )


def prepare_int4_model(
    model: PreTrainedModel, folder: Path, prompt_kernel: PromptKernel | None = None
) -> None:
    """Makes a Gemma of `IntegerLinear`s ready to run with the files of its copy.

    Args:
        model: Loaded from the copy.
        folder: The copy's.
        prompt_kernel: Multiplies the rows of prompts by matrices in four bits; None if onnxruntime does.

    Raises:
        LoadError: As `refuse_unknown_layers` says.
    """
    refuse_unknown_layers(model)
    # The kernels take and give fp32, and so does all that lies between. Of the embedding's file, the rows
    # that are looked up are read, and converted then.
    embedding = model.get_input_embeddings()
    embedding.register_forward_hook(lambda _module, _inputs, rows: rows.float())
    for each in model.parameters():
        if each is not embedding.weight:
            each.data = each.data.float()
    locations = tensor_locations(folder)
    for name, each in model.named_modules():
        if isinstance(each, IntegerLinear):
            each.locations = {buffer: locations[f"{name}.{buffer}"] for buffer, _ in each.named_buffers()}
        if isinstance(each, Int8Embedding):
            each.output_type = torch.float32
    decoder = cast("Any", model.model)
    in_layers = set(decoder.layers.modules())
    alone = [each for each in model.modules() if isinstance(each, IntegerLinear) and each not in in_layers]
    with ThreadPoolExecutor(torch.get_num_threads()) as pool:
        share_threads()
        opening = [pool.submit(each.open, folder) for each in alone]
        decoder.layers = nn.ModuleList(
            pool.map(lambda layer: Int4DecoderLayer(layer, folder, prompt_kernel), decoder.layers)
        )
        for opened in opening:
            opened.result()


def _before_attention(layer: Any, folder: Path) -> OnnxSession:
    """Turns hidden states into the heads of queries and keys, rotated by their positions, and of values.

    A layer that shares another's keys and values has queries alone.
    """
    attention = layer.self_attn
    offset, head_size = NORM_OFFSETS[type(layer)], attention.head_dim
    graph = OnnxGraph(rows=attention.q_proj.shape[1:], cosines=(1, head_size), sines=(1, head_size))
    rows = _rms_norm(graph, layer.input_layernorm, "rows", offset)
    shape = graph.add("Constant", value_ints=[0, -1, head_size])

    def heads(projection: IntegerLinear) -> str:
        return graph.add("Reshape", projection.add_to(graph, rows), shape)

    def normed(name: str, states: str) -> str:
        norm = getattr(attention, name, None)
        return states if norm is None else _rms_norm(graph, norm, states, offset, head_size)

    query = _rotary(graph, normed("q_norm", heads(attention.q_proj)))
    if not hasattr(attention, "k_proj"):
        return graph.open(folder, query)
    key = heads(attention.k_proj)
    # In some layers of Gemma 4 the values are the keys before their norm.
    value = key if attention.v_proj is None else heads(attention.v_proj)
    return graph.open(folder, query, _rotary(graph, normed("k_norm", key)), normed("v_norm", value))


def _after_attention(layer: Any, folder: Path) -> OnnxSession:
    """Turns attention's output, and the hidden states before it, into those after the layer."""
    projection, mlp, offset = layer.self_attn.o_proj, layer.mlp, NORM_OFFSETS[type(layer)]
    own_embedding = getattr(layer, "per_layer_projection", None)
    per_layer = {"per_layer": own_embedding.shape[1:]} if own_embedding is not None else {}
    graph = OnnxGraph(attended=projection.shape[1:], rows=projection.shape[:1], **per_layer)
    gelu = _GELU_APPROXIMATION[type(mlp.act_fn)]
    added = projection.add_to(graph, "attended")
    # Gemma 2, 3 and 4 have a norm before and after each half of a layer, the first Gemma has one before it.
    if hasattr(layer, "pre_feedforward_layernorm"):
        added = _rms_norm(graph, layer.post_attention_layernorm, added, offset)
        norm = layer.pre_feedforward_layernorm
    else:
        norm = layer.post_attention_layernorm
    rows = graph.add("Add", "rows", added)
    normed = _rms_norm(graph, norm, rows, offset)
    gate = graph.add("Gelu", mlp.gate_proj.add_to(graph, normed), approximate=gelu)
    product = graph.add("Mul", gate, mlp.up_proj.add_to(graph, normed))
    added = mlp.down_proj.add_to(graph, product)
    if hasattr(layer, "post_feedforward_layernorm"):
        added = _rms_norm(graph, layer.post_feedforward_layernorm, added, offset)
    rows = graph.add("Add", rows, added)
    if own_embedding is not None:
        gate = graph.add("Gelu", layer.per_layer_input_gate.add_to(graph, rows), approximate=gelu)
        added = own_embedding.add_to(graph, graph.add("Mul", gate, "per_layer"))
        added = _rms_norm(graph, layer.post_per_layer_input_norm, added, offset)
        rows = graph.add("Add", rows, added)
    if hasattr(layer, "layer_scalar"):
        rows = graph.add("Mul", rows, graph.add_constant(layer.layer_scalar.detach().float()))
    return graph.open(folder, rows)


def _rms_norm(graph: OnnxGraph, norm: Any, rows: str, offset: int, size: int = 0) -> str:
    """Adds a norm; one without a weight needs its `size`."""
    weight = offset + norm.weight.detach() if hasattr(norm, "weight") else torch.ones(size)
    return graph.add(
        "SimplifiedLayerNormalization", rows, graph.add_constant(weight), axis=-1, epsilon=norm.eps
    )


def _rotary(graph: OnnxGraph, heads: str) -> str:
    """Computes the rotary embedding as transformers' Gemmas do."""
    first, second = graph.add_split(heads)
    rotated = graph.add("Concat", graph.add("Neg", second), first, axis=-1)
    return graph.add("Add", graph.add("Mul", heads, "cosines"), graph.add("Mul", rotated, "sines"))
