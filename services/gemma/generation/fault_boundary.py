"""Turns what goes wrong in one sequence's part of a step into the error that ends this sequence."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import torch

from rpckit.errors import ChorusError, OutOfMemory
from services.gemma.fit.out_of_memory import out_of_memory
from services.gemma.interface.fault_isolation import isolated
from services.gemma.kv_cache.cache_pool import KVCachePool

T = TypeVar("T")


class FaultBoundary:
    """Runs the work of a step, sequence by sequence.

    Args:
        device: The model's.
        cache_pool: Its retained caches are evicted where memory runs out.
    """

    def __init__(self, device: torch.device, cache_pool: KVCachePool) -> None:
        self._device = device
        self._cache_pool = cache_pool

    def contain(self, work: Callable[[], T]) -> T | ChorusError:
        """Returns the result of the work, or the error that ends its sequence."""
        return isolated("step", partial(self.with_typed_memory_errors, work))

    def contain_repeatable(self, work: Callable[[], T]) -> T | ChorusError | None:
        """Contains work that may be done again: None asks for that, after memory was freed."""
        result = self.contain(work)
        return None if isinstance(result, OutOfMemory) and self._cache_pool.evict_retained() else result

    def with_typed_memory_errors(self, work: Callable[[], T]) -> T:
        """Returns the result of the work.

        Raises:
            OutOfMemory: Memory ran out. All other errors are the work's own.
        """
        try:
            return work()
        except (RuntimeError, MemoryError) as error:
            refusal = out_of_memory(error, self._device)
            if refusal is None:
                raise
        # Not in the handler: there the error holds the frames whose tensors took the memory.
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        raise refusal
