"""The embedding of a quantised model stays in the host's memory while the model moves."""

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from torch import nn
from transformers.models.gemma3.modeling_gemma3 import Gemma3TextScaledWordEmbedding

from services.gemma.low_bit.host_embedding import HostEmbedding


def test_rows_come_scaled_from_a_table_that_does_not_move_with_the_model() -> None:
    table = Gemma3TextScaledWordEmbedding(8, 4, padding_idx=0, embed_scale=2.0)
    model = nn.Sequential(HostEmbedding(table), nn.Linear(4, 4))
    model.to("meta")
    ids = torch.tensor([[3, 5]])
    assert {each.device.type for each in model.parameters()} == {"meta"}
    assert torch.equal(model[0](ids), 2 * table.weight[ids])
