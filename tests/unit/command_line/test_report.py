import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, merged_pb2, submission_pb2
from chorus_command_line.report.html_page import html
from chorus_command_line.report.markdown_page import markdown
from chorus_command_line.report.page import ReportPage, page
from chorus_documents.writing.marked_text import PointSpan, paragraphs
from chorus_wording.english import ENGLISH
from chorus_wording.korean import KOREAN
from chorus_wording.words import FeedbackWords
from tests.unit.command_line.messages import anchor, answered, merged_point, response, strength

TEXT = "도서관을 열자.\n\n책을 많이 읽는 학생은 반드시 성적이 오른다.\r\n자리가 금새 찬다. 👩‍👧\n"
HOSTILE = (
    '</p><script>alert("1")</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) "><b>`*_|&\u202e'
)
ALONE = merged_pb2.AGREEMENT_SINGLE


def at(quote: str, text: str = TEXT, **fields: Any) -> feedback_pb2.Point:
    polarity = fields.pop("polarity", feedback_pb2.POLARITY_IMPROVEMENT)
    return feedback_pb2.Point(anchor=anchor(text, quote), polarity=polarity, **fields)


def report(
    merged: merged_pb2.MergedFeedback, text: str = TEXT, words: FeedbackWords = KOREAN, **asked: Any
) -> ReportPage:
    request = feedback_service_pb2.GetFeedbackRequest(
        submission=submission_pb2.Submission(text=text, task=asked.pop("task", "")), **asked
    )
    answer = response(merged)
    answer.language_code = "ko"
    answer.results.extend(answered("chorus/proofreader-structure"))
    return page("essay.txt", request, answer, {}, words)


def hostile() -> ReportPage:
    point = at(HOSTILE, HOSTILE, observation=HOSTILE, reason=HOSTILE, next_step=HOSTILE, issue=HOSTILE)
    point.suggested_rewrite = point.criterion_id = HOSTILE
    sentence = merged_pb2.Summary.Sentence(text=HOSTILE, point_ids=["a"])
    merged = merged_pb2.MergedFeedback(
        points=[merged_point("a", point, [HOSTILE], ALONE)],
        scores=[merged_pb2.MergedScore(criterion_id=HOSTILE, low=1, high=2), merged_pb2.MergedScore()],
        summary=merged_pb2.Summary(sentences=[sentence], model=HOSTILE),
        panel=merged_pb2.Panel(missing=[HOSTILE]),
        suspected_injections=[anchor(HOSTILE, HOSTILE)],
    )
    request = feedback_service_pb2.GetFeedbackRequest(
        submission=submission_pb2.Submission(text=HOSTILE, task=HOSTILE), feedback_language_code=HOSTILE
    )
    answer = response(merged)
    answer.language_code = answer.feedback_id = HOSTILE
    answer.results.extend(answered(HOSTILE))
    return page(HOSTILE, request, answer, {HOSTILE: HOSTILE}, ENGLISH)


