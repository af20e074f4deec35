"""A Gemma reads images if it is asked to and has what it takes; or it says why not."""

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from safetensors.torch import load_file, save_file

from chorus.model.v1 import content_pb2, generation_pb2, model_pb2
from chorus.model.v1.model_service_pb2 import GenerateRequest, ListModelsRequest
from chorus.model.v1.model_service_pb2_grpc import ModelServiceStub
from rpckit.errors import InvalidRequest, NotSupported, from_rpc_error
from rpckit.settings import Environment
from services.gemma.commands import checked
from services.gemma.generation.runner import GemmaRunner
from services.gemma.interface.load_error import LoadError
from services.gemma.settings import GemmaSettings
from services.gemma.weights.quantize import quantize
from services.gemma.weights.source import HuggingFaceHub
from tests.contract.subjects.gemma import start
from tests.fakes import tiny_gemma
from tests.fakes.pictures import picture

TIMEOUT = 30
WEIGHTS = "model.safetensors"
VISION_NORM = "vision_tower.post_layernorm.weight"
PROJECTION = "multi_modal_projector.mm_input_projection_weight"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gemma.build_seeing(tmp_path_factory.mktemp("seeing") / "tiny-gemma-it")


def seeing(folder: Path, copies: Path = Path("/no/copies")) -> GemmaRunner:
    return tiny_gemma.loaded(folder, GEMMA_IMAGES="yes", GEMMA_CACHE_DIR=str(copies))


def test_what_looks_is_the_originals_and_in_the_facts(folder: Path, tmp_path: Path) -> None:
    blind = tiny_gemma.loaded(folder).info
    assert (blind.image_side, seeing(folder).info.image_side) == (0, tiny_gemma.IMAGE_SIDE)
    copy = quantize(folder, tmp_path, "int4", lambda done, of: None)
    assert not any("vision" in key for file in copy.folder.glob("*.safetensors") for key in load_file(file))
    small = tiny_gemma.loaded(folder, GEMMA_CACHE_DIR=str(tmp_path)).info
    both = seeing(folder, tmp_path).info
    assert both.disk_bytes > small.disk_bytes
    assert both.memory_bytes > small.memory_bytes + 2**29


@pytest.fixture
def spoilt(folder: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(folder, tmp_path / folder.name))


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    weights = load_file(folder / WEIGHTS)
    change(weights)
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (lambda weights: weights.pop(PROJECTION), f"1 weight is missing, for example {PROJECTION}"),
        (
            lambda weights: [weights.pop(each) for each in list(weights) if each.startswith("vision_tower.")],
            "weights are missing, for example vision_tower",
        ),
        (
            lambda weights: weights.update({VISION_NORM: torch.zeros(5)}),
            f"1 weight has another shape than config.json says, for example {VISION_NORM}",
        ),
        (
            lambda weights: weights.update({"vision_tower.head.probe": torch.zeros(5)}),
            "1 weight belongs to another model, for example vision_tower.head.probe",
        ),
    ],
)
def test_wrong_weights_of_the_vision_tower_are_refused_if_it_is_asked_for(
    spoilt: Path, change: Callable[[dict[str, torch.Tensor]], object], because: str
) -> None:
    change_weights(spoilt, change)
    assert tiny_gemma.loaded(spoilt).info
    with pytest.raises(LoadError, match=because):
        seeing(spoilt)


@pytest.mark.parametrize(
    "prefix", ["vision_tower.vision_model.", "model.vision_tower.", "model.vision_tower.vision_model."]
)
def test_the_vision_tower_is_found_by_each_of_its_names(folder: Path, spoilt: Path, prefix: str) -> None:
    def rename(weights: dict[str, torch.Tensor]) -> None:
        for key in list(weights):
            name = key.replace("vision_tower.", prefix)
            name = f"model.{name}" if prefix.startswith("model.") and "multi_modal" in name else name
            weights[name] = weights.pop(key)

    change_weights(spoilt, rename)
    theirs, mine = (each.image_encoder for each in (seeing(folder), seeing(spoilt)))
    assert theirs
    assert mine
    weights = mine.tower.state_dict()
    assert all(torch.equal(weights[key], each) for key, each in theirs.tower.state_dict().items())


