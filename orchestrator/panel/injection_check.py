"""Whether a passage that seems to steer the models does: they are asked again without it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from chorus.model.v1 import generation_pb2
from orchestrator.duration import to_seconds
from orchestrator.merge.scale import Scale
from orchestrator.panel.asking import Ask, Question
from orchestrator.panel.fan_out import Outcome
from orchestrator.panel.spending import Spending
from orchestrator.work.guard import visible
from orchestrator.work.work import read_work
from rpckit.call import Deadline

_MOVED_LEVELS = 0.5
# A second answer may take somewhat longer than the first did.
_SLACK = 1.25


@dataclass(frozen=True, slots=True)
class Cleared:
    """The outcomes that scores may rest on, whether steering was confirmed, and what asking again used."""

    outcomes: Sequence[Outcome]
    confirmed: bool = False
    usages: Sequence[generation_pb2.Usage] = ()


async def clear(
    ask: Ask,
    question: Question,
    outcomes: Sequence[Outcome],
    passages: Sequence[feedback_pb2.Anchor],
    spending: Spending,
    deadline: Deadline,
) -> Cleared:
    """Asks the most lenient model again without the passages and, if its scores move, all the others.

    It costs nothing where the caller's limits leave no room for it: the outcomes stay as they are. Where
    steering is confirmed, a model keeps no scores but those it gave without the passages.
    """
    judged = [each for each in outcomes if each.answered and _levels(question.rubric, each.result)]
    if not passages or not judged:
        return Cleared(outcomes)
    submission = _without(question.submission, passages)
    if not visible(submission.text).strip():
        return Cleared(outcomes)
    work = await asyncio.to_thread(read_work, submission)
    again = _Again(ask, replace(question, work=work, submission=submission), spending, deadline)
    suspect = max(judged, key=lambda each: (_mean_level(question.rubric, each.result), each.listed.name))
    first = await again.ask(suspect)
    if first is None or not _moved(question.rubric, suspect.result, first):
        return Cleared(outcomes, usages=again.usages)
    others = [each for each in judged if each is not suspect]
    answers = await asyncio.gather(*map(again.ask, others))
    scores = {suspect.listed.name: first.feedback.scores} | {
        each.listed.name: answer.feedback.scores
        for each, answer in zip(others, answers, strict=True)
        if answer is not None
    }
    return Cleared(
        [_with_scores(each, scores.get(each.listed.name, ())) for each in outcomes],
        confirmed=True,
        usages=again.usages,
    )


class _Again:
    def __init__(self, ask: Ask, question: Question, spending: Spending, deadline: Deadline) -> None:
        self.usages: list[generation_pb2.Usage] = []
        self._ask = ask
        self._question = question
        self._spending = spending
        self._deadline = deadline

    async def ask(self, outcome: Outcome) -> feedback_pb2.ModelResult | None:
        """The model's second result, None where there is none or no time for it."""
        if self._deadline.remaining() < _SLACK * to_seconds(outcome.result.latency):
            return None
        result = await self._ask(
            outcome.listed, self._question, self._spending, self._deadline, lambda *_: None
        )
        self.usages.append(result.usage)
        return result if result.HasField("feedback") else None


def _without(
    submission: submission_pb2.Submission, passages: Sequence[feedback_pb2.Anchor]
) -> submission_pb2.Submission:
    kept = []
    end = 0
    for each in sorted(passages, key=lambda anchor: anchor.start):
        kept.append(submission.text[end : each.start])
        end = max(end, each.end)
    without = submission_pb2.Submission()
    without.CopyFrom(submission)
    without.text = "".join((*kept, submission.text[end:]))
    return without


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
    before, after = _levels(rubric, first), _levels(rubric, second)
    both = before.keys() & after.keys()
    return bool(both) and abs(sum(before[each] - after[each] for each in both)) > _MOVED_LEVELS * len(both)


def _with_scores(outcome: Outcome, scores: Sequence[feedback_pb2.CriterionScore]) -> Outcome:
    if not outcome.answered:
        return outcome
    result = feedback_pb2.ModelResult()
    result.CopyFrom(outcome.result)
    del result.feedback.scores[:]
    result.feedback.scores.extend(scores)
    return Outcome(outcome.listed, result)
