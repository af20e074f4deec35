import math

import pytest

from chorus.feedback.v1 import submission_pb2
from modelkit.answer_form.issues import ISSUES
from orchestrator.rubrics.default import default_criteria, default_rubric
from orchestrator.rubrics.rubric import violations


def criterion(
    identifier: str = "a", scores: tuple[float, ...] = (0, 1), weight: float | None = None
) -> submission_pb2.Criterion:
    levels = [submission_pb2.Level(score=each) for each in scores]
    return submission_pb2.Criterion(id=identifier, levels=levels, weight=weight)


@pytest.mark.parametrize(
    ("criteria", "fields"),
    [
        ([criterion()], []),
        ([criterion(weight=0), criterion("b")], []),
        ([criterion(scores=tuple(range(11)))], []),
        ([criterion(str(number)) for number in range(20)], []),
        ([], ["rubric.criteria"]),
        ([criterion(str(number)) for number in range(21)], ["rubric.criteria"]),
        ([criterion(""), criterion("b"), criterion("b")], ["rubric.criteria[0].id", "rubric.criteria[2].id"]),
        ([criterion(scores=(1,))], ["rubric.criteria[0].levels"]),
        ([criterion(scores=tuple(range(12)))], ["rubric.criteria[0].levels"]),
        ([criterion(scores=(1, 3, 2))], ["rubric.criteria[0].levels[2].score"]),
        ([criterion(scores=(1, 1))], ["rubric.criteria[0].levels[1].score"]),
        ([criterion(scores=(1, math.inf))], ["rubric.criteria[0].levels[1].score"]),
        ([criterion(scores=(1, math.nan))], ["rubric.criteria[0].levels[1].score"]),
        ([criterion(weight=-1), criterion("b")], ["rubric.criteria[0].weight"]),
        ([criterion(weight=math.nan), criterion("b")], ["rubric.criteria[0].weight"]),
        ([criterion(weight=0), criterion("b", weight=0)], ["rubric.criteria"]),
        ([criterion("a" * 101)], ["rubric.criteria[0].id"]),
        ([submission_pb2.Criterion(id="a", description="x" * 2**18)], ["rubric"]),
        ([submission_pb2.Criterion()] * 1000, ["rubric.criteria"]),
        ([criterion(scores=(0,) * 1000)], ["rubric.criteria[0].levels"]),
    ],
)
def test_what_is_wrong_is_named_by_its_field(
    criteria: list[submission_pb2.Criterion], fields: list[str]
) -> None:
    assert list(violations(submission_pb2.Rubric(criteria=criteria))) == fields


@pytest.mark.parametrize(("language", "count"), [("ko", 9), ("ko-KR", 9), ("en", 4), ("de", 4)])
def test_our_own_rubrics_are_sound(language: str, count: int) -> None:
    rubric = default_rubric(language)
    assert violations(rubric) == {}
    assert len(rubric.criteria) == count
    assert all(each.title and each.description for each in rubric.criteria)
    assert all(level.title and level.description for each in rubric.criteria for level in each.levels)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_issue_has_a_criterion_in_ours_and_none_in_anothers(language: str) -> None:
    rubric = default_rubric(language)
    criteria = default_criteria(rubric)
    ids = {each.id for each in rubric.criteria}
    assert set(criteria.values()) <= ids
    groups = {issue.group for issue in ISSUES.values()} - {"other"}
    assert groups <= set(criteria)
    del rubric.criteria[0]
    assert default_criteria(rubric) == {}


def test_a_rubric_that_was_handed_out_may_be_changed() -> None:
    del default_rubric("en").criteria[:]
    assert len(default_rubric("en").criteria) == 4
