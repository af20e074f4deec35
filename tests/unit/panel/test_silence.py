"""A model that hangs is told by its silence, long before its answer would be complete."""

from collections.abc import Sequence

import pytest

from chorus.feedback.v1.feedback_service_pb2 import PanelPolicy
from orchestrator.panel.patience import PanelPatience
from orchestrator.panel.silence import SilenceMeter
from orchestrator.panel.track_record import TrackRecords
from rpckit.call import Deadline
from tests.fakes.clock import FakeClock
from tests.unit.panel.test_patience import answers

# Each answer of these took ten seconds, and was silent for two at most.
SECONDS, SILENCE = 10.0, 2.0
LATE_SILENCE = 1.25 * SILENCE
LATE_SECONDS = 0.875 * SECONDS


def writers(*names: str, silences: Sequence[float] = (SILENCE,) * 20) -> TrackRecords:
    kept = TrackRecords()
    for name in names:
        for each in silences:
            kept.add(answers(name, SECONDS)[0], each)
    return kept


class Panel:
    """Two models that were asked now."""

    def __init__(self, records: TrackRecords, *, hedge: bool = True) -> None:
        self.clock = FakeClock()
        self.patience = PanelPatience(records, PanelPolicy(hedge=hedge))
        for each in ("a", "b"):
            self.patience.begin(each, Deadline.after(0, self.clock))

    def late_in(self, model: str) -> float | None:
        late = self.patience.hedge_at(model)
        return None if late is None else round(late.at - self.clock(), 6)

    def write(self, model: str, interval: float = 0.0) -> None:
        self.patience.note_piece(model, Deadline.after(interval, self.clock))


def test_the_longest_silence_is_before_the_first_piece_or_between_two() -> None:
    clock = FakeClock()
    noted: list[float] = []
    meter = SilenceMeter(1.0, lambda silent_from: noted.append(silent_from.at), clock)
    began = clock.now
    for gap, longest in ((2.0, 2.0), (1.5, 2.0), (0.5, 2.0), (4.0, 3.0)):
        clock.now += gap
        meter.take()
        assert meter.longest == longest
    assert noted == [began + each + 1.0 for each in (2.0, 3.5, 4.0, 8.0)]


def test_a_model_that_is_silent_longer_than_it_ever_is_is_late_once_another_one_writes() -> None:
    panel = Panel(writers("a", "b"))
    panel.clock.now += SILENCE
    panel.write("b")
    assert panel.late_in("a") == LATE_SILENCE - SILENCE
    # It has written in time, and may be silent again.
    panel.write("a", interval=1.0)
    assert panel.late_in("a") == 1.0 + LATE_SILENCE


def test_while_nobody_writes_nobody_is_late_by_his_silence() -> None:
    panel = Panel(writers("a", "b"))
    for _ in range(8):
        panel.clock.now += 1
        assert (late := panel.late_in("a")) is not None
        assert late > 0
    # A whole answer has never taken longer than so.
    panel.clock.now += LATE_SECONDS - 8
    assert panel.late_in("a") == 0


def test_where_the_others_begin_later_than_usual_so_may_everybody() -> None:
    panel = Panel(writers("a", "b"))
    panel.clock.now += 1.5 * SILENCE
    panel.write("b")
    assert panel.late_in("a") == pytest.approx(1.5 * LATE_SILENCE - 1.5 * SILENCE)


def test_nobody_is_late_within_a_second_of_silence() -> None:
    panel = Panel(writers("a", "b", silences=(0.01,) * 20))
    panel.write("b")
    assert panel.late_in("a") == 1.0


@pytest.mark.parametrize(("count", "late_in"), [(9, LATE_SECONDS), (10, LATE_SILENCE)])
def test_a_silence_is_judged_by_ten_answers_at_least(count: int, late_in: float) -> None:
    records = writers("b")
    for each in answers("a", *[SECONDS] * 20):
        records.add(each)
    for _ in range(count):
        records.add(answers("a", SECONDS)[0], SILENCE)
    panel = Panel(records)
    panel.write("b")
    assert panel.late_in("a") == late_in


def test_nobody_is_late_where_the_policy_does_not_ask() -> None:
    panel = Panel(writers("a", "b"), hedge=False)
    panel.write("b")
    assert panel.late_in("a") is None


def test_the_record_keeps_the_latest_silences() -> None:
    records = writers("a", silences=[*[9.0] * 100, *[1.0] * 51, *[3.0] * 49])
    assert records.usual_silence("a") == 1.0
    assert records.longest_usual_silence("a") == 3.0
    assert records.usual_silence("nobody") == 0.0
    assert records.longest_usual_silence("nobody") is None
