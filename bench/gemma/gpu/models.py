"""Makes the weights of one shape, in bf16 and in four bits, and says how long that took."""

import sys
import time

from bench.gemma.__main__ import CACHE, quantized
from bench.gemma.gpu.journal import record
from bench.gemma.weights import built


def main(shape: str) -> None:
    """Makes what is not there."""
    started = time.perf_counter()
    source = built(CACHE, shape)
    size = sum(each.stat().st_size for each in source.glob("*.safetensors"))
    record("built", shape=shape, seconds=round(time.perf_counter() - started, 1), weight_bytes=size)
    started = time.perf_counter()
    quantized(source, "nf4")
    record("quantized", shape=shape, seconds=round(time.perf_counter() - started, 1))


if __name__ == "__main__":
    main(sys.argv[1])
