import csv
import io
import json
import re
from typing import Any
from zipfile import ZipFile

import pytest
from google.protobuf.json_format import MessageToDict

from chorus.feedback.v1.decision_pb2 import (
    DECISION_ADDED,
    DECISION_EDITED,
    DECISION_KEPT,
    DECISION_REJECTED,
    Decisions,
    PointDecision,
    ScoreDecision,
)
from chorus.feedback.v1.feedback_pb2 import (
    POLARITY_IMPROVEMENT,
    POLARITY_STRENGTH,
    SEVERITY_MAJOR,
    Anchor,
    Point,
)
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse
from chorus.feedback.v1.merged_pb2 import MergedFeedback, MergedPoint, MergedScore
from chorus.feedback.v1.submission_pb2 import Criterion, Level, Rubric
from chorus_documents.reader import read
from tests.fakes.browser import Answer, Browser
from tests.unit.documents.commented_words import commented_words
from tests.unit.documents.written_files import docx, hwpx
from tests.unit.web.conftest import Serve

TEXT = "Dogs are <b>loud</b>.\nI recieve one."
HOSTILE = "=cmd|'/c calc'!A1 <script>alert(1)</script> [x](javascript:y) \u202egnp.exe"


def point(observation: str, quote: str = "", **fields: Any) -> Point:
    anchor = None
    if quote:
        start = TEXT.index(quote)
        anchor = Anchor(start=start, end=start + len(quote), quote=quote)
    return Point(observation=observation, polarity=POLARITY_IMPROVEMENT, anchor=anchor, **fields)


SPELLING = point("Spell it.", "recieve", criterion_id="style", severity=SEVERITY_MAJOR)
FEEDBACK = GetFeedbackResponse(
    rubric=Rubric(
        criteria=[
            Criterion(id="claim", title="Claim", levels=[Level(score=1), Level(score=5)]),
            Criterion(id="style", title="Style", levels=[Level(score=0), Level(score=1)]),
        ]
    ),
    merged=MergedFeedback(
        points=[
            MergedPoint(id="p1", members=[MergedPoint.Member(point=SPELLING)]),
            MergedPoint(id="p2", members=[MergedPoint.Member(point=point("Too strong.", "loud"))]),
            MergedPoint(id="p3", members=[MergedPoint.Member(point=point("Say why."))]),
            MergedPoint(id="p4", members=[MergedPoint.Member(point=point("Undecided."))]),
        ],
        scores=[MergedScore(criterion_id="claim", score=4), MergedScore(criterion_id="style")],
    ),
)
DECISIONS = Decisions(
    rater="kim",
    points=[
        PointDecision(point_id="p1", decision=DECISION_KEPT),
        PointDecision(point_id="p2", decision=DECISION_REJECTED),
        PointDecision(
            point_id="p3", decision=DECISION_EDITED, point=point(HOSTILE, "<b>loud</b>", criterion_id="claim")
        ),
        PointDecision(
            decision=DECISION_ADDED, point=Point(observation="Well done.", polarity=POLARITY_STRENGTH)
        ),
    ],
    scores=[
        ScoreDecision(criterion_id="claim", decision=DECISION_KEPT, rationale="A clear one."),
        ScoreDecision(criterion_id="style", decision=DECISION_ADDED, score=1),
    ],
)


async def give_back(browser: Browser, format_: str, **fields: Any) -> Answer:
    asked = {
        "format": format_,
        "language": "en",
        "text": TEXT,
        "title": "My essay",
        "feedback": MessageToDict(FEEDBACK),
        "decisions": MessageToDict(DECISIONS),
    }
    body = json.dumps(asked | fields).encode()
    return await browser.ask("POST", "/api/give-back", {"content-type": "application/json"}, body)


@pytest.mark.parametrize("format_", ["html", "md", "csv", "docx"])
async def test_what_was_decided_is_given_back_and_nothing_else(browser: Browser, format_: str) -> None:
    answer = await give_back(browser, format_)
    assert answer.status == 200, answer.body
    said = answer.body
    if format_ == "docx":
        with ZipFile(io.BytesIO(answer.body)) as file:
            said = file.read("word/comments.xml")
    for given in (b"Spell it.", b"Well done.", b"Claim", b"A clear one.", b"Total", b"88"):
        assert given in said
    for held_back in (b"Too strong.", b"Say why.", b"Undecided."):
        assert held_back not in said


