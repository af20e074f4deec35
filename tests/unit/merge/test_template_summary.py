import re
import unicodedata

import pytest

from chorus.feedback.v1 import feedback_pb2, merged_pb2
from modelkit.answer_form.issues import ISSUES
from orchestrator.merge import summary_phrases
from orchestrator.merge.summary_guard import has_one_register
from orchestrator.merge.template_summary import SummarySentence, template_summary
from tests.unit.merge.panels import IMPROVEMENT, STRENGTH


def merged_point(
    identifier: str,
    issue: str,
    *,
    quote: str = "",
    criterion: str = "content",
    polarity: feedback_pb2.Polarity.ValueType = IMPROVEMENT,
    agreement: merged_pb2.Agreement.ValueType = merged_pb2.AGREEMENT_SINGLE,
) -> merged_pb2.MergedPoint:
    anchor = feedback_pb2.Anchor(start=0, end=len(quote), quote=quote) if quote else None
    point = feedback_pb2.Point(issue=issue, criterion_id=criterion, polarity=polarity, anchor=anchor)
    member = merged_pb2.MergedPoint.Member(model="m", point=point)
    return merged_pb2.MergedPoint(id=identifier, members=[member], agreement=agreement)


def texts(points: list[merged_pb2.MergedPoint], language: str = "en", text: str = "") -> list[str]:
    summary = template_summary(points, language, text)
    return [each.text for each in summary.sentences] if summary else []


POINTS = [
    merged_point("a", "evidence_missing", quote="Dogs are bad."),
    merged_point("b", "claim_unclear", quote="I think so", polarity=STRENGTH),
    merged_point("c", "counterview_missing"),
    merged_point("d", "spelling", quote="teh", criterion="conventions"),
    merged_point("e", "depth"),
]


def test_english() -> None:
    assert texts(POINTS) == [
        "Where you write “I think so”, your main point is clear.",
        "First, where you write “Dogs are bad”, add an example, a fact or a source that backs up your point.",
        "Next, think of what someone who disagrees might say, and answer it.",
        "After that, where you write “teh”, check the spelling.",
    ]


def test_korean() -> None:
    assert texts(POINTS, "ko-KR") == [
        "“I think so” 부분에서 말하려는 바가 또렷하게 드러나요.",
        "먼저 “Dogs are bad” 부분에 생각을 뒷받침하는 예나 자료를 더해 보세요.",
        "다음으로 글에 다르게 생각하는 사람의 입장과 그에 대한 답을 더해 보세요.",
        "그리고 “teh” 부분에서 맞춤법이 맞는지 다시 확인해 보세요.",
    ]


def test_one_step_and_no_points() -> None:
    assert texts(POINTS[2:3]) == [
        "As a next step, think of what someone who disagrees might say, and answer it."
    ]
    assert template_summary([], "en", "") is None


def test_every_sentence_cites_its_point_and_strengths_come_first() -> None:
    summary = template_summary(POINTS, "en", "")
    assert summary is not None
    assert [list(each.point_ids) for each in summary.sentences] == [["b"], ["a"], ["c"], ["d"]]
    assert [each.kind for each in summary.sentences] == [SummarySentence.KIND_STRENGTH] + [
        SummarySentence.KIND_NEXT_STEP
    ] * 3
    assert summary.model == ""


def cited(points: list[merged_pb2.MergedPoint]) -> list[str]:
    summary = template_summary(points, "en", "")
    return [identifier for each in (summary.sentences if summary else []) for identifier in each.point_ids]


def test_next_steps_cover_two_criteria_where_there_are_two() -> None:
    same = [merged_point(issue, issue) for issue in ("depth", "reason_weak", "claim_unclear")]
    assert cited(same) == ["depth", "reason_weak", "claim_unclear"]
    assert cited([*same, merged_point("x", "spelling", criterion="conventions")]) == [
        "depth",
        "reason_weak",
        "x",
    ]


def test_an_issue_is_named_once_and_two_strengths_at_most() -> None:
    twice = [merged_point("a", "depth"), merged_point("b", "depth"), merged_point("c", "spelling")]
    assert cited(twice) == ["a", "c"]
    assert cited([merged_point(each, each, polarity=STRENGTH) for each in ISSUES]) == list(ISSUES)[:2]


def test_places_of_one_small_issue_share_a_sentence() -> None:
    slips = [merged_point(each, "spelling", quote=each) for each in ("teh", "hte", "eht", "het")]
    assert texts(slips) == ["As a next step, where you write “teh”, “hte” and “eht”, check the spelling."]
    assert texts(slips, "ko") == ["“teh”, “hte”, “eht” 부분에서 맞춤법이 맞는지 다시 확인해 보세요."]
    assert cited(slips) == ["teh", "hte", "eht"]


