"""llama.cpp's own C functions, in the library that the wheel of `xllamacpp` brings ready built."""

import ctypes
from ctypes import POINTER, Structure, c_bool, c_char_p, c_float, c_int, c_int8, c_int32, c_uint32, c_void_p

from xllamacpp import xllamacpp as binding

# What `ContextParameters` has in a library of the version that the extra "bench-gemma" pins.
_DEFAULTS = (512, 2048, 512, 1, 0, 0, 1, 4, 4)
# More words than the parameters take in all. Those without a name are handed over as they came.
_WORDS = 128


class ModelParameters(Structure):
    """`llama_model_params`, as it comes."""

    _fields_ = (("words", c_uint32 * _WORDS),)


class ContextParameters(Structure):
    """The beginning of `llama_context_params`, and the rest as it comes."""

    _fields_ = (
        ("n_ctx", c_uint32),
        ("n_batch", c_uint32),
        ("n_ubatch", c_uint32),
        ("n_seq_max", c_uint32),
        ("n_rs_seq", c_uint32),
        ("n_outputs_max", c_uint32),
        ("n_outputs_max_per_seq", c_uint32),
        ("n_threads", c_int32),
        ("n_threads_batch", c_int32),
        ("others", c_uint32 * _WORDS),
    )


class Batch(Structure):
    """`llama_batch`."""

    _fields_ = (
        ("n_tokens", c_int32),
        ("token", POINTER(c_int32)),
        ("embd", POINTER(c_float)),
        ("pos", POINTER(c_int32)),
        ("n_seq_id", POINTER(c_int32)),
        ("seq_id", POINTER(POINTER(c_int32))),
        ("logits", POINTER(c_int8)),
    )


_FUNCTIONS = {
    "llama_model_default_params": (ModelParameters, ()),
    "llama_context_default_params": (ContextParameters, ()),
    "llama_model_load_from_file": (c_void_p, (c_char_p, ModelParameters)),
    "llama_init_from_model": (c_void_p, (c_void_p, ContextParameters)),
    "llama_batch_init": (Batch, (c_int32, c_int32, c_int32)),
    "llama_decode": (c_int32, (c_void_p, Batch)),
    "llama_get_logits_ith": (POINTER(c_float), (c_void_p, c_int32)),
    "llama_get_memory": (c_void_p, (c_void_p,)),
    "llama_memory_clear": (None, (c_void_p, c_bool)),
    "llama_sampler_init_greedy": (c_void_p, ()),
    "llama_sampler_sample": (c_int32, (c_void_p, c_void_p, c_int32)),
    "llama_log_set": (None, (c_void_p, c_void_p)),
}


def _opened() -> ctypes.CDLL:
    library = ctypes.CDLL(binding.__file__)
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    defaults = library.llama_context_default_params()
    if tuple(getattr(defaults, field) for field, _ in ContextParameters._fields_[:-1]) != _DEFAULTS:
        raise SystemExit("this is another llama.cpp than that of the extra bench-gemma")
    library.llama_log_set(_SILENT, None)
    return library


_SILENT = ctypes.CFUNCTYPE(None, c_int, c_char_p, c_void_p)(lambda _level, _text, _data: None)
LIBRARY = _opened()


def instructions() -> str:
    """Returns the instructions that the library was built for: it uses no others, on any machine."""
    known: str = binding.get_system_info()
    return ", ".join(part.split()[0] for part in known.replace("CPU :", "").split("|") if part.endswith("1 "))
