"""Keeps how each model has done in its latest calls."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
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


class _LatestCalls:
    """The latest calls of one model, and in order the numbers whose medians are asked for at every call."""

    def __init__(self) -> None:
        self.calls: deque[ModelCall] = deque()
        self.silences: deque[float] = deque(maxlen=_LATEST_ANSWERS)
        self.seconds: list[float] = []
        self.speeds: list[float] = []

    def add(self, call: ModelCall) -> None:
        if len(self.calls) == MAX_CALLS:
            oldest = self.calls.popleft()
            for number, ordered in self._numbers(oldest):
                del ordered[bisect_left(ordered, number)]
        self.calls.append(call)
        for number, ordered in self._numbers(call):
            insort(ordered, number)

    def _numbers(self, call: ModelCall) -> list[tuple[float, list[float]]]:
        if not call.answered:
            return []
        speed = call.output_tokens_per_second
        return [(call.seconds, self.seconds), *([(speed, self.speeds)] if speed else [])]


class TrackRecords:
    """The latest calls of every model, at most `MAX_CALLS` of each."""

    def __init__(self, calls: Iterable[ModelCall] = ()) -> None:
        self._latest: defaultdict[str, _LatestCalls] = defaultdict(_LatestCalls)
        self._late_in_a_row: Counter[str] = Counter()
        for call in calls:
            self.add(call)

    def add(self, call: ModelCall, longest_silence: float | None = None) -> None:
        """Adds the latest call, and how many seconds its answer was silent at a time; None: not known."""
        self._latest[call.model].add(call)
        if longest_silence is not None:
            self._latest[call.model].silences.append(longest_silence)
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
        latest = self._latest.get(model)
        if latest is None:
            return None
        calls, answered = len(latest.calls), len(latest.seconds)
        record = model_pb2.TrackRecord(calls=calls, failure_rate=1 - answered / calls)
        if answered:
            record.latency.CopyFrom(to_duration(_median(latest.seconds)))
        if latest.speeds:
            record.output_tokens_per_second = _median(latest.speeds)
        return record

    def usual_seconds(self, model: str) -> float:
        """Returns the median of the seconds that a model took for an answer; 0 before its first one."""
        latest = self._latest.get(model)
        return _median(latest.seconds) if latest and latest.seconds else 0.0

    def longest_usual_seconds(self, model: str) -> float | None:
        """Returns the seconds that 95 % of a model's latest answers took at most; None: there are too few.

        It is at least what the latest answer took: one answer tells of a model that has become slower.
        """
        calls = self._latest[model].calls if model in self._latest else ()
        latest = list(islice((call.seconds for call in reversed(calls) if call.answered), _LATEST_ANSWERS))
        return _all_but_a_few(latest)

    def usual_silence(self, model: str) -> float:
        """Returns the median of the longest silences of a model's latest answers; 0: none is known."""
        silences = self._latest[model].silences if model in self._latest else ()
        return median(silences) if silences else 0.0

    def longest_usual_silence(self, model: str) -> float | None:
        """Returns the seconds that 95 % of a model's latest answers were silent at most; None: too few.

        What was in another process, or before a restart, is not known.
        """
        return _all_but_a_few([*reversed(self._latest[model].silences)]) if model in self._latest else None


def _all_but_a_few(latest_first: Sequence[float]) -> float | None:
    if len(latest_first) < _LEAST_ANSWERS:
        return None
    return max(latest_first[0], quantiles(latest_first, n=20, method="inclusive")[-1])


def _median(ordered: Sequence[float]) -> float:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
