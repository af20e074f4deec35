"""A few operations on rows of numbers, run as one by onnxruntime."""

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

_IR, _OPSET = 10, 21
_ALLOCATION = "std::bad_alloc"
_LENGTH_BYTES = 8
_KINDS = {torch.float32: TensorProto.FLOAT, torch.uint8: TensorProto.UINT8}

Place = Mapping[str, str | int]
IN_MEMORY: Place = {"location": "memory"}


class Graph:
    """What is done to rows in fp32, operation by operation; each is known by the name of its result.

    Args:
        inputs: The shape of one row of each input, by its name.
    """

    def __init__(self, **inputs: tuple[int, ...]) -> None:
        self._inputs = inputs
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self._values: dict[str, OrtValue] = {}

    def add(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Adds an operation of ONNX, or of onnxruntime's own `domain`."""
        name = f"result_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [name], domain=domain, **attributes))
        return name

    def halves(self, rows: str) -> tuple[str, str]:
        """Cuts each row's last dimension in two."""
        first, second = (f"half_{len(self._nodes)}_{number}" for number in range(2))
        self._nodes.append(helper.make_node("Split", [rows], [first, second], axis=-1, num_outputs=2))
        return first, second

    def constant(self, value: torch.Tensor, place: Place = IN_MEMORY) -> str:
        """Adds a tensor, with where to read it if not from memory."""
        name = f"constant_{len(self._constants)}"
        if place is IN_MEMORY:
            self._values[name] = OrtValue.ortvalue_from_numpy(value.numpy())
        tensor = TensorProto(
            name=name,
            data_type=_KINDS[value.dtype],
            dims=value.shape,
            data_location=TensorProto.EXTERNAL,
        )
        for key, said in place.items():
            tensor.external_data.add(key=key, value=str(said))
        self._constants.append(tensor)
        return name

    def open(self, folder: Path, *outputs: str) -> "Session":
        """Makes it ready to run. Constants that are in files are read from the folder."""
        share_threads()
        options = onnxruntime.SessionOptions()
        options.use_per_session_threads = False
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
        options.add_external_initializers(list(self._values), list(self._values.values()))
        return Session(
            onnxruntime.InferenceSession(self._model(outputs), options, providers=["CPUExecutionProvider"])
        )

    def _model(self, outputs: tuple[str, ...]) -> bytes:
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", *shape])
            for name, shape in self._inputs.items()
        ]
        ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self._nodes, "rows", inputs, ends, self._constants)
        versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=versions, ir_version=_IR)
        return model.SerializeToString()


class Session:
    """A graph that is ready to run."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session

    def run(self, **inputs: torch.Tensor) -> list[torch.Tensor]:
        """The outputs, in their order.

        Raises:
            MemoryError: There is no memory for a result.
        """
        try:
            results = self._session.run(None, {name: rows.numpy() for name, rows in inputs.items()})
        except RuntimeException as error:
            if _ALLOCATION in str(error):
                raise MemoryError from error
            raise
        return [torch.from_numpy(each) for each in results]


def places(folder: Path) -> dict[str, Place]:
    """Where each tensor is in a folder's files, as the format of safetensors has it."""
    return {name: place for file in folder.glob("*.safetensors") for name, place in _places(file)}


def share_threads() -> None:
    """Torch and onnxruntime wait for work in busy loops: with threads of its own, each holds up the other."""
    _make_pool()
    torch.set_num_threads(1)


@cache
def _make_pool() -> None:
    """It is the process's, for all sessions, and cannot be made again."""
    onnxruntime.set_global_thread_pool_sizes(torch.get_num_threads(), 1)


def _places(file: Path) -> Iterator[tuple[str, Place]]:
    """A length, a header, the data."""
    with file.open("rb") as data:
        length = int.from_bytes(data.read(_LENGTH_BYTES), "little")
        header = json.loads(data.read(length))
    for name, about in header.items():
        if name != "__metadata__":
            start, end = (_LENGTH_BYTES + length + each for each in about["data_offsets"])
            yield name, {"location": file.name, "offset": start, "length": end - start}
