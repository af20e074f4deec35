import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
from google.protobuf.duration_pb2 import Duration
from typing_extensions import override

from chorus.feedback.v1.feedback_pb2 import ModelFeedback, ModelResult
from chorus.feedback.v1.feedback_service_pb2 import PanelPolicy
from orchestrator.panel.audience import PointListener
from orchestrator.panel.directory import ListedModel
from orchestrator.panel.hedging import Hedge, HedgeTimes, first_answer
from orchestrator.panel.patience import PanelPatience
from orchestrator.panel.review_question import ReviewQuestion
from orchestrator.panel.spending import Spending
from orchestrator.panel.track_record import TrackRecords
from rpckit.call import Deadline
from rpckit.errors import BadOutput, ChorusError, Unavailable
from tests.fakes.clock import FakeClock, run_in_virtual_time
from tests.unit.panel.fanning_out import ScriptedModels, by_model, timed_outcomes
from tests.unit.panel.test_patience import answers, records


@dataclass
class Asking:
    """Asks twice at most: each ask takes so many seconds and then answers, or fails."""

    seconds: Mapping[int, float]
    failures: Mapping[int, ChorusError] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    cut_off: list[int] = field(default_factory=list)

    async def ask(self, previous: int) -> int:
        self.asked.append(previous)
        try:
            await asyncio.sleep(self.seconds[previous])
        except asyncio.CancelledError:
            self.cut_off.append(previous)
            raise
        if previous in self.failures:
            raise self.failures[previous]
        return previous


class Late(HedgeTimes):
    """Says when a model is late, each time something else, and the last thing from then on."""

    def __init__(self, times: list[Deadline | None]) -> None:
        self._times = times
        self.noted: list[int] = []

    @override
    def note_piece(self, model: str, silent_from: Deadline) -> None:
        raise AssertionError("these answers come whole")

    @override
    def hedge_at(self, model: str) -> Deadline | None:
        return self._times.pop(0) if len(self._times) > 1 else self._times[0]

    @override
    def note_hedge(self, model: str) -> None:
        self.noted.append(1)


def asked(
    asking: Asking, *late_at: float | None, may_hedge: Callable[[], bool] = lambda: True
) -> tuple[int, float]:
    """Returns which ask has answered, and after how many seconds; the last time that is late holds."""

    async def run() -> tuple[int, float]:
        clock = asyncio.get_running_loop().time
        began = Deadline.after(0, clock)
        late = Late([None if each is None else began.later(each) for each in late_at])
        answered = await first_answer(asking.ask, Hedge("a", late, may_hedge))
        assert late.noted == asking.asked[1:]
        return answered, round(clock() - began.at, 6)

    return run_in_virtual_time(run())


def test_an_answer_that_is_not_late_is_asked_for_once() -> None:
    asking = Asking({0: 1, 1: 1})
    assert asked(asking, 2) == (0, 1)
    assert asking.asked == [0]
    never = Asking({0: 1, 1: 1})
    assert asked(never, None) == (0, 1)


def test_a_late_one_is_asked_for_again_and_the_first_to_come_ends_the_other() -> None:
    hanging = Asking({0: 1000, 1: 3})
    assert asked(hanging, 2) == (1, 5)
    assert hanging.cut_off == [0]
    slow = Asking({0: 4, 1: 3})
    assert asked(slow, 2) == (0, 4)
    assert (slow.asked, slow.cut_off) == ([0, 1], [1])


def test_who_may_not_be_asked_again_is_waited_for() -> None:
    hanging, tries = Asking({0: 1000}), []

    def may_hedge() -> bool:
        tries.append(1)
        return False

    assert asked(hanging, 2, may_hedge=may_hedge) == (0, 1000)
    assert (hanging.asked, tries) == ([0], [1])


def test_when_it_is_late_may_change_while_it_is_waited_for() -> None:
    later = Asking({0: 1000, 1: 3})
    assert asked(later, 2, 2, 6) == (1, 9)
    never = Asking({0: 1000, 1: 3})
    assert asked(never, 2, 2, None) == (0, 1000)


