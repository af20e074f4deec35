"""Loads the model that the settings name, up to its first forward pass; or says why it cannot be served."""

from pathlib import Path
from typing import Any, cast

import torch
import transformers
from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerFast

import services.gemma.low_bit.transformers_quantizer  # noqa: F401 - it tells transformers of the copies
from rpckit import log
from rpckit.errors import ChorusError
from rpckit.malloc_trim import release_freed_memory
from services.gemma.fit.preflight import QUANTIZED, DeploymentPlan, choose_plan, gib
from services.gemma.fit.resources import PROMPT_KERNEL_LIBRARY, MachineResources
from services.gemma.generation.grammar import TokenizerVocabulary
from services.gemma.generation.image_encoder import ImageEncoder
from services.gemma.generation.runner import GemmaRunner
from services.gemma.interface.generation_request import GenerationRequest, SamplingParameters
from services.gemma.interface.load_error import LoadError
from services.gemma.interface.local_model import ModelInfo, StepOutput
from services.gemma.kv_cache.attention import PACKED_ATTENTION, share_keys_and_values
from services.gemma.kv_cache.cache_pool import KVCachePool
from services.gemma.loading.tokenizer import GREETING, greeted_prompt_encoder, load_tokenizer
from services.gemma.loading.vision_tower import load_image_encoder
from services.gemma.low_bit.form import quantized_form
from services.gemma.low_bit.host_embedding import HostEmbedding
from services.gemma.low_bit.int4_decoder_layer import prepare_int4_model
from services.gemma.low_bit.int8_embedding import PER_LAYER_TABLE, Int8Embedding
from services.gemma.low_bit.prompt_kernel import PromptKernel
from services.gemma.settings import GemmaSettings
from services.gemma.weights.checkpoint import (
    SAFE_LOADING,
    TEXT_KEY_MAPPING,
    refuse_wrong_keys,
    text_key,
)
from services.gemma.weights.madvise import advise_random_access
from services.gemma.weights.quantized_checkpoint import QuantizedCheckpoint, find_quantized
from services.gemma.weights.required_files import require_files
from services.gemma.weights.source import ModelHub, ModelSource
from services.gemma.weights.stored_tensors import (
    described_model,
    refuse_other_tensors,
    stored_tensors,
    text_config,
)
from services.gemma.weights.unreadable import refused_if_unreadable


def load_model(settings: GemmaSettings, hub: ModelHub, resources: MachineResources) -> GemmaRunner:
    """Loads the model in the thread that will run it.

    Args:
        settings: They name the model and its precision.
        hub: Downloads a repository.
        resources: What was free before torch was imported, which the plan is chosen by.

    Raises:
        LoadError: The model is not there, does not fit, or is not to be trusted.
    """
    torch.set_num_threads(settings.threads)
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    source = ModelSource.find(settings.source, hub)
    copies = find_quantized(settings.cache, source.folder) if source.folder else {}
    plan = choose_plan(
        source.dimensions.loaded(images=settings.images),
        resources,
        max_sequences=settings.server.max_in_flight,
        precision=settings.precision,
        quantized=copies,
    )
    log.event(
        "loading",
        model=source.name,
        precision=plan.precision,
        device=plan.device.name,
        needs_gib=gib(plan.memory_bytes),
        free_gib=gib(plan.device.free_bytes),
        instructions=torch.backends.cpu.get_cpu_capability(),
        prompt_kernel=plan.prompt_kernel,
    )
    original = source.fetch(hub)
    folder, version = original, original.name
    if plan.precision in copies:
        folder = copies[plan.precision].folder
        version = _verified_version(copies[plan.precision], settings.threads)
    image_encoder = None
    if plan.dimensions.vision_parameters:
        image_encoder = load_image_encoder(original, plan.device.name)
    runner = _load_runner(folder, version, plan, image_encoder)
    _warm_up(runner)
    return runner


def _verified_version(copy: QuantizedCheckpoint, threads: int) -> str:
    """Returns the version of a copy that is intact and by today's recipe."""
    copy.refuse_outdated()
    copy.verify(threads)
    return copy.manifest.version


