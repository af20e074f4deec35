"""Says why a file is not taken, or nothing can be written into it, in each language of the page."""

from typing_extensions import override

from chorus_documents.document import Refusal
from chorus_documents.korean import REFUSALS
from clients.web.server.problems import Problem

_STATUS = {
    Refusal.TOO_LARGE: 413,
    Refusal.TOO_LARGE_UNPACKED: 413,
    Refusal.TOO_LONG: 413,
    Refusal.LIBRARY_MISSING: 501,
}


class RefusedDocument(Problem):
    """A file is refused; `refusal` says why, and is its reason."""

    def __init__(self, refusal: Refusal, field: str = "file", language: str = "en") -> None:
        """Args: field: What of the request names the file. language: That of the text."""
        super().__init__(_STATUS.get(refusal, 422), refusal.name, why_refused(refusal, language), field)
        self.refusal = refusal
        self.language = language

    @override
    def in_language(self, language: str) -> "RefusedDocument":
        return RefusedDocument(self.refusal, self.field, language)


def why_refused(refusal: Refusal, language: str) -> str:
    """Returns a sentence."""
    return REFUSALS[refusal] if language == "ko" else f"This file {refusal.value}."