def test_one_that_fails_does_not_end_the_other() -> None:
    lost = {0: BadOutput("first"), 1: Unavailable("second")}
    first_fails = Asking({0: 3, 1: 3}, {0: lost[0]})
    assert asked(first_fails, 2) == (1, 5)
    second_fails = Asking({0: 6, 1: 1}, {1: lost[1]})
    assert asked(second_fails, 2) == (0, 6)
    for seconds in ({0: 3, 1: 3}, {0: 6, 1: 1}):
        with pytest.raises(BadOutput, match="first"):
            asked(Asking(seconds, lost), 2)


def test_who_stops_waiting_ends_both() -> None:
    asking = Asking({0: 1000, 1: 1000})

    async def run() -> None:
        clock = asyncio.get_running_loop().time
        hedge = Hedge("a", Late([Deadline.after(2, clock)]), lambda: True)
        waiting = asyncio.create_task(first_answer(asking.ask, hedge))
        await asyncio.sleep(5)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert sorted(asking.cut_off) == [0, 1]

    run_in_virtual_time(run())


@pytest.mark.parametrize(
    ("policy", "count", "seconds"),
    [
        (PanelPolicy(hedge=True), 10, 3.5),
        (PanelPolicy(hedge=True, wait_for_all=True), 10, 3.5),
        (PanelPolicy(hedge=True, straggler_grace=Duration(seconds=1)), 10, 3.5),
        (PanelPolicy(hedge=True), 9, None),
        (PanelPolicy(), 10, None),
    ],
)
def test_a_model_is_late_by_its_own_record_where_the_policy_asks(
    policy: PanelPolicy, count: int, seconds: float | None
) -> None:
    clock = FakeClock()
    patience = PanelPatience(records({"a": 4}, count), policy)
    patience.begin("a", Deadline.after(0, clock))
    late = patience.hedge_at("a")
    assert (late and late.remaining()) == seconds
    assert patience.hedge_at("nobody") is None


def test_nobody_is_late_within_a_second_or_while_the_others_are_slower_too() -> None:
    clock = FakeClock()
    patience = PanelPatience(records({"quick": 0.1, "a": 4, "b": 2}), PanelPolicy(hedge=True))
    for name in ("quick", "a", "b"):
        patience.begin(name, Deadline.after(0, clock))
    assert [(late := patience.hedge_at(each)) and late.remaining() for each in ("quick", "a")] == [1, 3.5]
    clock.now += 3
    patience.note_answer("b")
    late = patience.hedge_at("a")
    assert late
    assert late.remaining() == pytest.approx(1.5 * 3.5 - 3)


class Hedged(ScriptedModels):
    """Asks for the second time once it is late; the second ask of one that hangs takes a second."""

    @override
    async def ask(
        self,
        listed: ListedModel,
        question: ReviewQuestion,
        spending: Spending,
        deadline: Deadline,
        listener: PointListener | None,
        hedge_times: HedgeTimes | None = None,
    ) -> ModelResult:
        assert hedge_times is not None
        name = listed.name
        again = asyncio.sleep(1, ModelResult(model=name, feedback=ModelFeedback(summary="hedge")))
        first = super().ask(listed, question, spending, deadline, listener)

        try:
            return await first_answer(
                lambda previous: again if previous else first, Hedge(name, hedge_times, lambda: True)
            )
        finally:
            again.close()


@pytest.mark.parametrize(
    ("policy", "usual", "answers_after"),
    [
        # The second ask has its usual time, though the patience ended before.
        (PanelPolicy(hedge=True), [1.0] * 18 + [2.0] * 2, 2.75),
        # It comes too late for that.
        (PanelPolicy(hedge=True), [0.1] * 20, None),
        (PanelPolicy(hedge=True, wait_for_all=True), [0.1] * 20, 2),
        (PanelPolicy(), [1.0] * 20, None),
    ],
)
def test_a_model_that_is_asked_again_is_given_up_later(
    policy: PanelPolicy, usual: list[float], answers_after: float | None
) -> None:
    kept = TrackRecords(answers("hang", *usual))
    found, seconds = run_in_virtual_time(
        timed_outcomes(["ok", "hang"], models=Hedged(), records=kept, policy=policy, seconds=60)
    )
    result = by_model(found)["hang"]
    assert result.HasField("feedback") == (answers_after is not None)
    if answers_after is not None:
        assert seconds == pytest.approx(answers_after, abs=0.01)
