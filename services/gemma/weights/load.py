"""From a source to a Gemma that has made its first pass; or the reason why not."""

from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from rpckit import log
from rpckit.malloc_trim import release_freed_memory
from services.gemma.fit.preflight import SAVED, Plan, choose, gib
from services.gemma.fit.resources import Resources
from services.gemma.four_bit.int4_decoder_layer import open_model
from services.gemma.four_bit.int4_linear import Int4Linear
from services.gemma.four_bit.transformers_quantizer import linear
from services.gemma.generation.runner import Gemma
from services.gemma.generation.vision import Vision
from services.gemma.kv_cache.attention import ATTENTION
from services.gemma.kv_cache.cache_pool import Pasts
from services.gemma.scheduler.local_model import Facts, Job, LoadError, Message, Sampling
from services.gemma.settings import Settings
from services.gemma.weights.checkpoint import SAFELY, TEXT_TOWER, refuse_wrong_keys, text_key
from services.gemma.weights.madvise import read_row_by_row
from services.gemma.weights.quantized_checkpoint import Copy, finished
from services.gemma.weights.source import Hub, Source

_DTYPE = torch.bfloat16


def load(settings: Settings, hub: Hub, resources: Resources) -> Gemma:
    """Loads the model that is set, in the thread that will run it.

    Args:
        settings: Which model, in which precision.
        hub: Brings a repository here.
        resources: What is free; only the log line and the limits come from it.

    Raises:
        LoadError: The model is not there, does not fit, or is not to be trusted.
    """
    torch.set_num_threads(settings.threads)
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    source = Source.find(settings.source, hub)
    copies = finished(settings.cache, source.folder) if source.folder else {}
    plan = choose(
        source.shape.seeing(images=settings.images),
        resources,
        answers=settings.server.max_in_flight,
        precision=settings.precision,
        saved=copies,
    )
    log.event(
        "loading",
        model=source.name,
        precision=plan.precision,
        device=plan.device.name,
        needs_gib=gib(plan.memory_bytes),
        free_gib=gib(plan.device.free_bytes),
    )
    original = source.fetched(hub)
    folder, version = original, ""
    if plan.precision in copies:
        copy = copies[plan.precision]
        version = _verified(copy, plan.precision, settings.threads)
        folder = copy.folder
    try:
        vision = Vision.load(original, plan.device.name) if plan.shape.vision else None
        gemma = _assemble(folder, version or folder.name, plan, vision)
    except SafetensorError as error:
        raise LoadError("a safetensors file is damaged: download the model again") from error
    except (OSError, ValueError) as error:
        raise LoadError("the folder holds no model that transformers can read without remote code") from error
    _warm_up(gemma)
    return gemma


def _verified(copy: Copy, precision: str, threads: int) -> str:
    """The version of a copy that is intact and can be used here."""
    recipe, here = copy.manifest["recipe"], linear(precision).recipe
    if recipe != here:
        raise LoadError(f"the copy is {recipe}, {here} is what is read: quantise again")
    copy.verify(threads)
    return str(copy.manifest["version"])


def _assemble(folder: Path, version: str, plan: Plan, vision: Vision | None) -> Gemma:
    weights = list(folder.glob("*.safetensors"))
    if not weights:
        raise LoadError("there is no safetensors file; other weights, pickles above all, are not loaded")
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    tokenizer = _tokenizer(folder, config.get_text_config().vocab_size)
    # Reading it took hundreds of megabytes, and the weights are yet to come.
    release_freed_memory()
    if vision:
        vision.teach(tokenizer)
    loaded: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        config=config.get_text_config(),
        key_mapping=TEXT_TOWER,
        dtype=_DTYPE,
        attn_implementation=ATTENTION,
        trust_remote_code=False,
        **SAFELY,
    )
    model, report = loaded
    reshaped = {key for key, *_ in report["mismatched_keys"]}
    refuse_wrong_keys(report["missing_keys"], reshaped, filter(text_key, report["unexpected_keys"]))
    model = model.eval().to(plan.device.name)
    if plan.precision in SAVED and not plan.device.is_gpu:
        read_row_by_row(model.get_input_embeddings().weight)
    if plan.precision == Int4Linear.precision:
        open_model(model, folder)
    facts = Facts(
        version=version,
        context_tokens=min(model.config.max_position_embeddings, plan.context_tokens),
        precision=plan.precision,
        memory_bytes=plan.memory_bytes,
        # A copy's images are looked at by the tower of the model that it is a copy of.
        disk_bytes=sum(each.stat().st_size for each in weights)
        + (plan.vision_bytes if plan.precision in SAVED else 0),
        device=str(model.device),
        image_side=vision.side if vision else 0,
    )
    pasts = Pasts(plan.kv_size, plan.kv_bytes)
    return Gemma(model, tokenizer, _ends(model, tokenizer), facts, pasts, vision)


def _tokenizer(folder: Path, vocabulary: int) -> PreTrainedTokenizerFast:
    if not (folder / "tokenizer.json").is_file():
        raise LoadError("there is no tokenizer.json")
    # Gemma's own class would keep all words and merges in Python, too.
    tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(
        folder, local_files_only=True
    )
    if not getattr(tokenizer.backend_tokenizer.model, "byte_fallback", False):
        raise LoadError("the tokenizer is no Gemma's: it has no tokens for bytes")
    if not tokenizer.chat_template:
        raise LoadError("the tokenizer has no chat template: use an instruction-tuned Gemma, such as *-it")
    if len(tokenizer) > vocabulary:
        raise LoadError(
            f"the tokenizer is another model's: {len(tokenizer)} tokens, {vocabulary} in the model"
        )
    return tokenizer


def _ends(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast) -> frozenset[int]:
    ends = model.generation_config.eos_token_id
    several = ends if isinstance(ends, list) else [ends]
    return frozenset(each for each in (*several, tokenizer.eos_token_id) if each is not None)


def _warm_up(gemma: Gemma) -> None:
    """The first pass reads the weights from the disk and prepares them: nobody should wait for it."""
    greeting = Job((Message("user", "Hello"),), Sampling(temperature=0, max_output_tokens=2))
    writing = gemma.begin(greeting)
    gemma.admit(writing)
    while not gemma.step([writing])[0].end:
        pass
    gemma.release(writing)
