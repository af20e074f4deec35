"""Says, without reading a weight, whether the files of a model are those of one that can be served."""

import json
from pathlib import Path

from services.gemma.interface.load_error import LoadError

_GGUF = (
    "a GGUF file is llama.cpp's and is not loaded here: take the folder of the model's own repository, with "
    "config.json and *.safetensors (`hf download google/gemma-3-4b-it --local-dir FOLDER`), or serve the "
    "file by llama.cpp and name that server in the catalog by base_url (docs/gemma.md)"
)
_INDEX = "model.safetensors.index.json"


class NoChatTemplateError(LoadError):
    """The model has no chat template, as a base model has none: nothing says how turns are written."""

    def __init__(self) -> None:
        super().__init__("the tokenizer has no chat template: use an instruction-tuned Gemma, such as *-it")


def refuse_gguf(path: Path) -> None:
    """Refuses a GGUF file, and a folder that holds nothing else of a model.

    Raises:
        LoadError: It says how to get a folder.
    """
    alone = path.is_dir() and not any(path.glob("*.safetensors")) and any(path.glob("*.gguf"))
    if alone or path.suffix.lower() == ".gguf":
        raise LoadError(_GGUF)


def require_files(folder: Path) -> None:
    """Refuses a model's folder that lacks what a server needs besides `config.json`.

    Raises:
        NoChatTemplateError: There is no chat template.
        LoadError: There are no safetensors, or there is no tokenizer.
    """
    refuse_gguf(folder)
    weight_files(folder)
    if not (folder / "tokenizer.json").is_file():
        raise LoadError(f"there is no tokenizer.json in {folder}: download the model again, all of it")
    if not (folder / "chat_template.jinja").is_file() and not _tokenizer_config(folder).get("chat_template"):
        raise NoChatTemplateError


def weight_files(folder: Path) -> list[Path]:
    """Returns the files of a model's weights, as transformers chooses them: one, or those of an index.

    Raises:
        LoadError: There are none, the index is damaged, or a file that it names is missing.
    """
    whole, index = folder / "model.safetensors", folder / _INDEX
    if whole.is_file():
        return [whole]
    if not index.is_file():
        raise LoadError(
            f"there is no safetensors file in {folder} that is named as a model's, {whole.name} or parts by "
            f"{_INDEX}: take the folder of the model's own repository; pickles are not loaded"
        )
    try:
        names = sorted({str(name) for name in json.loads(index.read_bytes())["weight_map"].values()})
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise LoadError(f"{_INDEX} is damaged: download the model again") from error
    missing = [name for name in names if not (folder / name).is_file()]
    if missing or not names:
        lacking = missing[0] if missing else "every file"
        raise LoadError(f"{lacking} of {_INDEX} is missing in {folder}: download the model again")
    return [folder / name for name in names]


def _tokenizer_config(folder: Path) -> dict[str, object]:
    file = folder / "tokenizer_config.json"
    try:
        config = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (OSError, ValueError, RecursionError) as error:
        raise LoadError(f"{file.name} is no JSON") from error
    if not isinstance(config, dict):
        raise LoadError(f"{file.name} is no JSON object")
    return config
