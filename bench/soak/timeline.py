"""Notes what happened when: to the essays, which attempt by attempt are asked for, and to the processes."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """Something that happened, at a time in seconds since 1970."""

    at: float
    what: str


@dataclass
class Timeline:
    """Holds the moments of a run.

    Attributes:
        disturbances: When processes were killed, stopped and started.
    """

    clock: Callable[[], float] = time.time
    disturbances: list[Moment] = field(default_factory=list)
    _of_essay: defaultdict[int, list[Moment]] = field(default_factory=lambda: defaultdict(list))
    _call_ids: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def note_disturbance(self, what: str) -> None:
        """Notes what is done to a process now."""
        self.disturbances.append(Moment(self.clock(), what))

    def note(self, number: int, what: str) -> None:
        """Notes what becomes of an essay now."""
        self._of_essay[number].append(Moment(self.clock(), what))

    @contextmanager
    def attempt(self, numbers: Iterable[int], what: str, call_id: str) -> Iterator[None]:
        """Notes when essays are asked for, by a call whose x-request-id is known, and how the call ends."""
        numbers = tuple(numbers)
        how = "ends"
        for each in numbers:
            self.note(each, f"{what} {call_id} begins")
            self._call_ids[each].append(call_id)
        try:
            yield
        except BaseException as error:
            how = f"ends with {type(error).__name__}"
            raise
        finally:
            for each in numbers:
                self.note(each, f"{what} {call_id} {how}")

    def of_essay(self, number: int) -> list[Moment]:
        """Returns the moments of an essay."""
        return list(self._of_essay.get(number, ()))

    def call_ids(self, number: int) -> list[str]:
        """Returns the x-request-ids of the calls that asked for an essay."""
        return list(self._call_ids.get(number, ()))

    def disturbances_near(self, moments: Iterable[Moment], seconds: float) -> list[Moment]:
        """Returns what was done to processes within some seconds of any of the moments."""
        times = [each.at for each in moments]
        return [each for each in self.disturbances if any(abs(each.at - at) <= seconds for at in times)]
