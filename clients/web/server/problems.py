"""What a client is told when a request fails: JSON of our own form, on the paths of other APIs of theirs."""

import base64
from collections.abc import Mapping

from google.rpc import error_details_pb2
from starlette.responses import JSONResponse

DOMAIN = "chorus.web"
CALL_PREFIX = "/chorus."
CHAT_PREFIX = "/v1/"

_CONNECT_CODES = {
    400: "invalid_argument",
    401: "unauthenticated",
    403: "permission_denied",
    404: "unimplemented",
    405: "unimplemented",
    413: "resource_exhausted",
    429: "resource_exhausted",
    500: "internal",
    503: "unavailable",
}
_CHAT_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
}
_FIRST_SERVER_ERROR = 500


class Problem(Exception):
    """A request fails.

    Attributes:
        status: The HTTP status.
        reason: A word for programs, in capitals.
        text: What went wrong, for people.
        field: What of the request is wrong; empty: nothing in particular.
        headers: What the answer says besides.
        metadata: What the text says in numbers, for those who word it in another language.
        language: That of the text.
    """

    language = "en"

    def __init__(
        self,
        status: int,
        reason: str,
        text: str,
        field: str = "",
        headers: Mapping[str, str] | None = None,
        metadata: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(text)
        self.status = status
        self.reason = reason
        self.text = text
        self.field = field
        self.headers = dict(headers or {})
        self.metadata = dict(metadata or {})

    def in_language(self, _: str) -> "Problem":
        """Returns it with its text in a language of the page, or as it is where it has none in that."""
        return self

    def response(self, path: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
        """Returns what is answered on a path: on that of a call, an error of the Connect protocol."""
        if path.startswith(CALL_PREFIX):
            body = self._connect_error()
        else:
            body = self.chat_error() if path.startswith(CHAT_PREFIX) else self._error()
        return JSONResponse(body, self.status, headers=self.headers | dict(headers or {}))

    def chat_error(self) -> dict[str, object]:
        """Returns the error in the form of the Chat Completions API."""
        kind = "server_error" if self.status >= _FIRST_SERVER_ERROR else "invalid_request_error"
        kind = _CHAT_TYPES.get(self.status, kind)
        code = self.reason.lower()
        return {"error": {"message": self.text, "type": kind, "code": code, "param": self.field or None}}

    def _error(self) -> dict[str, object]:
        said = {"reason": self.reason, "message": self.text, "language": self.language}
        return {"error": said | {"field": self.field, "metadata": self.metadata}}

    def _connect_error(self) -> dict[str, object]:
        info = error_details_pb2.ErrorInfo(reason=self.reason, domain=DOMAIN)
        value = base64.b64encode(info.SerializeToString()).decode().rstrip("=")
        detail = {"type": info.DESCRIPTOR.full_name, "value": value}
        code = _CONNECT_CODES.get(self.status, "unknown")
        return {"code": code, "message": self.text, "details": [detail]}


def internal_problem() -> Problem:
    """Returns what is told of an error that nobody expected: nothing of it."""
    return Problem(500, "INTERNAL", "internal error")
