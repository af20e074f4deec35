"""Gemma 4 in each of its forms, with random weights, small enough to be built for a test."""

from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    Gemma4Config,
    Gemma4ForConditionalGeneration,
    Gemma4TextConfig,
    GemmaTokenizer,
    GenerationConfig,
)
from transformers.models.gemma4_unified.configuration_gemma4_unified import Gemma4UnifiedTextConfig

from tests.fakes import tiny_gemma

# Gemma 4's control tokens, besides those that all Gemmas have.
CONTROL = ("<|turn>", "<turn|>", "<|channel>", "<channel|>", "<|think|>", "<|tool_response>")

# As Gemma 4's own: the system has a turn, and a switch asks for thoughts.
CHAT_TEMPLATE = """\
{{ bos_token }}
{%- set thinking = enable_thinking is defined and enable_thinking -%}
{%- if thinking or messages[0]['role'] == 'system' -%}
    {{ '<|turn>system\n' + ('<|think|>' if thinking else '') }}
    {%- if messages[0]['role'] == 'system' -%}{{ messages[0]['content'] | trim }}{%- endif -%}
    {{ '<turn|>\n' }}
{%- endif -%}
{%- for message in messages if message['role'] != 'system' -%}
    {%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}
    {{ '<|turn>' + role + '\n' + message['content'] | trim + '<turn|>\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|turn>model\n' }}{%- endif -%}
"""

_SIZES: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 7,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "global_head_dim": 32,
    "sliding_window": 16,
    "layer_types": ["sliding_attention", "sliding_attention", "full_attention"] * 2 + ["full_attention"],
    "final_logit_softcapping": 30.0,
}
_SHARED: dict[str, Any] = {"hidden_size_per_layer_input": 16, "num_kv_shared_layers": 4}
_EQUAL: dict[str, Any] = {"attention_k_eq_v": True, "num_global_key_value_heads": 1}

FORMS: dict[str, tuple[Any, dict[str, Any]]] = {
    "E2B": (Gemma4TextConfig, _SHARED | {"num_key_value_heads": 1, "use_double_wide_mlp": True}),
    "E4B": (Gemma4TextConfig, _SHARED),
    "12B": (Gemma4UnifiedTextConfig, _EQUAL),
    "31B": (Gemma4TextConfig, _EQUAL | {"hidden_size_per_layer_input": 0}),
}
"""The config and what tells the form from the others, by the name of a model that has it."""


def build(folder: Path, form: str, *, context_tokens: int = 2048) -> Path:
    """Saves a text tower alone and its tokenizer; equal arguments give equal files."""
    tokenizer = tokenizer_of(folder)
    tiny_model(form, tokenizer, context_tokens).save_pretrained(folder)
    save_generation_config(folder, tokenizer)
    return folder


def build_multimodal(folder: Path) -> Path:
    """Saves an E2B with its towers as the hub has it: with what its sharing layers leave out."""
    tokenizer = tokenizer_of(folder)
    text = tiny_model("E2B", tokenizer, 2048)
    vision = {
        "hidden_size": 32,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "head_dim": 16,
    }
    audio = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "output_proj_dims": 32}
    config = Gemma4Config(text_config=text.config, vision_config=vision, audio_config=audio)
    whole = Gemma4ForConditionalGeneration(config)
    parts: Any = whole.model
    parts.language_model.load_state_dict(text.model.state_dict())
    whole.bfloat16()
    state = whole.state_dict()
    del state["lm_head.weight"]
    for layer in range(3, 7):
        for name, shape in {"k_proj": (16, 64), "v_proj": (16, 64), "k_norm": (16,)}.items():
            state[f"model.language_model.layers.{layer}.self_attn.{name}.weight"] = torch.ones(
                shape, dtype=torch.bfloat16
            )
    whole.save_pretrained(folder, state_dict=state)
    save_generation_config(folder, tokenizer)
    return folder


def tokenizer_of(folder: Path) -> GemmaTokenizer:
    """Saves the tokenizer into a folder, and returns it."""
    tokenizer = tiny_gemma.tiny_tokenizer(control=CONTROL)
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.save_pretrained(folder)
    return tokenizer


def save_generation_config(folder: Path, tokenizer: GemmaTokenizer) -> None:
    """Saves what ends an answer, as the hub has it: the end of the text, of a turn, and of a call."""
    ends: Any = tokenizer.convert_tokens_to_ids(["<eos>", "<turn|>", "<|tool_response>"])
    config = GenerationConfig(eos_token_id=ends)  # type: ignore[no-untyped-call]
    config.save_pretrained(folder)


def tiny_model(form: str, tokenizer: GemmaTokenizer, context_tokens: int) -> Any:
    """A model with weights, norms and scalars of every size, in bf16."""
    torch.manual_seed(9)
    kind, own = FORMS[form]
    vocab_size = -(-len(tokenizer) // 16) * 16
    sizes = _SIZES | {"vocab_size": vocab_size, "max_position_embeddings": context_tokens}
    if kind is Gemma4TextConfig:
        sizes["vocab_size_per_layer_input"] = vocab_size
    model: Any = AutoModelForCausalLM.from_config(kind(**(sizes | own)))  # type: ignore[no-untyped-call]
    with torch.no_grad():
        for name, each in [*model.named_parameters(), *model.named_buffers()]:
            if each.dim() > 1:
                each.normal_(std=0.3 if "embed" not in name else 1.0)
            elif "q_norm" in name or "k_norm" in name:
                # Nothing scales the scores: as big as the other norms, attention would be a lottery.
                each.uniform_(0.2, 0.6)
            elif "norm" in name:
                each.uniform_(0.5, 1.5)
            elif "layer_scalar" in name:
                each.uniform_(0.4, 1.0)
    return model.bfloat16()
