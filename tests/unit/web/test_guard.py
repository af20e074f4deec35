import asyncio
import hashlib
import time
from functools import partial
from pathlib import Path

import pytest

from clients.web.server import guard
from rpckit.wrong_tokens import MOST_DELAY_SECONDS, WrongTokens
from tests.fakes.browser import Answer, Browser
from tests.unit.web.conftest import Serve

LIST_MODELS = "/chorus.feedback.v1.FeedbackService/ListModels"
PROXY = {"WEB_IDENTITY_HEADER": "X-Forwarded-Email", "WEB_IDENTITY_PROXIES": "10.0.0.0/8, 127.0.0.1"}


@pytest.mark.parametrize("path", ["/api/files", "/api/give-back", LIST_MODELS, "/api/nothing"])
@pytest.mark.parametrize("token", ["", "wrong", "ü", "A" * 43])
async def test_what_changes_something_needs_the_sessions_token(
    browser: Browser, path: str, token: str
) -> None:
    answer = await browser.ask("POST", path, {"x-chorus-csrf": token})
    assert answer.status == 403
    assert b"x-chorus-csrf" in answer.body


async def test_a_token_alone_is_not_enough_without_its_cookie(browser: Browser) -> None:
    browser.cookie = ""
    assert (await browser.call(LIST_MODELS, {})).status == 403


async def test_a_refusal_has_the_form_of_its_path(browser: Browser) -> None:
    browser.token = ""
    refused = (await browser.ask("POST", "/api/files")).json()
    assert refused["error"]["reason"] == "CSRF"
    refused = (await browser.call(LIST_MODELS, {})).json()
    assert refused["code"] == "permission_denied"
    assert refused["details"][0]["type"] == "google.rpc.ErrorInfo"


async def test_no_script_and_no_other_site_gets_the_cookie(serve: Serve) -> None:
    browser = serve()
    cookie = (await browser.ask("GET", "/api/session")).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    browser.scheme = "https"
    assert "secure" in (await browser.ask("GET", "/api/session")).headers["set-cookie"].lower()


async def test_a_browser_keeps_its_token(browser: Browser) -> None:
    token = browser.token
    answer = await browser.ask("GET", "/api/session")
    assert answer.json()["csrf"] == token
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""])
async def test_a_page_whose_name_leads_here_is_refused(serve: Serve, host: str) -> None:
    browser = serve()
    browser.host = host
    answer = await browser.ask("GET", "/api/session")
    assert (answer.status, answer.json()["error"]["reason"]) == (403, "HOST")


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost", "LOCALHOST:5173", "[::1]:8000", "school.example"]
)
async def test_the_names_of_this_machine_and_those_that_are_set_are_taken(serve: Serve, host: str) -> None:
    browser = serve(WEB_HOST_NAMES="school.example")
    browser.host = host
    assert (await browser.ask("GET", "/api/session")).status == 200


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200)])
async def test_no_other_sites_page_may_ask(browser: Browser, site: str, status: int) -> None:
    answer = await browser.ask("GET", "/api/session", {"sec-fetch-site": site})
    assert answer.status == status
    # A link from elsewhere may open the page.
    assert (await browser.ask("GET", "/", {"sec-fetch-site": site})).status == 200


@pytest.mark.parametrize("path", ["/", "/api/session", "/healthz", "/nothing", LIST_MODELS])
async def test_every_answer_says_what_a_browser_may_do_with_it(browser: Browser, path: str) -> None:
    headers = (await browser.ask("GET", path)).headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert len(headers["x-request-id"]) == 32


async def test_a_proxys_header_names_the_teacher(serve: Serve) -> None:
    browser = serve(**PROXY)
    browser.headers["x-forwarded-email"] = "김선생@school.example"
    session = await browser.open_session()
    assert session["teacher"] == "김선생@school.example"
    assert "school" not in session["rater"]
    browser.headers["x-forwarded-email"] = "other@school.example"
    assert (await browser.open_session())["rater"] != session["rater"]


@pytest.mark.parametrize("peer", ["192.168.1.1", "11.0.0.1", "", "::1"])
async def test_a_header_from_elsewhere_names_nobody(serve: Serve, peer: str) -> None:
    browser = serve(**PROXY)
    browser.peer = peer
    browser.headers["x-forwarded-email"] = "teacher@school.example"
    answer = await browser.ask("GET", "/")
    assert (answer.status, answer.json()["error"]["reason"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("headers", [{}, {"x-forwarded-email": " "}, {"authorization": "Bearer x"}])
async def test_who_has_no_name_is_not_let_in(serve: Serve, headers: dict[str, str]) -> None:
    browser = serve(**PROXY)
    browser.headers |= headers
    assert (await browser.ask("GET", "/api/session")).status == 401
    assert (await browser.ask("GET", "/healthz")).status == 200


async def test_a_token_names_the_teacher(serve: Serve, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text(f"kim:{hashlib.sha256(b'secret').hexdigest()}\n", "utf-8")
    browser = serve(WEB_TOKENS=str(tokens))
    browser.headers["authorization"] = "Bearer secret"
    assert (await browser.open_session())["teacher"] == "kim"
    browser.headers["authorization"] = "Bearer wrong"
    assert (await browser.ask("GET", "/api/session")).status == 401


async def test_who_guesses_tokens_hears_later_and_later(serve: Serve, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text(f"kim:{hashlib.sha256(b'secret').hexdigest()}\n", "utf-8")
    browser = serve(WEB_TOKENS=str(tokens))
    browser.headers["authorization"] = "Bearer wrong"
    for _ in range(6):
        await browser.ask("GET", "/api/session")
    began = time.monotonic()
    assert (await browser.ask("GET", "/api/session")).status == 401
    # The event loop's clock may be a little ahead.
    assert time.monotonic() - began > 0.15
    browser.headers["authorization"] = "Bearer secret"
    assert (await browser.ask("GET", "/api/session")).status == 200


async def test_a_right_token_is_looked_at_beside_somebody_who_guesses(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delays: list[float] = []

    async def sleep(seconds: float) -> None:
        delays.append(seconds)

    monkeypatch.setattr(guard, "WrongTokens", partial(WrongTokens, sleep=sleep))
    tokens = tmp_path / "tokens"
    tokens.write_text(f"kim:{hashlib.sha256(b'secret').hexdigest()}\n", "utf-8")
    browser = serve(WEB_TOKENS=str(tokens))
    browser.headers["authorization"] = "Bearer wrong"
    while MOST_DELAY_SECONDS not in delays:
        assert (await browser.ask("GET", "/api/session")).status == 401
    browser.headers["authorization"] = "Bearer secret"
    assert (await browser.ask("GET", "/api/session")).status == 200


async def test_who_has_too_many_tokens_wait_is_told_when_to_come_again(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = asyncio.Event()

    async def sleep(_: float) -> None:
        await ended.wait()

    monkeypatch.setattr(guard, "WrongTokens", partial(WrongTokens, sleep=sleep))
    tokens = tmp_path / "tokens"
    tokens.write_text("", "utf-8")
    browser = serve(WEB_TOKENS=str(tokens))
    browser.headers["authorization"] = "Bearer wrong"
    guesses = [asyncio.create_task(browser.ask("GET", "/api/session")) for _ in range(70)]
    answered: list[Answer] = []
    for guess in asyncio.as_completed(guesses):
        answered.append(await guess)
        if answered[-1].status == 429:
            break
    ended.set()
    await asyncio.gather(*guesses)
    assert answered[-1].headers["retry-after"] == "5"
    assert answered[-1].json()["error"]["reason"] == "RATE_LIMITED"
