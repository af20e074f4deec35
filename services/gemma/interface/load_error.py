"""Why a model cannot be served."""


class LoadError(Exception):
    """A model cannot be served. The text tells the operator why, and what to do."""
