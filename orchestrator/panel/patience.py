"""How long the models of one panel are waited for, and when one that is late is asked a second time."""

from statistics import median

from typing_extensions import override

from chorus.feedback.v1 import feedback_service_pb2
from orchestrator.panel.hedging import HedgeTimes
from orchestrator.panel.track_record import TrackRecords
from rpckit.call import Deadline

# A model is given up when it takes so many times as long as all but a few of its answers did.
_PATIENCE_FACTOR = 1.25
# It is late before those few would be: a review waits for its second answer, too, where it would have gone on
# without it. As many more are asked a second time in vain, five in a hundred.
_LATE_FACTOR = 0.875
# No model is late or given up sooner: what takes less is no wait, and a busy machine may take it too.
_LEAST_SECONDS = 1.0
# So long after one look whether anybody writes comes the next.
_AGAIN_SECONDS = 0.25


class PanelPatience(HedgeTimes):
    """Says when each model of one panel is late, and when it is given up, by its own record.

    Late is also one that is silent for longer than it usually is at most, so that one that hangs is not
    waited for until its answer would be complete.

    Where the models that have answered took longer than they usually do, as for a long text, the others are
    given as much more. A model whose record is too short is neither, nor is any where the policy says
    otherwise. One that is asked a second time is given up when that ask has had its time.
    """

    def __init__(self, records: TrackRecords, policy: feedback_service_pb2.PanelPolicy) -> None:
        self._records = records
        self._applies = not (policy.wait_for_all or policy.HasField("straggler_grace"))
        self._hedges = policy.hedge
        self._began: dict[str, Deadline] = {}
        self._hedged: dict[str, Deadline] = {}
        self._silent_from: dict[str, Deadline] = {}
        self._paces: list[float] = []
        self._silence_paces: list[float] = []
        self._waited_for: set[str] = set()

    def begin(self, model: str, now: Deadline) -> None:
        """Notes when a model is asked."""
        self._began[model] = now

    def note_answer(self, model: str) -> None:
        """Notes that a model has answered now."""
        usual = self._records.usual_seconds(model)
        # Of a model that was asked a second time nobody knows here which of the two has answered.
        if usual > 0 and model in self._began and model not in self._hedged:
            self._paces.append(self.seconds(model) / usual)

    def seconds(self, model: str) -> float:
        """Returns the seconds since a model was asked."""
        began = self._began[model]
        return began.clock() - began.at

    def ends(self, model: str) -> Deadline | None:
        """Returns when a model is given up that still writes; None: when the panel's time is up."""
        if not self._applies or model in self._waited_for:
            return None
        # Who may be asked a second time is not given up at the same moment.
        least = _PATIENCE_FACTOR * _LEAST_SECONDS if self._hedges else _LEAST_SECONDS
        ends = self._usual_end(model, _PATIENCE_FACTOR, least)
        if ends is None or model not in self._hedged:
            return ends
        again = self._hedged[model].later(
            _PATIENCE_FACTOR * self._pace() * self._records.usual_seconds(model)
        )
        return max(ends, again)

    @override
    def hedge_at(self, model: str) -> Deadline | None:
        if not self._hedges:
            return None
        ends = (self._usual_end(model, _LATE_FACTOR, _LEAST_SECONDS), self._silence_end(model))
        return min((each for each in ends if each is not None), default=None)

    @override
    def note_piece(self, model: str, silent_from: Deadline) -> None:
        if model not in self._silent_from and (usual := self._records.usual_silence(model)):
            self._silence_paces.append(self.seconds(model) / usual)
        self._silent_from[model] = silent_from

    @override
    def note_hedge(self, model: str) -> None:
        self._hedged[model] = self._began[model].later(self.seconds(model))

    def _usual_end(self, model: str, factor: float, least: float) -> Deadline | None:
        """Returns when a model has had so many times what all but a few of its answers take, or the least."""
        usual = self._records.longest_usual_seconds(model)
        if usual is None or model not in self._began:
            return None
        return self._began[model].later(max(least, factor * self._pace() * usual))

    def _silence_end(self, model: str) -> Deadline | None:
        """Returns when a model has been silent for longer than it is in all but a few of its answers.

        While nobody of the panel writes, all may have more to read than usually, so it is put off.
        """
        usual = self._records.longest_usual_silence(model)
        silent_from = self._silent_from.get(model) or self._began.get(model)
        if usual is None or silent_from is None:
            return None
        pace = max(1.0, median(self._silence_paces)) if self._silence_paces else 1.0
        end = silent_from.later(max(_LEAST_SECONDS, _PATIENCE_FACTOR * pace * usual))
        return end if self._silence_paces else max(end, Deadline.after(_AGAIN_SECONDS, end.clock))

    def _pace(self) -> float:
        return max(1.0, median(self._paces)) if self._paces else 1.0

    def gives_up(self, model: str) -> bool:
        """Returns whether a model is given up now; one that is not has all the time of the panel.

        That it was given up is part of its record.
        """
        until = self.ends(model)
        if until is None or until.remaining():
            return False
        if self._records.give_up(model, self.seconds(model)):
            return True
        self._waited_for.add(model)
        return False
