"""Confirms that a suspected passage steers the models: they are asked again without it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from chorus.model.v1 import generation_pb2
from orchestrator.injection.readers import suspects
from orchestrator.merge.scale import Scale
from orchestrator.panel.fan_out import Outcome
from orchestrator.panel.model_reviewer import FeedbackSource
from orchestrator.panel.review_question import ReviewQuestion
from orchestrator.panel.spending import Spending
from orchestrator.submission.reading import SubmissionReading, read_submission
from orchestrator.submission.reading_threads import ReadingThreads
from orchestrator.submission.visible_text import strip_invisible
from rpckit.call import Deadline
from rpckit.duration import to_seconds
from rpckit.task_end import end
from rpckit.task_errors import error_of

# The passage is confirmed if scores change by more than this on average, in levels of the rubric.
_MOVED_LEVELS = 0.5
# The passage moved nothing if scores fall by no more than this on average, and by less on each criterion. A
# model that is asked twice differs from itself by more than half a level on single ones.
_STAYED_LEVELS = 0.25
_STAYED_LEVELS_EACH = 1.5
# A model is asked again only if there is this much more time than its first answer took.
_SLACK = 1.25
# The passage's neighbours are taken out too where at least this share of the text is left.
_LEAST_LEFT = 0.5


@dataclass(frozen=True, slots=True)
class InjectionVerdict:
    """Whether steering was confirmed.

    Attributes:
        outcomes: The panel's outcomes. Where steering is confirmed, a model keeps only the scores that it
            gave without the passages.
        moved_nothing: Whether the most lenient model was asked again, scored criteria that it had scored, no
            lower by more than a quarter of a level on average or one and a half levels on any, and suspected
            nothing then either.
        usages: What it took to ask again.
    """

    outcomes: Sequence[Outcome]
    confirmed: bool = False
    moved_nothing: bool = False
    usages: Sequence[generation_pb2.Usage] = ()


async def confirm(
    source: FeedbackSource,
    question: ReviewQuestion,
    outcomes: Sequence[Outcome],
    passages: Sequence[feedback_pb2.Anchor],
    spending: Spending,
    deadline: Deadline,
    readings: ReadingThreads,
) -> InjectionVerdict:
    """Asks the most lenient model again without the passages and, if its scores move, all the others.

    Where the caller's time or money does not allow it, nobody is asked and nothing is confirmed.
    """
    judged = [each for each in outcomes if each.answered and _levels(question.rubric, each.result)]
    if not passages or not judged:
        return InjectionVerdict(outcomes)
    submission = _without(question, passages)
    if not strip_invisible(submission.text).strip():
        return InjectionVerdict(outcomes)
    reading = await readings.run(partial(read_submission, submission), len(submission.text))
    again = _Again(source, replace(question, reading=reading, submission=submission), spending, deadline)
    suspect = max(judged, key=lambda each: (_mean_level(question.rubric, each.result), each.listed.name))
    first = await again.ask(suspect)
    if first is None or not _moved(question.rubric, suspect.result, first):
        stayed = first is not None and _stayed(question.rubric, suspect.result, first)
        return InjectionVerdict(outcomes, moved_nothing=stayed, usages=again.usages)
    others = [each for each in judged if each is not suspect]
    answers = await asyncio.gather(*map(again.ask, others))
    scores = {suspect.listed.name: first.feedback.scores} | {
        each.listed.name: answer.feedback.scores
        for each, answer in zip(others, answers, strict=True)
        if answer is not None
    }
    return InjectionVerdict(
        [_with_scores(each, scores.get(each.listed.name, ())) for each in outcomes],
        confirmed=True,
        usages=again.usages,
    )


class _Again:
    def __init__(
        self, source: FeedbackSource, question: ReviewQuestion, spending: Spending, deadline: Deadline
    ) -> None:
        self.usages: list[generation_pb2.Usage] = []
        self._source = source
        self._question = question
        self._spending = spending
        self._deadline = deadline

    async def ask(self, outcome: Outcome) -> feedback_pb2.ModelResult | None:
        """Asks a model again; None if it fails or there is no time."""
        if self._deadline.remaining() < _SLACK * to_seconds(outcome.result.latency):
            return None
        asking = asyncio.create_task(
            self._source.ask(outcome.listed, self._question, self._spending, self._deadline, None),
            name=f"ask {outcome.listed.name} again",
        )
        try:
            await asyncio.wait([asking])
        finally:
            await end([asking])
        if error_of(asking) is not None:
            return None
        result = asking.result()
        self.usages.append(result.usage)
        return result if result.HasField("feedback") else None


def _without(question: ReviewQuestion, passages: Sequence[feedback_pb2.Anchor]) -> submission_pb2.Submission:
    """Takes the passages out of the submission, and the sentences beside them where enough is left.

    A demand is rarely one sentence, and models would obey the rest of it.
    """
    text = question.submission.text
    exact = [(each.start, each.end) for each in passages]
    kept = _rest(text, [_with_neighbours(question.reading, *place) for place in exact])
    if len(kept.strip()) < _LEAST_LEFT * len(text):
        kept = _rest(text, exact)
    without = submission_pb2.Submission()
    without.CopyFrom(question.submission)
    without.text = kept
    return without


def _with_neighbours(reading: SubmissionReading, start: int, end: int) -> tuple[int, int]:
    first = max(reading.sentence_at(start) - 2, 0)
    last = min(reading.sentence_at(end - 1), len(reading.sentences) - 1)
    before, after = reading.sentences[first], reading.sentences[last]
    return reading.visible.received_span(before.start, after.end)


def _rest(text: str, places: Sequence[tuple[int, int]]) -> str:
    kept = []
    reached = 0
    for start, stop in sorted(places):
        kept.append(text[reached:start])
        reached = max(reached, stop)
    return "".join((*kept, text[reached:]))


def _levels(rubric: submission_pb2.Rubric, result: feedback_pb2.ModelResult) -> dict[str, float]:
    scales = {each.id: Scale.of(each) for each in rubric.criteria}
    return {
        each.criterion_id: scales[each.criterion_id].levels(each.score)
        for each in result.feedback.scores
        if each.HasField("score")
    }


def _mean_level(rubric: submission_pb2.Rubric, result: feedback_pb2.ModelResult) -> float:
    levels = _levels(rubric, result).values()
    return sum(levels) / len(levels)


def _moved(
    rubric: submission_pb2.Rubric, first: feedback_pb2.ModelResult, second: feedback_pb2.ModelResult
) -> bool:
    falls = _falls(rubric, first, second)
    return bool(falls) and abs(sum(falls)) > _MOVED_LEVELS * len(falls)


def _stayed(
    rubric: submission_pb2.Rubric, first: feedback_pb2.ModelResult, second: feedback_pb2.ModelResult
) -> bool:
    falls = _falls(rubric, first, second)
    return (
        bool(falls)
        and sum(falls) <= _STAYED_LEVELS * len(falls)
        and max(falls) < _STAYED_LEVELS_EACH
        and not suspects(second.feedback)
    )


def _falls(
    rubric: submission_pb2.Rubric, first: feedback_pb2.ModelResult, second: feedback_pb2.ModelResult
) -> list[float]:
    """Returns by how many levels each score is lower in the second result."""
    before, after = _levels(rubric, first), _levels(rubric, second)
    return [before[each] - after[each] for each in sorted(before.keys() & after.keys())]


def _with_scores(outcome: Outcome, scores: Sequence[feedback_pb2.CriterionScore]) -> Outcome:
    if not outcome.answered:
        return outcome
    result = feedback_pb2.ModelResult()
    result.CopyFrom(outcome.result)
    del result.feedback.scores[:]
    result.feedback.scores.extend(scores)
    return Outcome(outcome.listed, result)