@pytest.mark.parametrize(
    ("decided", "shown"),
    [
        # The panel's as the page shows it, a teacher's as it was typed.
        (ScoreDecision(criterion_id="claim", decision=DECISION_KEPT), "3.7"),
        (ScoreDecision(criterion_id="claim", decision=DECISION_EDITED, score=3.25), "3.25"),
    ],
)
async def test_a_score_is_given_back_as_it_was_seen(
    browser: Browser, decided: ScoreDecision, shown: str
) -> None:
    feedback, decisions = GetFeedbackResponse(), Decisions(rater="kim", scores=[decided])
    feedback.CopyFrom(FEEDBACK)
    feedback.merged.scores[0].score = 11 / 3
    said = {"feedback": MessageToDict(feedback), "decisions": MessageToDict(decisions)}
    answer = await give_back(browser, "csv", **said)
    table = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert shown in next(row for row in table if "Claim" in row)


async def test_markup_is_text_in_a_page(browser: Browser) -> None:
    page = (await give_back(browser, "html", title=HOSTILE)).body.decode()
    assert "<script" not in page
    assert "<b>loud" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page
    assert "<mark>&lt;b&gt;loud&lt;/b&gt;</mark>" in page
    assert "<mark>recieve</mark>" in page


async def test_markup_is_text_in_markdown(browser: Browser) -> None:
    page = (await give_back(browser, "md", title=HOSTILE)).body.decode()
    assert "<script" not in page.replace("\\<", "")
    assert "[x](" not in page.replace("\\[", "").replace("\\]", "")
    assert "\\[1: \\<b\\>loud" in page.replace("\\[2", "\\[1")


@pytest.mark.parametrize("text", [TEXT, ""])
async def test_a_table_holds_no_formula(browser: Browser, text: str) -> None:
    answer = await give_back(browser, "csv", text=text)
    table = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert answer.body.startswith(b"\xef\xbb\xbf")
    cells = [cell for row in table for cell in row]
    assert any("=cmd" in cell for cell in cells)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)
    assert table[0] == ["Kind", "Passage", "Comment", "Criterion", "Importance", "Score", "Scale"]
    assert ["Score", "", "A clear one.", "Claim", "", "4", "1–5"] in table
    assert ["Total", "", "", "", "", "88", "0–100"] in table
    spelt = next(row for row in table if row[1] == "recieve")
    assert (spelt[0], spelt[3], spelt[4]) == ("To improve", "Style", "major")
    assert next(row for row in table if "=cmd" in row[2])[3:5] == ["Claim", ""]


@pytest.mark.parametrize("start", ["=1", " =1", "+1", "-1", "@A", "\t=1", "＝1"])
async def test_no_cell_begins_as_a_formula_does(browser: Browser, start: str) -> None:
    decisions = Decisions(points=[PointDecision(decision=DECISION_ADDED, point=Point(observation=start))])
    answer = await give_back(browser, "csv", decisions=MessageToDict(decisions))
    (_, row) = csv.reader(io.StringIO(answer.body.decode("utf-8-sig")))
    assert row[2] == f"'{start}"


async def test_comments_are_put_into_the_file_that_came(browser: Browser) -> None:
    came = docx(
        "<w:p><w:r><w:t>Dogs are &lt;b&gt;lo</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>ud&lt;/b&gt;.</w:t>"
        "<w:br/><w:t>I recieve one.</w:t></w:r></w:p>",
    )
    sent = (await browser.upload(came, "essay.docx")).json()
    assert sent["text"] == TEXT
    answer = await give_back(browser, "docx", file_id=sent["file_id"], text="")
    assert answer.status == 200, answer.body
    assert read(answer.body).text == TEXT
    words = commented_words(answer.body)
    assert "recieve" in words
    assert "<b>loud</b>" in words
    again = await give_back(browser, "html", file_id=sent["file_id"], text="")
    assert b"<mark>recieve</mark>" in again.body


@pytest.mark.parametrize(("teacher", "author"), [("", "선생님"), ("김하나", "김하나")])
async def test_comments_are_by_the_teacher(serve: Serve, teacher: str, author: str) -> None:
    proxy = {"WEB_IDENTITY_HEADER": "x-email", "WEB_IDENTITY_PROXIES": "127.0.0.1"}
    browser = serve(**(proxy if teacher else {}))
    browser.headers["x-email"] = teacher
    await browser.open_session()
    answer = await give_back(browser, "docx", language="ko")
    with ZipFile(io.BytesIO(answer.body)) as file:
        comments = file.read("word/comments.xml").decode()
    assert set(re.findall(r'w:author="([^"]*)"', comments)) == {author}