def test_what_is_of_the_whole_quotes_nothing() -> None:
    assert texts([merged_point("a", "conclusion", quote="The end.")], "ko") == [
        "글의 끝에서 하고 싶은 말을 다시 정리해 보세요."
    ]


def test_a_passage_is_spoken_of_again_only_if_there_is_no_other() -> None:
    same = [merged_point("a", "depth", quote="Dogs."), merged_point("b", "concision", quote="Dogs.")]
    assert cited([*same, merged_point("c", "transition", quote="Cats.")]) == ["a", "c", "b"]


def test_what_is_to_be_changed_is_not_praised_as_well_if_there_is_other_praise() -> None:
    change = merged_point("a", "depth", quote="Dogs bark at night.")
    part = merged_point("b", "word_choice", quote="bark at night", polarity=STRENGTH)
    elsewhere = merged_point("c", "conclusion", quote="Cats do not.", polarity=STRENGTH)
    third = merged_point("d", "reason_weak", quote="They never did.", polarity=STRENGTH)
    assert cited([change, part, elsewhere, third]) == ["c", "d", "a"]
    assert cited([change, part]) == ["b", "a"]


def test_what_the_panel_quarrels_about_is_named_only_if_there_is_nothing_else() -> None:
    contested = merged_point("a", "depth", agreement=merged_pb2.AGREEMENT_CONTESTED)
    assert cited([contested, merged_point("b", "spelling")]) == ["b"]
    assert cited([contested]) == ["a"]


@pytest.mark.parametrize(
    ("quote", "excerpt"),
    [
        ("A whole sentence, with a stop.", "“A whole sentence, with a stop”"),
        ('He said "no" to it', '‘He said "no" to it’'),
        ("A title\nand what follows", "“A title…”"),
        ("word " * 30, "“word word word word word word word word word word word word…”"),
        ("x" * 90, f"“{'x' * 60}…”"),
        (unicodedata.normalize("NFD", "é" * 90), f"“{unicodedata.normalize('NFD', 'é' * 60)}…”"),
        ("Why not?", "“Why not?”"),
        ("- a bullet", "“a bullet”"),
        ("{place}", "“{place}”"),
    ],
)
def test_an_excerpt_is_as_written_and_short(quote: str, excerpt: str) -> None:
    (text,) = texts([merged_point("a", "depth", quote=quote)])
    assert text == f"As a next step, where you write {excerpt}, go into more detail."


def test_punctuation_alone_is_no_excerpt() -> None:
    assert texts([merged_point("a", "punctuation", quote="...")]) == [
        "As a next step, check the punctuation."
    ]


def test_every_issue_has_a_phrase_in_one_register() -> None:
    assert set(summary_phrases.KOREAN) == set(summary_phrases.ENGLISH) == set(ISSUES)
    wordings = [
        wording for each in summary_phrases.KOREAN.values() for wording in (each.strength, each.next_step)
    ]
    assert all(wording.count("{place}") == 1 for wording in wordings)
    assert has_one_register([f"{wording}." for wording in wordings], "ko")
    # The particle must fit both nouns that can stand for the place. 으로 would not.
    assert not any(re.search(r"\{place\}(?:으로|로)", wording) for wording in wordings)


def at(text: str, quote: str, issue: str = "sentence_error") -> merged_pb2.MergedPoint:
    point = merged_point("a", issue, quote=quote)
    start = text.index(quote)
    point.members[0].point.anchor.start = start
    point.members[0].point.anchor.end = start + len(quote)
    return point


@pytest.mark.parametrize(
    ("text", "quote", "passage"),
    [
        ("It says that homework do not improve marks.", "do", "that homework do not"),
        ("He was late. They was early, as ever.", "early", "They was early, as"),
        ("Stop. He go.", "go", "He go"),
        ("He was late. They was early, as ever.", "They was", "They was"),
        ("One\ntwo go three\nfour five", "go", "two go three"),
        ("The only one of the words that ends here goes", "goes", "that ends here goes"),
    ],
)
def test_a_word_is_quoted_with_those_around_it(text: str, quote: str, passage: str) -> None:
    (sentence,) = texts([at(text, quote)], text=text)
    assert f"“{passage}”" in sentence


def test_a_misspelt_word_and_more_than_one_word_stand_as_they_are() -> None:
    text = "I saw teh big old house by the sea."
    assert "“teh”" in texts([at(text, "teh", "spelling")], text=text)[0]
    assert "“old house”" in texts([at(text, "old house")], text=text)[0]
    korean = "어제 친구를 만나요. 영화를 봤어요."
    assert "“어제 친구를 만나요”" in texts([at(korean, "만나요")], "ko", korean)[0]
