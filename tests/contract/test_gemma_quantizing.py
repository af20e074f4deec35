"""A copy is made once, survives what may happen meanwhile, and is found."""

import dataclasses
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from safetensors.torch import load_file, save_file

from rpckit.settings import Environment
from services.gemma.commands import main
from services.gemma.fit.resources import MachineResources
from services.gemma.generation.runner import GemmaRunner
from services.gemma.interface.load_error import LoadError
from services.gemma.low_bit.form import quantized_form
from services.gemma.settings import GemmaSettings
from services.gemma.weights.quantize import quantize
from services.gemma.weights.quantized_checkpoint import find_quantized
from services.gemma.weights.source import HuggingFaceHub
from tests.fakes import tiny_gemma

ROOT = Path(__file__).parents[2]
# Kills its own process, as a lack of memory would, when the second file is written.
KILLED = """
import os, pathlib, signal, sys
from services.gemma.weights.quantize import quantize
def progress(done, of):
    if done == 2:
        os.kill(os.getpid(), signal.SIGKILL)
quantize(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), "int4", progress)
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gemma.build(tmp_path_factory.mktemp("source") / "tiny-gemma-it", context_tokens=512)


def silent(done: int, of: int) -> None:
    pass


def logits(gemma: GemmaRunner) -> torch.Tensor:
    sequence = gemma.begin(tiny_gemma.GREETING)
    with torch.inference_mode():
        return gemma.forward_pass.run([sequence.next_chunk(1000)])[0]


@pytest.mark.parametrize("precision", ["int8", "int4h8", "int4", "nf4"])
def test_a_copy_is_found_and_answers_nearly_as_the_original(
    source: Path, tmp_path: Path, precision: str
) -> None:
    copy = quantize(source, tmp_path, precision, silent)
    quantized = tiny_gemma.loaded(source, GEMMA_CACHE_DIR=str(tmp_path), GEMMA_PRECISION=precision)
    assert quantized.info.precision == precision
    assert quantized.info.version == source.name
    original = tiny_gemma.loaded(source)
    exact, near = logits(original), logits(quantized)
    assert 0 < (exact - near).std() / exact.std() < 0.15
    written = sum(each.stat().st_size for each in copy.folder.glob("*.safetensors"))
    assert quantized.info.disk_bytes == written
    assert find_quantized(tmp_path, source) == {precision: copy}
    # The head is quantised as well.
    assert not any("lm_head.weight" in load_file(file) for file in copy.folder.glob("*.safetensors"))


def test_the_server_takes_a_copy_that_is_there(source: Path, tmp_path: Path) -> None:
    quantize(source, tmp_path, "int4", silent)
    assert tiny_gemma.loaded(source, GEMMA_CACHE_DIR=str(tmp_path)).info.precision == "int4"


def test_without_the_copy_it_asks_for_it(source: Path, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=f"there is no nf4 copy: run `.* quantize {source} --precision nf4`"):
        tiny_gemma.loaded(source, GEMMA_CACHE_DIR=str(tmp_path), GEMMA_PRECISION="nf4")


def test_a_copy_is_not_made_twice(source: Path, tmp_path: Path) -> None:
    calls = []
    first = quantize(source, tmp_path, "int4", lambda done, of: calls.append((done, of)))
    assert calls == [(number, 5) for number in range(1, 6)]
    assert quantize(source, tmp_path, "int4", lambda done, of: calls.append((done, of))) == first
    assert len(calls) == 5


def test_other_weights_in_the_same_folder_are_another_model(tmp_path: Path) -> None:
    source = tiny_gemma.build(tmp_path / "tiny-gemma-it")
    first = quantize(source, tmp_path / "copies", "int4", silent)
    weights = load_file(source / "model.safetensors")
    weights["model.norm.weight"] += 1
    save_file(weights, source / "model.safetensors", metadata={"format": "pt"})
    assert not find_quantized(tmp_path / "copies", source)
    assert quantize(source, tmp_path / "copies", "int4", silent) != first


def run(code: str, *arguments: Path) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'protos/gen/python'}"}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def test_killed_in_the_middle_it_goes_on_where_it_was(source: Path, tmp_path: Path) -> None:
    assert run(KILLED, source, tmp_path).returncode == -signal.SIGKILL
    assert not find_quantized(tmp_path, source)
    (unfinished,) = tmp_path.iterdir()
    kept = {each.name: each.stat().st_ino for each in unfinished.glob("*.safetensors")}
    assert len(kept) == 2
    # As if it had been killed within a write, too, and a file had not reached the disk.
    (unfinished / "model-00003-of-00005.safetensors.4711").write_bytes(b"half")
    spoilt = unfinished / "model-00001-of-00005.safetensors"
    spoilt.write_bytes(spoilt.read_bytes()[:-1] + b"x")

    copy = quantize(source, tmp_path, "int4", silent)
    assert {each.name for each in tmp_path.iterdir()} == {copy.folder.name}
    assert (copy.folder / "model-00002-of-00005.safetensors").stat().st_ino in kept.values()
    copy.verify(1)
    whole = quantize(source, tmp_path / "other", "int4", silent)
    assert copy.manifest == whole.manifest
    assert {each.name for each in copy.folder.iterdir()} == {each.name for each in whole.folder.iterdir()}


@contextmanager
def room_in_a_file(size: int) -> Iterator[None]:
    """Fails as a full disk does: in the middle of a write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fills_up_is_named_and_what_was_written_is_kept(source: Path, tmp_path: Path) -> None:
    with (
        pytest.raises(LoadError, match=r"model-00001-of-00005.safetensors cannot be written"),
        room_in_a_file(40_000),
    ):
        quantize(source, tmp_path, "int4", silent)
    assert not find_quantized(tmp_path, source)
    copy = quantize(source, tmp_path, "int4", silent)
    copy.verify(1)