def _load_runner(
    folder: Path, version: str, plan: DeploymentPlan, image_encoder: ImageEncoder | None
) -> GemmaRunner:
    require_files(folder)
    weights = list(folder.glob("*.safetensors"))
    config = text_config(folder)
    if plan.precision not in QUANTIZED:
        # Of a copy the checksums have told.
        refuse_other_tensors(described_model(config), stored_tensors(folder))
    tokenizer = load_tokenizer(folder, config.vocab_size)
    # Parsing it took hundreds of megabytes, and the weights are yet to come.
    release_freed_memory()
    prompt_encoder = greeted_prompt_encoder(tokenizer, config.model_type, image_encoder)
    model = _load_text_model(folder, config, plan)
    info = ModelInfo(
        version=version,
        context_tokens=min(model.config.max_position_embeddings, plan.context_tokens),
        precision=plan.precision,
        memory_bytes=plan.memory_bytes,
        # The vision tower of a copy is that of the model it is a copy of.
        disk_bytes=sum(each.stat().st_size for each in weights)
        + (plan.vision_bytes if plan.precision in QUANTIZED else 0),
        device=str(model.device),
        image_side=image_encoder.side if image_encoder else 0,
    )
    with refused_if_unreadable("tokenizer.json or generation_config.json"):
        vocabulary = TokenizerVocabulary(tokenizer, model.config.vocab_size, _eos_token_ids(model, tokenizer))
    cache_pool = KVCachePool(plan.kv_cache_size, plan.kv_cache_bytes)
    return GemmaRunner(model, prompt_encoder, vocabulary, info, cache_pool, image_encoder)


def _load_text_model(folder: Path, config: Any, plan: DeploymentPlan) -> PreTrainedModel:
    """Loads the text model onto its device, ready to run."""
    with refused_if_unreadable("config.json and its weights"):
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            folder,
            config=config,
            key_mapping=TEXT_KEY_MAPPING,
            dtype=torch.bfloat16,
            attn_implementation=PACKED_ATTENTION,
            trust_remote_code=False,
            **SAFE_LOADING,
        )
        model, report = loaded
    reshaped = {key for key, *_ in report["mismatched_keys"]}
    refuse_wrong_keys(report["missing_keys"], reshaped, filter(text_key, report["unexpected_keys"]))
    if plan.precision in QUANTIZED:
        _leave_embeddings_in_files(model, on_gpu=plan.device.is_gpu)
    share_keys_and_values(model.model)
    model = model.eval().to(plan.device.name)
    if plan.precision in QUANTIZED and quantized_form(plan.precision).is_integer:
        # Before torch keeps a single thread for itself.
        kernel = PromptKernel(PROMPT_KERNEL_LIBRARY, torch.get_num_threads()) if plan.prompt_kernel else None
        prepare_int4_model(model, folder, kernel)
    return cast("PreTrainedModel", model)


def _leave_embeddings_in_files(model: Any, *, on_gpu: bool) -> None:
    """Has a copy's embeddings looked up row by row in its mapped files, beside a GPU, too."""
    table = getattr(model.model, PER_LAYER_TABLE.rpartition(".")[2], None)
    advise_random_access(model.get_input_embeddings().weight)
    if isinstance(table, Int8Embedding):
        advise_random_access(table.codes)
    if on_gpu:
        model.set_input_embeddings(HostEmbedding(model.get_input_embeddings()))
        if table is not None:
            model.set_submodule(PER_LAYER_TABLE, HostEmbedding(table))


def _eos_token_ids(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast) -> frozenset[int]:
    configured = model.generation_config.eos_token_id
    token_ids = configured if isinstance(configured, list) else [configured]
    return frozenset(each for each in (*token_ids, tokenizer.eos_token_id) if each is not None)


def _warm_up(runner: GemmaRunner) -> None:
    """Generates two tokens: the first pass reads the weights from the disk, and no caller waits for it.

    Raises:
        LoadError: The model cannot answer.
    """
    greeting = GenerationRequest(GREETING, SamplingParameters(temperature=0, max_output_tokens=2))
    with refused_if_unreadable("config.json or the weights"):
        try:
            sequence = runner.begin(greeting)
            runner.admit(sequence)
            output = StepOutput()
            while not output.result:
                (output,) = runner.step([sequence])
            runner.release(sequence)
            if isinstance(output.result, ChorusError):
                raise output.result
        except ChorusError as error:
            raise LoadError(f"the model cannot answer a greeting: {error}") from error
