"""The summary by a model, under guard."""

from chorus.feedback.v1 import merged_pb2
from chorus.model.v1 import model_service_pb2


def wording_request(
    merged: merged_pb2.MergedFeedback, feedback_language: str
) -> model_service_pb2.GenerateRequest:
    """Asks a model to word the summary of the merged points."""
    return model_service_pb2.GenerateRequest()


def accepted_summary(
    answer_json: str, merged: merged_pb2.MergedFeedback, feedback_language: str, model: str
) -> merged_pb2.Summary | None:
    """The model's summary, or None where it says anything the points do not."""
    return None
