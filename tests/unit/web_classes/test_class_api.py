"""The page's server with a class, before an orchestrator that counts what is bought."""

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from clients.web.server.application import application
from clients.web.server.gateway import SERVICES
from clients.web.server.kept_files import KeptFiles
from clients.web.server.settings import WebSettings
from rpckit.channel import connect
from rpckit.errors import BudgetExceeded, Unavailable
from rpckit.settings import Environment
from tests.fakes.browser import Answer, Browser
from tests.fakes.buying_orchestrator import BuyingOrchestrator
from tests.fakes.lifespan import lifespan
from tests.fakes.locked_zip import locked_zip
from tests.patience import PATIENCE
from tests.unit.documents.written_files import docx

CLASS = {
    "title": "Our school garden",
    "task": "Do we need one?",
    "notes": "Only for the models.",
    "level": "grade 8",
    "text_language": "en",
    "feedback_language": "",
    "models": ["a/1", "b/1"],
    "limit_usd_nanos": None,
}
WORD = docx("<w:p><w:r><w:t>We need it and it is good for us.</w:t></w:r></w:p>")
PROXY = {"WEB_IDENTITY_HEADER": "x-email", "WEB_IDENTITY_PROXIES": "127.0.0.1"}
Ask = Callable[..., Any]


@pytest.fixture
def orchestrator() -> BuyingOrchestrator:
    made = BuyingOrchestrator()
    made.may_answer.set()
    return made


@pytest.fixture
def variables() -> dict[str, str]:
    return {}


@pytest.fixture
async def browser(
    engine: Engine, tmp_path: Path, orchestrator: BuyingOrchestrator, variables: dict[str, str]
) -> AsyncIterator[Browser]:
    folders = {"WEB_STATE_DIR": str(tmp_path / "state"), "WEB_PAGE_DIR": str(tmp_path / "page")}
    settings = WebSettings.read(Environment(folders | variables))
    kept = KeptFiles(tmp_path / "files", seconds=60, max_bytes=1000)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(orchestrator.start())
        channels = {name: await stack.enter_async_context(connect(address, name)) for name in SERVICES}
        served = application(settings, channels, kept, engine)
        await stack.enter_async_context(lifespan(served))
        browser = Browser(served)
        browser.headers |= {"x-email": "kim@school.example"} if variables else {}
        await browser.open_session()
        yield browser


async def _send(browser: Browser, method: str, path: str, body: Any = None) -> Answer:
    headers = {"content-type": "application/json"}
    return await browser.ask(method, path, headers, json.dumps(body).encode() if body is not None else b"")


async def _class(browser: Browser, **changes: Any) -> str:
    answer = await _send(browser, "POST", "/api/classes", CLASS | changes)
    assert answer.status == 201, answer.body
    return f"/api/classes/{answer.json()['id']}"


async def _shown(browser: Browser, path: str) -> Any:
    answer = await browser.ask("GET", path)
    assert answer.status == 200, answer.body
    return answer.json()


async def _until(browser: Browser, path: str, *states: str) -> Any:
    async with asyncio.timeout(PATIENCE):
        while True:
            shown = await _shown(browser, path)
            if {each["state"] for each in shown["works"]} <= set(states):
                return shown
            await asyncio.sleep(0.02)


async def _started(browser: Browser, path: str) -> None:
    assert (await _send(browser, "POST", f"{path}/start")).status == 200


