"""Parses the points of an answer while it is still being written."""

from contextlib import suppress

import ijson

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from modelkit.answer_form.schema import MAX_IMPROVEMENTS, MAX_STRENGTHS
from modelkit.answer_limits import MAX_COMPARED_CHARACTERS, AnswerTooLarge
from modelkit.json_schema.code_fence import CodeFence
from orchestrator.answer.check import Said, check_point, keeps_to_point_schema
from orchestrator.answer.quote_verification import ComparisonBudget
from orchestrator.submission.reading import SubmissionReading

# The event loop waits for the check of an early point, so the work for all of them is a twentieth of a whole
# answer's, and those are left out that come after.
_MAX_EARLY_POINTS = MAX_IMPROVEMENTS + MAX_STRENGTHS
_MAX_COMPARED_CHARACTERS = MAX_COMPARED_CHARACTERS // 20


class PointStreamParser:
    """Takes an answer piece by piece and returns each sound point as soon as it is complete.

    The points are provisional, because only `check_answer` sees the whole answer.
    """

    def __init__(
        self, reading: SubmissionReading, rubric: submission_pb2.Rubric, feedback_language: str = ""
    ) -> None:
        self._said = Said(reading, feedback_language)
        self._rubric = rubric
        self._fence = CodeFence()
        self._complete = ijson.sendable_list()
        self._parser = ijson.items_coro(self._complete, "points.item", use_float=True)
        self._budget = ComparisonBudget(_MAX_COMPARED_CHARACTERS)
        self._number = 0
        self._broken = False

    def feed(self, text: str) -> list[feedback_pb2.Point]:
        """Returns the points that this piece completes.

        Once the answer is not JSON, or its early points have taken enough work, it completes none.
        """
        if self._broken or not (json := self._fence.feed(text)):
            return []
        try:
            self._parser.send(json.encode())
        except ijson.JSONError:
            self._broken = True
        points: list[feedback_pb2.Point] = []
        with suppress(AnswerTooLarge):
            points.extend(filter(None, map(self._checked, self._complete)))
        del self._complete[:]
        return points

    def _checked(self, point: object) -> feedback_pb2.Point | None:
        self._number += 1
        if self._number > _MAX_EARLY_POINTS or not (isinstance(point, dict) and keeps_to_point_schema(point)):
            return None
        checked = check_point(point, self._number, self._said, self._rubric, self._budget)
        return None if checked.fault else checked.point
