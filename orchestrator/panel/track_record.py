"""Keeps how each model has done in its latest calls."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from itertools import islice
from statistics import median, quantiles

from chorus.model.v1 import model_pb2
from orchestrator.store.model_call import MAX_CALLS, ModelCall
from rpckit.duration import to_duration

# So many of a model's latest answers say how long it takes at most; with fewer than the least, nothing does.
_LATEST_ANSWERS = 100
_LEAST_ANSWERS = 10
# Of the calls in a row that would be given up, one in so many is waited for.
_WAITED_FOR = 10


class TrackRecords:
    """The latest calls of every model, at most `MAX_CALLS` of each."""

    def __init__(self, calls: Iterable[ModelCall] = ()) -> None:
        self._calls: defaultdict[str, deque[ModelCall]] = defaultdict(lambda: deque(maxlen=MAX_CALLS))
        self._late_in_a_row: Counter[str] = Counter()
        for call in calls:
            self.add(call)

    def add(self, call: ModelCall) -> None:
        """Adds the latest call."""
        self._calls[call.model].append(call)
        if call.answered:
            self._late_in_a_row.pop(call.model, None)

    def give_up(self, model: str, seconds: float) -> bool:
        """Decides whether a call is given up that has taken so many seconds; if so, it is one that failed.

        Each tenth in a row is waited for: only so the record learns of a model that has become slower.
        """
        self._late_in_a_row[model] += 1
        if self._late_in_a_row[model] % _WAITED_FOR == 0:
            return False
        self.add(ModelCall(model, answered=False, seconds=seconds, output_tokens_per_second=0))
        return True

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

    def longest_usual_seconds(self, model: str) -> float | None:
        """Returns the seconds that 95 % of a model's latest answers took at most; None: there are too few.

        It is at least what the latest answer took: one answer tells of a model that has become slower.
        """
        latest_first = (call.seconds for call in reversed(self._calls.get(model, ())) if call.answered)
        latest = list(islice(latest_first, _LATEST_ANSWERS))
        if len(latest) < _LEAST_ANSWERS:
            return None
        return max(latest[0], quantiles(latest, n=20, method="inclusive")[-1])


def _answered(calls: Iterable[ModelCall]) -> list[ModelCall]:
    return [call for call in calls if call.answered]
