"""Says, without reading a weight, whether the files of a model are those of one that can be served."""

import json
from pathlib import Path

from services.gemma.interface.load_error import LoadError

_GGUF = (
    "a GGUF file is llama.cpp's and is not loaded here: take the folder of the model's own repository, with "
    "config.json and *.safetensors (`hf download google/gemma-3-4b-it --local-dir FOLDER`), or serve the "
    "file by llama.cpp and name that server in the catalog by base_url (docs/gemma.md)"
)
NO_CHAT_TEMPLATE = "the tokenizer has no chat template: use an instruction-tuned Gemma, such as *-it"


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
        LoadError: There are no safetensors, no tokenizer, or no chat template.
    """
    refuse_gguf(folder)
    if not any(folder.glob("*.safetensors")):
        raise LoadError("there is no safetensors file; other weights, pickles above all, are not loaded")
    if not (folder / "tokenizer.json").is_file():
        raise LoadError("there is no tokenizer.json")
    if not (folder / "chat_template.jinja").is_file() and not _tokenizer_config(folder).get("chat_template"):
        raise LoadError(NO_CHAT_TEMPLATE)


def _tokenizer_config(folder: Path) -> dict[str, object]:
    file = folder / "tokenizer_config.json"
    try:
        config = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (OSError, ValueError, RecursionError) as error:
        raise LoadError(f"{file.name} is no JSON") from error
    if not isinstance(config, dict):
        raise LoadError(f"{file.name} is no JSON object")
    return config
