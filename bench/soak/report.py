"""Prints what a run found, and says whether it is as promised."""

from collections import Counter
from collections.abc import Mapping, Sequence

from bench.soak.chorus import Chorus
from bench.soak.disruption import Disruption
from bench.soak.growth import Growth
from bench.soak.ledger import Ledger
from bench.soak.replica import Sample

# MiB, descriptors and tasks that a process may gain in 100,000 calls of its own.
_LIMITS = {"memory": 1.0, "descriptors": 100.0, "tasks": 100.0}
# A process that starts, fills its caches and pools: this share of the samples is left out.
_WARM_UP_SHARE = 0.3
# A process died in the middle of the call; the caller repeats it.
_OF_KILLS = {f"{kind}{how}UNAVAILABLE" for kind in ("", "batch ", "bad input ") for how in ("", "bare ")}
# A server that drains lets a batch go on elsewhere.
_OF_RESTARTS = {"batch UNAVAILABLE"}


class Report:
    """Prints lines, and keeps which verdicts failed."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def check(self, promise: str, figure: object, *, holds: bool) -> None:
        """Prints a verdict."""
        print(f"{'ok  ' if holds else 'FAIL'}  {promise}: {figure}", flush=True)
        if not holds:
            self.failed.append(promise)

    async def calls(self, ledger: Ledger, disruption: Disruption, chorus: Chorus) -> None:
        """Checks what became of the calls."""
        found = await chorus.sold()
        print(f"{ledger.answered:,} calls answered; faults of the provider: {_words(found['faults'])}")
        print(f"restarts: {_words(disruption.restarts)}; kills: {_words(disruption.kills)}")
        allowed = _OF_KILLS if disruption.kills else _OF_RESTARTS
        expected = {each: n for each, n in ledger.failures.items() if each.partition(" (")[0] in allowed}
        others = {each: n for each, n in ledger.failures.items() if each not in expected}
        print(f"repeated by the caller, as it should: {_words(expected)}")
        print(f"answers without the model that always answers: {_words(ledger.partial)}")
        self.check("calls that failed otherwise", _words(others), holds=not others)
        wrong = +ledger.wrong
        self.check("what must never be", _words(wrong), holds=not wrong)
        twice, in_doubt = ledger.bought_twice(found["sold"])
        bought = sum(found["sold"].values())
        figure = f"{twice} of {bought:,} ({in_doubt} more were in flight at a kill, or cancelled)"
        self.check("answers bought twice", figure, holds=not twice)
        stuck = disruption.wrong_exits
        self.check("processes that did not drain and end with 0", stuck, holds=not stuck)

    def growth(self, samples: Mapping[str, Sequence[Sample]]) -> None:
        """Prints what each process holds, and what it gains in 100,000 calls, with two standard errors."""
        print(f"{'process':15} {'calls':>7} {'what':12} {'first':>8} {'last':>8}  per 100,000 calls")
        for process, taken in samples.items():
            warm = taken[round(_WARM_UP_SHARE * len(taken)) :]
            calls = [each.calls for each in warm]
            for what, limit in _LIMITS.items():
                values = [getattr(each, what) for each in warm]
                growth = Growth.of(calls, values)
                verdict = growth.verdict(limit)
                print(
                    f"{process:15} {calls[-1] - calls[0]:7,.0f} {what:12} {values[0]:8.1f} {values[-1]:8.1f}"
                    f"  {growth}  {verdict}"
                )
                if verdict == "GROWS":
                    self.failed.append(f"{what} of {process}")


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in Counter(counts).most_common() if count) or "none"
