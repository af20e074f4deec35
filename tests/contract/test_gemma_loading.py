"""A model is loaded right or not at all."""

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import httpx2
import torch
from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError
from safetensors.torch import load_file, save_file
from transformers import Gemma3Config, Gemma3ForConditionalGeneration

from services.gemma.fit.resources import ComputeDevice, MachineResources
from services.gemma.interface.load_error import LoadError
from services.gemma.weights.quantize import quantize
from services.gemma.weights.source import ModelHub
from tests.fakes import tiny_gemma

WEIGHTS = "model.safetensors"
NORM = "model.norm.weight"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gemma.build(tmp_path_factory.mktemp("built") / "tiny-gemma-it", context_tokens=512)


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(built, tmp_path / built.name))


class FakeHub(ModelHub):
    """Has one repository, as a folder, and downloads it by copying."""

    def __init__(self, folder: Path, snapshot: Path, disk: int = 2**34) -> None:
        self._folder = folder
        self._snapshot = snapshot
        self._disk = disk
        self.fetched: list[str] = []

    def missing_bytes(self, repository: str) -> int:
        return 1000

    def config(self, repository: str) -> Path:
        return self._folder

    def fetch(self, repository: str) -> Path:
        self.fetched.append(repository)
        return Path(shutil.copytree(self._folder, self._snapshot))

    def disk_bytes(self) -> int:
        return self._disk


class FailingHub(FakeHub):
    """Cannot be asked for a repository."""

    def __init__(self, error: OSError) -> None:
        super().__init__(Path(), Path())
        self._error = error

    def missing_bytes(self, repository: str) -> int:
        raise self._error

    def fetch(self, repository: str) -> Path:
        raise self._error


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    weights = load_file(folder / WEIGHTS)
    change(weights)
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})


