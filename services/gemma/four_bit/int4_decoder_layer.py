"""A Gemma in int4: all that a layer does besides attention, in two runs of onnxruntime.

Operation by operation, a token's way through a layer takes torch some forty calls: for a small Gemma they
cost as much as its arithmetic.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn
from transformers import PreTrainedModel
from transformers.activations import GELUActivation, GELUTanh

from services.gemma.four_bit.int4_linear import Int4Linear
from services.gemma.four_bit.onnx_graph import Graph, Session, places, share_threads
from services.gemma.kv_cache.attention import attend

_GELU = {GELUTanh: "tanh", GELUActivation: "none"}


class Int4Layer(nn.Module):
    """Stands in for a decoder layer of transformers' Gemma, Gemma 2 or Gemma 3.

    Args:
        layer: Its matrices are `Int4Linear`, which know their places in the folder's files.
        folder: The copy's.
    """

    def __init__(self, layer: Any, folder: Path) -> None:
        super().__init__()
        self._attention = layer.self_attn
        self._before = _before_attention(layer, folder)
        self._after = _after_attention(layer, folder)

    def forward(
        self,
        hidden_states: torch.Tensor,
        *,
        position_embeddings: tuple[torch.Tensor, torch.Tensor],
        **others: Any,
    ) -> torch.Tensor:
        """As transformers calls a layer. Hidden states: (1, tokens, hidden), fp32."""
        rows = hidden_states[0]
        cosines, sines = (each[0, :, None] for each in position_embeddings)
        heads = self._before.run(rows=rows, cosines=cosines, sines=sines)
        query, key, value = (each.transpose(0, 1)[None] for each in heads)
        attention = self._attention
        attended, _ = attend(
            attention,
            query,
            key,
            value,
            scaling=attention.scaling,
            sliding_window=getattr(attention, "sliding_window", None),
            softcap=getattr(attention, "attn_logit_softcapping", None),
            **others,
        )
        (rows,) = self._after.run(attended=attended[0].flatten(1), rows=rows)
        return rows[None]


def open_model(model: PreTrainedModel, folder: Path) -> None:
    """Makes a Gemma of `Int4Linear`s ready to run with the files of its copy, which is the folder."""
    # What the kernels take and give is fp32, and so is all that lies between. Only rows of the embedding are
    # read from its file.
    embedding = model.get_input_embeddings()
    embedding.register_forward_hook(lambda _module, _inputs, rows: rows.float())
    for each in model.parameters():
        if each is not embedding.weight:
            each.data = each.data.float()
    found = places(folder)
    for name, each in model.named_modules():
        if isinstance(each, Int4Linear):
            each.places = {buffer: found[f"{name}.{buffer}"] for buffer, _ in each.named_buffers()}
    decoder, head = cast("Any", model.model), cast("Int4Linear", model.lm_head)
    with ThreadPoolExecutor(torch.get_num_threads()) as pool:
        share_threads()
        opening = pool.submit(head.open, folder)
        decoder.layers = nn.ModuleList(pool.map(lambda layer: Int4Layer(layer, folder), decoder.layers))
        opening.result()


def _before_attention(layer: Any, folder: Path) -> Session:
    """From rows to the heads of queries and keys, turned by their positions, and of values."""
    attention = layer.self_attn
    size = attention.head_dim
    graph = Graph(rows=attention.q_proj.shape[1:], cosines=(1, size), sines=(1, size))
    rows = _normed(graph, layer.input_layernorm, "rows")
    shape = graph.add("Constant", value_ints=[0, -1, size])
    query, key, value = (
        graph.add("Reshape", each.add_to(graph, rows), shape)
        for each in (attention.q_proj, attention.k_proj, attention.v_proj)
    )
    if hasattr(attention, "q_norm"):
        query, key = _normed(graph, attention.q_norm, query), _normed(graph, attention.k_norm, key)
    return graph.open(folder, _turned(graph, query), _turned(graph, key), value)


def _after_attention(layer: Any, folder: Path) -> Session:
    """From what attention found, and the rows before it, to the rows after the layer."""
    out, mlp = layer.self_attn.o_proj, layer.mlp
    graph = Graph(attended=out.shape[1:], rows=out.shape[:1])
    found = out.add_to(graph, "attended")
    # Gemma 2 and 3 have a norm before and after each half of a layer, the first Gemma has one before it.
    if hasattr(layer, "pre_feedforward_layernorm"):
        found = _normed(graph, layer.post_attention_layernorm, found)
        norm = layer.pre_feedforward_layernorm
    else:
        norm = layer.post_attention_layernorm
    rows = graph.add("Add", "rows", found)
    normed = _normed(graph, norm, rows)
    gate = graph.add("Gelu", mlp.gate_proj.add_to(graph, normed), approximate=_GELU[type(mlp.act_fn)])
    product = graph.add("Mul", gate, mlp.up_proj.add_to(graph, normed))
    found = mlp.down_proj.add_to(graph, product)
    if hasattr(layer, "post_feedforward_layernorm"):
        found = _normed(graph, layer.post_feedforward_layernorm, found)
    return graph.open(folder, graph.add("Add", rows, found))


def _normed(graph: Graph, norm: Any, rows: str) -> str:
    weight = graph.constant(1 + norm.weight.detach())
    return graph.add("SimplifiedLayerNormalization", rows, weight, axis=-1, epsilon=norm.eps)


def _turned(graph: Graph, heads: str) -> str:
    """Rotary embedding, as transformers' Gemmas have it."""
    first, second = graph.halves(heads)
    across = graph.add("Concat", graph.add("Neg", second), first, axis=-1)
    return graph.add("Add", graph.add("Mul", heads, "cosines"), graph.add("Mul", across, "sines"))
