"""Builds small ONNX graphs over rows of numbers, and runs each as one call of onnxruntime."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import onnxruntime
import torch
from onnx import NodeProto, TensorProto, helper
from onnxruntime import OrtValue
from onnxruntime.capi.onnxruntime_pybind11_state import RuntimeException

_IR_VERSION, _OPSET = 10, 21
_DATA_TYPES = {torch.float32: TensorProto.FLOAT, torch.uint8: TensorProto.UINT8}
# What onnxruntime says where an allocation fails: it has no class of its own for that.
_ALLOCATION_FAILED = "std::bad_alloc"
# A safetensors file begins with the length of its JSON header, in so many bytes, little-endian.
_HEADER_LENGTH_BYTES = 8

# Where a tensor's data lie, as ONNX's external data has it: a file's name, the offset and the length in
# bytes.
TensorLocation = Mapping[str, str | int]
IN_MEMORY: TensorLocation = {"location": "memory"}


class OnnxGraph:
    """Operations on rows in fp32; each is known by the name of its result.

    Args:
        inputs: The shape of one row of each input, by the input's name.
    """

    def __init__(self, **inputs: tuple[int, ...]) -> None:
        self._inputs = inputs
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self._values: dict[str, OrtValue] = {}

    def add(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Adds an operator of ONNX, or of another `domain`; returns the name of its result."""
        name = f"result_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [name], domain=domain, **attributes))
        return name

    def add_split(self, rows: str) -> tuple[str, str]:
        """Splits each row's last dimension into halves; returns their names."""
        first, second = (f"half_{len(self._nodes)}_{number}" for number in range(2))
        self._nodes.append(helper.make_node("Split", [rows], [first, second], axis=-1, num_outputs=2))
        return first, second

    def add_constant(self, value: torch.Tensor, location: TensorLocation = IN_MEMORY) -> str:
        """Adds a tensor that is read from its location; returns its name."""
        name = f"constant_{len(self._constants)}"
        if location is IN_MEMORY:
            self._values[name] = OrtValue.ortvalue_from_numpy(value.numpy())
        tensor = TensorProto(
            name=name,
            data_type=_DATA_TYPES[value.dtype],
            dims=value.shape,
            data_location=TensorProto.EXTERNAL,
        )
        for key, entry in location.items():
            tensor.external_data.add(key=key, value=str(entry))
        self._constants.append(tensor)
        return name

    def open(self, folder: Path, *outputs: str) -> "OnnxSession":
        """Makes the graph ready to run. Constants that lie in files are read from the folder."""
        share_threads()
        options = onnxruntime.SessionOptions()
        options.use_per_session_threads = False
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
        options.add_external_initializers(list(self._values), list(self._values.values()))
        return OnnxSession(
            onnxruntime.InferenceSession(
                self._serialized(outputs), options, providers=["CPUExecutionProvider"]
            )
        )

    def _serialized(self, outputs: tuple[str, ...]) -> bytes:
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", *shape])
            for name, shape in self._inputs.items()
        ]
        results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self._nodes, "rows", inputs, results, self._constants)
        versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=versions, ir_version=_IR_VERSION)
        return model.SerializeToString()


class OnnxSession:
    """A graph that is ready to run."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session

    def run(self, **inputs: torch.Tensor) -> list[torch.Tensor]:
        """Computes the outputs, in their order.

        Raises:
            MemoryError: There is no memory for a result.
        """
        try:
            results = self._session.run(None, {name: rows.numpy() for name, rows in inputs.items()})
        except RuntimeException as error:
            if _ALLOCATION_FAILED in str(error):
                raise MemoryError from error
            raise
        return [torch.from_numpy(each) for each in results]


def tensor_locations(folder: Path) -> dict[str, TensorLocation]:
    """Returns where each tensor lies in the safetensors files of a folder, by the tensor's name."""
    files = folder.glob("*.safetensors")
    return {name: location for file in files for name, location in _locations_in(file)}


def share_threads() -> None:
    """Gives all sessions one pool of threads, and torch a single thread.

    Both libraries wait for work in busy loops: with threads of its own, each holds up the other.
    """
    _create_global_pool()
    torch.set_num_threads(1)


@cache
def _create_global_pool() -> None:
    """Creates the process's pool, which cannot be created again."""
    onnxruntime.set_global_thread_pool_sizes(torch.get_num_threads(), 1)


def _locations_in(file: Path) -> Iterator[tuple[str, TensorLocation]]:
    """Reads the header of a safetensors file: its length, the header, then the data."""
    with file.open("rb") as data:
        length = int.from_bytes(data.read(_HEADER_LENGTH_BYTES), "little")
        header = json.loads(data.read(length))
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = (_HEADER_LENGTH_BYTES + length + offset for offset in entry["data_offsets"])
            yield name, {"location": file.name, "offset": start, "length": end - start}
