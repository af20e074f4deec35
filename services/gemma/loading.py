"""From a folder or a repository to a Gemma that has made its first step; or the reason why not."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import huggingface_hub
import torch
import transformers
from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from rpckit import log
from services.gemma.gemma import Gemma
from services.gemma.model import Facts, Job, LoadError, Message, Sampling

# In fp32 the 4B model takes twice the memory, and is slower, on every device.
_DTYPE, _PRECISION = torch.bfloat16, "bf16"
_FILES = ("*.json", "*.jinja", "*.safetensors")
# Where the multimodal checkpoints of Gemma 3 keep the text tower, and what else they hold.
_TEXT_TOWER = {r"^(language_model\.model|model\.language_model)\.": "model."}
_OTHER_TOWERS = (
    "vision_tower.",
    "multi_modal_projector.",
    "model.vision_tower.",
    "model.multi_modal_projector.",
)

Fetch = Callable[[str], Path]


def fetch(repository: str) -> Path:
    """The folder of a repository's latest revision, named after it; downloads what is not there yet."""
    return Path(huggingface_hub.snapshot_download(repository, allow_patterns=list(_FILES)))


def load(source: str, threads: int, fetch: Fetch = fetch) -> Gemma:
    """Loads a model in the thread that will run it.

    Args:
        source: A folder, or the name of a repository.
        threads: For arithmetic on the CPU.
        fetch: Brings a repository here.

    Raises:
        LoadError: The model is not there, or not to be trusted.
    """
    torch.set_num_threads(threads)
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    folder = Path(source).resolve() if Path(source).is_dir() else _fetched(source, fetch)
    log.event("loading", version=folder.name)
    try:
        gemma = _assemble(folder)
    except SafetensorError as error:
        raise LoadError("a safetensors file is damaged: download the model again") from error
    except (OSError, ValueError) as error:
        raise LoadError("the folder holds no model that transformers can read without remote code") from error
    _warm_up(gemma)
    return gemma


def _fetched(repository: str, fetch: Fetch) -> Path:
    try:
        return fetch(repository)
    except HFValidationError as error:
        raise LoadError("GEMMA_MODEL is neither a folder nor a repository's name") from error
    except GatedRepoError as error:
        raise LoadError("the repository is gated: accept its licence there, then set HF_TOKEN") from error
    except RepositoryNotFoundError as error:
        raise LoadError("there is no such repository, or HF_TOKEN may not see it") from error
    except OSError as error:
        raise LoadError("the repository cannot be reached and is not in the cache: use a folder") from error


def _assemble(folder: Path) -> Gemma:
    weights = list(folder.glob("*.safetensors"))
    if not weights:
        raise LoadError("there is no safetensors file; other weights, pickles above all, are not loaded")
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    if not config.model_type.startswith("gemma"):
        raise LoadError(f"this is no Gemma: its model type is {config.model_type!r}")
    tokenizer = _tokenizer(folder, config.get_text_config().vocab_size)
    loaded: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        config=config.get_text_config(),
        key_mapping=_TEXT_TOWER,
        dtype=_DTYPE,
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
        # They are refused below, with a reason that names them.
        ignore_mismatched_sizes=True,
        output_loading_info=True,
    )
    model, report = loaded
    _refuse_wrong_weights(report)
    model = model.eval().to("cuda" if torch.cuda.is_available() else "cpu")
    facts = Facts(
        version=folder.name,
        context_tokens=model.config.max_position_embeddings,
        precision=_PRECISION,
        memory_bytes=model.get_memory_footprint(),
        disk_bytes=sum(each.stat().st_size for each in weights),
        device=str(model.device),
    )
    return Gemma(model, tokenizer, _ends(model, tokenizer), facts)


def _tokenizer(folder: Path, vocabulary: int) -> PreTrainedTokenizerFast:
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    # Without the file transformers makes up a tokenizer of five tokens.
    if not (folder / "tokenizer.json").is_file() or not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise LoadError("there is no tokenizer.json")
    if not tokenizer.chat_template:
        raise LoadError("the tokenizer has no chat template: use an instruction-tuned Gemma, such as *-it")
    if len(tokenizer) > vocabulary:
        raise LoadError(
            f"the tokenizer is another model's: {len(tokenizer)} tokens, {vocabulary} in the model"
        )
    return tokenizer


def _refuse_wrong_weights(report: Mapping[str, Any]) -> None:
    surplus = {key for key in report["unexpected_keys"] if not key.startswith(_OTHER_TOWERS)}
    for wrong, keys in (
        ("are missing", report["missing_keys"]),
        ("have another shape", {key for key, *_ in report["mismatched_keys"]}),
        ("belong to another model", surplus),
    ):
        if keys:
            raise LoadError(f"{len(keys)} weights {wrong}, for example {min(keys)}")


def _ends(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast) -> frozenset[int]:
    ends = model.generation_config.eos_token_id
    several = ends if isinstance(ends, list) else [ends]
    return frozenset(each for each in (*several, tokenizer.eos_token_id) if each is not None)


def _warm_up(gemma: Gemma) -> None:
    """The first pass reads the weights from the disk and prepares them: nobody should wait for it."""
    greeting = Job((Message("user", "Hello"),), Sampling(temperature=0, max_output_tokens=2))
    for _ in gemma.generate(greeting):
        pass
