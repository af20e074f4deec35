"""A browser before an ASGI application, without a network: it keeps its cookie and repeats its token."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message

from clients.web.server.guard import CSRF_HEADER


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Browser:
    """Sends requests.

    Attributes:
        headers: Sent with each.
        peer: The address that it connects from.
        token: Its CSRF token; empty: it has opened no session.
        leaves: Set to close the connections.
        came: Set when a piece of an answer's body has come.
    """

    application: ASGIApp
    headers: dict[str, str] = field(default_factory=dict)
    peer: str = "127.0.0.1"
    host: str = "127.0.0.1:8000"
    scheme: str = "http"
    token: str = ""
    leaves: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    cookie: str = ""

    async def open_session(self) -> Any:
        answer = await self.ask("GET", "/api/session")
        for morsel in SimpleCookie(answer.headers.get("set-cookie", "")).values():
            self.cookie = f"{morsel.key}={morsel.value}"
        session = answer.json()
        self.token = session["csrf"]
        return session

    async def call(self, path: str, message: Mapping[str, Any], **headers: str) -> Answer:
        """Makes a call of the Connect protocol in JSON, with a minute for it."""
        sent = {"content-type": "application/json", "connect-timeout-ms": "60000"} | headers
        return await self.ask("POST", path, sent, json.dumps(message).encode())

    async def upload(self, data: bytes, name: str = "essay.txt", path: str = "/api/files") -> Answer:
        head = f'--b\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        sent = {"content-type": "multipart/form-data; boundary=b"}
        return await self.ask("POST", path, sent, head + data + b"\r\n--b--\r\n")

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        sent = {"host": self.host} | self.headers
        if self.token and method != "GET":
            sent[CSRF_HEADER] = self.token
        if self.cookie:
            sent["cookie"] = self.cookie
        sent |= headers or {}
        url = urlsplit(path)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": self.scheme,
            "path": url.path,
            "raw_path": url.path.encode(),
            "root_path": "",
            "query_string": url.query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": (self.peer, 50000),
            "server": ("127.0.0.1", 8000),
        }
        messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        sent_back: list[Message] = []

        async def receive() -> Message:
            if messages:
                return messages.pop()
            await self.leaves.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent_back.append(message)
            if message.get("body"):
                self.came.set()

        await self.application(scope, receive, send)
        start = next(each for each in sent_back if each["type"] == "http.response.start")
        return Answer(
            start["status"],
            {name.decode().lower(): value.decode() for name, value in start["headers"]},
            b"".join(each.get("body", b"") for each in sent_back),
        )
