"""A Gemma 3 with random weights, small enough to be built for a test, in the files of a real one."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from transformers import (
    Gemma2Config,
    Gemma3Config,
    Gemma3ForCausalLM,
    Gemma3ForConditionalGeneration,
    Gemma3TextConfig,
    GemmaTokenizer,
)
from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil

from rpckit.errors import ChorusError
from rpckit.settings import Environment
from services.gemma.fit.resources import PROMPT_KERNEL_LIBRARY, ComputeDevice, MachineResources
from services.gemma.generation.runner import GemmaRunner
from services.gemma.interface.generation_request import ChatMessage, GenerationRequest, SamplingParameters
from services.gemma.interface.local_model import GenerationResult
from services.gemma.loading.load_model import load_model
from services.gemma.settings import GemmaSettings
from services.gemma.weights.source import HuggingFaceHub, ModelHub

# Its control tokens are Gemma's; its words are bytes, ASCII and a little Korean: most Korean and every emoji
# takes several tokens.
_CONTROL = ("<pad>", "<eos>", "<bos>", "<unk>", "<mask>")
_TURN = ("<start_of_turn>", "<end_of_turn>")
_IMAGE = {
    "boi_token": "<start_of_image>",
    "eoi_token": "<end_of_image>",
    "image_token": "<image_soft_token>",
}
# More than the sliding window, and more than a chunk of a prompt.
IMAGE_TOKENS = 144
IMAGE_SIDE = 96
_BYTES = tuple(f"<0x{byte:02X}>" for byte in range(256))
_LETTERS = (*(chr(code) for code in range(ord("!"), ord("~") + 1)), "▁", "\n", *"가나다라마바사한국어글")

# As Gemma 3's own: the system's text opens the user's first turn, and roles alternate.
CHAT_TEMPLATE = """\
{{ bos_token }}
{%- set system = messages[0]['content'] + '\n\n' if messages[0]['role'] == 'system' else '' -%}
{%- for message in (messages[1:] if system else messages) -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception('user and assistant take turns') }}
    {%- endif -%}
    {%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}
    {{ '<start_of_turn>' + role + '\n' + (system if loop.first else '') }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- else -%}
        {%- for item in message['content'] -%}
            {{ '<start_of_image>' if item['type'] == 'image' else item['text'] | trim }}
        {%- endfor -%}
    {%- endif -%}
    {{ '<end_of_turn>\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<start_of_turn>model\n' }}{%- endif -%}
