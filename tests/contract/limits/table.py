"""Every limit that a comment of the contract states."""

from collections.abc import Iterator

from modelkit import generate_request as generate
from modelkit.list_models import MAX_PAGE_SIZE
from orchestrator.answer.quote_verification import MAX_SENTENCES
from orchestrator.servicers import stored_feedbacks
from orchestrator.store.model_call import MAX_CALLS
from rpckit.errors import MAX_DETAILS_BYTES, MAX_MESSAGE_BYTES
from tests.contract.limits.generations import generation_limits
from tests.contract.limits.limit import FEEDBACK, MODEL, Limit, at_most, span
from tests.contract.limits.people import people_limits
from tests.contract.limits.reviews import review_limits
from tests.contract.limits.shared import shared_limits

_SAID = f"at most {stored_feedbacks.MAX_SAID_BYTES_OF_ALL // 2**20} MiB"
# What the server itself keeps to in what it sends, what it does without a refusal, and what is a limit of
# several requests together.
OWN_LIMITS = {
    (MODEL + "Failure.message", at_most(MAX_MESSAGE_BYTES)),
    (MODEL + "Model.name", span(1, generate.MAX_MODEL_NAME)),
    (MODEL + "TrackRecord", at_most(MAX_CALLS)),
    (MODEL + "TrackRecord.calls", span(1, MAX_CALLS)),
    (MODEL + "TrackRecord.failure_rate", "0 to 1"),
    (MODEL + "ListModelsRequest.page_size", f"above {MAX_PAGE_SIZE:,}"),
    (FEEDBACK + "ListModelsRequest.page_size", f"above {MAX_PAGE_SIZE:,}"),
    (FEEDBACK + "FeedbackService", f"at most {MAX_DETAILS_BYTES // 1024} KiB"),
    (FEEDBACK + "FeedbackService.RecordScores", _SAID),
    (FEEDBACK + "FeedbackService.RecordDecisions", _SAID),
    (FEEDBACK + "ModelFeedback.scores", "at most one"),
    (FEEDBACK + "Point.sentences", at_most(MAX_SENTENCES)),
    (FEEDBACK + "MergedPoint.importance", "above 0"),
    (FEEDBACK + "Summary.Sentence.point_ids", "at least one"),
}


def limits() -> Iterator[Limit]:
    """Yields those that a single request can be beyond."""
    yield from review_limits()
    yield from people_limits()
    yield from generation_limits()
    yield from shared_limits()
