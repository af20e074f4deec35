"""Turns what libraries raise over the files of a model into a reason for the operator."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from safetensors import SafetensorError

from rpckit import log
from services.gemma.fit.out_of_memory import out_of_memory
from services.gemma.interface.load_error import LoadError


@contextmanager
def refused_if_unreadable(what: str) -> Iterator[None]:
    """Raises what the block raises as a `LoadError` that names the files.

    Over files that are damaged, or another kind of model's, transformers, tokenizers and llguidance raise
    errors of any class.

    Args:
        what: The files that the block reads, such as "tokenizer.json".

    Raises:
        LoadError: The block raised an error.
    """
    try:
        yield
    except LoadError:
        raise
    except SafetensorError as error:
        raise LoadError("a safetensors file is damaged: download the model again") from error
    except (OSError, ValueError) as error:
        log.unexpected("load", error)
        fault = (
            f"transformers cannot read {what} without remote code, or it is damaged: {type(error).__name__}"
        )
        raise LoadError(f"{fault}, see the log") from error
    except Exception as error:
        if isinstance(error, RuntimeError | MemoryError) and out_of_memory(error, torch.device("cpu")):
            raise LoadError(f"memory ran out while {what} was read") from error
        log.unexpected("load", error)
        fault = f"{what} is damaged, or another kind of model's: {type(error).__name__}, see the log"
        raise LoadError(fault) from error
