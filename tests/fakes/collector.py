"""Collects traces sent by OTLP over HTTP, on the loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

# A test module that imports this one is skipped where the package is missing.
trace_service_pb2 = pytest.importorskip(
    "opentelemetry.proto.collector.trace.v1.trace_service_pb2", reason="it comes with the extra 'tracing'"
)


class Collector:
    """Keeps the requests that it is sent."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.url = ""

    def spans(self) -> list[Any]:
        """Returns every span so far."""
        requests = map(trace_service_pb2.ExportTraceServiceRequest.FromString, self.bodies)
        return [
            span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @contextmanager
    def running(self) -> Iterator["Collector"]:
        """Listens while the block runs."""
        bodies = self.bodies

        class SpanHandler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
                """Logs nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), SpanHandler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            self.url = f"http://127.0.0.1:{server.server_port}"
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()


def attributes(span: Any) -> dict[str, object]:
    """Returns the attributes of a span by their names."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value") or "") for each in span.attributes}
