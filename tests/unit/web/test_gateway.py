import asyncio
import base64
import json
import re
import struct

import pytest
from google.rpc import error_details_pb2

from chorus.feedback.v1.feedback_service_pb2 import (
    GetFeedbackRequest,
    GetFeedbackResponse,
    StreamFeedbackRequest,
    StreamFeedbackResponse,
)
from chorus.feedback.v1.submission_pb2 import Submission
from clients.web.server.gateway import SERVICES
from rpckit.errors import ChorusError, InvalidRequest, QuorumNotReached, RateLimited
from tests.fakes.browser import Answer, Browser
from tests.fakes.scripted_orchestrator import ScriptedOrchestrator
from tests.patience import PATIENCE
from tests.unit.web.conftest import Serve

FEEDBACK = "/chorus.feedback.v1.FeedbackService"
REQUEST = GetFeedbackRequest(submission=Submission(text="Dogs are loud. 개는 시끄럽다."))
ACCEPTED = StreamFeedbackResponse(accepted=StreamFeedbackResponse.Accepted(models=["a/1"]))
RESPONSE = StreamFeedbackResponse(response=GetFeedbackResponse(feedback_id="f2"))
_ENDS = 0b10
_TRAILERS = 0x80


def enveloped(message: bytes) -> bytes:
    return struct.pack(">BI", 0, len(message)) + message


def envelopes(body: bytes) -> list[tuple[int, bytes]]:
    found = []
    while body:
        flags, length = struct.unpack(">BI", body[:5])
        found.append((flags, body[5 : 5 + length]))
        body = body[5 + length :]
    return found


async def stream(browser: Browser, kind: str = "connect+proto", **headers: str) -> Answer:
    sent = {"content-type": f"application/{kind}", "connect-timeout-ms": "60000"} | headers
    body = enveloped(StreamFeedbackRequest(request=REQUEST).SerializeToString())
    return await browser.ask("POST", f"{FEEDBACK}/StreamFeedback", sent, body)


@pytest.mark.parametrize("encoding", ["proto", "json"])
async def test_a_call_is_passed_on_message_for_message(
    orchestrator: ScriptedOrchestrator, calling: Browser, encoding: str
) -> None:
    body = REQUEST.SerializeToString()
    if encoding == "json":
        body = json.dumps({"submission": {"text": REQUEST.submission.text}}).encode()
    sent = {"content-type": f"application/{encoding}", "connect-timeout-ms": "60000"}
    answer = await calling.ask("POST", f"{FEEDBACK}/GetFeedback", sent, body)
    assert orchestrator.requests == [REQUEST]
    assert answer.status == 200
    if encoding == "json":
        assert answer.json() == {"feedbackId": "f1"}
    else:
        assert GetFeedbackResponse.FromString(answer.body).feedback_id == "f1"


@pytest.mark.parametrize("encoding", ["proto", "json"])
async def test_a_call_that_changes_nothing_may_be_a_get(calling: Browser, encoding: str) -> None:
    # Its format stands in the query, and no header says it.
    query = f"encoding={encoding}&message={'%7B%7D' if encoding == 'json' else ''}"
    answer = await calling.ask("GET", f"{FEEDBACK}/ListModels?{query}", {"connect-timeout-ms": "60000"})
    assert answer.status == 200, answer.body


@pytest.mark.parametrize(
    ("kind", "ends"), [("connect+proto", _ENDS), ("grpc-web", _TRAILERS), ("grpc-web+proto", _TRAILERS)]
)
async def test_a_stream_comes_event_by_event(
    orchestrator: ScriptedOrchestrator, calling: Browser, kind: str, ends: int
) -> None:
    orchestrator.events = [ACCEPTED, RESPONSE]
    answer = await stream(calling, kind, **{"grpc-timeout": "60S"})
    *events, last = envelopes(answer.body)
    assert [StreamFeedbackResponse.FromString(data) for _, data in events] == [ACCEPTED, RESPONSE]
    assert last[0] == ends
    assert b"error" not in last[1]
    assert orchestrator.requests == [StreamFeedbackRequest(request=REQUEST)]


