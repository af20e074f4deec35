"""Which doors are open, and to whom."""

import hashlib
from pathlib import Path

import pytest

from rpckit.settings import SettingError
from tests.unit.web.conftest import Serve

CHAT = "/v1/chat/completions"
CONNECT = "/chorus.feedback.v1.FeedbackService/ListModels"
JSON = {"content-type": "application/json"}
PATHS = [(CHAT, "chat"), ("/mcp", "mcp"), (CONNECT, "connect")]


@pytest.mark.parametrize(("path", "door"), PATHS)
async def test_a_door_is_closed_unless_it_is_named(serve: Serve, path: str, door: str) -> None:
    others = ",".join(name for _, name in PATHS if name != door)
    assert (await serve(WEB_DOORS=others).ask("POST", path, JSON, b"{}")).status == 403
    assert (await serve().ask("POST", path, JSON, b"{}")).status == 403


@pytest.mark.parametrize(("path", "door"), [PATHS[0], PATHS[2]])
async def test_a_program_needs_no_session_at_an_open_door(serve: Serve, path: str, door: str) -> None:
    answer = await serve(WEB_DOORS=f" {door.upper()} ").ask("POST", path, JSON, b"{}")
    assert answer.status not in {401, 403, 415}


async def test_the_rest_still_needs_the_sessions_token(serve: Serve) -> None:
    browser = serve(WEB_DOORS="chat,mcp,connect")
    assert (await browser.ask("POST", "/api/give-back", JSON, b"{}")).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "text/plain; charset=utf-8"},
        {"content-type": "application/x-www-form-urlencoded"},
        {},
        JSON | {"origin": "https://evil.example"},
        JSON | {"origin": "null"},
        JSON | {"sec-fetch-site": "cross-site"},
        JSON | {"host": "evil.example"},
    ],
)
@pytest.mark.parametrize("path", [path for path, _ in PATHS])
async def test_another_sites_page_gets_through_no_door(
    serve: Serve, path: str, headers: dict[str, str]
) -> None:
    answer = await serve(WEB_DOORS="chat,mcp,connect").ask("POST", path, headers, b"{}")
    assert answer.status in {403, 415}


async def test_a_token_is_asked_for_where_tokens_are(serve: Serve, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text(f"lms:{hashlib.sha256(b'secret').hexdigest()}\n")
    browser = serve(WEB_DOORS="chat", WEB_TOKENS=str(tokens))
    refused = await browser.ask("POST", CHAT, JSON | {"authorization": "Bearer wrong"}, b"{}")
    assert refused.status == 401
    assert refused.json()["error"]["type"] == "authentication_error"
    assert (await browser.ask("POST", CHAT, JSON, b"{}")).status == 401
    taken = await browser.ask("POST", CHAT, JSON | {"authorization": "Bearer secret"}, b"{}")
    assert taken.json()["error"]["code"] == "model_not_found"


def test_a_door_that_there_is_not_is_named(serve: Serve) -> None:
    with pytest.raises(SettingError, match=r"WEB_DOORS: 'grpc' is none of chat, mcp, connect"):
        serve(WEB_DOORS="chat,grpc")
