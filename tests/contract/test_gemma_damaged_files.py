"""A file that is damaged, or another kind of model's, is refused with a reason for the operator."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

from services.gemma.interface.load_error import LoadError
from services.gemma.weights.quantize import quantize
from tests.fakes import tiny_gemma

CONFIG, TOKENIZER = "config.json", "tokenizer.json"
NOT_AN_OBJECT = ["[]", "null", '"x"', "1"]
NO_JSON = ["", '{"a"', "\ufffe"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "tiny-gemma-it"
    return tiny_gemma.build_seeing(folder, context_tokens=512)


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(built, tmp_path / built.name))


def refusal(folder: Path, **variables: Any) -> str:
    with pytest.raises(LoadError) as refused:
        tiny_gemma.loaded(folder, GEMMA_IMAGES="yes", **variables)
    return str(refused.value)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        *[(CONFIG, text) for text in (*NOT_AN_OBJECT, *NO_JSON)],
        *[(TOKENIZER, text) for text in ("{}", *NOT_AN_OBJECT, *NO_JSON)],
        *[("tokenizer_config.json", text) for text in (*NOT_AN_OBJECT, *NO_JSON)],
        *[("preprocessor_config.json", text) for text in (*NOT_AN_OBJECT, *NO_JSON)],
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_named(folder: Path, file: str, text: str) -> None:
    (folder / file).write_text(text, encoding="utf-16" if text == "\ufffe" else "utf-8")
    assert file in refusal(folder)


@pytest.mark.parametrize("text", NOT_AN_OBJECT)
def test_a_generation_config_that_is_no_object_is_refused(folder: Path, text: str) -> None:
    (folder / "generation_config.json").write_text(text)
    assert refusal(folder)


def change(file: Path, *keys: str, value: Any) -> None:
    """Sets a value in a JSON file, below so many keys."""
    whole = place = json.loads(file.read_text(encoding="utf-8"))
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    file.write_text(json.dumps(whole), encoding="utf-8")


@pytest.mark.parametrize(
    "key",
    ["hidden_size", "head_dim", "intermediate_size", "num_hidden_layers", "sliding_window", "vocab_size"],
)
@pytest.mark.parametrize("value", ["x", -1, 1.5, [1]])
def test_a_size_that_is_none_is_named(folder: Path, key: str, value: Any) -> None:
    change(folder / CONFIG, "text_config", key, value=value)
    assert refusal(folder) == f"config.json: {key} is {value!r}, no size"


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("text_config",), "x"),
        (("vision_config",), [1]),
        (("vision_config", "patch_size"), 0),
        (("vision_config", "num_attention_heads"), 0),
        (("vision_config", "hidden_act"), "x"),
        (("text_config", "layer_types"), 1),
        (("text_config", "hidden_activation"), "x"),
        (("text_config", "attn_logit_softcapping"), "x"),
        (("text_config", "rope_parameters", "full_attention"), 1),
        (("text_config", "rope_parameters", "full_attention", "rope_type"), "x"),
        (("boi_token_index",), -1),
        (("mm_tokens_per_image",), 0),
        (("dtype",), "x"),
    ],
)
def test_a_value_that_transformers_cannot_take_is_refused(
    folder: Path, keys: tuple[str, ...], value: Any
) -> None:
    change(folder / CONFIG, *keys, value=value)
    assert refusal(folder)


@pytest.mark.parametrize(
    ("file", "key", "value"),
    [
        ("generation_config.json", "eos_token_id", "x"),
        ("generation_config.json", "eos_token_id", {}),
        ("tokenizer_config.json", "eos_token", 1),
        ("tokenizer_config.json", "model_max_length", "x"),
        ("preprocessor_config.json", "size", []),
    ],
)
def test_a_value_of_the_other_files_is_refused_too(folder: Path, file: str, key: str, value: Any) -> None:
    change(folder / file, key, value=value)
    assert refusal(folder)


@pytest.mark.parametrize("template", ["{% if", "{{ raise_exception('no') }}", "{{ 1 / 0 }}<start_of_image>"])
def test_a_chat_template_that_fails_is_refused(folder: Path, template: str) -> None:
    (folder / "chat_template.jinja").write_text(template)
    with pytest.raises(LoadError, match="the chat template"):
        tiny_gemma.loaded(folder)


def test_a_context_too_short_for_a_greeting_is_refused(folder: Path) -> None:
    change(folder / CONFIG, "text_config", "max_position_embeddings", value=5)
    assert refusal(folder).startswith("the model cannot answer a greeting: the prompt has")


MANIFESTS = [
    *("{}", *NOT_AN_OBJECT, *NO_JSON),
    '{"recipe":"int4-g128"}',
    '{"version":"1","recipe":3,"files":{}}',
    '{"version":"1","recipe":"int4-g128","files":[]}',
    '{"recipe":"int4-g128","files":{}}',
]


@pytest.mark.parametrize("text", MANIFESTS)
def test_a_copys_manifest_that_is_none_is_refused(built: Path, tmp_path: Path, text: str) -> None:
    copy = quantize(built, tmp_path, "int4", lambda done, of: None)
    encoding = "utf-16" if text == "\ufffe" else "utf-8"
    (copy.folder / "copy.json").write_text(text, encoding=encoding)
    said = refusal(built, GEMMA_CACHE_DIR=str(tmp_path))
    assert said == f"the quantised copy is damaged: remove {copy.folder}, then quantise again"


def in_relu(folder: Path) -> None:
    change(folder / CONFIG, "text_config", "hidden_activation", value="relu")


def in_no_activation(folder: Path) -> None:
    change(folder / CONFIG, "text_config", "hidden_activation", value="x")


def in_null(folder: Path) -> None:
    (folder / CONFIG).write_text("null")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (in_relu, "int4 knows the activation GELU, not ReLU: set GEMMA_PRECISION=bf16"),
        (in_no_activation, r"config\.json"),
        (in_null, r"config\.json"),
    ],
)
def test_what_cannot_be_quantised_is_refused_before_it_is(
    folder: Path, tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    spoil(folder)
    with pytest.raises(LoadError, match=said):
        quantize(folder, tmp_path / "copies", "int4", lambda done, of: None)
    assert not (tmp_path / "copies").exists()


def test_a_copy_in_int4_with_another_activation_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = quantize(folder, tmp_path / "copies", "int4", lambda done, of: None)
    change(copy.folder / CONFIG, "hidden_activation", value="relu")
    manifest = copy.folder / "copy.json"
    digest = hashlib.sha256((copy.folder / CONFIG).read_bytes()).hexdigest()
    change(manifest, "files", CONFIG, value=digest)
    said = refusal(folder, GEMMA_CACHE_DIR=str(tmp_path / "copies"))
    assert said == "int4 knows the activation GELU, not ReLU: set GEMMA_PRECISION=bf16"
