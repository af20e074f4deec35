"""Checks a model's answer and turns it into feedback. A broken answer is rejected, never repaired."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from jsonschema import Draft202012Validator

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from chorus.model.v1 import generation_pb2
from modelkit.answer_form.schema import (
    MAX_IMPROVEMENTS,
    MAX_QUOTE,
    MAX_STRENGTHS,
    accepted_point_schema,
    accepted_schema,
)
from modelkit.answer_limits import MAX_POINTS, MAX_QUOTES, MAX_SCORES, MAX_VALUES, AnswerTooLarge
from modelkit.json_schema import strict_json
from modelkit.json_schema.code_fence import without_fence
from modelkit.json_schema.quick_check import Check, quick_check
from orchestrator.answer.filler import says_nothing
from orchestrator.answer.quote_verification import (
    ComparisonBudget,
    anchor_of_sentences,
    find_quote,
    sentences_of_point,
)
from orchestrator.answer.sentence_numbers import in_words
from orchestrator.submission.reading import SubmissionReading
from rpckit.errors import BadOutput

_MAX_TEXT = 2000
_NOT_FOUND = "its quotation is not in the submission"
# A model that has more quotations which are not in the submission was not reading it.
_MAX_NOT_FOUND_SHARE = 0.4
_MIN_NOT_FOUND = 3

_POLARITIES = {
    "strength": feedback_pb2.POLARITY_STRENGTH,
    "improvement": feedback_pb2.POLARITY_IMPROVEMENT,
    "question": feedback_pb2.POLARITY_QUESTION,
}
_SEVERITIES = {
    "minor": feedback_pb2.SEVERITY_MINOR,
    "moderate": feedback_pb2.SEVERITY_MODERATE,
    "major": feedback_pb2.SEVERITY_MAJOR,
}


def check_answer(
    raw: str,
    finish_reason: generation_pb2.FinishReason.ValueType,
    reading: SubmissionReading,
    rubric: submission_pb2.Rubric,
    *,
    feedback_language: str = "",
    include_raw: bool = False,
    may_find_nothing: bool = False,
) -> feedback_pb2.ModelFeedback:
    """Returns the model's feedback, with every faulty point moved to `rejected`.

    It has one CriterionScore for each criterion, in the rubric's order. That has no score where the model
    gave none, or none on the scale. What it says names no sentence by a number such as S4; its language is
    the work's where none is given. With `may_find_nothing` an answer passes without points and scores, as it
    is where rules find no fault.

    Raises:
        BadOutput: The answer is empty, is cut, breaks the schema or a limit, says nothing, or too many of
            its quotations are not found.
    """
    if finish_reason != generation_pb2.FINISH_REASON_STOP:
        raise BadOutput("the answer was cut off")
    if not raw.strip():
        raise BadOutput("the answer is empty")
    answer = _parsed(raw)
    budget = ComparisonBudget()
    said = Said(reading, feedback_language)
    points = _checked_points(answer["points"], said, rubric, budget)
    scores, evidence_found = _scores(answer["criteria"], said, rubric, budget)
    quotes_found = [point.quote_found for point in points if point.quotes] + evidence_found
    missing = quotes_found.count(False)
    if missing >= _MIN_NOT_FOUND and missing > _MAX_NOT_FOUND_SHARE * len(quotes_found):
        raise BadOutput(f"{missing} of {len(quotes_found)} quotations are not in the submission")
    if not (may_find_nothing or _says_something(points, scores)):
        raise BadOutput("the answer says nothing")
    return feedback_pb2.ModelFeedback(
        points=[each.point for each in points if not each.fault],
        scores=scores,
        summary=_summary(answer.get("summary", {}), said),
        rejected=[
            feedback_pb2.RejectedPoint(point=each.point, reason=each.fault) for each in points if each.fault
        ],
        raw=raw if include_raw else "",
        suspected_injections=_suspected(answer["injection"], reading, budget),
        suspects_injection=answer["injection"]["suspected"],
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What a model's words are about, and their language; that of the work if it is empty."""

    reading: SubmissionReading
    language_code: str = ""

    def text(self, text: str) -> str:
        """Returns a text without the numbers of sentences, which readers do not see.

        One that would be too long with words in their place stays as it is.
        """
        plain = _text(text)
        words = in_words(plain, self.reading, self.language_code or self.reading.language_code)
        return plain if len(plain) <= _MAX_TEXT < len(words) else words


