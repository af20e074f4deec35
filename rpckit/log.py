"""Writes logs as JSON lines to standard error. No line holds any text of a submission or of an answer."""

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime

import grpc

from rpckit.call import Call, current_call

_access = logging.getLogger("chorus.access")
_process = logging.getLogger("chorus")
_FIELDS = "fields"


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "event": record.getMessage()}
        return json.dumps(line | getattr(record, _FIELDS, {}), ensure_ascii=False)


def configure(level: str = "INFO") -> None:
    """Sends this process's logs to standard error, and those of libraries from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _process.setLevel(level)


def event(name: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Logs that something happened, with fields that hold no text of a user."""
    _process.log(level, name, extra={_FIELDS: fields})


def unexpected(call: str, error: BaseException) -> None:
    """Logs an exception's class and where it was raised, but never its message, which may quote a user."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{each.filename}:{each.lineno} {each.name}" for each in frames]
    served = current_call.get()
    event(
        "unexpected error",
        level=logging.ERROR,
        call=call,
        error=type(error).__qualname__,
        where=where,
        request_id=served.request_id if served else "",
    )


def access(call: Call, *, peer: str, started: float, code: grpc.StatusCode, reason: str) -> None:
    """Logs that a call ended. `started` is a reading of `time.monotonic()` when it began."""
    fields = {
        "method": call.method,
        "code": code.name,
        "reason": reason,
        "seconds": round(time.monotonic() - started, 4),
        "request_id": call.request_id,
        "servers_gone": call.servers_gone,
        "caller": call.caller,
        "peer": peer,
    }
    _access.info("call", extra={_FIELDS: fields})
