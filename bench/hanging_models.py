"""Compares how long reviews take when a fifth of the models' calls hang with when none does.

    python -m bench.hanging_models [--reviews 1000]

Panels of models answer after times whose logarithm is spread as a provider's is, on a virtual clock, through
the orchestrator's own fan-out and track records. The caller's deadline is 30 s. "waiting" is the same with
`PanelPolicy.wait_for_all`. "lost" is the share of the answers that would have come that nobody waited for.
"""

import argparse
import asyncio
import random
import statistics
from contextlib import aclosing

from typing_extensions import override

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, submission_pb2
from chorus.model.v1 import generation_pb2, model_pb2
from orchestrator.panel.audience import Audience, PointListener
from orchestrator.panel.directory import ListedModel
from orchestrator.panel.fan_out import FanOut
from orchestrator.panel.model_reviewer import FeedbackSource, ReviewQuestion
from orchestrator.panel.selection import SelectedPanel
from orchestrator.panel.spending import Spending
from orchestrator.panel.track_record import TrackRecords
from orchestrator.store.model_call import ModelCall
from orchestrator.submission.reading import read_submission
from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline
from tests.fakes.clock import run_in_virtual_time

_DEADLINE_SECONDS = 30.0
_HANG_SHARE = 0.2
# Medians of the models of a panel, and the deviation of the logarithm.
_MEDIANS = (2.0, 2.5, 3.0, 2.2, 2.8)
_SPREAD = 0.3
_HEAD = (
    f"{'models':>6}{'clean p50':>11}{'hanging p50':>13}{'ratio':>7}{'waiting p50':>13}{'ratio':>7}{'lost':>7}"
)


class _HangingModels(FeedbackSource):
    """Answers after a time, or never, and keeps the records as the real one does."""

    def __init__(self, records: TrackRecords, hang_share: float) -> None:
        self._records = records
        self._hang_share = hang_share
        self._generator = random.Random(1)  # noqa: S311  # a benchmark repeats itself
        self.would_answer = 0
        self.answered = 0

    @override
    async def ask(
        self,
        listed: ListedModel,
        question: ReviewQuestion,
        spending: Spending,
        deadline: Deadline,
        listener: PointListener | None,
    ) -> feedback_pb2.ModelResult:
        median = _MEDIANS[int(listed.name)]
        seconds = median * self._generator.lognormvariate(0, _SPREAD)
        if self._generator.random() < self._hang_share:
            await asyncio.Event().wait()
        self.would_answer += 1
        await asyncio.sleep(seconds)
        self.answered += 1
        self._records.add(ModelCall(listed.name, answered=True, seconds=seconds, output_tokens_per_second=0))
        return feedback_pb2.ModelResult(model=listed.name, feedback=feedback_pb2.ModelFeedback(summary="ok"))


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
    for count in range(2, len(_MEDIANS) + 1):
        clean, _ = _measured(count, reviews, 0)
        hanging, lost = _measured(count, reviews, _HANG_SHARE)
        waiting, _ = _measured(count, reviews, _HANG_SHARE, wait_for_all=True)
        print(
            f"{count:6}{clean:9.2f} s{hanging:11.2f} s{hanging / clean:7.2f}"
            f"{waiting:11.2f} s{waiting / clean:7.2f}{lost:7.1%}"
        )


def _measured(
    count: int, reviews: int, hang_share: float, *, wait_for_all: bool = False
) -> tuple[float, float]:
    """Returns the median of the seconds of a review, and the share of the answers that were lost."""
    records = TrackRecords()
    policy = feedback_service_pb2.PanelPolicy(wait_for_all=wait_for_all)
    models = _HangingModels(records, hang_share)
    taken = run_in_virtual_time(_reviews(models, records, count, reviews, policy))
    return statistics.median(taken), 1 - models.answered / models.would_answer


async def _reviews(
    models: _HangingModels,
    records: TrackRecords,
    count: int,
    reviews: int,
    policy: feedback_service_pb2.PanelPolicy,
) -> list[float]:
    clock = asyncio.get_running_loop().time
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
    return taken


def _question() -> ReviewQuestion:
    submission = submission_pb2.Submission(text="One sentence.", language_code="en")
    reading = read_submission(submission)
    rubric = submission_pb2.Rubric()
    return ReviewQuestion(reading, submission, rubric, "en", generation_pb2.Sampling(), include_raw=False)


if __name__ == "__main__":
    main()
