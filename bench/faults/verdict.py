"""Says what is wrong with how the calls through one fault ended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.faults.case import ANSWER, ERROR, LENGTH, Case
from bench.faults.outcome import Outcome, Target, tally

# A backend that fails every call sees a fifth more of them, and a quiet one three.
_MORE_REQUESTS = 0.2
_LEAST_MORE_REQUESTS = 3
# MiB that a server may grow by for a fault.
MOST_GROWTH = 128.0


@dataclass(frozen=True, slots=True)
class Played:
    """One fault, played to one target.

    Attributes:
        requests: How many came to the provider.
        leaks: How many connections came to where a redirect points.
        growth: By how many MiB the servers' memory grew at most; None if they are not ours to look into.
    """

    case: Case
    target: Target
    outcomes: Sequence[Outcome]
    requests: int
    leaks: int
    growth: float | None

    @property
    def complaints(self) -> list[str]:
        """Returns what is wrong; empty: the promises are kept."""
        return [*self._of_outcomes(), *self._of_the_whole()]

    @property
    def endings(self) -> str:
        """Returns how many calls ended how."""
        return tally(each.ending for each in self.outcomes)

    @property
    def bases(self) -> str:
        """Returns what is known of what they took."""
        return "/".join(sorted({each.basis for each in self.outcomes})) if self.target.tells_reasons else "-"

    def _of_outcomes(self) -> Iterator[str]:
        case = self.case
        endings = case.endings if self.target.tells_reasons else _without_reasons(case.endings)
        if wrong := [each.ending for each in self.outcomes if each.ending not in endings]:
            yield f"ended with {tally(wrong)}"
        ends = [each for each in self.outcomes if each.ending in {ANSWER, LENGTH}]
        if any(each.text not in {None, case.text} for each in ends):
            yield "the text is another one"
        if case.reasoning_tokens is not None and any(
            each.usage is None or each.usage.reasoning_tokens != case.reasoning_tokens for each in ends
        ):
            yield "what was thought is not told"
        if case.most_merged is not None and any(each.merged > case.most_merged for each in ends):
            yield f"{max(each.merged for each in ends)} points after the merge"
        if self.target.tells_reasons:
            if wrong := [each.basis for each in self.outcomes if each.basis not in case.bases]:
                yield f"usage: {tally(wrong)}"
            if any((each.retry_delay or 0) < case.least_delay for each in self.outcomes):
                yield "the time to wait is not told"

    def _of_the_whole(self) -> Iterator[str]:
        calls = len(self.outcomes)
        most = calls + max(_LEAST_MORE_REQUESTS, round(_MORE_REQUESTS * calls))
        if self.requests > most:
            yield f"{self.requests / calls:.1f} requests a call"
        if sum(each.ending == ANSWER for each in self.outcomes) < self.case.least_answers:
            yield "too few answers"
        if self.leaks:
            yield f"{self.leaks} went where the redirect points"
        if self.growth is not None and self.growth > MOST_GROWTH:
            yield f"{self.growth:.0f} MiB more"


def _without_reasons(endings: frozenset[str]) -> frozenset[str]:
    """Returns how a call may end at a server whose errors have no reasons."""
    return (endings & {ANSWER, LENGTH}) | ({ERROR} if endings - {ANSWER, LENGTH} else set())
