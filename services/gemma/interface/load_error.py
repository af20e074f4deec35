"""Why a model cannot be served."""


class LoadError(Exception):
    """A model cannot be served. The text tells the operator why, and what to do."""


class UnsupportedModelError(LoadError):
    """The model is of an architecture that this server does not run.

    Attributes:
        model_type: As its `config.json` names it.
    """

    def __init__(self, model_type: str) -> None:
        super().__init__(
            f"models of the type {model_type} are not supported yet, those of Gemma 1, 2 and 3 are: serve it "
            "by llama.cpp, Ollama or vLLM, and name that server in the catalog by base_url (docs/gemma.md)"
        )
        self.model_type = model_type
