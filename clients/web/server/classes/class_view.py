"""Shows classes and works to the page, as JSON."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message
from google.rpc import status_pb2

from chorus.feedback.v1 import decision_pb2, feedback_service_pb2, submission_pb2
from chorus.model.v1 import failure_pb2
from chorus_documents.document import Refusal
from clients.web.server.classes.review_prices import ReviewPrice
from clients.web.server.classes.roster import kept
from clients.web.server.classes.tables import SETTLED, Assignment, MissingFile, Work
from clients.web.server.refused_document import why_refused

Json = dict[str, Any]


def listed(assignment: Assignment, counts: Mapping[str, int]) -> Json:
    """Returns a class as the list of classes shows it."""
    return {
        "id": assignment.id,
        "title": assignment.title,
        "created": assignment.created,
        "states": dict(counts),
    }


def shown_class(
    assignment: Assignment,
    works: Sequence[Work],
    missing: Sequence[MissingFile],
    price: ReviewPrice | None,
    language: str,
) -> Json:
    """Returns a class as it is shown when it is opened.

    Args:
        assignment: The assignment.
        works: Its works.
        missing: The files that it lacks.
        price: None: the orchestrator did not say what reviews may cost.
        language: Of the sentences that say why a file was not taken.
    """
    return {
        "id": assignment.id,
        "title": assignment.title,
        "created": assignment.created,
        "task": assignment.task,
        "notes": assignment.notes,
        "level": assignment.level,
        "text_language": assignment.text_language,
        "feedback_language": assignment.feedback_language,
        "rubric": _proto_json(submission_pb2.Rubric, assignment.rubric),
        "models": json.loads(assignment.models),
        "was_asked_for": any(each.was_asked_for for each in works),
        "has_roster": bool(kept(assignment.roster)),
        "stop_reason": assignment.stop_reason,
        "cost": {
            "limit_usd_nanos": assignment.limit_nanos,
            "spent_usd_nanos": sum(each.cost_nanos for each in works),
            "is_whole": all(_is_whole(each) for each in works),
            "most_usd_nanos": None if price is None else _most(works, price),
            "least_limit_usd_nanos": None if price is None else price.least_limit(works),
            "unknown": [] if price is None else list(price.unknown),
        },
        "works": [shown_work(each) for each in works],
        "missing": [_missing(each, language) for each in missing],
    }


def shown_work(work: Work) -> Json:
    """Returns a work as a line of its class."""
    return {
        "id": work.id,
        "name": work.file_name,
        "pseudonym": work.pseudonym,
        "format": work.format,
        "characters": work.characters,
        "state": work.state,
        "failures": _failures(work),
        "cost_usd_nanos": work.cost_nanos,
        "asked": work.asked,
        "answered": work.answered,
        "contested": work.contested,
        "spread": work.spread,
        "feedback_id": work.feedback_id,
    }


def opened_work(work: Work) -> Json:
    """Returns a work with its text, its feedback and what was decided on it."""
    return {
        **shown_work(work),
        "text": work.text,
        "has_file": work.data is not None,
        "feedback": _proto_json(feedback_service_pb2.GetFeedbackResponse, work.feedback),
        "decisions": _proto_json(decision_pb2.Decisions, work.decisions),
    }


def _missing(missing: MissingFile, language: str) -> Json:
    refusal = Refusal.__members__.get(missing.reason)
    message = why_refused(refusal, language) if refusal else ""
    said = {"id": missing.id, "name": missing.name, "reason": missing.reason}
    return said | {"message": message, "language": language}


def _proto_json(kind: type[Message], data: bytes) -> Json | None:
    return json_format.MessageToDict(kind.FromString(data)) if data else None


def _failures(work: Work) -> list[Json]:
    details = status_pb2.Status.FromString(work.failure).details
    return [json_format.MessageToDict(failure_pb2.Failure.FromString(each.value)) for each in details]


def _is_whole(work: Work) -> bool:
    return work.is_cost_whole and (work.begun is None or work.state in SETTLED)


def _most(works: Sequence[Work], price: ReviewPrice) -> int:
    """Returns the most that those works may still cost that have no feedback."""
    return sum(
        price.of(each) if each.reserve_nanos is None else each.reserve_nanos
        for each in works
        if each.state not in SETTLED
    )
