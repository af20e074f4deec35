"""Takes from a feedback what a teacher has decided to give back, and words it."""

import math
from collections.abc import Iterator, Mapping

from chorus.feedback.v1 import decision_pb2, feedback_pb2, feedback_service_pb2
from chorus_documents.writing.returned_work import ReturnedWork, Score
from chorus_wording.notes import note_of, scale_of
from chorus_wording.wording import WORDING
from clients.web.server.problems import Problem

NOTHING_DECIDED = "NOTHING_DECIDED"
"""The reason where nothing is left to say."""

_KEPT = decision_pb2.DECISION_KEPT
_REJECTED = decision_pb2.DECISION_REJECTED


def decided_work(
    *,
    title: str,
    author: str,
    text: str,
    language: str,
    feedback: feedback_service_pb2.GetFeedbackResponse,
    decisions: decision_pb2.Decisions,
) -> ReturnedWork:
    """Returns a work with what was kept, edited or added. What nobody has decided on is not given back.

    Args:
        title: The work's name; empty: it has none.
        author: The name of who gives it back; empty: it is not known.
        text: The work; empty: it is not at hand, and quotations stand alone.
        language: Of the words around what is said.
        feedback: What the panel said.
        decisions: What the teacher decided on it.

    Raises:
        Problem: Nothing is left to say.
    """
    wording = WORDING[language]
    titles = {each.id: each.title or each.id for each in feedback.rubric.criteria}
    notes = [note_of(each, text, titles, wording) for each in _points(feedback, decisions)]
    # In the order of the text; what is about the whole comes first.
    notes.sort(key=lambda note: -1 if note.start is None else note.start)
    scores = list(_scores(feedback, decisions, titles))
    if not notes and not scores:
        wrong = "nothing was decided to be given back: keep, edit or add a point or a score first"
        raise Problem(422, NOTHING_DECIDED, wrong, "decisions")
    return ReturnedWork(
        title=title or wording.untitled,
        author=author or wording.teacher,
        text=text,
        notes=notes,
        scores=scores,
        labels=wording.labels,
        total=_total(feedback, decisions, wording.labels.total),
    )


def _points(
    feedback: feedback_service_pb2.GetFeedbackResponse, decisions: decision_pb2.Decisions
) -> Iterator[feedback_pb2.Point]:
    made = {each.id: each.members[0].point for each in feedback.merged.points if each.members}
    for decision in decisions.points:
        if decision.decision == _KEPT:
            if decision.point_id not in made:
                field = "decisions.points"
                raise Problem(
                    400, "FIELD", f"{field}: {decision.point_id!r} is no point of the feedback", field
                )
            yield made[decision.point_id]
        elif decision.decision != _REJECTED and decision.HasField("point"):
            yield decision.point


def _scores(
    feedback: feedback_service_pb2.GetFeedbackResponse,
    decisions: decision_pb2.Decisions,
    titles: Mapping[str, str],
) -> Iterator[Score]:
    criteria = {each.id: each for each in feedback.rubric.criteria}
    given = _given_scores(feedback, decisions)
    for decision in decisions.scores:
        name = decision.criterion_id
        if name in given:
            # The panel's as the page shows it, a teacher's as it was typed.
            score = given[name]
            shown = _shown(score) if decision.decision == _KEPT else f"{score:g}"
            yield Score(titles.get(name, name), shown, scale_of(criteria.get(name)), decision.rationale)


def _given_scores(
    feedback: feedback_service_pb2.GetFeedbackResponse, decisions: decision_pb2.Decisions
) -> Mapping[str, float]:
    """Returns the scores that are given back, by their criteria."""
    panel = {each.criterion_id: each.score for each in feedback.merged.scores if each.HasField("score")}
    given: dict[str, float] = {}
    for decision in decisions.scores:
        name = decision.criterion_id
        if decision.decision == _KEPT:
            if name in panel:
                given[name] = panel[name]
        elif decision.decision != _REJECTED and decision.HasField("score"):
            given[name] = decision.score
    return given


def _total(
    feedback: feedback_service_pb2.GetFeedbackResponse, decisions: decision_pb2.Decisions, label: str
) -> Score | None:
    """Returns the mean of the scores by their weights, out of 100, as the page shows it.

    None: a criterion that counts has no score, or none counts.
    """
    given = _given_scores(feedback, decisions)
    total = weights = 0.0
    for criterion in feedback.rubric.criteria:
        weight = criterion.weight if criterion.HasField("weight") else 1.0
        if weight <= 0:
            continue
        levels = [each.score for each in criterion.levels]
        low, high = min(levels, default=0.0), max(levels, default=0.0)
        if criterion.id not in given or low >= high:
            return None
        total += weight * (given[criterion.id] - low) / (high - low)
        weights += weight
    return Score(label, f"{math.floor(100 * total / weights + 0.5)}", "0–100", "") if weights else None


def _shown(score: float) -> str:
    """Writes a panel's score as the page does: with at most one decimal, halves up."""
    return f"{math.floor(score * 10 + 0.5) / 10:g}"