def _zip(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


async def test_a_class_from_a_zip_to_what_is_given_back(
    browser: Browser, orchestrator: BuyingOrchestrator
) -> None:
    path = await _class(browser)
    works = _zip({"반/lee.docx": WORD, "반/kim.txt": b"Yes.", "반/=cmd.txt": b"No.", "__MACOSX/x": b"1"})
    sent = (await browser.upload(works, "works.zip", f"{path}/works")).json()
    assert [each["name"] for each in sent["taken"]] == ["lee.docx", "kim.txt", "=cmd.txt"]
    assert sent["refused"] == []

    roster = "이름,파일,가명\r\n이하나,LEE,달\r\n김둘,kim.txt,별\r\n박셋,park.txt,해\r\n".encode("cp949")
    said = (await browser.upload(roster, "roster.csv", f"{path}/roster")).json()
    assert said == {"without_file": ["park.txt"], "without_line": ["=cmd.txt"]}
    # The roster holds for what comes later.
    await browser.upload(b"Perhaps.", "park.txt", f"{path}/works")

    before = await _shown(browser, path)
    assert before["has_roster"]
    assert not before["was_asked_for"]
    assert before["cost"] == {
        "limit_usd_nanos": None,
        "spent_usd_nanos": 0,
        "is_whole": True,
        "most_usd_nanos": 4 * 200,
        "least_limit_usd_nanos": 200,
        "unknown": [],
    }
    assert not orchestrator.asked

    await _started(browser, path)
    shown = await _until(browser, path, "to_review")
    assert shown["cost"]["spent_usd_nanos"] == 4 * 70
    assert shown["cost"]["most_usd_nanos"] == 0
    assert [each["pseudonym"] for each in shown["works"]] == ["달", "별", "", "해"]
    # More words are more contested.
    assert [each["contested"] for each in shown["works"]] == [2, 0, 0, 0]
    sent_texts = str([each for each in orchestrator.requests if isinstance(each, GetFeedbackRequest)])
    for name in ("이하나", "달", "lee", "kim"):
        assert name not in sent_texts

    lee, kim = (f"{path}/works/{each['id']}" for each in shown["works"][:2])
    opened = await _shown(browser, lee)
    assert opened["has_file"]
    assert opened["feedback"]["merged"]["points"][0]["id"] == "p1"
    as_files = {"format": "files", "language": "ko"}
    as_page = {"format": "html", "language": "en"}
    assert (await _send(browser, "POST", f"{path}/give-back", as_files)).status == 409
    point = {"pointId": "p1", "decision": "DECISION_KEPT"}
    score = {"criterionId": "content", "decision": "DECISION_EDITED", "score": 4.5}
    decided = {"rater": "teacher", "points": [point], "scores": [score], "final": True}
    for each in (lee, kim):
        assert (await _send(browser, "PUT", f"{each}/decisions", {"decisions": decided})).status == 204

    given = await _send(browser, "POST", f"{path}/give-back", as_files)
    assert "Our%20school%20garden" in given.headers["content-disposition"]
    archive = zipfile.ZipFile(io.BytesIO(given.body))
    assert archive.namelist() == ["lee (Feedback).docx", "kim (Feedback).docx", "점수.csv"]
    comments = zipfile.ZipFile(io.BytesIO(archive.read("lee (Feedback).docx"))).read("word/comments.xml")
    assert b"9 words are few." in comments
    assert b"Only for the models" not in given.body
    table = list(csv.reader(io.StringIO(archive.read("점수.csv").decode("utf-8-sig"))))
    assert table == [
        ["파일", "가명", "상태", "Content"],
        ["lee.docx", "달", "확정함", "4.5"],
        ["kim.txt", "별", "확정함", "4.5"],
        ["'=cmd.txt", "", "확인할 차례", ""],
        ["park.txt", "해", "확인할 차례", ""],
    ]
    shown = await _shown(browser, path)
    states = [each["state"] for each in shown["works"]]
    assert states == ["given_back", "given_back", "to_review", "to_review"]
    one = await _send(browser, "POST", f"{kim}/give-back", as_page)
    assert b"1 words are few." in one.body
    reopened = {"decisions": decided | {"final": False}}
    assert (await _send(browser, "PUT", f"{kim}/decisions", reopened)).status == 204
    assert (await _send(browser, "POST", f"{kim}/give-back", as_page)).status == 409


async def test_what_could_not_be_written_is_told_in_the_page_s_language(
    browser: Browser, orchestrator: BuyingOrchestrator
) -> None:
    path = await _class(browser)
    await browser.upload(b"A text.", "a.txt", f"{path}/works")
    await _started(browser, path)
    shown = await _until(browser, path, "to_review")
    nothing = {"decisions": {"final": True}}
    work = f"{path}/works/{shown['works'][0]['id']}"
    assert (await _send(browser, "PUT", f"{work}/decisions", nothing)).status == 204
    given = await _send(browser, "POST", f"{path}/give-back", {"format": "files", "language": "ko"})
    archive = zipfile.ZipFile(io.BytesIO(given.body))
    said = archive.read("만들지 못한 파일.txt").decode()
    assert said == "a.txt: 그대로 두거나 고치거나 더한 의견과 점수가 없어요.\n"


async def test_a_bad_file_is_told_and_the_others_are_taken(browser: Browser) -> None:
    path = await _class(browser)
    files = {
        "../../etc/passwd": b"A text.",
        "a.rtf": b"{\\rtf1 x}",
        "empty.txt": b" ",
        "inner.zip": _zip({"b.txt": b"B"}),
        "good.txt": b"Good.",
        "broken.docx": b"PK\3\4 broken",
    }
    sent = (await browser.upload(_zip(files), "w.zip", f"{path}/works")).json()
    assert [each["name"] for each in sent["taken"]] == ["passwd", "good.txt"]
    refused = {each["name"]: each["reason"] for each in sent["refused"]}
    assert refused == {
        "a.rtf": "RTF",
        "empty.txt": "NO_TEXT",
        "inner.zip": "ARCHIVE",
        "broken.docx": "BROKEN",
    }
    # Whoever opens the class later still hears of them, in the language of that page.
    missing = (await _shown(browser, f"{path}?language=ko"))["missing"]
    assert {each["name"]: each["reason"] for each in missing} == refused
    assert missing[0]["message"].startswith("RTF 파일이에요")
    locked = locked_zip({"secret.txt": b"Secret."}, b"1234")
    sent = (await browser.upload(locked, "l.zip", f"{path}/works?language=ko")).json()
    assert (sent["taken"], sent["refused"][0]["reason"]) == ([], "PROTECTED")
    assert "암호" in sent["refused"][0]["message"]


async def test_what_a_class_lacks_is_kept_until_it_is_there_or_dismissed(browser: Browser) -> None:
    path = await _class(browser)

    async def missing() -> dict[str, str]:
        return {each["name"]: each["reason"] for each in (await _shown(browser, path))["missing"]}

    await browser.upload(b"{\\rtf1 x}", "lee.rtf", f"{path}/works")
    await browser.upload(b"PK\5\6", "all.zip", f"{path}/works")
    assert (await _send(browser, "POST", f"{path}/missing", {"name": "C:\\big.pdf"})).status == 204
    assert (await _send(browser, "POST", f"{path}/missing", {"name": " "})).status == 400
    roster = "파일,가명\nlee,달\nkim.txt,별\n박셋,해\n".encode()
    await browser.upload(roster, "r.csv", f"{path}/roster")
    # Of a file that was refused the reason says more than the roster.
    refused = {"lee.rtf": "RTF", "all.zip": "BROKEN", "big.pdf": "TOO_LARGE"}
    assert await missing() == refused | {"kim.txt": "NAMED_BY_ROSTER", "박셋": "NAMED_BY_ROSTER"}

    await browser.upload(b"Yes.", "kim.docx.txt", f"{path}/works")
    await browser.upload(b"Yes.", "Kim.txt", f"{path}/works")
    await browser.upload(WORD, "LEE.docx", f"{path}/works")
    del refused["lee.rtf"]
    assert await missing() == refused | {"박셋": "NAMED_BY_ROSTER"}
    # The next roster stands in the place of the last.
    await browser.upload("파일,가명\n최넷,달\n".encode(), "r.csv", f"{path}/roster")
    assert await missing() == refused | {"최넷": "NAMED_BY_ROSTER"}
    first, *_ = (await _shown(browser, path))["missing"]
    assert (await browser.ask("DELETE", f"{path}/missing/{first['id']}")).status == 204
    assert first["name"] not in await missing()
    assert (await browser.ask("DELETE", f"{path}/missing")).status == 204
    assert await missing() == {}


@pytest.mark.parametrize(
    ("data", "reason"), [(b"PK\5\6", "BROKEN"), (_zip({}), "NO_TEXT"), (b"\0\1\2\xff", "NOT_TEXT")]
)
async def test_a_set_without_any_file_is_refused(browser: Browser, data: bytes, reason: str) -> None:
    path = await _class(browser)
    said = (await browser.upload(data, "w.zip", f"{path}/works")).json()
    assert [each["reason"] for each in said["refused"]] == [reason]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": 7}, "title"),
        ({"task": "x" * 20_001}, "task"),
        ({"notes": "x" * 20_001}, "notes"),
        ({"models": []}, "models"),
        ({"models": ["a", "a"]}, "models"),
        ({"models": [7]}, "models"),
        ({"models": None}, "models"),
        ({"text_language": "xx"}, "text_language"),
        ({"limit_usd_nanos": -1}, "limit_usd_nanos"),
        ({"limit_usd_nanos": True}, "limit_usd_nanos"),
        ({"limit_usd_nanos": 1e9}, "limit_usd_nanos"),
        ({"rubric": {"criteria": 7}}, "rubric"),
    ],
)
async def test_a_wrong_field_is_named(browser: Browser, changes: dict[str, Any], field: str) -> None:
    answer = await _send(browser, "POST", "/api/classes", CLASS | changes)
    assert (answer.status, answer.json()["error"]["field"]) == (400, field)


