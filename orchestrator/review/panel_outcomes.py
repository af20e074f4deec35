"""What the outcomes of a panel's models come to."""

from collections.abc import Sequence

from chorus.feedback.v1 import feedback_pb2, merged_pb2
from chorus.model.v1 import failure_pb2, generation_pb2
from orchestrator.merge.opinion import Opinion
from orchestrator.panel.fan_out import Outcome
from orchestrator.panel.selection import SelectedPanel
from rpckit.duration import to_seconds
from rpckit.errors import QuorumNotReached

_BASIS_PREFIX = "USAGE_BASIS_"


def opinions_of(outcomes: Sequence[Outcome]) -> list[Opinion]:
    """Returns the answers, as the merge takes them."""
    return [
        Opinion(
            model=each.listed.name,
            family=each.listed.model.family,
            model_version=each.result.model_version,
            feedback=each.result.feedback,
            is_rule_based=each.listed.is_rule_based,
        )
        for each in outcomes
        if each.answered
    ]


def panel_message(panel: SelectedPanel, outcomes: Sequence[Outcome]) -> merged_pb2.Panel:
    """Returns who was asked and who answered."""
    asked = {each.name for each in (*panel.asked, *(outcome.listed for outcome in outcomes))}
    answered = {each.listed.name for each in outcomes if each.answered}
    families = families_answered(outcomes)
    if len(families) == 1:
        state = merged_pb2.Panel.STATE_SINGLE
    elif answered == asked:
        state = merged_pb2.Panel.STATE_COMPLETE
    else:
        state = merged_pb2.Panel.STATE_PARTIAL
    return merged_pb2.Panel(
        state=state,
        asked=len(asked),
        answered=len(answered),
        families_answered=len(families),
        missing=sorted(asked - answered),
    )


def families_answered(outcomes: Sequence[Outcome]) -> set[str]:
    """Returns the families that an answer came from."""
    return {each.listed.model.family for each in outcomes if each.answered}


def in_request_order(panel: SelectedPanel, outcomes: Sequence[Outcome]) -> list[feedback_pb2.ModelResult]:
    """Returns the results as the response lists them: in the order of the panel, then the substitutes."""
    places = {each.name: place for place, each in enumerate(panel.asked)}
    ordered = sorted(outcomes, key=lambda each: places.get(each.listed.name, len(places)))
    return [each.result for each in ordered]


def quorum_not_reached(
    panel: SelectedPanel, outcomes: Sequence[Outcome], usage: generation_pb2.Usage
) -> QuorumNotReached:
    """Returns the error that says who failed and why, and what all attempts used."""
    failures: list[failure_pb2.Failure] = []
    for each in outcomes:
        if not each.answered:
            failure = failure_pb2.Failure()
            failure.CopyFrom(each.result.failure)
            failure.metadata["model"] = each.listed.name
            failures.append(failure)
    counted = panel.counted(each.listed for each in outcomes if each.answered)
    families = {each.model.family for each in counted}
    # Where every failure passes, so does this one.
    passes = bool(failures) and all(each.HasField("retry_delay") for each in failures)
    delay = max(to_seconds(each.retry_delay) for each in failures) if passes else None
    basis = generation_pb2.UsageBasis.Name(usage.basis).removeprefix(_BASIS_PREFIX)
    metadata = {"usage_basis": basis}
    if usage.HasField("cost_usd_nanos"):
        metadata["cost_usd_nanos"] = str(usage.cost_usd_nanos)
    return QuorumNotReached(
        f"{len(counted)} models of {len(families)} families answered that count;"
        f" the policy asks for {panel.min_models} of {panel.min_families}",
        metadata=metadata,
        retry_delay=delay,
        # What does not fit is left out: the usage comes first.
        details=[usage, *failures],
    )
