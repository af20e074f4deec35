import math

from chorus.feedback.v1.feedback_pb2 import Anchor, CriterionScore, ModelFeedback, ModelResult
from chorus.model.v1.failure_pb2 import Failure
from chorus.model.v1.model_pb2 import Model
from orchestrator.injection.detection import Suspicion
from orchestrator.injection.readers import unshared_suspicions
from orchestrator.panel.directory import ListedModel
from orchestrator.panel.fan_out import Outcome

PASSAGE = Anchor(start=5, end=9)
SCORES = [CriterionScore(criterion_id="a", score=3)]


def reader(family: str, *, suspects: bool = False, scores: bool = True) -> Outcome:
    given = SCORES if scores else [CriterionScore(criterion_id="a")]
    feedback = ModelFeedback(scores=given, suspects_injection=suspects)
    listed = ListedModel(Model(name=f"{family}/{family}", family=family), "server")
    return Outcome(listed, ModelResult(feedback=feedback))


def is_taken_back(log_odds: float, *outcomes: Outcome) -> bool:
    return unshared_suspicions([Suspicion(PASSAGE, log_odds)], outcomes) == [PASSAGE]


def test_each_family_that_suspects_nothing_asks_for_more() -> None:
    families = [reader(family) for family in "abcde"]
    for count, log_odds in enumerate((2.5, 5, 7.5, 7.5), start=1):
        assert is_taken_back(log_odds, *families[:count])
        assert not is_taken_back(log_odds + 0.01, *families[:count])


def test_two_models_of_a_family_are_one_reader() -> None:
    assert not is_taken_back(3, reader("a"), reader("a"))


def test_nothing_is_taken_back_where_a_model_suspects_anything() -> None:
    assert not is_taken_back(0.1, reader("a"), reader("b", suspects=True))
    assert not is_taken_back(0.1, reader("a"), reader("b", suspects=True, scores=False))


def test_who_gave_no_score_has_no_say() -> None:
    failed = Outcome(ListedModel(Model(family="b"), "server"), ModelResult(failure=Failure()))
    assert not is_taken_back(0.1, reader("a", scores=False), failed)
    assert not is_taken_back(3, reader("a"), reader("b", scores=False), failed)


def test_what_a_rule_found_stays() -> None:
    assert not is_taken_back(math.inf, *map(reader, "abc"))


def test_what_an_older_release_kept_of_a_suspicion_counts() -> None:
    kept = ModelResult(feedback=ModelFeedback(scores=SCORES, suspected_injections=[PASSAGE]))
    assert not is_taken_back(0.1, reader("a"), Outcome(reader("b").listed, kept))
