"""Four bits on any CPU, by the kernels of onnxruntime."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import onnxruntime
import torch
from onnx import TensorProto, helper
from onnxruntime import OrtValue
from onnxruntime.capi.onnxruntime_pybind11_state import RuntimeException
from torch.nn import functional
from transformers import PreTrainedModel

from services.gemma.four_bit import FourBitLinear

# Smaller ones are nearer to the weights and take more memory: with 64, 3 GiB are too little for the 4B model.
_GROUP = 128
_STEPS = 15
_LEAST_SCALE = 1e-8
# A smaller range leaves out the few numbers at its ends, in finer steps for all others.
_RANGES = (1.0, 0.9, 0.8)
# Activations are taken in eight bits, group by group: two to seven times as quick as in fp32.
_IN_EIGHT_BITS = 4
_ALLOCATION = "std::bad_alloc"
_IR, _OPSET = 10, 21
_LENGTH_BYTES = 8

_Place = Mapping[str, str | int]
_IN_MEMORY: _Place = {"location": "memory"}


class Int4Linear(FourBitLinear):
    """Sixteen equal steps over most of a group's range, one of them zero.

    Files hold it as `MatMulNBits` of onnxruntime takes it; its kernel packs the numbers anew when it is
    loaded, as suits the CPU.
    """

    precision = "int4"
    recipe = f"int4-g{_GROUP}"
    packed: torch.Tensor
    scales: torch.Tensor
    zeros: torch.Tensor
    _session: onnxruntime.InferenceSession

    @staticmethod
    def quantized(weight: torch.Tensor) -> dict[str, torch.Tensor]:
        """As `FourBitLinear` says."""
        outputs, inputs = weight.shape
        count = -(-inputs // _GROUP)
        if weight.is_meta:
            return {
                "packed": weight.new_empty(outputs, count, _GROUP // 2, dtype=torch.uint8),
                "scales": weight.new_empty(outputs, count, dtype=torch.float32),
                "zeros": weight.new_empty(outputs, (count + 1) // 2, dtype=torch.uint8),
            }
        padded = functional.pad(weight.float(), (0, count * _GROUP - inputs))
        numbers, scales, zeros = _nearest(padded.view(outputs, count, _GROUP))
        zeros = functional.pad(zeros, (0, count % 2))
        return {"packed": _in_pairs(numbers), "scales": scales, "zeros": _in_pairs(zeros)}

    def open(self, folder: Path, packed: _Place) -> None:
        """Gives the kernel the buffers, `packed` by its place in a folder's files; it keeps what it needs."""
        _hand_over_threads()
        options = onnxruntime.SessionOptions()
        options.use_per_session_threads = False
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
        # They are read each time: their pages of a file would have to be kept, or read again.
        values = [OrtValue.ortvalue_from_numpy(each.numpy()) for each in (self.scales, self.zeros)]
        options.add_external_initializers(["scales", "zeros"], values)
        self._session = onnxruntime.InferenceSession(
            self._graph(packed), options, providers=["CPUExecutionProvider"]
        )
        del self.packed, self.scales, self.zeros

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Multiplies; `inputs` is fp32.

        Raises:
            MemoryError: There is no memory for the result.
        """
        flat = inputs.reshape(-1, self.shape[1]).numpy()
        try:
            (result,) = self._session.run(None, {"inputs": flat})
        except RuntimeException as error:
            if _ALLOCATION in str(error):
                raise MemoryError from error
            raise
        return torch.from_numpy(result).view(*inputs.shape[:-1], self.shape[0])

    def _graph(self, packed: _Place) -> bytes:
        """A graph of one multiplication."""
        outputs, inputs = self.shape
        buffers = [
            _external("packed", TensorProto.UINT8, self.packed, packed),
            _external("scales", TensorProto.FLOAT, self.scales, _IN_MEMORY),
            _external("zeros", TensorProto.UINT8, self.zeros, _IN_MEMORY),
        ]
        node = helper.make_node(
            "MatMulNBits",
            ["inputs", "packed", "scales", "zeros"],
            ["outputs"],
            domain="com.microsoft",
            K=inputs,
            N=outputs,
            bits=4,
            block_size=_GROUP,
            accuracy_level=_IN_EIGHT_BITS,
        )
        ends = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["tokens", size])
            for name, size in (("inputs", inputs), ("outputs", outputs))
        ]
        graph = helper.make_graph([node], "matrix", ends[:1], ends[1:], buffers)
        versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=versions, ir_version=_IR)
        return model.SerializeToString()


def open_matrices(model: PreTrainedModel, folder: Path) -> None:
    """Has each `Int4Linear` of a model multiply with what the files of its copy hold of it."""
    # What the kernels take and give is fp32, and so is all that lies between. Only rows of the embedding are
    # read from its file.
    embedding = model.get_input_embeddings()
    embedding.register_forward_hook(lambda _module, _inputs, rows: rows.float())
    for each in model.parameters():
        if each is not embedding.weight:
            each.data = each.data.float()
    files = sorted(folder.glob("*.safetensors"))
    places = {name: place for file in files for name, place in _places(file)}
    matrices = {name: each for name, each in model.named_modules() if isinstance(each, Int4Linear)}
    threads = torch.get_num_threads()
    _hand_over_threads()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda name: matrices[name].open(folder, places[f"{name}.packed"]), matrices))


def _places(file: Path) -> Iterator[tuple[str, _Place]]:
    """Where each tensor is, as the format of safetensors has it: a length, a header, the data."""
    with file.open("rb") as data:
        length = int.from_bytes(data.read(_LENGTH_BYTES), "little")
        header = json.loads(data.read(length))
    for name, about in header.items():
        if name != "__metadata__":
            start, end = (_LENGTH_BYTES + length + each for each in about["data_offsets"])
            yield name, {"location": file.name, "offset": start, "length": end - start}


def _hand_over_threads() -> None:
    """Both wait for work in a busy loop: with threads of its own, each would hold up the other."""
    _make_pool()
    torch.set_num_threads(1)


@cache
def _make_pool() -> None:
    """It is the process's, for all sessions, and cannot be made again."""
    onnxruntime.set_global_thread_pool_sizes(torch.get_num_threads(), 1)


