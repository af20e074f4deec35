"""Linear layers of few bits a weight: int8 and int4 by onnxruntime, nf4 by bitsandbytes."""
