"""The passage encoder and the layer after it, as a network that learns."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as functions
from numpy.typing import NDArray

from orchestrator.injection.passage_encoder_files import (
    LAYER_COUNT,
    MATRICES,
    SIZE,
    Arrays,
    PackagedEncoder,
)

# What is added to a matrix is the product of two, of this rank.
_RANK = 8
_LAYER = 64
_HEADS = 12
_EPSILON = 1e-12
# What is left out at random: of what a layer adds, and of the numbers of a passage.
_DROPPED = 0.1
# The numbers are so large that the layer after them learns.
_SCALE = 3.0
_PADDING = 1

Pieces = tuple[Sequence[int], Sequence[bool]]
"""What `PassageEncoder.pieces` returns."""


class PassageNetwork(torch.nn.Module):
    """Gives the log odds of passages. What the package has stays as it is; what is learned is added to it."""

    def __init__(self, packaged: PackagedEncoder) -> None:
        super().__init__()
        self._table = torch.tensor(packaged.table)
        self._packaged = {name: torch.tensor(each) for name, each in packaged.layers.items()}
        learned: dict[str, torch.nn.Parameter] = {}
        for layer in range(LAYER_COUNT):
            for name, (size_in, size_out) in MATRICES.items():
                down = torch.randn(size_in, _RANK) / size_in**0.5
                learned[f"l{layer}_{name}_down"] = torch.nn.Parameter(down)
                learned[f"l{layer}_{name}_up"] = torch.nn.Parameter(torch.zeros(_RANK, size_out))
        for name, each in self._packaged.items():
            if each.ndim == 1:
                learned[name] = torch.nn.Parameter(torch.zeros_like(each))
        self.learned = torch.nn.ParameterDict(learned)
        self.hidden = torch.nn.Linear(2 * SIZE, _LAYER)
        self.output = torch.nn.Linear(_LAYER, 1)

    def forward(self, passages: Sequence[Pieces]) -> torch.Tensor:
        """Returns the log odds of passages, in shape (passages,)."""
        pieces = _padded([torch.tensor(numbers) for numbers, _ in passages], _PADDING)
        is_of_part = _padded([torch.tensor(marks) for _, marks in passages], padding=False)
        lengths = torch.tensor([len(numbers) for numbers, _ in passages])
        is_read = torch.arange(pieces.shape[1]) < lengths[:, None]
        rows = self._rows(pieces, is_read)
        means = [
            (rows * each[:, :, None]).sum(1) / each.sum(1, keepdim=True) for each in (is_read, is_of_part)
        ]
        numbers = self._dropped(torch.cat(means, dim=1) * _SCALE)
        layer = self._dropped(torch.relu(self.hidden(numbers)))
        odds: torch.Tensor = self.output(layer)[:, 0]
        return odds

    def _rows(self, pieces: torch.Tensor, is_read: torch.Tensor) -> torch.Tensor:
        rows = self._normalised(self._table[pieces] + self._packaged["positions"][: pieces.shape[1]], "eln")
        for layer in range(LAYER_COUNT):
            query, key, value = (
                self._product(rows, f"l{layer}_{name}").reshape(*pieces.shape, _HEADS, -1).transpose(1, 2)
                for name in "qkv"
            )
            taken = functions.scaled_dot_product_attention(query, key, value, is_read[:, None, None, :])
            attended = self._product(taken.transpose(1, 2).flatten(2), f"l{layer}_ao")
            rows = self._normalised(rows + self._dropped(attended), f"l{layer}_aln")
            inner = functions.gelu(self._product(rows, f"l{layer}_fi"), approximate="tanh")
            inner = self._product(inner, f"l{layer}_fo")
            rows = self._normalised(rows + self._dropped(inner), f"l{layer}_oln")
        return rows

    def _product(self, rows: torch.Tensor, name: str) -> torch.Tensor:
        added: torch.Tensor = rows @ self.learned[f"{name}_down"] @ self.learned[f"{name}_up"]
        return added + rows @ self._packaged[name] + self._vector(f"{name}_b")

    def _normalised(self, rows: torch.Tensor, name: str) -> torch.Tensor:
        gain, bias = self._vector(f"{name}_w"), self._vector(f"{name}_b")
        return functions.layer_norm(rows, (SIZE,), gain, bias, _EPSILON)

    def _vector(self, name: str) -> torch.Tensor:
        learned: torch.Tensor = self.learned[name]
        return learned + self._packaged[name]

    def _dropped(self, values: torch.Tensor) -> torch.Tensor:
        return functions.dropout(values, _DROPPED, self.training)

    def start_from(self, weights: Arrays, margin: float) -> None:
        """Takes over what was learned before, as `weights` returned it."""
        with torch.no_grad():
            for name, each in self.learned.items():
                each.copy_(_tensor(weights[name]))
            self.hidden.weight.copy_(_tensor(weights["hidden"]).T / _SCALE)
            self.hidden.bias.copy_(_tensor(weights["hidden_bias"]))
            self.output.weight.copy_(_tensor(weights["output"])[None])
            self.output.bias.copy_(_tensor(weights["bias"]) + margin)

    def weights(self, margin: float) -> Arrays:
        """Returns what was learned, for `meaning_weights.npz`; `margin` lowers the log odds."""
        learned = {name: each.detach().numpy().astype(np.float16) for name, each in self.learned.items()}
        return {
            **learned,
            "hidden": (self.hidden.weight.detach().numpy().T * _SCALE).astype(np.float16),
            "hidden_bias": self.hidden.bias.detach().numpy().astype(np.float16),
            "output": self.output.weight.detach().numpy()[0].astype(np.float16),
            "bias": np.float32(self.output.bias.item() - margin),
        }


def _tensor(array: NDArray[np.floating]) -> torch.Tensor:
    return torch.tensor(array.astype(np.float32))


def _padded(rows: Sequence[torch.Tensor], padding: int) -> torch.Tensor:
    return torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True, padding_value=padding)
