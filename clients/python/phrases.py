"""What is said about a point and a panel, wherever it is shown."""

from collections.abc import Mapping

from chorus.feedback.v1 import feedback_pb2, merged_pb2, submission_pb2
from clients.python.words import Words


def titles(rubric: submission_pb2.Rubric) -> dict[str, str]:
    """The criteria's titles by their ids."""
    return {each.id: each.title or each.id for each in rubric.criteria}


def labels(point: feedback_pb2.Point, criteria: Mapping[str, str], words: Words) -> list[str]:
    """How much it matters, unless it praises; what it is about; and the criterion."""
    severity = ""
    if point.polarity != feedback_pb2.POLARITY_STRENGTH:
        severity = words.severities.get(point.severity, "")
    issue = words.issues.get(point.issue, point.issue.replace("_", " "))
    criterion = criteria.get(point.criterion_id, point.criterion_id)
    return [label for label in (severity, issue, criterion) if label]


def who(point: merged_pb2.MergedPoint, numbers: Mapping[str, str], words: Words) -> str:
    """How far the models agree, which points say the opposite, and the models."""
    agreement = words.agreements.get(point.agreement, "")
    said = agreement.format(models=len(point.members), families=point.families)
    opposite = ", ".join(numbers[each] for each in point.contradicts if each in numbers)
    if opposite:
        said += f" ({words.opposed.format(points=opposite)})"
    return f"{said}: {', '.join(member.model for member in point.members)}"


def panel(state: merged_pb2.Panel, words: Words) -> str:
    """How much of the panel the feedback rests on."""
    return words.panel_states.get(state.state, "").format(
        asked=state.asked, answered=state.answered, families=state.families_answered
    )
