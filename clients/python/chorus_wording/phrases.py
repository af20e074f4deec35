"""Words what is said about a point and a panel, wherever it is read."""

from collections import Counter
from collections.abc import Iterable, Mapping

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, merged_pb2, submission_pb2
from chorus.model.v1 import model_pb2
from chorus_wording.words import FeedbackWords, NoteWords


def display_names(models: Iterable[model_pb2.Model]) -> dict[str, str]:
    """Returns the models' display names by their names, without those that two models share."""
    named = {each.name: each.display_name for each in models if each.display_name}
    bearers = Counter(named.values())
    return {name: display_name for name, display_name in named.items() if bearers[display_name] == 1}


def titles(rubric: submission_pb2.Rubric) -> dict[str, str]:
    """Returns the criteria's titles by their ids."""
    return {each.id: each.title or each.id for each in rubric.criteria}


def numbers(merged: merged_pb2.MergedFeedback) -> dict[str, str]:
    """Numbers the points, and returns the numbers by their ids. The first is the most important."""
    return {point.id: str(number) for number, point in enumerate(merged.points, 1)}


def polarity(point: feedback_pb2.Point, words: NoteWords) -> str:
    """Says whether a point praises, criticises or asks."""
    return words.polarities.get(point.polarity, words.polarities[feedback_pb2.POLARITY_UNSPECIFIED])


def about(point: feedback_pb2.Point, criteria: Mapping[str, str], words: NoteWords) -> str:
    """Says how much a point matters, unless it praises, and names its issue and its criterion."""
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
    point: merged_pb2.MergedPoint, numbered: Mapping[str, str], names: Mapping[str, str], words: FeedbackWords
) -> str:
    """Says how far the models agree, which points say the opposite, and who the models are."""
    agreement = words.note.agreements.get(point.agreement, "")
    said = agreement.format(models=len(point.members), families=_families(point.families, words))
    opposite = ", ".join(numbered[each] for each in point.contradicts if each in numbered)
    if opposite:
        said += f" ({words.note.opposed.format(points=opposite)})"
    return f"{said}: {', '.join(_named(member.model, names, words) for member in point.members)}"


def readers(response: feedback_service_pb2.GetFeedbackResponse, words: FeedbackWords) -> str:
    """Says who read the text; empty if nobody did."""
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


def no_points(response: feedback_service_pb2.GetFeedbackResponse, words: FeedbackWords) -> str:
    """Says that there are no points, and what was looked for if that was not everything."""
    answered = [each.model for each in response.results if each.HasField("feedback")]
    if answered and all(each in words.looked_at for each in answered):
        return words.no_points_by_rule.format(looked_at=_rules(answered, words))
    return words.no_points


def author(
    request: feedback_service_pb2.GetFeedbackRequest,
    merged: merged_pb2.MergedFeedback,
    names: Mapping[str, str],
    words: FeedbackWords,
) -> str:
    """Says who worded the summary; empty if no model was to."""
    if merged.summary.model:
        return words.worded_by.format(model=_named(merged.summary.model, names, words))
    if request.summary_model:
        return words.template_instead.format(model=_named(request.summary_model, names, words))
    return ""


def panel(state: merged_pb2.Panel, words: FeedbackWords) -> str:
    """Says how much of the panel the feedback rests on."""
    # What a newer server calls it is unknown; the numbers hold.
    said = words.panel_states.get(state.state, words.panel_states[merged_pb2.Panel.STATE_PARTIAL])
    return said.format(
        asked=state.asked, answered=state.answered, families=_families(state.families_answered, words)
    )


def _families(count: int, words: FeedbackWords) -> str:
    return words.one_family if count == 1 else words.families.format(count=count)


def _named(model: str, names: Mapping[str, str], words: FeedbackWords) -> str:
    return words.own_readers.get(model) or names.get(model, model)


def _rules(answered: Iterable[str], words: FeedbackWords) -> str:
    return ", ".join(words.looked_at[each] for each in answered if each in words.looked_at)