@pytest.mark.parametrize("variables", [PROXY])
async def test_a_class_is_its_owners_alone(browser: Browser) -> None:
    path = await _class(browser)
    sent = (await browser.upload(b"A text.", "a.txt", f"{path}/works")).json()
    work = f"{path}/works/{sent['taken'][0]['id']}"
    browser.headers["x-email"] = "lee@school.example"
    assert (await _shown(browser, "/api/classes")) == {"classes": []}
    tried = [
        ("GET", path),
        ("PATCH", path),
        ("DELETE", path),
        ("POST", f"{path}/missing"),
        ("DELETE", f"{path}/missing"),
        ("POST", f"{path}/start"),
        ("POST", f"{path}/stop"),
        ("GET", work),
        ("DELETE", work),
        ("POST", f"{work}/again"),
        ("PUT", f"{work}/decisions"),
    ]
    for method, where in tried:
        answer = await _send(browser, method, where, {"limit_usd_nanos": None} if method != "GET" else None)
        assert answer.status == 404, (method, where)
    for where in (f"{path}/give-back", f"{work}/give-back"):
        body = {"format": "html", "language": "en"}
        assert (await _send(browser, "POST", where, body)).status == 404
    for where in (f"{path}/works", f"{path}/roster"):
        assert (await browser.upload(b"x", path=where)).status == 404
    browser.headers["x-email"] = "kim@school.example"
    assert [each["states"] for each in (await _shown(browser, "/api/classes"))["classes"]] == [{"new": 1}]