@dataclass(frozen=True, slots=True)
class CheckedPoint:
    """A point and what its check found.

    Attributes:
        point: The point, anchored where its quotation was found.
        fault: Why the point is rejected; "" for a sound one.
        quotes: Whether the model gave a quotation.
        quote_found: Whether the quotation was found.
    """

    point: feedback_pb2.Point
    fault: str
    quotes: bool
    quote_found: bool


def check_point(
    point: Mapping[str, Any],
    number: int,
    said: Said,
    rubric: submission_pb2.Rubric,
    budget: ComparisonBudget,
) -> CheckedPoint:
    """Checks the `number`th point of an answer, which keeps to the schema.

    Raises:
        AnswerTooLarge: The budget is used up.
    """
    reading = said.reading
    quote = _text(point["quote"]).strip()
    sentence_ids = point["sentence_ids"]
    found = find_quote(reading, quote, sentence_ids, budget) if quote else None
    anchor = found if quote else anchor_of_sentences(reading, sentence_ids)
    checked = feedback_pb2.Point(
        id=f"p{number}",
        criterion_id=_text(point["criterion_id"]),
        issue=point["issue"],
        polarity=_POLARITIES[point["polarity"]],
        severity=_SEVERITIES[point["severity"]],
        anchor=anchor,
        observation=said.text(point["observation"]),
        reason=said.text(point["reason"]),
        next_step=said.text(point["next_step"]),
        suggested_rewrite=_text(point.get("suggested_rewrite", "")),
        sentences=sentences_of_point(reading, sentence_ids, found),
    )
    fault = _fault(checked, rubric)
    if quote and found is None:
        fault = _NOT_FOUND
    return CheckedPoint(checked, fault, quotes=bool(quote), quote_found=found is not None)


def keeps_to_point_schema(point: object) -> bool:
    """Returns whether one point of an answer keeps to its schema."""
    return _point_passes()(point) or bool(_point_validator().is_valid(point))