def test_without_what_belongs_to_images_it_is_refused(spoilt: Path) -> None:
    template = spoilt / "chat_template.jinja"
    told = template.read_text()
    template.write_text(told.replace("<start_of_image>", "image"))
    with pytest.raises(LoadError, match="its chat template knows no images"):
        seeing(spoilt)
    template.write_text(told)
    (spoilt / "preprocessor_config.json").unlink()
    with pytest.raises(LoadError, match=r"there is no preprocessor_config\.json"):
        seeing(spoilt)


def test_a_model_without_a_vision_tower_is_refused(tmp_path: Path) -> None:
    text_alone = tiny_gemma.build(tmp_path / "tiny-gemma-it")
    with pytest.raises(LoadError, match=r"has no vision tower that is read here: .* or unset GEMMA_IMAGES"):
        seeing(text_alone)


def test_a_config_without_a_vision_tower_is_refused(spoilt: Path) -> None:
    config = json.loads((spoilt / "config.json").read_text())
    (spoilt / "config.json").write_text(json.dumps(config | {"vision_config": None}))
    with pytest.raises(LoadError, match="has no vision tower"):
        seeing(spoilt)


def test_the_check_counts_what_looks_at_images(folder: Path, tmp_path: Path) -> None:
    def said(source: Path, **variables: str) -> str:
        own = {"GEMMA_MODEL": str(source), "GEMMA_CACHE_DIR": "/no/copies"}
        settings = GemmaSettings.read(Environment(own | variables))
        return "\n".join(checked(settings, tiny_gemma.ROOMY, HuggingFaceHub()))

    assert "the server would take bf16 on cpu" in said(folder, GEMMA_IMAGES="yes")
    assert said(folder, GEMMA_IMAGES="yes") != said(folder)
    with pytest.raises(LoadError, match="has no vision tower"):
        said(tiny_gemma.build(tmp_path / "tiny-gemma-it"), GEMMA_IMAGES="yes")


def asked(data: bytes) -> GenerateRequest:
    shown = content_pb2.Part(image=content_pb2.Image(data=data, media_type="image/png"))
    parts = [content_pb2.Part(text="What is this?"), shown]
    return GenerateRequest(
        turns=[content_pb2.Turn(role=content_pb2.ROLE_USER, parts=parts)],
        sampling=generation_pb2.Sampling(temperature=0, max_output_tokens=5),
    )


async def test_the_server_reads_images_if_it_is_asked_to() -> None:
    async with start(GEMMA_IMAGES="yes") as address, grpc.aio.insecure_channel(address) as channel:
        models: Any = ModelServiceStub(channel)
        (model,) = (await models.ListModels(ListModelsRequest(), timeout=TIMEOUT)).models
        calls = [models.Generate(asked(picture(seed)), timeout=TIMEOUT) for seed in (1, 2, 1)]
        one, two, again = await asyncio.gather(*calls)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await models.Generate(asked(b"x"), timeout=TIMEOUT)
    assert model_pb2.CAPABILITY_IMAGE_INPUT in model.capabilities
    assert one.parts[0].text == again.parts[0].text != two.parts[0].text
    assert one.completion.usage.input_tokens > tiny_gemma.IMAGE_TOKENS
    failure = from_rpc_error(refused.value)
    assert isinstance(failure, InvalidRequest)
    assert list(failure.metadata) == ["turns[0].parts[1].image.data"]


async def test_unasked_the_server_reads_none() -> None:
    async with start(GEMMA_IMAGES="no") as address, grpc.aio.insecure_channel(address) as channel:
        models: Any = ModelServiceStub(channel)
        (model,) = (await models.ListModels(ListModelsRequest(), timeout=TIMEOUT)).models
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await models.Generate(asked(picture(1)), timeout=TIMEOUT)
    assert model_pb2.CAPABILITY_IMAGE_INPUT not in model.capabilities
    assert isinstance(from_rpc_error(refused.value), NotSupported)
