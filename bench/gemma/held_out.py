"""Texts that nothing is calibrated on, English and Korean, as rows of tokens."""

import torch
from tokenizers import Tokenizer

from bench.corpora import KOREAN_PARAGRAPHS, english_works, texts

ROW_TOKENS = 256


def held_out_rows(tokenizer: Tokenizer, bos_token: int, rows: int) -> dict[str, torch.Tensor]:
    """Returns the first rows of each language's texts, which begin with `<bos>`, by the language.

    They are essays if those were fetched, else short answers, and paragraphs of Korean learners.
    """
    files = {"en": english_works(), "ko": KOREAN_PARAGRAPHS}
    return {
        language: _rows(
            tokenizer.encode("\n\n".join(texts(file).values()), add_special_tokens=False).ids, bos_token, rows
        )
        for language, file in files.items()
    }


def _rows(tokens: list[int], bos_token: int, rows: int) -> torch.Tensor:
    starts = range(0, len(tokens) - ROW_TOKENS + 2, ROW_TOKENS - 1)[:rows]
    return torch.tensor([[bos_token, *tokens[start : start + ROW_TOKENS - 1]] for start in starts])
