"""A model is loaded right or not at all."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import httpx2
import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError
from safetensors.torch import load_file, save_file
from transformers import Gemma3Config, Gemma3ForConditionalGeneration

from services.gemma.loading import load
from services.gemma.model import LoadError
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


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    weights = load_file(folder / WEIGHTS)
    change(weights)
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})


def change_json(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_folder_is_loaded(built: Path) -> None:
    facts = load(str(built), threads=1).facts
    assert facts.version == "tiny-gemma-it"
    assert facts.context_tokens == 512
    assert facts.precision == "bf16"
    assert facts.disk_bytes == (built / WEIGHTS).stat().st_size
    # The file holds a header too.
    assert 0 < facts.memory_bytes < facts.disk_bytes
    assert facts.device == ("cuda:0" if torch.cuda.is_available() else "cpu")
    assert torch.get_num_threads() == 1


def test_float32_weights_are_loaded_as_bf16(folder: Path) -> None:
    change_weights(
        folder, lambda weights: weights.update({key: each.float() for key, each in weights.items()})
    )
    change_json(folder / "config.json", dtype="float32")
    facts = load(str(folder), threads=1).facts
    assert facts.precision == "bf16"
    assert facts.memory_bytes < facts.disk_bytes / 1.5


def test_a_repository_is_fetched_and_its_revision_is_the_version(built: Path, tmp_path: Path) -> None:
    asked = []

    def fetch(repository: str) -> Path:
        asked.append(repository)
        return Path(shutil.copytree(built, tmp_path / "snapshots" / "0a1b2c"))

    assert load("google/gemma-tiny", threads=1, fetch=fetch).facts.version == "0a1b2c"
    assert asked == ["google/gemma-tiny"]


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
    weights = load(str(multimodal), threads=1)._model.state_dict()
    assert any(key.startswith("vision_tower.") for key in saved)
    assert not any("vision" in key for key in weights)
    for key in ("embed_tokens.weight", "layers.1.mlp.up_proj.weight", "norm.weight"):
        assert torch.equal(weights[f"model.{key}"].cpu(), saved[prefix + key])


def refuse_to_load(folder: Path, because: str) -> None:
    with pytest.raises(LoadError, match=because):
        load(str(folder), threads=1)


def test_missing_weights_are_refused(folder: Path) -> None:
    change_weights(folder, lambda weights: weights.pop(NORM))
    refuse_to_load(folder, "1 weights are missing, for example model.norm.weight")


def test_weights_of_another_shape_are_refused(folder: Path) -> None:
    change_weights(folder, lambda weights: weights.update({NORM: torch.zeros(5)}))
    refuse_to_load(folder, "1 weights have another shape, for example model.norm.weight")


def test_weights_of_another_model_are_refused(folder: Path) -> None:
    change_weights(folder, lambda weights: weights.update({"model.adapter.weight": torch.zeros(5)}))
    refuse_to_load(folder, "1 weights belong to another model, for example model.adapter.weight")


def test_a_pickle_is_refused(folder: Path) -> None:
    torch.save(load_file(folder / WEIGHTS), folder / "pytorch_model.bin")
    (folder / WEIGHTS).unlink()
    refuse_to_load(folder, "no safetensors file")


def test_a_pickle_beside_other_safetensors_is_refused(folder: Path) -> None:
    torch.save(load_file(folder / WEIGHTS), folder / "pytorch_model.bin")
    (folder / WEIGHTS).rename(folder / "adapter.safetensors")
    refuse_to_load(folder, "no model that transformers can read")


def test_a_damaged_file_is_refused(folder: Path) -> None:
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[: len(whole) // 2])
    refuse_to_load(folder, "a safetensors file is damaged")


def test_a_tokenizer_without_a_chat_template_is_refused(folder: Path) -> None:
    (folder / "chat_template.jinja").unlink()
    refuse_to_load(folder, "no chat template")


def test_another_models_tokenizer_is_refused(folder: Path) -> None:
    tokenizer = tiny_gemma.tiny_tokenizer()
    tokenizer.add_tokens([f"word{number}" for number in range(10)])
    tokenizer.save_pretrained(folder)
    refuse_to_load(folder, "the tokenizer is another model's")


def test_a_folder_without_a_tokenizer_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    refuse_to_load(folder, "no tokenizer.json")


def test_another_family_is_refused(folder: Path) -> None:
    change_json(folder / "config.json", model_type="llama")
    refuse_to_load(folder, "no Gemma: its model type is 'llama'")


def test_remote_code_is_refused(folder: Path) -> None:
    change_json(folder / "config.json", model_type="gemma9", auto_map={"AutoConfig": "own.Config"})
    (folder / "own.py").write_text("raise SystemExit('this ran')")
    refuse_to_load(folder, "without remote code")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    refuse_to_load(tmp_path, "no safetensors file")


def not_found(kind: type[RepositoryNotFoundError]) -> RepositoryNotFoundError:
    return kind("no", response=httpx2.Response(401, request=httpx2.Request("GET", "http://127.0.0.1")))


@pytest.mark.parametrize(
    ("error", "because"),
    [
        (not_found(GatedRepoError), "gated: accept its licence there, then set HF_TOKEN"),
        (not_found(RepositoryNotFoundError), "no such repository, or HF_TOKEN may not see it"),
        (ConnectionError(), "cannot be reached and is not in the cache"),
    ],
)
def test_a_repository_that_cannot_be_had_says_why(error: OSError, because: str) -> None:
    def fetch(repository: str) -> Path:
        raise error

    with pytest.raises(LoadError, match=because):
        load("google/gemma-tiny", threads=1, fetch=fetch)


def test_a_repository_that_is_not_in_the_cache_needs_the_network(tmp_path: Path) -> None:
    def fetch(repository: str) -> Path:
        return Path(snapshot_download(repository, cache_dir=tmp_path, local_files_only=True))

    with pytest.raises(LoadError, match="cannot be reached and is not in the cache"):
        load("google/gemma-tiny", threads=1, fetch=fetch)
    with pytest.raises(LoadError, match="neither a folder nor a repository's name"):
        load("/no/such/folder", threads=1, fetch=fetch)
