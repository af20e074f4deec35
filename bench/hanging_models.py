"""Compares how long reviews take when a fifth of the models' calls hang with when none does.

    python -m bench.hanging_models [--reviews 1000]

Panels of models answer after times whose logarithm is spread as a provider's is, on a virtual clock, through
the orchestrator's own fan-out, hedging, retry budgets and track records. The caller's deadline is 30 s. Each
way to deal with the models that hang is one of `PanelPolicy`: by default they are given up, with `hedge` they
are asked a second time before, and with `wait_for_all` they are waited for. "ratio" is to the clean p50.
"missing" is the share of the models' answers that a review does not have, and "asked" how many requests the
models saw for each call.

Answers come in pieces, the first after a quarter of the time at the median, and half of the calls that hang
do so from the beginning, the others at any point; or they come whole, and nobody can tell before the end.
"""

import argparse
import asyncio
import itertools
import math
import random
import statistics
from collections.abc import Iterator
from contextlib import aclosing
from functools import partial

from typing_extensions import override

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, submission_pb2
from chorus.model.v1 import generation_pb2, model_pb2
from orchestrator.panel.audience import Audience, PointListener
from orchestrator.panel.directory import ListedModel
from orchestrator.panel.fan_out import FanOut
from orchestrator.panel.hedging import Hedge, HedgeTimes, first_answer
from orchestrator.panel.model_reviewer import FeedbackSource
from orchestrator.panel.review_question import ReviewQuestion
from orchestrator.panel.selection import SelectedPanel
from orchestrator.panel.silence import SilenceMeter
from orchestrator.panel.spending import Spending
from orchestrator.panel.track_record import TrackRecords
from orchestrator.store.model_call import ModelCall
from orchestrator.submission.reading import read_submission
from orchestrator.time_budget import TimeBudget
from rpckit.call import Clock, Deadline
from rpckit.retry_budget import RetryBudgets
from tests.fakes.clock import run_in_virtual_time

_DEADLINE_SECONDS = 30.0
_HANG_SHARE = 0.2
# Medians of the models of a panel, and the deviation of the logarithm.
_MEDIANS = (2.0, 2.5, 3.0, 2.2, 2.8)
_SPREAD = 0.3
_FIRST_PIECE_SHARE = 0.25
# As the orchestrator asks for where nobody listens.
_INTERVAL_SECONDS = 1.0
_HANGS_AT_ONCE_SHARE = 0.5
_WAYS = {
    "clean": feedback_service_pb2.PanelPolicy(),
    "default": feedback_service_pb2.PanelPolicy(),
    "hedge": feedback_service_pb2.PanelPolicy(hedge=True),
    "wait_for_all": feedback_service_pb2.PanelPolicy(wait_for_all=True),
    "both": feedback_service_pb2.PanelPolicy(hedge=True, wait_for_all=True),
}
_HEAD = f"{'models':>6}  {'answers':11}{'way':13}{'p50':>8}{'ratio':>7}{'p95':>8}{'missing':>9}{'asked':>7}"