async def test_the_limit_is_kept_and_can_be_raised(browser: Browser) -> None:
    path = await _class(browser, limit_usd_nanos=250)
    for name in ("a.txt", "b.txt"):
        await browser.upload(b"A text.", name, f"{path}/works")
    await _started(browser, path)
    shown = await _until(browser, path, "to_review", "new")
    assert (shown["stop_reason"], shown["cost"]["spent_usd_nanos"]) == ("limit", 70)
    assert (await _send(browser, "PATCH", path, {"limit_usd_nanos": 1000})).status == 204
    await _started(browser, path)
    shown = await _until(browser, path, "to_review")
    assert shown["stop_reason"] == ""


@pytest.mark.parametrize("limit", [0, 199])
async def test_a_limit_below_what_one_review_may_cost_is_refused_at_once(
    browser: Browser, limit: int
) -> None:
    answer = await _send(browser, "POST", "/api/classes", CLASS | {"limit_usd_nanos": limit})
    error = answer.json()["error"]
    assert (answer.status, error["reason"], error["field"]) == (422, "LIMIT_TOO_LOW", "limit_usd_nanos")
    assert error["metadata"] == {"least_limit_usd_nanos": 200}
    path = await _class(browser)
    for name in ("a.txt", "b.txt"):
        await browser.upload(b"A text.", name, f"{path}/works")
    assert (await _send(browser, "PATCH", path, {"limit_usd_nanos": limit})).status == 422
    assert (await _send(browser, "PATCH", path, {"limit_usd_nanos": 200})).status == 204
    # A second model would cost more than the limit is.
    assert (await _send(browser, "PATCH", path, {"models": ["a/1"]})).status == 204
    assert (await _send(browser, "PATCH", path, {"limit_usd_nanos": 100})).status == 204
    answer = await _send(browser, "PATCH", path, {"models": ["a/1", "b/1"]})
    assert answer.json()["error"]["reason"] == "LIMIT_TOO_LOW"
    await _started(browser, path)
    shown = await _until(browser, path, "to_review", "new")
    # What it has cost counts, too, and without works to ask for any limit will do.
    assert (shown["stop_reason"], shown["cost"]["least_limit_usd_nanos"]) == ("limit", 170)
    assert (await _send(browser, "PATCH", path, {"limit_usd_nanos": 170})).status == 204
    await _started(browser, path)
    shown = await _until(browser, path, "to_review")
    assert (await _send(browser, "PATCH", path, {"limit_usd_nanos": limit})).status == 204


