"""Stands before every request: who asks, from which page, and what a browser may do with the answer."""

import hmac
import re
import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clients.web.server.problems import CALL_PREFIX, CHAT_PREFIX, Problem, internal_problem
from clients.web.server.settings import Door, WebSettings
from clients.web.server.visiting import visiting_teacher
from rpckit import log
from rpckit.call import Deadline
from rpckit.errors import RateLimited
from rpckit.wrong_tokens import MOST_DELAY_SECONDS, WrongTokens

CSRF_HEADER = "x-chorus-csrf"
CSRF_COOKIE = "chorus_csrf"
REQUEST_ID_HEADER = "x-request-id"
HEALTH_PATH = "/healthz"
MCP_PATH = "/mcp"

DOOR_PATHS = {Door.CHAT: CHAT_PREFIX, Door.MCP: MCP_PATH, Door.CONNECT: CALL_PREFIX}
"""How the paths begin of which each door is made."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_REQUEST_ID = re.compile(r"[!-~]{1,64}")
_READING = ("GET", "HEAD")
_SAME_SITE = ("", "same-origin", "none")
# What a browser sends to another site without asking it first.
_SIMPLE_TYPES = ("", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
_MAX_NAME = 200
# A request has no deadline of its own to find out in whose token it sends. Twice the delay would be over by
# the time it is compared, and every token of a machine that guesses be refused unseen.
_TOKEN_SECONDS = 3 * MOST_DELAY_SECONDS
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self';"
        " img-src 'self' data: blob:; manifest-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_UNCACHED = "no-store"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sends a request.

    Attributes:
        teacher: The name that the identity proxy or the token gave; empty: whoever is at this machine.
        csrf: The token that a request which changes something has to repeat in its header.
        is_new: Whether the browser does not have the token yet.
        is_private: Whether it came by TLS, so that its cookie never leaves it.
    """

    teacher: str
    csrf: str
    is_new: bool
    is_private: bool


class Guard:
    """An ASGI application around another one."""

    def __init__(self, application: ASGIApp, settings: WebSettings) -> None:
        self._application = application
        self._settings = settings
        self._doors = tuple(DOOR_PATHS[each] for each in settings.doors)
        self._wrong_tokens = WrongTokens()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers what may not pass, and passes on the rest with a `visitor` in the scope's state."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        headers = MutableHeaders(raw=list(scope["headers"]))
        request_id = headers.get(REQUEST_ID_HEADER, "")
        if not _REQUEST_ID.fullmatch(request_id):
            request_id = headers[REQUEST_ID_HEADER] = uuid.uuid4().hex
        scope = {**scope, "headers": headers.raw}
        answer = _Answer(send, request_id)
        started = time.monotonic()
        try:
            if scope["path"] != HEALTH_PATH:
                visitor = await self._visitor(scope, headers)
                visiting_teacher.set(visitor.teacher)
                scope.setdefault("state", {})["visitor"] = visitor
            await self._application(scope, receive, answer)
        except Problem as problem:
            await problem.response(scope["path"])(scope, receive, answer)
        except Exception as error:  # noqa: BLE001 - no text of an error reaches a browser or a log
            log.unexpected(scope["path"], error)
            if not answer.status:
                await internal_problem().response(scope["path"])(scope, receive, answer)
        finally:
            log.event(
                "request",
                method=scope["method"],
                path=scope["path"][:_MAX_NAME],
                status=answer.status,
                seconds=round(time.monotonic() - started, 4),
                request_id=request_id,
            )

    async def _visitor(self, scope: Scope, headers: Headers) -> Visitor:
        names = self._settings.host_names
        if names and _host_name(headers.get("host", "")) not in names:
            # A page elsewhere may have its own name lead here, and would then count as this one.
            raise Problem(403, "HOST", "this server is not called so; WEB_HOST_NAMES says how it may be")
        peer = _peer(scope)
        teacher = await self._teacher(headers, peer)
        token = _cookie(headers)
        calls = scope["path"].startswith((*DOOR_PATHS.values(), "/api/"))
        if calls and headers.get("sec-fetch-site", "") not in _SAME_SITE:
            raise Problem(403, "CROSS_SITE", "another site's page may not ask")
        if scope["method"] not in _READING:
            given = headers.get(CSRF_HEADER, "")
            if not token or not hmac.compare_digest(token.encode(), given.encode()):
                if not scope["path"].startswith(self._doors):
                    wrong = f"the header {CSRF_HEADER} is not the token of this session; /api/session has it"
                    raise Problem(403, "CSRF", wrong)
                _check_program(scope["method"], headers)
        return Visitor(
            teacher=teacher,
            csrf=token or secrets.token_urlsafe(32),
            is_new=not token,
            is_private=self._is_private(scope, headers, peer),
        )

    async def _teacher(self, headers: Headers, peer: str) -> str:
        proxy, tokens = self._settings.identity_proxy, self._settings.tokens
        if proxy and proxy.trusts(peer) and (names := headers.getlist(proxy.header)):
            if len(names) > 1:
                raise Problem(401, "UNAUTHENTICATED", "the identity proxy's header is there twice")
            # Starlette reads headers as Latin-1; proxies write names in UTF-8.
            if name := names[0].encode("latin-1").decode("utf-8", "replace").strip()[:_MAX_NAME]:
                return name
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if tokens and scheme.lower() == "bearer":
            try:
                name = await self._wrong_tokens.look_up(
                    peer, token.strip(), Deadline.after(_TOKEN_SECONDS), tokens.caller
                )
            except RateLimited as error:
                again = {"retry-after": f"{MOST_DELAY_SECONDS:.0f}"}
                raise Problem(429, "RATE_LIMITED", error.text, headers=again) from None
            if name:
                return name
        if self._settings.needs_name:
            raise Problem(401, "UNAUTHENTICATED", "log in at the identity proxy, or send a bearer token")
        return ""

    def _is_private(self, scope: Scope, headers: Headers, peer: str) -> bool:
        proxy = self._settings.identity_proxy
        if proxy and proxy.trusts(peer) and headers.get("x-forwarded-proto") == "https":
            return True
        return bool(scope.get("scheme") == "https")


def _check_program(method: str, headers: Headers) -> None:
    """Checks that a request comes from no page of another site; a program has no session to show.

    Raises:
        Problem: It may.
    """
    origin = headers.get("origin", "")
    if origin and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
        raise Problem(403, "CROSS_SITE", "another site's page may not ask")
    if (
        method == "POST"
        and headers.get("content-type", "").partition(";")[0].strip().lower() in _SIMPLE_TYPES
    ):
        raise Problem(415, "CONTENT_TYPE", "the content type is that of the API, such as application/json")


class _Answer:
    """Sends an answer with the headers that every one has, and remembers its status."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            headers[REQUEST_ID_HEADER] = self._request_id
            headers.setdefault("cache-control", _UNCACHED)
        await self._send(message)


def csrf_cookie(visitor: Visitor) -> Mapping[str, str | bool]:
    """Returns what `set_cookie` takes to give a browser its token.

    No script can read it, and no other site has it sent.
    """
    return {
        "key": CSRF_COOKIE,
        "value": visitor.csrf,
        "httponly": True,
        "samesite": "strict",
        "secure": visitor.is_private,
    }


def _peer(scope: Scope) -> str:
    """Returns the address that the connection comes from."""
    return str((scope.get("client") or ("", 0))[0])


def _host_name(host: str) -> str:
    """Returns a Host header's value without its port."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(CSRF_COOKIE)
    except CookieError:
        return ""
    return found.value if found and _TOKEN.fullmatch(found.value) else ""
