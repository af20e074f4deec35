"""Why a model cannot be served."""


class LoadError(Exception):
    """A model cannot be served. The text tells the operator why, and what to do."""


SERVE_ELSEWHERE = (
    "serve it by llama.cpp, Ollama or vLLM, and name that server in the catalog by base_url (docs/gemma.md)"
)


class UnsupportedModelError(LoadError):
    """The model is of an architecture that this server does not run.

    Attributes:
        model_type: As its `config.json` names it.
    """

    def __init__(self, model_type: str, part: str = "") -> None:
        others = f"{model_type} with {part}" if part else model_type
        known = "" if part else ", those of Gemma 1, 2, 3 and 4 are"
        super().__init__(f"models of the type {others} are not supported{known}: {SERVE_ELSEWHERE}")
        self.model_type = model_type
