"""What is said about a point and a panel, wherever it is shown."""

from collections import Counter
from collections.abc import Iterable, Mapping

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, merged_pb2, submission_pb2
from chorus.model.v1 import model_pb2
from clients.command_line.words import Words


def display_names(models: Iterable[model_pb2.Model]) -> dict[str, str]:
    """The models' names for people by their names; only of those that no other has, too."""
    named = {each.name: each.display_name for each in models if each.display_name}
    bearers = Counter(named.values())
    return {name: display_name for name, display_name in named.items() if bearers[display_name] == 1}


def titles(rubric: submission_pb2.Rubric) -> dict[str, str]:
    """The criteria's titles by their ids."""
    return {each.id: each.title or each.id for each in rubric.criteria}


def numbers(merged: merged_pb2.MergedFeedback) -> dict[str, str]:
    """The points' numbers by their ids, the most important first."""
    return {point.id: str(number) for number, point in enumerate(merged.points, 1)}


def polarity(point: feedback_pb2.Point, words: Words) -> str:
    """Whether it praises, criticises or asks."""
    return words.polarities.get(point.polarity, words.polarities[feedback_pb2.POLARITY_UNSPECIFIED])


def about(point: feedback_pb2.Point, criteria: Mapping[str, str], words: Words) -> str:
    """What stands behind the polarity: how much it matters, unless it praises; the issue; the criterion."""
    said = ""
    if point.polarity != feedback_pb2.POLARITY_STRENGTH and point.severity in words.severities:
        said += f" ({words.importance.format(severity=words.severities[point.severity])})"
    if point.issue:
        said += f" · {words.issues.get(point.issue, point.issue.replace('_', ' '))}"
    if point.criterion_id:
        title = criteria.get(point.criterion_id, point.criterion_id)
        said += f" — {words.under_criterion.format(title=title)}"
    return said


def who(
    point: merged_pb2.MergedPoint, numbered: Mapping[str, str], names: Mapping[str, str], words: Words
) -> str:
    """How far the models agree, which points say the opposite, and the models by their `names`."""
    agreement = words.agreements.get(point.agreement, "")
    said = agreement.format(models=len(point.members), families=point.families)
    opposite = ", ".join(numbered[each] for each in point.contradicts if each in numbered)
    if opposite:
        said += f" ({words.opposed.format(points=opposite)})"
    return f"{said}: {', '.join(_named(member.model, names, words) for member in point.members)}"


def readers(response: feedback_service_pb2.GetFeedbackResponse, words: Words) -> str:
    """Who read the text; empty if it does not say."""
    answered = [each.model for each in response.results if each.HasField("feedback")]
    rules = _rules(answered, words)
    models = [each for each in answered if each not in words.looked_at]
    families = response.merged.panel.families_answered - bool(rules)
    said = []
    if models:
        said.append(words.read_by_models.format(models=len(models), families=families))
        if rules:
            said.append(words.read_by_rule_too.format(looked_at=rules))
    elif rules:
        said.append(words.read_by_rule.format(looked_at=rules))
    if response.merged.panel.state == merged_pb2.Panel.STATE_SINGLE:
        said.append(words.no_panel)
    return " ".join(said) if answered else ""


def no_points(response: feedback_service_pb2.GetFeedbackResponse, words: Words) -> str:
    """That nothing is said, and what was looked at where that was not all."""
    answered = [each.model for each in response.results if each.HasField("feedback")]
    if answered and all(each in words.looked_at for each in answered):
        return words.no_points_by_rule.format(looked_at=_rules(answered, words))
    return words.no_points


def author(
    request: feedback_service_pb2.GetFeedbackRequest,
    merged: merged_pb2.MergedFeedback,
    names: Mapping[str, str],
    words: Words,
) -> str:
    """Who worded the summary, if a model was to; else empty."""
    if merged.summary.model:
        return words.worded_by.format(model=_named(merged.summary.model, names, words))
    if request.summary_model:
        return words.template_instead.format(model=_named(request.summary_model, names, words))
    return ""


def panel(state: merged_pb2.Panel, words: Words) -> str:
    """How much of the panel the feedback rests on."""
    return words.panel_states.get(state.state, "").format(
        asked=state.asked, answered=state.answered, families=state.families_answered
    )


def _named(model: str, names: Mapping[str, str], words: Words) -> str:
    return words.own_readers.get(model) or names.get(model, model)


def _rules(answered: Iterable[str], words: Words) -> str:
    return ", ".join(words.looked_at[each] for each in answered if each in words.looked_at)
