"""Which environment variables each process of Chorus gets: never another one's secrets."""

from collections.abc import Mapping

CLIENT = "client"
# What any program may read. A variable that begins so holds no secret of ours.
_OF_THE_MACHINE = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_", "TZ", "TMPDIR", "XDG_", "VIRTUAL_ENV"),
    *("PYTHON", "LD_", "DYLD_", "MALLOC_", "MIMALLOC_", "GRPC_", "SSL_CERT_", "OTEL_", "CHORUS_"),
)
# Where the rest begins that a process reads. The cloud proxy, whose catalog names variables as it likes, gets
# all that is left.
_OWN = {
    "orchestrator": ("ORCHESTRATOR_",),
    # The hub gives some weights to those alone who show its token.
    "gemma": (
        *(
            "GEMMA_",
            "HF_",
            "HUGGINGFACE_HUB_",
            "TRANSFORMERS_",
            "TOKENIZERS_",
            "TORCH",
            "PYTORCH_",
            "CUDA_",
            "NVIDIA_",
        ),
        *("OMP_", "MKL_", "KMP_", "OPENBLAS_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
        *("http_proxy", "https_proxy", "no_proxy"),
    ),
    "cloud_proxy": ("",),
    "proofreader": ("PROOFREADER_",),
    "web": ("WEB_",),
    CLIENT: ("TERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"),
}
# These are for some alone, though they begin with CHORUS_.
_SECRETS = {
    "CHORUS_TOKEN": (CLIENT, "web"),
    "CHORUS_CALLER_TOKENS": ("orchestrator",),
    "CHORUS_REDIS_URL": ("orchestrator",),
}


def variables_of(process: str, variables: Mapping[str, str]) -> dict[str, str]:
    """Returns those of some variables that a service, by its name, or the `CLIENT` may see."""
    prefixes = (*_OF_THE_MACHINE, *_OWN[process])
    return {
        name: value
        for name, value in variables.items()
        if name.startswith(prefixes) and process in _SECRETS.get(name, (process,))
    }