async def test_memos_are_put_into_the_hwpx_that_came(browser: Browser) -> None:
    lines = TEXT.replace("<", "&lt;").split("\n")
    came = hwpx(f"<hp:p><hp:run><hp:t>{lines[0]}<hp:lineBreak/>{lines[1]}</hp:t></hp:run></hp:p>")
    sent = (await browser.upload(came, "essay.hwpx")).json()
    assert (sent["text"], sent["format"]) == (TEXT, "hwpx")
    answer = await give_back(browser, "hwpx", file_id=sent["file_id"], text="")
    assert answer.status == 200, answer.body
    assert read(answer.body).text == TEXT
    with ZipFile(io.BytesIO(answer.body)) as file:
        assert b"Spell it." in file.read("Contents/section0.xml")
    # Word's comments do not go into it, and memos need the file.
    assert (await give_back(browser, "docx", file_id=sent["file_id"])).json()["error"]["field"] == "format"
    assert (await give_back(browser, "hwpx")).json()["error"]["reason"] == "FILE_NEEDED"


async def test_the_title_is_the_name_of_the_download(browser: Browser) -> None:
    answer = await give_back(browser, "md", title='나의 글/../"x"\r\nset-cookie: a')
    header = answer.headers["content-disposition"]
    assert header.startswith("attachment; ")
    assert "\r" not in header
    assert "%EB%82%98" not in header  # what stands before a slash is a folder
    assert header.endswith(".md")
    answer = await give_back(browser, "md", title="나의 글")
    # Not the very name of the file that came.
    named = "filename*=UTF-8''%EB%82%98%EC%9D%98%20%EA%B8%80%20%28Feedback%29.md"
    assert answer.headers["content-disposition"].endswith(named)
    answer = await give_back(browser, "md", title="", language="ko")
    assert answer.headers["content-disposition"].endswith("UTF-8''%ED%94%BC%EB%93%9C%EB%B0%B1.md")


@pytest.mark.parametrize(
    ("fields", "status", "reason", "field"),
    [
        ({"format": "exe"}, 400, "FIELD", "format"),
        ({"language": "fr"}, 400, "FIELD", "language"),
        ({"text": ["x"]}, 400, "FIELD", "text"),
        ({"text": " "}, 400, "TEXT_MISSING", "text"),
        ({"feedback": {"merged": 7}}, 400, "FIELD", "feedback"),
        ({"feedback": [1]}, 400, "FIELD", "feedback"),
        ({"decisions": {"points": [{"decision": "X"}]}}, 422, "NOTHING_DECIDED", "decisions"),
        ({"decisions": None}, 422, "NOTHING_DECIDED", "decisions"),
        ({"decisions": {"points": [{"pointId": "p9", "decision": 1}]}}, 400, "FIELD", "decisions.points"),
        ({"file_id": "x" * 22}, 404, "FILE_NOT_FOUND", "file_id"),
    ],
)
async def test_what_is_wrong_is_named(
    browser: Browser, fields: dict[str, Any], status: int, reason: str, field: str
) -> None:
    answer = await give_back(browser, "html", **fields)
    error = answer.json()["error"]
    assert (answer.status, error["reason"], error["field"]) == (status, reason, field)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b"\xff"])
async def test_what_is_no_json_is_refused(browser: Browser, body: bytes) -> None:
    answer = await browser.ask("POST", "/api/give-back", {}, body)
    assert (answer.status, answer.json()["error"]["reason"]) == (400, "JSON")


async def test_half_a_character_is_shown_as_missing(browser: Browser) -> None:
    answer = await give_back(browser, "html", title="\ud800")
    assert answer.status == 200
    assert "\N{REPLACEMENT CHARACTER}" in answer.body.decode()


async def test_nobody_gets_comments_into_another_ones_file(serve: Serve) -> None:
    browser = serve(WEB_IDENTITY_HEADER="x-email", WEB_IDENTITY_PROXIES="127.0.0.1")
    browser.headers["x-email"] = "kim"
    await browser.open_session()
    sent = (await browser.upload(docx("<w:p><w:r><w:t>Dogs</w:t></w:r></w:p>"))).json()
    browser.headers["x-email"] = "lee"
    assert (await give_back(browser, "docx", file_id=sent["file_id"])).status == 404