"""

# Logits that each token has whatever went before. The tokens that end a string, a list and an object are
# likely, so that JSON is finished, mostly after some 150 tokens. The end of a turn is sampled after some 20,
# and never comes at temperature 0.
_TOKEN_BIAS = {'"': 2.4, "]": 2.2, "}": 2.1, ",": 0.5, "<eos>": -1.0, "<end_of_turn>": 2.05}


def build(folder: Path, *, context_tokens: int = 32768) -> Path:
    """Saves the model and its tokenizer; equal arguments give equal files."""
    tokenizer = tiny_tokenizer()
    tokenizer.save_pretrained(folder)
    tiny_model(tokenizer, context_tokens).save_pretrained(folder)
    return folder


def build_seeing(folder: Path, *, context_tokens: int = 2048) -> Path:
    """Saves a multimodal checkpoint with the same text tower, and all that goes with it."""
    tokenizer = tiny_tokenizer(**_IMAGE)
    tokenizer.save_pretrained(folder)
    text = tiny_model(tokenizer, context_tokens)
    ids: Any = tokenizer.convert_tokens_to_ids(list(_IMAGE.values()))
    config = Gemma3Config(
        text_config=text.config,
        vision_config={
            "model_type": "siglip_vision_model",
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 3,
            "num_attention_heads": 2,
            "image_size": IMAGE_SIDE,
            "patch_size": 4,
            "vision_use_head": False,
        },
        mm_tokens_per_image=IMAGE_TOKENS,
        boi_token_index=ids[0],
        eoi_token_index=ids[1],
        image_token_index=ids[2],
    )
    seeing = Gemma3ForConditionalGeneration(config)
    parts: Any = seeing.model
    parts.language_model.load_state_dict(text.model.state_dict())
    parts.multi_modal_projector.mm_input_projection_weight.data.normal_(std=0.3)
    seeing.bfloat16().save_pretrained(folder)
    processor = Gemma3ImageProcessorPil(
        size={"height": IMAGE_SIDE, "width": IMAGE_SIDE}, image_mean=[0.5] * 3, image_std=[0.5] * 3
    )
    processor.save_pretrained(folder)
    return folder


def build_older(folder: Path, kind: Any, config: Any) -> Path:
    """Saves a Gemma 2 or a first Gemma, with another's tokenizer and random weights."""
    tiny_tokenizer().save_pretrained(folder)
    torch.manual_seed(2)
    sizes = {"vocab_size": 384, "hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 32}
    sliding = {"sliding_window": 16} if config is Gemma2Config else {}
    model = kind(config(**sizes, **heads, **sliding, max_position_embeddings=512))
    for each in model.parameters():
        torch.nn.init.normal_(each, std=0.3)
    model.bfloat16().save_pretrained(folder)
    return folder


GREETING = GenerationRequest((ChatMessage("user", "Hello, 글"),), SamplingParameters(temperature=0))
ROOMY = MachineResources(ComputeDevice("cpu", 2**34, 1e10), 2**34)
"""16 GiB of memory and of disk, as a test's machine."""
WITH_PROMPT_KERNEL = dataclasses.replace(ROOMY, prompt_kernel=True)


def require_prompt_kernel() -> None:
    """Skips a test where the kernel for prompts was not built, or this CPU cannot run it."""
    import pytest  # noqa: PLC0415 - benches build these models without it

    if not PROMPT_KERNEL_LIBRARY.is_file():
        pytest.skip("the kernel for prompts is not built: services/gemma/low_bit/build_prompt_kernel.sh")
    if torch.backends.cpu.get_cpu_capability() not in {"AVX2", "AVX512"}:
        pytest.skip("the kernel for prompts needs AVX2")


def loaded(
    source: Path | str, hub: ModelHub | None = None, resources: MachineResources = ROOMY, **variables: str
) -> GemmaRunner:
    """Loads a model as the server does; `variables` are added to its environment."""
    own = {"GEMMA_MODEL": str(source), "GEMMA_CACHE_DIR": "/no/copies", "GEMMA_THREADS": "1"}
    return load_model(GemmaSettings.read(Environment(own | variables)), hub or HuggingFaceHub(), resources)


def write_all(gemma: GemmaRunner, *requests: GenerationRequest) -> list[tuple[list[str], GenerationResult]]:
    """Generates the answers in one batch; returns each one's texts, step by step, and its result."""
    sequences = [gemma.begin(each) for each in requests]
    texts: list[list[str]] = [[] for _ in requests]
    results: list[GenerationResult | ChorusError | None] = [None for _ in requests]
    for each in sequences:
        assert gemma.admit(each)
    try:
        while None in results:
            running = [index for index, result in enumerate(results) if result is None]
            outputs = gemma.step([sequences[index] for index in running])
            for index, output in zip(running, outputs, strict=True):
                texts[index] += [output.text] if output.text else []
                results[index] = output.result
    finally:
        for each in sequences:
            gemma.release(each)
    for result in results:
        if isinstance(result, ChorusError):
            raise result
    pairs = zip(texts, results, strict=True)
    return [(each, result) for each, result in pairs if isinstance(result, GenerationResult)]


def tiny_tokenizer(
    words: Iterable[str] = (), merges: Any = (), control: Iterable[str] = _TURN, **image: str
) -> GemmaTokenizer:
    """A tokenizer of some 370 tokens, with the chat template.

    Args:
        words: More tokens.
        merges: The pairs that words are made of.
        control: The control tokens of a chat.
        image: Names of tokens of images.
    """
    vocabulary = {token: number for number, token in enumerate((*_CONTROL, *_BYTES, *_LETTERS, *words))}
    tokenizer = GemmaTokenizer(
        vocab=vocabulary,
        merges=list(merges),
        extra_special_tokens=[*control, *image.values()],
        model_specific_special_tokens=image,
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


def tiny_model(tokenizer: GemmaTokenizer, context_tokens: int) -> Gemma3ForCausalLM:
    """Two layers, one with a sliding window, in bf16."""
    torch.manual_seed(5)
    config = Gemma3TextConfig(
        # As in the real ones: a few rows more than the tokenizer has tokens.
        vocab_size=-(-len(tokenizer) // 16) * 16,
        hidden_size=64,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=32,
        max_position_embeddings=context_tokens,
        sliding_window=64,
        layer_types=["sliding_attention", "full_attention"],
        eos_token_id=tokenizer.convert_tokens_to_ids(["<eos>", "<end_of_turn>"]),
    )
    model = Gemma3ForCausalLM(config)
    decoder: Any = model.model
    embedding, norm = decoder.embed_tokens.weight, decoder.norm.weight
    with torch.no_grad():
        embedding.normal_(std=0.14)
        # One dimension holds the bias, whatever went before; in the others a token repels itself.
        embedding[:, 0] = 1.0
        norm.fill_(-1.71)
        norm[0] = -0.29
        for token, bias in _TOKEN_BIAS.items():
            embedding[tokenizer.convert_tokens_to_ids(token), 0] = bias
        embedding[len(tokenizer) :, 0] = -9.0
    return model.bfloat16()