def change_json(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_folder_is_loaded(built: Path) -> None:
    facts = tiny_gemma.loaded(built).info
    assert facts.version == "tiny-gemma-it"
    assert facts.context_tokens == 512
    assert facts.precision == "bf16"
    assert facts.disk_bytes == (built / WEIGHTS).stat().st_size
    # Most of it for whatever runs there.
    assert 2**28 < facts.memory_bytes < 2**30
    assert facts.device == "cpu"
    assert torch.get_num_threads() == 1


def test_float32_weights_are_loaded_as_bf16(folder: Path) -> None:
    change_weights(
        folder, lambda weights: weights.update({key: each.float() for key, each in weights.items()})
    )
    change_json(folder / "config.json", dtype="float32")
    facts = tiny_gemma.loaded(folder).info
    assert facts.precision == "bf16"
    assert all(each.dtype is torch.bfloat16 for each in tiny_gemma.loaded(folder).model.parameters())


def test_a_repository_is_fetched_and_its_revision_is_the_version(built: Path, tmp_path: Path) -> None:
    hub = FakeHub(built, tmp_path / "snapshots" / "0a1b2c")
    assert tiny_gemma.loaded("google/gemma-tiny", hub).info.version == "0a1b2c"
    assert hub.fetched == ["google/gemma-tiny"]


def test_a_download_that_does_not_fit_the_disk_is_not_begun(built: Path, tmp_path: Path) -> None:
    hub = FakeHub(built, tmp_path / "0a1b2c", disk=100)
    with pytest.raises(
        LoadError, match=r"the download of google/gemma-tiny needs 0.00 GiB of disk, 0.00 free"
    ):
        tiny_gemma.loaded("google/gemma-tiny", hub)
    assert not hub.fetched


def test_a_model_that_does_not_fit_the_memory_is_not_downloaded(built: Path, tmp_path: Path) -> None:
    hub = FakeHub(built, tmp_path / "0a1b2c")
    with pytest.raises(LoadError, match=r"needs 0.5 GiB, 0.2 free, and no smaller Gemma fits"):
        tiny_gemma.loaded(
            "google/gemma-tiny", hub, MachineResources(ComputeDevice("cpu", 2**28, 1e10), 2**34)
        )
    assert not hub.fetched


@pytest.fixture
def multimodal(folder: Path) -> Path:
    """The files of a Gemma 3 that sees: its text tower has other names there."""
    config = json.loads((folder / "config.json").read_text())
    vision = {
        "hidden_size": 32,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "image_size": 28,
        "patch_size": 14,
    }
    seeing = Gemma3ForConditionalGeneration(
        Gemma3Config(text_config=config, vision_config=vision, mm_tokens_per_image=4)
    )
    seeing.bfloat16().save_pretrained(folder)
    return folder


@pytest.mark.parametrize("prefix", ["language_model.model.", "model.language_model."])
def test_of_a_multimodal_checkpoint_the_text_tower_is_loaded(multimodal: Path, prefix: str) -> None:
    def rename(weights: dict[str, torch.Tensor]) -> None:
        for key in list(weights):
            weights[key.replace("language_model.model.", prefix)] = weights.pop(key)

    change_weights(multimodal, rename)
    saved = load_file(multimodal / WEIGHTS)
    weights = tiny_gemma.loaded(multimodal).model.state_dict()
    assert any(key.startswith("vision_tower.") for key in saved)
    assert not any("vision" in key for key in weights)
    for key in ("embed_tokens.weight", "layers.1.mlp.up_proj.weight", "norm.weight"):
        assert torch.equal(weights[f"model.{key}"].cpu(), saved[prefix + key])


def test_of_a_multimodal_checkpoint_the_text_tower_is_quantised(multimodal: Path, tmp_path: Path) -> None:
    copy = quantize(multimodal, tmp_path / "copies", "int4", lambda done, of: None)
    keys = {key for file in copy.folder.glob("*.safetensors") for key in load_file(file)}
    assert "model.layers.1.mlp.up_proj.packed" in keys
    assert not any("vision" in key for key in keys)
    assert tiny_gemma.loaded(multimodal, GEMMA_CACHE_DIR=str(tmp_path / "copies")).info.precision == "int4"


def refuse_to_load(folder: Path, because: str) -> None:
    with pytest.raises(LoadError, match=because):
        tiny_gemma.loaded(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what it was advised to do")
@pytest.mark.parametrize("precision", ["int4", "nf4"])
def test_of_the_embedding_no_more_is_read_than_is_looked_up(
    built: Path, tmp_path: Path, precision: str
) -> None:
    quantize(built, tmp_path, precision, lambda done, of: None)
    gemma = tiny_gemma.loaded(built, GEMMA_CACHE_DIR=str(tmp_path), GEMMA_PRECISION=precision)
    table: Any = gemma.model.get_input_embeddings().weight
    mappings = re.findall(
        r"^([0-9a-f]+)-([0-9a-f]+) [^\n]*safetensors\n(?:\w+:[^\n]*\n)*?VmFlags:(.*)",
        Path("/proc/self/smaps").read_text(),
        re.MULTILINE,
    )
    (flags,) = (flags for start, end, flags in mappings if int(start, 16) <= table.data_ptr() < int(end, 16))
    assert "rr" in flags.split()


def test_missing_weights_are_refused(folder: Path) -> None:
    change_weights(folder, lambda weights: weights.pop(NORM))
    refuse_to_load(folder, "1 weight is missing, for example model.norm.weight: take")


def test_weights_of_another_shape_are_refused(folder: Path) -> None:
    change_weights(folder, lambda weights: weights.update({NORM: torch.zeros(5)}))
    refuse_to_load(folder, "1 weight has another shape than config.json says, for example model.norm.weight")


def test_weights_of_another_model_are_refused(folder: Path) -> None:
    change_weights(folder, lambda weights: weights.update({"model.adapter.weight": torch.zeros(5)}))
    refuse_to_load(folder, "1 weight belongs to another model, for example model.adapter.weight: take")


def test_a_pickle_is_refused(folder: Path) -> None:
    torch.save(load_file(folder / WEIGHTS), folder / "pytorch_model.bin")
    (folder / WEIGHTS).unlink()
    refuse_to_load(folder, "no safetensors file")


def test_a_pickle_beside_other_safetensors_is_refused(folder: Path) -> None:
    torch.save(load_file(folder / WEIGHTS), folder / "pytorch_model.bin")
    (folder / WEIGHTS).rename(folder / "adapter.safetensors")
    refuse_to_load(folder, "no safetensors file in .* that is named as a model's, model.safetensors or")


def test_a_damaged_file_is_refused(folder: Path) -> None:
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[: len(whole) // 2])
    refuse_to_load(folder, "model.safetensors is damaged: download the model again")


def test_a_tokenizer_without_a_chat_template_is_refused(folder: Path) -> None:
    (folder / "chat_template.jinja").unlink()
    refuse_to_load(folder, "no chat template")


def test_another_models_tokenizer_is_refused(folder: Path) -> None:
    tokenizer = tiny_gemma.tiny_tokenizer()
    tokenizer.add_tokens([f"word{number}" for number in range(20)])
    tokenizer.save_pretrained(folder)
    refuse_to_load(folder, "the tokenizer is another model's")


def test_a_tokenizer_of_another_kind_is_refused(folder: Path) -> None:
    file = folder / "tokenizer.json"
    found = json.loads(file.read_text(encoding="utf-8"))
    found["model"]["byte_fallback"] = False
    file.write_text(json.dumps(found), encoding="utf-8")
    refuse_to_load(folder, "no tokens for bytes")


def test_a_folder_without_a_tokenizer_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    refuse_to_load(folder, "no tokenizer.json")


def test_another_family_is_refused(folder: Path) -> None:
    change_json(folder / "config.json", model_type="llama")
    refuse_to_load(folder, "no Gemma, its model type is 'llama': serve it by llama.cpp")


def test_remote_code_is_refused(folder: Path) -> None:
    change_json(folder / "config.json", model_type="gemma9", auto_map={"AutoConfig": "own.Config"})
    (folder / "own.py").write_text("raise SystemExit('this ran')")
    refuse_to_load(folder, "models of the type gemma9 are not supported, those of Gemma 1, 2, 3 and 4 are")
    with pytest.raises(LoadError, match="without remote code"):
        quantize(folder, folder.parent / "copies", "int4", lambda done, of: None)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    refuse_to_load(tmp_path, "there is no config.json")


def not_found(kind: type[RepositoryNotFoundError]) -> RepositoryNotFoundError:
    return kind("no", response=httpx2.Response(401, request=httpx2.Request("GET", "http://127.0.0.1")))


@pytest.mark.parametrize(
    ("error", "because"),
    [
        (not_found(GatedRepoError), "gemma-tiny is gated: accept its licence there, then set HF_TOKEN"),
        (not_found(RepositoryNotFoundError), "gemma-tiny is no repository, nor a folder, or HF_TOKEN may"),
        (ConnectionError(), "google/gemma-tiny cannot be reached and is not in the cache"),
    ],
)
def test_a_repository_that_cannot_be_had_says_why(error: OSError, because: str) -> None:
    with pytest.raises(LoadError, match=because):
        tiny_gemma.loaded("google/gemma-tiny", FailingHub(error))


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(LoadError, match="/no/such/folder is neither a folder nor a repository's name"):
        tiny_gemma.loaded("/no/such/folder")