async def test_an_assignment_is_edited_before_its_start(
    browser: Browser, orchestrator: BuyingOrchestrator
) -> None:
    path = await _class(browser)
    await browser.upload(b"A text.", "a.txt", f"{path}/works")
    criterion = {"id": "claim", "levels": [{"score": 1}, {"score": 2}]}
    changes = {
        "title": "A garden",
        "task": "Why?",
        "notes": "Other notes.",
        "level": "grade 9",
        "text_language": "",
        "feedback_language": "ko",
        "rubric": {"criteria": [criterion]},
        "models": ["b/1"],
    }
    assert (await _send(browser, "PATCH", path, changes)).status == 204
    shown = await _shown(browser, path)
    assert {each: shown[each] for each in changes} == changes
    assert (await _send(browser, "PATCH", path, {"title": ""})).status == 400
    await _started(browser, path)
    shown = await _until(browser, path, "to_review")
    assert shown["was_asked_for"]
    (asked,) = orchestrator.asked.values()
    assert (asked.submission.task, list(asked.models), asked.rubric.criteria[0].id) == (
        "Why?",
        ["b/1"],
        "claim",
    )
    for field in changes.keys() - {"title"}:
        answer = await _send(browser, "PATCH", path, {"title": "No", field: CLASS.get(field)})
        error = answer.json()["error"]
        assert (answer.status, error["reason"], error["field"]) == (409, "ALREADY_ASKED", field)
    assert (await _send(browser, "PATCH", path, {"title": "Our garden", "task": "Why?"})).status == 204
    assert (await _shown(browser, path))["title"] == "Our garden"


async def test_a_failure_says_why_and_can_be_asked_again(
    browser: Browser, orchestrator: BuyingOrchestrator
) -> None:
    path = await _class(browser)
    sent = (await browser.upload(b"A text.", "a.txt", f"{path}/works")).json()
    work = f"{path}/works/{sent['taken'][0]['id']}"
    assert (await _send(browser, "POST", f"{work}/again")).status == 409
    assert (await _send(browser, "PUT", f"{work}/decisions", {"decisions": {}})).status == 409
    metadata = {"limit_usd_nanos": "1", "needed_usd_nanos": "2"}
    orchestrator.fails["A text."] = [BudgetExceeded("no", metadata=metadata)]
    await _started(browser, path)
    shown = await _until(browser, path, "failed")
    (failure,) = shown["works"][0]["failures"]
    assert failure["reason"] == "ERROR_REASON_BUDGET_EXCEEDED"
    assert failure["metadata"] == metadata
    assert (await _send(browser, "POST", f"{work}/again")).status == 204
    await _until(browser, path, "to_review")


async def test_deleting_a_class_deletes_its_feedback_at_the_orchestrator(
    browser: Browser, orchestrator: BuyingOrchestrator
) -> None:
    path = await _class(browser)
    for name in ("a", "b", "c"):
        await browser.upload(f"Text {name}.".encode(), f"{name}.txt", f"{path}/works")
    await _started(browser, path)
    shown = await _until(browser, path, "to_review")
    names = [each["feedback_id"] for each in shown["works"]]
    work = f"{path}/works/{shown['works'][0]['id']}"
    assert (await browser.ask("DELETE", work)).status == 204
    assert orchestrator.deleted == names[:1]
    # Where the orchestrator does not, nothing is lost here.
    orchestrator.failures += [Unavailable("away")] * 10
    answer = await browser.ask("DELETE", path)
    assert (answer.status, answer.json()["error"]["reason"]) == (503, "NOT_DELETED")
    assert len((await _shown(browser, path))["works"]) == 2
    orchestrator.failures.clear()
    assert (await browser.ask("DELETE", path)).status == 204
    assert sorted(orchestrator.deleted) == sorted(names)
    assert (await browser.ask("GET", path)).status == 404


async def test_a_class_that_runs_is_stopped_and_deleted(
    browser: Browser, orchestrator: BuyingOrchestrator
) -> None:
    path = await _class(browser)
    orchestrator.may_answer.clear()
    sent = (await browser.upload(b"A text.", "a.txt", f"{path}/works")).json()
    await _started(browser, path)
    async with asyncio.timeout(PATIENCE):
        await orchestrator.begun.wait()
    await _until(browser, path, "running")
    assert (await _send(browser, "POST", f"{path}/stop")).status == 204
    shown = await _shown(browser, path)
    assert (shown["works"][0]["state"], shown["stop_reason"]) == ("new", "teacher")
    await _started(browser, path)
    await _until(browser, path, "running")
    assert (await browser.ask("DELETE", f"{path}/works/{sent['taken'][0]['id']}")).status == 204
    assert (await browser.ask("DELETE", path)).status == 204
