"""What the models of a panel are asked about a submission."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chorus.feedback.v1 import submission_pb2
from chorus.model.v1 import generation_pb2, model_service_pb2
from orchestrator.answer.prompt import review_request
from orchestrator.submission.reading import SubmissionReading


@dataclass(frozen=True, slots=True)
class ReviewQuestion:
    """What every model of a panel is asked about one submission.

    Attributes:
        model_sampling: How single models sample, by name, in the place of what `sampling` says.
    """

    reading: SubmissionReading
    submission: submission_pb2.Submission
    rubric: submission_pb2.Rubric
    feedback_language: str
    sampling: generation_pb2.Sampling
    include_raw: bool
    model_sampling: Mapping[str, generation_pb2.Sampling] = field(default_factory=dict)
    _requests: dict[bool, model_service_pb2.GenerateRequest] = field(
        default_factory=dict, init=False, repr=False
    )

    def request(self, *, short: bool) -> model_service_pb2.GenerateRequest:
        """Returns a request of the caller's own in the long or the short form; each form is worded once."""
        if short not in self._requests:
            self._requests[short] = review_request(
                self.reading, self.submission, self.rubric, self.feedback_language, short=short
            )
        request = model_service_pb2.GenerateRequest()
        request.CopyFrom(self._requests[short])
        return request

    def sampling_of(self, model: str) -> generation_pb2.Sampling:
        """Returns how a model samples."""
        sampling = generation_pb2.Sampling()
        sampling.CopyFrom(self.sampling)
        own = self.model_sampling.get(model)
        if own is not None:
            # A list that is merged is appended to.
            if own.stop_sequences:
                sampling.ClearField("stop_sequences")
            sampling.MergeFrom(own)
        return sampling
