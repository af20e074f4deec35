"""Prints what a run found, and says whether it is as promised."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bench.soak.chorus import Chorus
from bench.soak.disruption import Disruption
from bench.soak.evidence import Evidence
from bench.soak.growth import Growth
from bench.soak.ledger import Ledger
from bench.soak.replica import Sample

# MiB, descriptors and tasks that a process may gain in 100,000 calls of its own. Resident memory goes up and
# down by MiB with freed blocks that allocators keep: its limit is for what malloc and Python do not count.
# The two parts of what is in use have none, and tell where to look.
_LIMITS: dict[str, float | None] = {
    "in_use": 1.0,
    "malloc": None,
    "blocks": None,
    "resident": 100.0,
    "descriptors": 100.0,
    "tasks": 100.0,
}
# A process that starts, fills its caches and pools: this share of its samples is left out, and what it had
# before so many calls. An orchestrator keeps the latest 1,000 of each model.
_WARM_UP_SHARE, _WARM_UP_CALLS = 0.3, 1_500
# A process died in the middle of the call; the caller repeats it.
_OF_KILLS = {f"{kind}{how}UNAVAILABLE" for kind in ("", "batch ", "bad input ") for how in ("", "bare ")}
# A server that drains lets a batch go on elsewhere.
_OF_RESTARTS = {"batch UNAVAILABLE"}
# Of each kind of wrong so many cases are told whole.
_MOST_STORIES = 10


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
        sold, faults = await chorus.sold()
        evidence = Evidence(chorus.folder, ledger.timeline)
        print(f"{ledger.answered:,} calls answered; faults of the provider: {_words(faults)}")
        print(f"restarts: {_words(disruption.restarts)}; kills: {_words(disruption.kills)}")
        allowed = _OF_KILLS if disruption.kills else _OF_RESTARTS
        expected = {each: n for each, n in ledger.failures.items() if each.partition(" (")[0] in allowed}
        others = {each: n for each, n in ledger.failures.items() if each not in expected}
        print(f"repeated by the caller, as it should: {_words(expected)}")
        print(f"answers without the model that always answers: {_words(ledger.partial)}")
        self.check("calls that failed otherwise", _words(others), holds=not others)
        _tell(evidence.of_failure(each) for each in ledger.failed_calls if each.why in others)
        wrong = +ledger.wrong
        self.check("what must never be", _words(wrong), holds=not wrong)
        sent_again = evidence.sent_again()
        twice = ledger.bought_twice(sold, sent_again)
        bought = sum(map(len, sold.values()))
        figure = (
            f"{len(twice.wrong)} of {bought:,} ({twice.in_doubt} more were in flight at a kill, or not waited"
            f" for, and {twice.sent_again} when a connection broke; gRPC sent {len(sent_again)} calls again)"
        )
        self.check("answers bought twice", figure, holds=not twice.wrong)
        _tell(evidence.of_purchases(*each, sold[f"{each[0]} {each[1]}"]) for each in twice.wrong)
        stuck = disruption.wrong_exits
        self.check("processes that did not drain and end with 0", stuck, holds=not stuck)

    def growth(self, samples: Mapping[str, Sequence[Sample]]) -> None:
        """Prints what each process holds, and what it gains in 100,000 calls, with two standard errors."""
        print(f"{'process':15} {'calls':>7} {'what':12} {'first':>8} {'last':>8}  per 100,000 calls")
        for process, taken in samples.items():
            warm = after_warm_up(taken)
            calls = [each.calls for each in warm]
            for what, limit in _LIMITS.items():
                values = [getattr(each, what) for each in warm]
                growth = Growth.of(calls, values)
                verdict = "" if limit is None else growth.verdict(limit)
                print(
                    f"{process:15} {calls[-1] - calls[0]:7,.0f} {what:12} {values[0]:8.1f} {values[-1]:8.1f}"
                    f"  {growth}  {verdict}"
                )
                if verdict == "GROWS":
                    self.failed.append(f"{what} of {process}")


def after_warm_up(taken: Sequence[Sample]) -> Sequence[Sample]:
    """Returns a process's samples without those of its warm-up; of one that was never warm, the last."""
    late = taken[round(_WARM_UP_SHARE * len(taken)) :]
    return [each for each in late if each.calls >= _WARM_UP_CALLS] or late[-1:]


def _tell(stories: Iterable[list[str]]) -> None:
    for story in itertools.islice(stories, _MOST_STORIES):
        print("\n".join(story), flush=True)


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in Counter(counts).most_common() if count) or "none"
