"""How long the models of one panel are waited for that still write when its minimum is reached."""

from statistics import median

from chorus.feedback.v1 import feedback_service_pb2
from orchestrator.panel.track_record import TrackRecords
from rpckit.call import Deadline

# A model is given up when it takes so many times as long as all but a few of its answers did.
_PATIENCE_FACTOR = 1.25
# No model is given up sooner: what takes less is no wait, and a busy machine may take it too.
_LEAST_SECONDS = 1.0


class PanelPatience:
    """Says when each model of one panel is given up, by its own record.

    Where the models that have answered took longer than they usually do, as for a long text, the others are
    given as much more. A model whose record is too short is not given up, nor is any where the policy says
    otherwise.
    """

    def __init__(self, records: TrackRecords, policy: feedback_service_pb2.PanelPolicy) -> None:
        self._records = records
        self._applies = not (policy.wait_for_all or policy.HasField("straggler_grace"))
        self._began: dict[str, Deadline] = {}
        self._paces: list[float] = []
        self._waited_for: set[str] = set()

    def begin(self, model: str, now: Deadline) -> None:
        """Notes when a model is asked."""
        self._began[model] = now

    def note_answer(self, model: str) -> None:
        """Notes that a model has answered now."""
        usual = self._records.usual_seconds(model)
        if usual > 0 and model in self._began:
            self._paces.append(self.seconds(model) / usual)

    def seconds(self, model: str) -> float:
        """Returns the seconds since a model was asked."""
        began = self._began[model]
        return began.clock() - began.at

    def ends(self, model: str) -> Deadline | None:
        """Returns when a model is given up that still writes; None: when the panel's time is up."""
        usual = self._records.longest_usual_seconds(model)
        if not self._applies or usual is None or model not in self._began or model in self._waited_for:
            return None
        pace = max(1.0, median(self._paces)) if self._paces else 1.0
        return self._began[model].later(max(_LEAST_SECONDS, _PATIENCE_FACTOR * pace * usual))

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
