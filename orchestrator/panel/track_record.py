"""Keeps how each model has done in its latest calls."""

from collections import defaultdict, deque
from collections.abc import Iterable
from statistics import median

from chorus.model.v1 import model_pb2
from orchestrator.store.model_call import MAX_CALLS, ModelCall
from rpckit.duration import to_duration


class TrackRecords:
    """The latest calls of every model, at most `MAX_CALLS` of each."""

    def __init__(self, calls: Iterable[ModelCall] = ()) -> None:
        self._calls: defaultdict[str, deque[ModelCall]] = defaultdict(lambda: deque(maxlen=MAX_CALLS))
        for call in calls:
            self.add(call)

    def add(self, call: ModelCall) -> None:
        """Adds the latest call."""
        self._calls[call.model].append(call)

    def of(self, model: str) -> model_pb2.TrackRecord | None:
        """Sums up a model's latest calls; None before its first one."""
        calls = self._calls.get(model)
        if not calls:
            return None
        answered = _answered(calls)
        record = model_pb2.TrackRecord(calls=len(calls), failure_rate=1 - len(answered) / len(calls))
        if answered:
            record.latency.CopyFrom(to_duration(median(call.seconds for call in answered)))
        speeds = [call.output_tokens_per_second for call in answered if call.output_tokens_per_second]
        if speeds:
            record.output_tokens_per_second = median(speeds)
        return record

    def usual_seconds(self, model: str) -> float:
        """Returns the median of the seconds that a model took for an answer; 0 before its first one."""
        return median([call.seconds for call in _answered(self._calls.get(model, ()))] or [0.0])


def _answered(calls: Iterable[ModelCall]) -> list[ModelCall]:
    return [call for call in calls if call.answered]
