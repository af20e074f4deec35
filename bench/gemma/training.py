"""Trains a small Gemma 3 on real texts: random weights say nothing about the loss of quantising."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, trainers
from torch.nn import functional
from transformers import Gemma3ForCausalLM, Gemma3TextConfig, GemmaTokenizer

from bench.corpora import ESSAYS, KOREAN_PARAGRAPHS, SHORT_ANSWERS, WORKS
from tests.fakes import tiny_gemma

# The essays are learned from, too, if they were fetched.
FILES = (KOREAN_PARAGRAPHS, SHORT_ANSWERS)
_FIELDS = ("text", "answer", "human_feedback")
_HELD_OUT = 10
_VOCABULARY = 4096
_LENGTH = 256
_ROWS = 4
_RATE = 2e-3


def read_texts() -> tuple[list[str], list[str]]:
    """Reads Korean and English texts: those to train on, and those held out."""
    texts = []
    for path in filter(Path.exists, WORKS):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            texts.append("\n".join(str(record[field]) for field in _FIELDS if record.get(field)))
    return [each for index, each in enumerate(texts) if index % _HELD_OUT], texts[::_HELD_OUT]


def rows(tokenizer: GemmaTokenizer, texts: Sequence[str]) -> torch.Tensor:
    """Concatenates the texts' tokens and cuts them into rows, each of which begins with `<bos>`."""
    first, last = tokenizer.bos_token_id, tokenizer.eos_token_id
    tokens = [token for each in texts for token in (*tokenizer.encode(each, add_special_tokens=False), last)]
    count = len(tokens) // (_LENGTH - 1)
    return functional.pad(torch.tensor(tokens)[: count * (_LENGTH - 1)].view(count, -1), (1, 0), value=first)


def trained(cache: Path, steps: int) -> Path:
    """Trains the model once for the texts there are, in some five minutes on a core; returns its folder."""
    essays = "" if ESSAYS.exists() else "-without-essays"
    folder = cache / f"gemma-trained-{steps}{essays}-it"
    if folder.is_dir():
        return folder
    learnt, _ = read_texts()
    tokenizer = _tokenizer(learnt)
    model = _learn(rows(tokenizer, learnt), tokenizer, steps)
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    tokenizer.save_pretrained(unfinished)
    model.bfloat16().save_pretrained(unfinished)
    unfinished.rename(folder)
    return folder


def _tokenizer(texts: Sequence[str]) -> GemmaTokenizer:
    """Trains a tokenizer of Gemma's kind on the texts."""
    tiny = tiny_gemma.tiny_tokenizer()
    known = sorted(tiny.get_vocab(), key=tiny.get_vocab().__getitem__)
    learning = Tokenizer(models.BPE(unk_token=tiny.unk_token, byte_fallback=True, fuse_unk=True))
    learning.normalizer = normalizers.Replace(" ", "▁")
    learning.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    special = [AddedToken(each, normalized=False) for each in known if each.startswith("<") and each != "<"]
    learning.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=_VOCABULARY, special_tokens=special, show_progress=False)
    )
    words = json.loads(learning.to_str())["model"]
    merges: Any = [tuple(each) for each in words["merges"]]
    tokenizer = GemmaTokenizer(
        vocab=words["vocab"],
        merges=merges,
        additional_special_tokens=["<start_of_turn>", "<end_of_turn>"],
    )
    tokenizer.chat_template = tiny.chat_template
    return tokenizer


def _learn(learnt: torch.Tensor, tokenizer: GemmaTokenizer, steps: int) -> Gemma3ForCausalLM:
    torch.manual_seed(0)
    config = Gemma3TextConfig(
        vocab_size=_VOCABULARY,
        hidden_size=256,
        intermediate_size=1024,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=1,
        head_dim=64,
        max_position_embeddings=2048,
        sliding_window=128,
        layer_types=["sliding_attention", "sliding_attention", "sliding_attention", "full_attention"],
        eos_token_id=tokenizer.convert_tokens_to_ids(["<eos>", "<end_of_turn>"]),
    )
    model = Gemma3ForCausalLM(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=_RATE, betas=(0.9, 0.95), weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, steps, pct_start=0.1)
    order = torch.cat([torch.randperm(len(learnt)) for _ in range(-(-steps * _ROWS // len(learnt)))])
    for step in range(steps):
        batch = learnt[order[step * _ROWS : (step + 1) * _ROWS]]
        loss = model(input_ids=batch, labels=batch).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            print(f"step {step} of {steps}: {loss.item():.2f}", flush=True)
    return model