def _parsed(raw: str) -> dict[str, Any]:
    try:
        answer = json.loads(without_fence(raw), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadOutput("the answer is not JSON") from None
    _check_count("values", strict_json.count(answer, MAX_VALUES), MAX_VALUES)
    error = None if _passes()(answer) else next(_validator().iter_errors(answer), None)
    if error is not None:
        raise BadOutput(f"the answer breaks the schema at {error.json_path} ({error.validator})")
    _check_count("points", len(answer["points"]), MAX_POINTS)
    _check_count("criteria", len(answer["criteria"]), MAX_SCORES)
    evidence = sum(len(each["evidence_quotes"]) for each in answer["criteria"])
    _check_count("quotations", len(answer["points"]) + evidence, MAX_QUOTES)
    return dict(answer)


def load_validators() -> None:
    """Builds what every answer is checked with."""
    _validator()
    _point_validator()
    _passes()
    _point_passes()


def _check_count(what: str, count: int, most: int) -> None:
    if count > most:
        raise AnswerTooLarge(f"the answer has more than {most} {what}")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


@functools.cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(accepted_schema())


@functools.cache
def _point_validator() -> Draft202012Validator:
    return Draft202012Validator(accepted_point_schema())


@functools.cache
def _passes() -> Check:
    return quick_check(accepted_schema())


@functools.cache
def _point_passes() -> Check:
    return quick_check(accepted_point_schema())


def _checked_points(
    points: list[dict[str, Any]],
    said: Said,
    rubric: submission_pb2.Rubric,
    budget: ComparisonBudget,
) -> list[CheckedPoint]:
    seen: set[bytes] = set()
    left = {True: MAX_STRENGTHS, False: MAX_IMPROVEMENTS}
    checked = []
    for number, point in enumerate(points, start=1):
        each = check_point(point, number, said, rubric, budget)
        fault = each.fault
        strength = each.point.polarity == feedback_pb2.POLARITY_STRENGTH
        content = _without_id(each.point)
        if not fault and content in seen:
            fault = "said before"
        if not fault and not left[strength]:
            fault = "more points than were asked for"
        if not fault:
            seen.add(content)
            left[strength] -= 1
        checked.append(each if fault == each.fault else replace(each, fault=fault))
    return checked


def _says_something(points: list[CheckedPoint], scores: list[feedback_pb2.CriterionScore]) -> bool:
    """Returns whether a sound point or a judged criterion is left.

    A work without faults has scores and no points. Where every point is a filler, the scores may be, too: one
    counts if its rationale says something.
    """
    if any(not each.fault for each in points):
        return True
    only_fillers = bool(points) and all(says_nothing(each.point.observation) for each in points)
    return any(
        not says_nothing(each.rationale) or (each.HasField("score") and not only_fillers) for each in scores
    )


def _without_id(point: feedback_pb2.Point) -> bytes:
    copy = feedback_pb2.Point()
    copy.CopyFrom(point)
    copy.id = ""
    return copy.SerializeToString(deterministic=True)


def _fault(point: feedback_pb2.Point, rubric: submission_pb2.Rubric) -> str:
    if point.criterion_id and all(point.criterion_id != each.id for each in rubric.criteria):
        return "its criterion is not in the rubric"
    if says_nothing(point.observation):
        return "it observes nothing"
    texts = (point.observation, point.reason, point.next_step, point.suggested_rewrite)
    return f"longer than {_MAX_TEXT} characters" if max(map(len, texts)) > _MAX_TEXT else ""


def _scores(
    criteria: list[dict[str, Any]],
    said: Said,
    rubric: submission_pb2.Rubric,
    budget: ComparisonBudget,
) -> tuple[list[feedback_pb2.CriterionScore], list[bool]]:
    """Returns the scores, and for each quotation that was given as evidence whether it was found."""
    given: dict[str, dict[str, Any]] = {}
    for each in criteria:
        given.setdefault(each["criterion_id"], each)
    scores = []
    found: list[bool] = []
    for criterion in rubric.criteria:
        score = feedback_pb2.CriterionScore(criterion_id=criterion.id)
        scores.append(score)
        judged = given.get(criterion.id)
        if judged is None:
            continue
        if judged["observable"]:
            lowest, highest = criterion.levels[0].score, criterion.levels[-1].score
            # Levels are in single precision, so a score of 0.1 is a little below the level 0.1.
            slack = (highest - lowest) * 1e-6
            if not lowest - slack <= judged["score"] <= highest + slack:
                continue
            score.score = min(max(judged["score"], lowest), highest)
        score.rationale = said.text(judged["rationale"])[:_MAX_TEXT]
        anchors = [
            find_quote(said.reading, _text(quote), budget=budget)
            for quote in judged["evidence_quotes"]
            if quote.strip()
        ]
        score.evidence.extend(filter(None, anchors))
        found += [anchor is not None for anchor in anchors]
    return scores, found


def _suspected(
    injection: Mapping[str, Any], reading: SubmissionReading, budget: ComparisonBudget
) -> list[feedback_pb2.Anchor]:
    # Of a longer passage, which a model copies all the same, the beginning tells where it stands.
    quote = _text(injection["quote"])
    if len(quote) > MAX_QUOTE:
        quote = quote[:MAX_QUOTE].rpartition(" ")[0]
    anchor = find_quote(reading, quote, budget=budget) if injection["suspected"] else None
    return [anchor] if anchor else []


def _summary(summary: Mapping[str, str], said: Said) -> str:
    return " ".join(
        filter(None, (said.text(summary.get(part, "")) for part in ("goal", "strengths", "next")))
    )


def _text(text: str) -> str:
    """Strips a text, and replaces half surrogate pairs, which JSON can spell and no protobuf string holds."""
    return (text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")).strip()
