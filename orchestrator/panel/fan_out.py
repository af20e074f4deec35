"""The panel is asked side by side: under one deadline, with substitutes, until the policy says enough."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from functools import partial

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2
from chorus.model.v1 import generation_pb2
from orchestrator.panel.directory import ListedModel
from orchestrator.panel.model_reviewer import Ask, ReviewQuestion
from orchestrator.panel.selection import Panel
from orchestrator.panel.spending import Spending
from rpckit.call import Deadline
from rpckit.duration import to_seconds
from rpckit.errors import ChorusError, Timeout, to_failure
from rpckit.task_errors import error_of

# Models that are asked in turn in the place of one that failed, and once the policy's minimum is reached.
_MAX_SUBSTITUTES = 2
_MAX_SUBSTITUTES_BEYOND = 1
# Of what is left: so long are substitutes waited for where nobody else writes and the minimum is reached.
_SUBSTITUTES_SHARE = 0.5
# A model's call ends this long before the panel does, so that its outcome is still heard.
_MARGIN_SECONDS = 0.05

Delta = feedback_service_pb2.StreamFeedbackResponse.Delta


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one model of the panel."""

    listed: ListedModel
    result: feedback_pb2.ModelResult

    @property
    def answered(self) -> bool:
        """Whether there is feedback."""
        return self.result.HasField("feedback")


@dataclass(frozen=True, slots=True)
class _PanelSlot:
    """A place in the panel: the model asked first, and the one that is asked now."""

    first: ListedModel
    now: ListedModel
    substitutes_tried: int = 0

    @property
    def substitute_for(self) -> str:
        return "" if self.now is self.first else self.first.name

    def failed(self, error: ChorusError) -> feedback_pb2.ModelResult:
        """A failure in the middle of an answer: what it used is not known."""
        return feedback_pb2.ModelResult(
            model=self.now.name,
            substitute_for=self.substitute_for,
            usage=generation_pb2.Usage(basis=generation_pb2.USAGE_BASIS_UNKNOWN),
            failure=to_failure(error),
        )


class FanOut:
    """One panel that is asked one question.

    Args:
        kept: Answers that need not be bought again, by model.
    """

    def __init__(
        self,
        ask: Ask,
        panel: Panel,
        policy: feedback_service_pb2.PanelPolicy,
        question: ReviewQuestion,
        spending: Spending,
        deadline: Deadline,
        kept: Mapping[str, feedback_pb2.ModelResult],
    ) -> None:
        self._ask_model = ask
        self._panel = panel
        self._policy = policy
        self._question = question
        self._spending = spending
        self._deadline = deadline
        self._kept = kept
        self._events: asyncio.Queue[Delta | Outcome] = asyncio.Queue()
        self._open: dict[str, _PanelSlot] = {}
        self._tasks: list[asyncio.Task[feedback_pb2.ModelResult]] = []
        self._engaged = {each.name for each in panel.asked}
        self._families: list[str] = []

    @property
    def is_open(self) -> bool:
        """Whether an outcome is still to come."""
        return bool(self._open)

    async def run(self) -> AsyncGenerator[Delta | Outcome]:
        """Asks everyone at once and yields each point and each outcome as it comes.

        Every model asked has exactly one outcome. One that is still writing when the time is up, or when the
        straggler grace has passed, fails with TIMEOUT.
        """
        try:
            for listed in self._panel.asked:
                self._ask(_PanelSlot(listed, listed))
            until = self._deadline
            while self._open:
                try:
                    async with asyncio.timeout(until.remaining()):
                        event = await self._events.get()
                except TimeoutError:
                    break
                if isinstance(event, Outcome):
                    self._close(event)
                    until = min(until, self._patience())
                yield event
            for name in list(self._open):
                slot = self._open.pop(name)
                yield Outcome(
                    slot.now, slot.failed(Timeout("it was still writing when the time for it was up"))
                )
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ask(self, slot: _PanelSlot) -> None:
        self._open[slot.now.name] = slot
        self._engaged.add(slot.now.name)
        if (kept := self._kept.get(slot.now.name)) is not None:
            self._spending.committed += kept.usage.cost_usd_nanos
            self._events.put_nowait(Outcome(slot.now, kept))
            return
        deadline = self._deadline.earlier(_MARGIN_SECONDS)
        if self._policy.HasField("model_timeout"):
            deadline = min(deadline, Deadline.after(to_seconds(self._policy.model_timeout)))
        asking = self._ask_model(slot.now, self._question, self._spending, deadline, self._on_point)
        task = asyncio.create_task(asking, name=f"ask {slot.now.name}")
        task.add_done_callback(partial(self._on_result, slot))
        self._tasks.append(task)

    def _on_result(self, slot: _PanelSlot, task: asyncio.Task[feedback_pb2.ModelResult]) -> None:
        error = error_of(task)
        result = task.result() if error is None else slot.failed(error)
        result.substitute_for = slot.substitute_for
        self._events.put_nowait(Outcome(slot.now, result))

    def _on_point(self, model: str, point: feedback_pb2.Point) -> None:
        self._events.put_nowait(Delta(model=model, point=point))

    def _close(self, outcome: Outcome) -> None:
        slot = self._open.pop(outcome.listed.name)
        if outcome.answered:
            self._families.append(outcome.listed.model.family)
        elif (
            slot.substitutes_tried < self._most_substitutes() and self._deadline.remaining() > _MARGIN_SECONDS
        ):
            spare = (each for each in self._panel.substitutes_for(slot.now) if each.name not in self._engaged)
            if (substitute := next(spare, None)) is not None:
                self._ask(_PanelSlot(slot.first, substitute, slot.substitutes_tried + 1))

    def _most_substitutes(self) -> int:
        return _MAX_SUBSTITUTES_BEYOND if self._panel.is_enough(self._families) else _MAX_SUBSTITUTES

    def _patience(self) -> Deadline:
        """How long to wait: to the end or, once the minimum is reached, for the straggler grace."""
        if not self._panel.is_enough(self._families):
            return self._deadline
        if self._policy.HasField("straggler_grace"):
            return Deadline.after(to_seconds(self._policy.straggler_grace))
        if all(slot.substitute_for for slot in self._open.values()):
            return Deadline.after(_SUBSTITUTES_SHARE * self._deadline.remaining())
        return self._deadline