def _nearest(groups: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Numbers from 0 to 15, the scale and the zero of each group, by the range that comes nearest to it."""
    # Zero is between them, so that a group of one sign keeps its zeros.
    least, greatest = groups.amin(-1).clamp(max=0), groups.amax(-1).clamp(min=0)
    best, errors = (groups, least, least), torch.full_like(least, torch.inf)
    for share in _RANGES:
        scales = ((greatest - least) * share / _STEPS).clamp(min=_LEAST_SCALE)
        zeros = (-least * share / scales).round()
        numbers = ((groups / scales[..., None]).round() + zeros[..., None]).clamp(0, _STEPS)
        steps = numbers - zeros[..., None]
        scales = (groups * steps).sum(-1) / (steps**2).sum(-1).clamp(min=1)
        squares = ((steps * scales[..., None] - groups) ** 2).sum(-1)
        nearer = squares < errors
        errors = torch.where(nearer, squares, errors)
        best = (
            torch.where(nearer[..., None], numbers, best[0]),
            torch.where(nearer, scales, best[1]),
            torch.where(nearer, zeros, best[2]),
        )
    return best[0].to(torch.uint8), best[1], best[2].to(torch.uint8)


def _external(name: str, kind: int, buffer: torch.Tensor, place: _Place) -> TensorProto:
    tensor = TensorProto(name=name, data_type=kind, dims=buffer.shape, data_location=TensorProto.EXTERNAL)
    for key, value in place.items():
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def _in_pairs(numbers: torch.Tensor) -> torch.Tensor:
    """Two in a byte, the first in its lower half."""
    return numbers[..., ::2] | numbers[..., 1::2] << 4