@pytest.mark.parametrize("spoil", ["flip", "cut", "remove"])
def test_a_damaged_copy_is_not_served(source: Path, tmp_path: Path, spoil: str) -> None:
    copy = quantize(source, tmp_path, "int4", silent)
    file = copy.folder / "model-00003-of-00005.safetensors"
    data = bytearray(file.read_bytes())
    data[-100] ^= 1
    if spoil == "remove":
        file.unlink()
    else:
        file.write_bytes(data if spoil == "flip" else data[:-1])
    with pytest.raises(LoadError, match=r"the quantised copy is damaged: remove .*, then quantise again"):
        tiny_gemma.loaded(source, GEMMA_CACHE_DIR=str(tmp_path))


def test_a_copy_by_another_recipe_is_not_served(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = quantize(source, tmp_path, "int4", silent)
    manifest = dataclasses.replace(copy.manifest, recipe="int4-g64-abacus")
    (copy.folder / "copy.json").write_text(manifest.to_json())
    said = "the copy is int4-g64-abacus, int4-g128-gptq5 is what is read: quantise again"
    with pytest.raises(LoadError, match=said):
        tiny_gemma.loaded(source, GEMMA_CACHE_DIR=str(tmp_path))
    monkeypatch.setenv("GEMMA_CACHE_DIR", str(tmp_path))
    assert main(["check", str(source)]) == 0
    assert f"the server would refuse it: {said}" in capsys.readouterr().out
    # Beside a copy by today's recipe it is not looked at, whatever its folder's name.
    copy.folder.rename(copy.folder.with_name(copy.folder.name.replace("gptq5", "xyz")))
    today = quantize(source, tmp_path, "int4", silent)
    assert find_quantized(tmp_path, source) == {"int4": today}


def test_a_model_that_is_not_whole_is_not_quantised(tmp_path: Path) -> None:
    source = tiny_gemma.build(tmp_path / "tiny-gemma-it")
    weights = load_file(source / "model.safetensors")
    del weights["model.norm.weight"]
    save_file(weights, source / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(LoadError, match=r"1 weight is missing, for example model.norm.weight"):
        quantize(source, tmp_path / "copies", "int4", silent)
    assert not (tmp_path / "copies").exists()


def command(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | variables | {"PYTHONPATH": f"{ROOT / 'protos/gen/python'}"}
    call = [sys.executable, "-m", "services.gemma", *arguments]
    return subprocess.run(call, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def test_the_commands_make_a_copy_and_then_choose_it(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GEMMA_CACHE_DIR", str(tmp_path))

    def checked() -> str:
        assert main(["check", str(source)]) == 0
        return capsys.readouterr().out

    assert "the server would take bf16 on cpu" in checked()
    made = command("quantize", str(source))
    assert made.returncode == 0, made.stderr
    assert "5 of 5 files written" in made.stderr
    (copy,) = find_quantized(tmp_path, source).values()
    assert str(copy.folder) in made.stdout
    chosen = checked()
    assert "the server would take int8 on cpu" in chosen
    assert "tiny-gemma-it" in chosen


def test_a_command_that_fails_says_why_in_a_line(tmp_path: Path) -> None:
    failed = command("check", "/no/such/folder", GEMMA_CACHE_DIR=str(tmp_path))
    assert failed.returncode == 1
    (line,) = failed.stderr.splitlines()
    assert line.startswith("/no/such/folder is neither a folder nor a repository's name: ")


def test_planning_imports_no_torch(tmp_path: Path) -> None:
    """The plan counts what torch takes as free. Only the files of a model that fits are looked at with it."""
    if Path("/dev/nvidiactl").exists():
        pytest.skip("torch is asked for this machine's GPUs")
    checked = (
        "import sys; from services.gemma.commands import main; main(['check']);"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    )
    assert run(checked).returncode == 0


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
@pytest.mark.parametrize("precision", ["bf16", "nf4"])
def test_on_a_gpu_it_answers(source: Path, tmp_path: Path, precision: str) -> None:
    if precision == "nf4":
        quantize(source, tmp_path, precision, silent)
    gemma = tiny_gemma.loaded(
        source,
        resources=MachineResources.read(tmp_path),
        GEMMA_CACHE_DIR=str(tmp_path),
        GEMMA_PRECISION=precision,
    )
    assert gemma.info.device == "cuda:0"
    assert logits(gemma).isfinite().all()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_on_a_gpu_a_copy_has_the_same_numbers() -> None:
    weight = torch.randn(64, 128).bfloat16()
    here, there = (quantized_form("nf4").layers.quantized(each) for each in (weight, weight.to("cuda:0")))
    # The last bit of a scale may differ, and with it a number that lies between two steps.
    assert torch.allclose(here["scales"], there["scales"].cpu(), rtol=1e-3)
    assert (here["packed"] == there["packed"].cpu()).float().mean() > 0.99


def test_settings_name_the_folder_of_the_copies() -> None:
    assert GemmaSettings.read(Environment({"GEMMA_CACHE_DIR": "~/copies"})).cache == Path.home() / "copies"
    assert isinstance(HuggingFaceHub().disk_bytes(), int)
