"""Linear layers whose weights take four bits: int4 by onnxruntime, nf4 by bitsandbytes."""
