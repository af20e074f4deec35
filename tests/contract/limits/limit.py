"""One limit that a comment of the contract states, and what several of them are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from google.protobuf.message import Message

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from chorus.feedback.v1.submission_pb2 import Submission
from modelkit import generate_request as generate
from modelkit.language import MAX_LANGUAGE_CODE
from orchestrator.review import request_check as review
from orchestrator.rubrics import rubric as rubrics

FEEDBACK, CLASSROOM, MODEL = "chorus.feedback.v1.", "chorus.classroom.v1.", "chorus.model.v1."
# Models, and a provider, that the servers of the test know.
LONG_NAME = "fake/" + "n" * (generate.MAX_MODEL_NAME - 5)
LONG_PROVIDER = "p" * review.MAX_PROVIDER_NAME
MANY_NAMES = [f"fake/{number}" for number in range(review.MAX_MODELS + 1)]
PAINTER = "fake/painter"
# A feedback that they keep, and the criteria of its rubric.
FEEDBACK_ID = "stored".ljust(32, "-")
CRITERIA = [f"c{number}" for number in range(rubrics.MAX_CRITERIA)]
# It is noticed only once all else is found to be right: nobody is asked.
UNKNOWN_CALIBRATION = "unknown"


@dataclass(frozen=True)
class Limit:
    """A phrase of an element's comment, and what it means for requests.

    Attributes:
        blamed: The path of the field that a refusal names.
    """

    element: str
    phrase: str
    blamed: str
    taken: Sequence[Message]
    refused: Sequence[Message]


def at_most(count: int) -> str:
    return f"at most {count:,}"


def span(least: float, most: float) -> str:
    return f"{least:,} to {most:,}"


def padded(message: Message, size: int, pad: Callable[[int], object]) -> Message:
    """The message, padded until it has so many bytes; `pad` sets how much."""
    length = size - message.ByteSize()
    pad(length)
    while message.ByteSize() > size:
        length -= 1
        pad(length)
    return message


def asking_for(submission: Submission | None = None, **fields: object) -> GetFeedbackRequest:
    request = GetFeedbackRequest(
        submission=submission or Submission(text="A text."), calibration_version=UNKNOWN_CALIBRATION
    )
    request.MergeFrom(GetFeedbackRequest(**fields))  # type: ignore[arg-type]
    return request


def language(element: str, blamed: str, asking: Callable[[str], Message]) -> Limit:
    return Limit(
        element,
        at_most(MAX_LANGUAGE_CODE),
        blamed,
        [asking(_code(MAX_LANGUAGE_CODE))],
        [asking(_code(MAX_LANGUAGE_CODE + 1))],
    )


def _code(length: int) -> str:
    """A BCP 47 code of so many characters."""
    return ("en" + "-abcdefgh" * length)[:length]