class _HangingModels(FeedbackSource):
    """Answers after a time, or never, and hedges and keeps the records as the real one does."""

    def __init__(self, records: TrackRecords, hang_share: float, clock: Clock, *, in_pieces: bool) -> None:
        self._records = records
        self._in_pieces = in_pieces
        self._hang_share = hang_share
        self._clock = clock
        self._retries = RetryBudgets(clock)
        self._generator = random.Random(1)  # noqa: S311  # a benchmark repeats itself
        self.calls = 0
        self.asked = 0
        self.answered = 0

    @override
    async def ask(
        self,
        listed: ListedModel,
        question: ReviewQuestion,
        spending: Spending,
        deadline: Deadline,
        listener: PointListener | None,
        hedge_times: HedgeTimes | None = None,
    ) -> feedback_pb2.ModelResult:
        name = listed.name
        self.calls += 1
        retries = self._retries.of(name)
        retries.count_call()
        hedge = Hedge(name, hedge_times, retries.withdraw)
        seconds, silence = await first_answer(partial(self._answer, name, hedge), hedge)
        self.answered += 1
        call = ModelCall(name, answered=True, seconds=seconds, output_tokens_per_second=0)
        self._records.add(call, silence)
        return feedback_pb2.ModelResult(model=name, feedback=feedback_pb2.ModelFeedback(summary="ok"))

    async def _answer(self, name: str, hedge: Hedge, previous: int) -> tuple[float, float]:
        """Returns the seconds of one answer, and of its longest silence."""
        self.asked += 1
        silence = SilenceMeter(_INTERVAL_SECONDS, None if previous else hedge.note_piece, self._clock)
        spread = partial(self._generator.lognormvariate, 0, _SPREAD)
        seconds = _MEDIANS[int(name)] * spread()
        first = min(seconds, _FIRST_PIECE_SHARE * seconds * spread()) if self._in_pieces else seconds
        until = math.inf
        if self._generator.random() < self._hang_share:
            at_once = self._generator.random() < _HANGS_AT_ONCE_SHARE
            until = 0.0 if at_once else seconds * self._generator.random()
        came_at = 0.0
        for at in (*_pieces(first, seconds), seconds):
            if at > until:
                await asyncio.Event().wait()
            await asyncio.sleep(at - came_at)
            silence.take()
            came_at = at
        return seconds, silence.longest


def _pieces(first: float, end: float) -> Iterator[float]:
    """Yields when pieces come before the end of an answer."""
    while first < end:
        yield first
        first += _INTERVAL_SECONDS


class _Nobody(Audience):
    @property
    @override
    def is_listening(self) -> bool:
        return False


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=int, default=1000)
    reviews = parser.parse_args().reviews
    print(_HEAD)
    for count, in_pieces in itertools.product(range(2, len(_MEDIANS) + 1), (True, False)):
        clean = 0.0
        for way, policy in _WAYS.items():
            share = 0.0 if way == "clean" else _HANG_SHARE
            taken, models = run_in_virtual_time(_reviews(count, reviews, share, policy, in_pieces=in_pieces))
            p50 = statistics.median(taken)
            clean = clean or p50
            print(
                f"{count:6}  {'in pieces' if in_pieces else 'whole':11}{way:13}{p50:6.2f} s{p50 / clean:7.2f}"
                f"{statistics.quantiles(taken, n=20)[-1]:6.2f} s"
                f"{1 - models.answered / models.calls:9.1%}{models.asked / models.calls:7.2f}"
            )


async def _reviews(
    count: int,
    reviews: int,
    hang_share: float,
    policy: feedback_service_pb2.PanelPolicy,
    *,
    in_pieces: bool,
) -> tuple[list[float], _HangingModels]:
    """Returns the seconds of each review, and the models that were asked."""
    clock = asyncio.get_running_loop().time
    records = TrackRecords()
    models = _HangingModels(records, hang_share, clock, in_pieces=in_pieces)
    asked = tuple(
        ListedModel(model_pb2.Model(name=str(place), family=str(place)), "a:1") for place in range(count)
    )
    panel = SelectedPanel(asked, (), None, min_models=1, min_families=1)
    taken = []
    for _ in range(reviews):
        began = clock()
        budget = TimeBudget.of(Deadline.after(_DEADLINE_SECONDS, clock), with_summary=False)
        fan_out = FanOut(models, records, panel, policy, _question(), Spending(None), budget, (), _Nobody())
        async with aclosing(fan_out.run()) as events:
            async for _ in events:
                pass
        taken.append(clock() - began)
    return taken, models


def _question() -> ReviewQuestion:
    submission = submission_pb2.Submission(text="One sentence.", language_code="en")
    reading = read_submission(submission)
    rubric = submission_pb2.Rubric()
    return ReviewQuestion(reading, submission, rubric, "en", generation_pb2.Sampling(), include_raw=False)


if __name__ == "__main__":
    main()
