"""`check` says what the server would say, and nothing is quantised that the server would refuse."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from safetensors.torch import load_file, save_file

from rpckit.settings import Environment
from services.gemma.commands import MALLOC_SETTINGS, checked, main
from services.gemma.interface.load_error import LoadError
from services.gemma.settings import GemmaSettings
from services.gemma.weights.quantize import quantize
from services.gemma.weights.source import HuggingFaceHub
from tests.fakes import tiny_gemma

CONFIG, WEIGHTS, TOKENIZER, TEMPLATE = (
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "chat_template.jinja",
)
INDEX = "model.safetensors.index.json"
DAMAGED_WEIGHTS = "model.safetensors is damaged: download the model again"
REFUSED = "the server would refuse it: "
NORM = "model.norm.weight"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gemma.build(tmp_path_factory.mktemp("built") / "tiny-gemma-it", context_tokens=512)


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(built, tmp_path / built.name))


def without(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def holding(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def halved(folder: Path) -> None:
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[: len(whole) // 2])


def with_weights(change: Callable[[dict[str, torch.Tensor]], object]) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        weights = load_file(folder / WEIGHTS)
        change(weights)
        save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})

    return spoil


def in_parts(weight_map: object) -> Callable[[Path], object]:
    """Names the whole file as the first part, and writes an index."""

    def spoil(folder: Path) -> None:
        (folder / WEIGHTS).rename(folder / "part-1.safetensors")
        (folder / INDEX).write_text(json.dumps({"weight_map": weight_map}))

    return spoil


def as_another_kind(folder: Path) -> None:
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(config | {"model_type": "gemma9"}))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (without(WEIGHTS), "there is no safetensors file in"),
        (without(TOKENIZER), "there is no tokenizer.json in"),
        (holding(TOKENIZER, b"{}"), "tokenizer.json or tokenizer_config.json is damaged"),
        (holding(TEMPLATE, b"{{ bos_token "), "the chat template is damaged"),
        (holding(WEIGHTS, b""), DAMAGED_WEIGHTS),
        (
            holding(WEIGHTS, b"version https://git-lfs"),
            "model.safetensors is damaged: download the model again",
        ),
        (halved, DAMAGED_WEIGHTS),
        (
            with_weights(lambda weights: weights.pop(NORM)),
            "1 weight is missing, for example model.norm.w",
        ),
        (
            with_weights(lambda weights: weights.update(other=torch.zeros(5))),
            "1 weight belongs to another model, for example other",
        ),
        (
            with_weights(lambda weights: weights.update({NORM: torch.zeros(5)})),
            "1 weight has another shape than config.json says, for example model.norm.weight",
        ),
        (in_parts({NORM: "part-1.safetensors", "x": "part-2.safetensors"}), "part-2.safetensors of"),
        (in_parts({}), "every file of model.safetensors.index.json is missing"),
        (in_parts([]), "model.safetensors.index.json is damaged"),
        (as_another_kind, "models of the type gemma9 are not supported"),
    ],
)
def test_the_check_and_the_server_say_the_same_and_no_copy_is_begun(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path], object],
    said: str,
) -> None:
    spoil(folder)
    with pytest.raises(LoadError) as refused:
        tiny_gemma.loaded(folder)
    assert str(refused.value).startswith(said)
    copies = tmp_path / "copies"
    assert checked_line(folder, copies) == f"{REFUSED}{refused.value}"
    assert quantizing(folder, copies, monkeypatch) == 1
    assert capsys.readouterr().err.endswith(f"{refused.value}\n")
    assert not copies.exists()


@pytest.mark.parametrize("spoil", [without(TEMPLATE), holding(TEMPLATE, b"")])
def test_a_base_model_is_quantised_with_a_warning(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path], object],
) -> None:
    spoil(folder)
    with pytest.raises(LoadError) as refused:
        tiny_gemma.loaded(folder)
    copies = tmp_path / "copies"
    assert checked_line(folder, copies) == f"{REFUSED}{refused.value}"
    assert quantizing(folder, copies, monkeypatch) == 0
    assert f"the server would refuse the copy: {refused.value}\n" in capsys.readouterr().err
    assert checked_line(folder, copies) == f"{REFUSED}{refused.value}"


def test_a_copy_that_is_damaged_is_refused_by_the_check(built: Path, tmp_path: Path) -> None:
    copy = quantize(built, tmp_path, "int8", lambda done, of: None)
    assert "the server would take int8 on cpu" in checked_line(built, tmp_path)
    (copy.folder / TOKENIZER).write_text("{}")
    assert checked_line(built, tmp_path).startswith(
        "the server would refuse it: the quantised copy is damaged"
    )


def test_a_folder_that_no_copy_can_be_made_in_is_named(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.touch()
    assert quantizing(built, file, monkeypatch) == 1
    said = capsys.readouterr().err
    assert f"{file}/" in said
    assert "cannot be written, Not a directory: make it possible, or set GEMMA_CACHE_DIR" in said


def test_a_file_that_cannot_be_read_is_named(folder: Path, tmp_path: Path) -> None:
    # A folder in its place, as root may read every file.
    (folder / WEIGHTS).unlink()
    (folder / WEIGHTS).mkdir()
    said = f"{folder / WEIGHTS} cannot be read: Is a directory"
    with pytest.raises(LoadError, match=said):
        tiny_gemma.loaded(folder)
    assert checked_line(folder, tmp_path) == f"{REFUSED}{said}"


def test_weights_that_are_no_numbers_are_refused(folder: Path) -> None:
    with_weights(lambda weights: weights[NORM].fill_(float("nan")))(folder)
    with pytest.raises(LoadError, match="the logits are no numbers: the weights are damaged"):
        tiny_gemma.loaded(folder)


def quantizing(source: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Runs the command in this process, which needs its allocator's settings."""
    for name, value in MALLOC_SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GEMMA_CACHE_DIR", str(cache))
    return main(["quantize", str(source), "--precision", "int8"])


def test_a_gguf_file_is_told_how_to_get_a_folder(folder: Path, tmp_path: Path) -> None:
    (folder / WEIGHTS).rename(folder / "gemma.gguf")
    for each in (folder, folder / "gemma.gguf"):
        with pytest.raises(LoadError, match=r"GGUF file is llama.cpp's.*hf download.*base_url"):
            tiny_gemma.loaded(each)
        with pytest.raises(LoadError, match="GGUF"):
            checked_line(each, tmp_path)


def test_the_check_says_that_its_speed_is_a_ceiling(folder: Path, tmp_path: Path) -> None:
    settings = GemmaSettings.read(Environment({"GEMMA_MODEL": str(folder), "GEMMA_CACHE_DIR": str(tmp_path)}))
    lines = checked(settings, tiny_gemma.ROOMY, HuggingFaceHub())
    assert "tokens/s*" in lines[0]
    (note,) = (each for each in lines if each.startswith("* cpu"))
    assert "no measured speed" in note
    assert "10.0 GB/s" in note


def checked_line(source: Path, cache: Path) -> str:
    settings = GemmaSettings.read(Environment({"GEMMA_MODEL": str(source), "GEMMA_CACHE_DIR": str(cache)}))
    return checked(settings, tiny_gemma.ROOMY, HuggingFaceHub())[-1]