class Elements(HTMLParser):
    """The elements of a document, with their attributes, and its text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for each, attributes in self.found if each == tag]


def shown(text: str, *passages: tuple[str, str]) -> list[list[str]]:
    """Each line as it is marked, with passages given as a point and its quote."""
    found = [
        PointSpan.of(text, text.index(quote), text.index(quote) + len(quote), point)
        for point, quote in passages
    ]
    return [
        [
            "".join(
                f"{''.join(f'[{each} ' for each in segment.opening)}{segment.text}"
                f"{''.join(f' {each}]' for each in segment.closing)}"
                for segment in line
            )
            for line in paragraph.lines
        ]
        for paragraph in paragraphs(text, [each for each in found if each])
    ]


@pytest.mark.parametrize(
    ("text", "passages", "lines"),
    [
        ("one two three", [("1", "one two"), ("2", "two three")], [["[1 one [2 two 1] three 2]"]]),
        ("one two three", [("1", "one two three"), ("2", "two")], [["[1 one [2 two 2] three 1]"]]),
        ("one two", [("1", "one"), ("2", "one")], [["[1 [2 one 1] 2] two"]]),
        ("one\r\ntwo\n\n \nthree", [("1", "two\n\n \nthree")], [["one", "[1 two"], ["three 1]"]]),
        ("one two", [("1", " two")], [["one [1 two 1]"]]),
        ("one two", [("1", " ")], [["one two"]]),
        ("\n\n", [], []),
    ],
)
def test_passages_may_overlap_and_go_over_line_ends(
    text: str, passages: list[tuple[str, str]], lines: list[list[str]]
) -> None:
    assert shown(text, *passages) == lines


@given(
    st.text(alphabet="가b 👩\u200d\u0301\r\n"), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)))
)
def test_nothing_of_a_text_is_lost_and_every_mark_is_where_its_quote_is(
    text: str, ranges: list[tuple[int, int]]
) -> None:
    given_passages = (
        PointSpan.of(text, min(pair), max(pair), str(number)) for number, pair in enumerate(ranges)
    )
    passages = [each for each in given_passages if each]
    cut = list(paragraphs(text, passages))
    segments = [segment for paragraph in cut for line in paragraph.lines for segment in line]
    assert "".join("".join(each.text for each in segments).split()) == "".join(text.split())
    for passage in passages:
        marked = "".join(each.text for each in segments if passage.point in each.points)
        assert "".join(marked.split()) == "".join(text[passage.start : passage.end].split())
        assert sum(passage.point in each.opening for each in segments) == 1
        assert sum(passage.point in each.closing for each in segments) == 1


def test_points_have_the_numbers_of_their_importance_wherever_they_stand() -> None:
    merged = merged_pb2.MergedFeedback(
        points=[
            merged_point("whole", strength(), ["m"], ALONE),
            merged_point("late", at("금새", observation="late"), ["m"], ALONE),
            merged_point("early", at("도서관을", observation="early"), ["m"], ALONE, contradicts=("late",)),
        ],
        summary=merged_pb2.Summary(
            sentences=[merged_pb2.Summary.Sentence(text="보세요.", point_ids=["late", "early", "gone"])]
        ),
    )
    shown_page = report(merged)
    assert [note.observation for note in shown_page.notes.values()] == [
        strength().observation,
        "late",
        "early",
    ]
    assert shown_page.about_the_whole == ["1"]
    assert "2번과 반대" in shown_page.notes["3"].who
    assert shown_page.summary[0].numbers == ["2", "3"]
    assert [list(paragraph.points) for paragraph in shown_page.paragraphs] == [["3"], ["2"]]


def test_the_page_marks_each_passage_and_has_its_point_beside_it() -> None:
    merged = merged_pb2.MergedFeedback(
        points=[
            merged_point("a", at("학생은 반드시", observation="근거가 없습니다."), ["m/1", "m/2"], ALONE),
            merged_point("b", at("반드시 성적이", polarity=feedback_pb2.POLARITY_STRENGTH), ["m/3"], ALONE),
        ]
    )
    document = html([report(merged, task="쓰세요.")])
    assert (
        '책을 많이 읽는 <mark class="improvement">학생은 </mark><mark class="strength overlap">반드시</mark>'
        '<sup><a href="#w1p1">1</a></sup><mark class="strength"> 성적이</mark>'
        '<sup><a href="#w1p2">2</a></sup> 오른다.'
    ) in document
    elements = Elements(document)
    assert elements.of("html") == [{"lang": "ko"}]
    notes = [each for each in elements.of("section") if "note" in (each["class"] or "").split()]
    assert notes == [
        {"class": "note improvement", "id": "w1p1"},
        {"class": "note strength", "id": "w1p2"},
    ]
    assert {"근거가 없습니다.", "한 계통의 검토기만 낸 의견이에요: m/1, m/2", "피드백"} <= {
        text.strip() for text in elements.texts
    }


def test_scores_have_their_range_on_the_scale() -> None:
    merged = merged_pb2.MergedFeedback(
        scores=[
            merged_pb2.MergedScore(
                criterion_id="claim", score=4, low=3, high=5, agreement=merged_pb2.AGREEMENT_SUPPORTED
            ),
            merged_pb2.MergedScore(
                criterion_id="evidence", low=1.5, high=9, agreement=merged_pb2.AGREEMENT_CONTESTED
            ),
            merged_pb2.MergedScore(criterion_id="norms"),
        ],
        total=0.675,
    )
    document = html([report(merged, words=ENGLISH)])
    assert 'class="band" style="left: 50.0%; width: 50.0%"' in document
    assert 'class="at" style="left: 75.0%"' in document
    # What lies beyond the scale ends with it.
    assert 'class="band" style="left: 12.5%; width: 87.5%"' in document
    assert document.count('class="at"') == 1
    text = markdown([report(merged, words=ENGLISH)])
    assert "| Claim | 4.0 | 3.0–5.0 (scale 1–5) | two families agree |\n" in text
    assert "| Reasons |  | 1.5–9.0 (scale 1–5) | contested |\n" in text
    assert "**not scored:** Conventions\n" in text
    assert "**Total:** 68 / 100\n" in text


def test_says_once_that_nothing_is_scored() -> None:
    merged = merged_pb2.MergedFeedback(
        scores=[merged_pb2.MergedScore(criterion_id=each) for each in ("claim", "evidence", "norms")]
    )
    for words in (ENGLISH, KOREAN):
        for text in (html([report(merged, words=words)]), markdown([report(merged, words=words)])):
            assert text.count(words.nothing_scored) == 1
            assert words.no_total not in text
            assert words.not_scored not in text


def test_nothing_that_is_shown_can_do_anything_in_html() -> None:
    document = html([hostile()])
    elements = Elements(document)
    assert {tag for tag, _ in elements.found}.isdisjoint({"script", "img", "b onerror", "iframe", "link"})
    allowed = {"lang", "class", "id", "href", "style", "charset", "name", "content", "http-equiv", "colspan"}
    assert {name for _, attributes in elements.found for name in attributes} <= allowed | {
        "role",
        "aria-label",
    }
    assert {each["href"] for each in elements.of("a")} == {"#w1p1"}
    assert "\u202e" not in document
    assert elements.of("html") == [{"lang": HOSTILE.replace("\u202e", "<U+202E>")}]


def test_a_page_needs_nothing_else() -> None:
    document = html([hostile()])
    assert "default-src 'none'" in document
    assert not any(
        word in document.replace("http-equiv", "") for word in ("http:", "https:", "url(", "@import")
    )


def test_nothing_that_is_shown_is_read_as_markdown() -> None:
    text = markdown([hostile()])
    assert not re.search(r"(?<!\\)[<\[`&]", text)
    (row,) = (line for line in text.splitlines() if line.startswith("| ") and "1.0–2.0" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert "\u202e" not in text


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("# 제목", "\\# 제목"),
        ("  - 하나", "\\- 하나"),
        ("12. 열둘", "12\\. 열둘"),
        ("3.5배", "3.5배"),
        ("===", "\\==="),
        ("1) 하나", "1\\) 하나"),
    ],
)
def test_a_line_of_a_text_does_not_become_a_heading_or_a_list(line: str, written: str) -> None:
    text = markdown([report(merged_pb2.MergedFeedback(), text=f"처음\n{line}")])
    assert f"\n처음\\\n{written}\n\n" in text


def test_markdown_has_brackets_around_passages_and_the_points_below() -> None:
    merged = merged_pb2.MergedFeedback(
        points=[
            merged_point("a", at("자리가 금새", observation="맞춤법", next_step="‘금세’"), ["m"], ALONE),
            merged_point("b", at("금새"), ["m"], ALONE),
        ]
    )
    text = markdown([report(merged)])
    assert (
        "오른다.\\\n\\[¹자리가 \\[²금새\\]²\\]¹ 찬다. 👩‍👧\n\n## 의견 (중요한 순서)\n\n### 1. 고칠 점\n\n"
        in text
    )
    assert (
        "> 자리가 금새\n\n맞춤법\n\n- **다음에 할 일:** ‘금세’\n\n*한 계통의 검토기만 낸 의견이에요: m*\n\n"
        in text
    )


def test_reports_say_who_read_before_anything_else() -> None:
    shown_page = report(merged_pb2.MergedFeedback())
    said = "언어 모델 없이 규칙으로만 읽었어요 (글의 짜임)."
    assert f'</header>\n<p class="readers">{said}' in html([shown_page])
    assert markdown([shown_page]).startswith(f"# 피드백: essay.txt\n\n{said}\n\n## 글\n")
    assert "규칙으로만 살폈어요" in html([shown_page])
    assert "규칙으로만 살폈어요" in markdown([shown_page])


def test_markdown_marks_what_to_keep_and_what_to_do() -> None:
    sentence = merged_pb2.Summary.Sentence
    sentences = [
        sentence(text="Clear.", kind=sentence.KIND_STRENGTH),
        sentence(text="Find a source.", kind=sentence.KIND_NEXT_STEP),
    ]
    text = markdown([report(merged_pb2.MergedFeedback(summary=merged_pb2.Summary(sentences=sentences)))])
    assert "\n- \\+ Clear.\n- → Find a source.\n" in text


def test_each_work_is_an_article_with_numbers_of_its_own() -> None:
    merged = merged_pb2.MergedFeedback(points=[merged_point("a", at("금새"), ["m"], ALONE)])
    document = html([report(merged), report(merged, words=ENGLISH, feedback_language_code="en")])
    assert Elements(document).of("article") == [{"lang": "ko"}, {"lang": "en"}]
    assert document.count('id="w1p1"') == document.count('id="w2p1"') == 1
