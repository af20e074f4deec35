"""Takes back a suspicion that no model of the panel shares and that moved no score."""

from collections.abc import Sequence

from chorus.feedback.v1 import feedback_pb2
from orchestrator.injection.detection import Suspicion
from orchestrator.panel.fan_out import Outcome

# What it takes off the log odds that the models of a family have read the work and suspect nothing, as
# `python -m bench.injection.readers` measures it on a large model. Families make some mistakes together, so
# that a fourth one says nothing new.
_LOG_ODDS_OF_A_FAMILY = 2.5
_MOST_FAMILIES = 3


def unshared_suspicions(
    suspected: Sequence[Suspicion], outcomes: Sequence[Outcome]
) -> list[feedback_pb2.Anchor]:
    """Returns the passages that are suspected no more, where no score moved without them.

    These are the ones that the classifier is not sure of, unless a model suspects anything. A model that
    scored nothing has no say: it may be rules.
    """
    answers = [each for each in outcomes if each.answered]
    if any(suspects(each.result.feedback) for each in answers):
        return []
    readers = [
        each for each in answers if any(score.HasField("score") for score in each.result.feedback.scores)
    ]
    needed = log_odds_needed(len({each.listed.model.family for each in readers}))
    return [each.passage for each in suspected if each.log_odds <= needed]


def log_odds_needed(families: int) -> float:
    """Returns how sure the classifier has to be where so many families suspect nothing."""
    return _LOG_ODDS_OF_A_FAMILY * min(families, _MOST_FAMILIES)


def suspects(feedback: feedback_pb2.ModelFeedback) -> bool:
    """Returns whether a model suspects anything; an older release kept the passages alone."""
    return feedback.suspects_injection or bool(feedback.suspected_injections)
