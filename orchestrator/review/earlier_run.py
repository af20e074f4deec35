"""What an earlier run of a request has left, so that nothing is bought twice, and who is asked again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, merged_pb2
from chorus.model.v1 import failure_pb2, generation_pb2
from modelkit.usage import total_usage
from orchestrator.panel.directory import Listing
from orchestrator.panel.fan_out import Outcome
from orchestrator.store.store import StoredRequest
from rpckit.duration import to_seconds
from rpckit.errors import Unavailable

Response = feedback_service_pb2.GetFeedbackResponse

_PASSING = frozenset({failure_pb2.ERROR_REASON_UNAVAILABLE, failure_pb2.ERROR_REASON_RATE_LIMITED})


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """What was kept of a request when it is reviewed once more.

    Attributes:
        results: What is not bought again, by model: answers, and failures that would be the same.
        response: The response that it ended with; None: it came to none, or it is the first run.
    """

    results: Mapping[str, feedback_pb2.ModelResult] = field(default_factory=dict)
    response: Response | None = None

    @classmethod
    def of(
        cls, request: feedback_service_pb2.GetFeedbackRequest, stored: StoredRequest, seconds: float
    ) -> "EarlierRun":
        """Reads what the store has kept of a request, for which there are some seconds now."""
        results = {each.model: each for each in stored.results}
        if stored.response is not None:
            lasting = (each for each in stored.response.results if not _passes(request, each, seconds))
            results |= {each.model: each for each in lasting}
        return cls(results, stored.response)

    @property
    def is_worth_repeating(self) -> bool:
        """Whether a model failed for a reason that passes, and the response is not that of a whole panel."""
        return (
            self.response is not None
            and self.response.merged.panel.state != merged_pb2.Panel.STATE_COMPLETE
            and any(each.model not in self.results for each in self.response.results)
        )

    @property
    def panel(self) -> Sequence[str] | None:
        """The models of the panel that gave the response, without substitutes; None: there is no response."""
        if self.response is None:
            return None
        return [each.model for each in self.response.results if not each.substitute_for]

    @property
    def usage(self) -> generation_pb2.Usage:
        """What it used, as far as it is known."""
        if self.response is not None:
            return self.response.usage
        return total_usage(each.usage for each in self.results.values())

    def attempts_of(self, model: str) -> list[generation_pb2.Usage]:
        """Returns what a model that is asked again used before."""
        results = self.response.results if self.response is not None else ()
        return [each.usage for each in results if each.model == model]

    def outcomes(self, listing: Listing) -> list[Outcome]:
        """Returns the results of the models that are listed still.

        Raises:
            Unavailable: An answer that the response rests on would be missing.
        """
        outcomes = []
        for name, result in self.results.items():
            if (listed := listing.find(name)) is not None:
                outcomes.append(Outcome(listed, result))
            elif self.response is not None and result.HasField("feedback"):
                raise Unavailable(f"{name}, whose answer is kept, is not listed any more", retry_delay=1)
        return outcomes

    def lacks(self, result: feedback_pb2.ModelResult) -> bool:
        """Returns whether a result is an answer that has been bought since."""
        return result.HasField("feedback") and result.model not in self.results

    def confirmed(
        self, results: Sequence[feedback_pb2.ModelResult], usage: generation_pb2.Usage
    ) -> Response | None:
        """Returns the response once more, if none of the results is an answer that it does not rest on."""
        if self.response is None or any(map(self.lacks, results)):
            return None
        response = Response()
        response.CopyFrom(self.response)
        del response.results[:]
        response.results.extend(results)
        response.usage.CopyFrom(usage)
        response.replayed = True
        return response


def _passes(
    request: feedback_service_pb2.GetFeedbackRequest, result: feedback_pb2.ModelResult, seconds: float
) -> bool:
    """Returns whether a model failed for a reason that passes.

    A model that had too little time may be asked again if there is more now, but not if the policy gave it up
    because the others were enough.
    """
    reason = result.failure.reason
    if reason != failure_pb2.ERROR_REASON_TIMEOUT:
        return reason in _PASSING
    is_given_up = bool(result.substitute_for) or request.policy.HasField("straggler_grace")
    return not is_given_up and to_seconds(result.latency) <= seconds
