"""What a browser is told when a request fails: JSON of our own form, on the paths of calls of Connect's."""

import base64
from collections.abc import Mapping

from google.rpc import error_details_pb2
from starlette.responses import JSONResponse

DOMAIN = "chorus.web"
CALL_PREFIX = "/chorus."

_CONNECT_CODES = {
    400: "invalid_argument",
    401: "unauthenticated",
    403: "permission_denied",
    404: "unimplemented",
    405: "unimplemented",
    413: "resource_exhausted",
    500: "internal",
    503: "unavailable",
}


class Problem(Exception):
    """A request fails.

    Attributes:
        status: The HTTP status.
        reason: A word for programs, in capitals.
        text: What went wrong, for people.
        field: What of the request is wrong; empty: nothing in particular.
    """

    def __init__(self, status: int, reason: str, text: str, field: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.reason = reason
        self.text = text
        self.field = field

    def response(self, path: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
        """Returns what is answered on a path: on that of a call, an error of the Connect protocol."""
        body = self._connect_error() if path.startswith(CALL_PREFIX) else self._error()
        return JSONResponse(body, self.status, headers=headers)

    def _error(self) -> dict[str, object]:
        return {"error": {"reason": self.reason, "message": self.text, "field": self.field}}

    def _connect_error(self) -> dict[str, object]:
        info = error_details_pb2.ErrorInfo(reason=self.reason, domain=DOMAIN)
        value = base64.b64encode(info.SerializeToString()).decode().rstrip("=")
        detail = {"type": info.DESCRIPTOR.full_name, "value": value}
        code = _CONNECT_CODES.get(self.status, "unknown")
        return {"code": code, "message": self.text, "details": [detail]}


def internal_problem() -> Problem:
    """Returns what is told of an error that nobody expected: nothing of it."""
    return Problem(500, "INTERNAL", "internal error")