async def test_a_browser_can_make_every_call_but_those_that_stream_requests(calling: Browser) -> None:
    for service in SERVICES.values():
        for method in service.methods:
            path = f"/{service.full_name}/{method.name}"
            if method.server_streaming and not method.client_streaming:
                answer = await stream(calling)
            else:
                answer = await calling.call(path, {})
            assert answer.status == (404 if method.client_streaming else 200), path
    answer = await calling.call(f"{FEEDBACK}/BatchFeedback", {})
    assert answer.json()["code"] == "unimplemented"


FAILURES = [
    (InvalidRequest({"submission.text": "empty"}), "invalid_argument", 400),
    (RateLimited("too many", retry_delay=2.5), "resource_exhausted", 429),
    (QuorumNotReached("too few", metadata={"answered": "1"}), "aborted", 409),
]


def read_details(details: list[dict[str, str]]) -> dict[str, bytes]:
    return {each["type"]: base64.b64decode(each["value"] + "==") for each in details}


@pytest.mark.parametrize(("failure", "code", "status"), FAILURES, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("streams", [False, True])
async def test_what_an_error_says_in_detail_reaches_the_browser(
    orchestrator: ScriptedOrchestrator,
    calling: Browser,
    failure: ChorusError,
    code: str,
    status: int,
    streams: bool,
) -> None:
    orchestrator.failures = [failure]
    if streams:
        ((_, end),) = envelopes((await stream(calling)).body)
        error = json.loads(end)["error"]
    else:
        answer = await calling.call(f"{FEEDBACK}/GetFeedback", {})
        error = answer.json()
        assert answer.status == status
    assert (error["code"], error["message"]) == (code, failure.text)
    details = read_details(error["details"])
    info = error_details_pb2.ErrorInfo.FromString(details.pop("google.rpc.ErrorInfo"))
    assert info.domain == "chorus"
    if isinstance(failure, InvalidRequest):
        refused = error_details_pb2.BadRequest.FromString(details["google.rpc.BadRequest"])
        assert refused.field_violations[0].field == "submission.text"
    else:
        assert dict(info.metadata) == failure.metadata
    if failure.retry_delay:
        retry = error_details_pb2.RetryInfo.FromString(details["google.rpc.RetryInfo"])
        assert retry.retry_delay.ToMilliseconds() == 2500


async def test_grpc_web_gets_the_details_too(orchestrator: ScriptedOrchestrator, calling: Browser) -> None:
    orchestrator.failures = [InvalidRequest({"submission.text": "empty"})]
    answer = await stream(calling, "grpc-web+proto", **{"grpc-timeout": "60S"})
    trailers = str(answer.headers) + answer.body.decode("latin-1")
    assert "grpc-status-details-bin" in trailers


async def test_who_is_away_is_named_without_an_address(browser: Browser) -> None:
    answer = await browser.call(f"{FEEDBACK}/ListModels", {}, **{"connect-timeout-ms": "2000"})
    error = answer.json()
    assert error["code"] in {"unavailable", "deadline_exceeded"}
    assert "127.0.0.1" not in answer.body.decode()


async def test_the_browsers_deadline_is_the_calls(
    orchestrator: ScriptedOrchestrator, calling: Browser
) -> None:
    await calling.call(f"{FEEDBACK}/ListModels", {}, **{"connect-timeout-ms": "50000"})
    (call,) = orchestrator.calls
    # Less what passing the answer on is given.
    assert 30 < call.deadline.remaining() < 49.1


async def test_a_call_without_a_deadline_is_refused(
    orchestrator: ScriptedOrchestrator, calling: Browser
) -> None:
    sent = {"content-type": "application/json"}
    answer = await calling.ask("POST", f"{FEEDBACK}/ListModels", sent, b"{}")
    assert answer.json()["code"] == "invalid_argument"
    assert "deadline" in answer.json()["message"]
    assert not orchestrator.calls


async def test_a_request_keeps_its_id_on_every_server(
    orchestrator: ScriptedOrchestrator, calling: Browser
) -> None:
    answer = await calling.call(f"{FEEDBACK}/ListModels", {})
    await calling.call(f"{FEEDBACK}/ListModels", {}, **{"x-request-id": "mine"})
    await calling.call(f"{FEEDBACK}/ListModels", {}, **{"x-request-id": "a b"})
    first, second, third = (call.request_id for call in orchestrator.calls)
    assert first == answer.headers["x-request-id"]
    assert second == "mine"
    assert third != "a b"


async def test_each_teacher_is_a_caller_of_their_own_without_a_name(
    orchestrator: ScriptedOrchestrator, serve: Serve
) -> None:
    proxy = {"WEB_IDENTITY_HEADER": "x-forwarded-email", "WEB_IDENTITY_PROXIES": "127.0.0.1"}
    async with orchestrator.start() as address:
        browser = serve(address, **proxy)
        for teacher in ("kim@school.example", "이선생@school.example", "kim@school.example"):
            browser.headers["x-forwarded-email"] = teacher
            await browser.open_session()
            await browser.call(f"{FEEDBACK}/ListModels", {}, **{"x-chorus-on-behalf-of": "another"})
    kim, lee, again = (call.caller for call in orchestrator.calls)
    assert kim == again != lee
    assert all(re.fullmatch(":teacher-[0-9a-f]{32}", each) for each in (kim, lee))


@pytest.mark.parametrize("streams", [False, True])
async def test_who_leaves_stops_the_work(
    orchestrator: ScriptedOrchestrator, calling: Browser, streams: bool
) -> None:
    orchestrator.hangs = True
    orchestrator.events = [ACCEPTED]
    call = stream(calling) if streams else calling.call(f"{FEEDBACK}/GetFeedback", {})
    asking = asyncio.create_task(call)
    async with asyncio.timeout(PATIENCE):
        await orchestrator.begun.wait()
        if streams:
            await calling.came.wait()
        assert not orchestrator.cancelled.is_set()
        calling.leaves.set()
        await orchestrator.cancelled.wait()
        await asking


@pytest.mark.parametrize("streams", [False, True])
async def test_the_deadline_stops_the_work(
    orchestrator: ScriptedOrchestrator, calling: Browser, streams: bool
) -> None:
    orchestrator.hangs = True
    soon = {"connect-timeout-ms": "1500"}
    async with asyncio.timeout(PATIENCE):
        if streams:
            ((_, end),) = envelopes((await stream(calling, **soon)).body)
            error = json.loads(end)["error"]
        else:
            error = (await calling.call(f"{FEEDBACK}/GetFeedback", {}, **soon)).json()
    assert error["code"] == "deadline_exceeded"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"content-type": "application/json"}, b"{", 400),
        ({"content-type": "application/json"}, b'{"submission": {"text": "\\ud800"}}', 400),
        ({"content-type": "application/json"}, b'{"submission":' * 1000, 400),
        ({"content-type": "application/proto"}, b"\xff\xff", 400),
        ({"content-type": "application/proto", "content-encoding": "gzip"}, b"\0", 400),
        ({"content-type": "application/proto"}, bytes(4 * 1024 * 1024 + 1), 429),
        ({"content-type": "text/plain"}, b"{}", 415),
        ({"content-type": "application/json", "connect-timeout-ms": "-1"}, b"{}", 400),
    ],
)
async def test_a_broken_call_is_refused_here(
    orchestrator: ScriptedOrchestrator, calling: Browser, headers: dict[str, str], body: bytes, status: int
) -> None:
    answer = await calling.ask("POST", f"{FEEDBACK}/GetFeedback", headers, body)
    assert answer.status == status
    assert not orchestrator.requests
