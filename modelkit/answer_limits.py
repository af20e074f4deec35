"""The limits of a model's answer. They hold wherever it enters, and what is beyond them is BAD_OUTPUT.

A provider's response is held to the first of them as its bytes come, an answer to the next wherever it
passes, and the orchestrator holds what the answer says to the last.
"""

from chorus.model.v1 import content_pb2, model_service_pb2
from modelkit.generate_request import MAX_IMAGE_BYTES
from modelkit.usage import negative_count
from rpckit.errors import BadOutput

# One event of a provider's stream, or a response that comes whole: a picture in base64, and the rest.
MAX_EVENT_BYTES = 16 * 1024 * 1024
# All events of a stream. A provider that sends an event for each token sends some 300 bytes for it.
MAX_STREAM_BYTES = 64 * 1024 * 1024

# The text of an answer: 128,000 tokens take half of it.
MAX_ANSWER_TEXT_BYTES = 1024 * 1024
# All pictures of an answer.
MAX_ANSWER_PICTURE_BYTES = MAX_IMAGE_BYTES
# The parts in which it comes.
MAX_ANSWER_PARTS = 256 * 1024
# The name of the version that wrote it.
MAX_MODEL_VERSION_BYTES = 200

# What an answer of `urn:chorus:answer:1` may hold, several times what it is asked for: the values of its
# JSON, its points, its criteria, and the quotations of them all.
MAX_VALUES = 4096
MAX_POINTS = 64
MAX_SCORES = 64
MAX_QUOTES = 128
# How many characters of the text may be compared with those quotations of an answer that do not stand in it
# word for word: the longest text 64 times with quotations of up to 64 characters, 12 times with the longest.
MAX_COMPARED_CHARACTERS = 6_400_000


class AnswerTooLarge(BadOutput):
    """The answer is beyond a limit. No more of it is read, so what it cost is not known."""


class AnswerMeter:
    """Counts one answer as its parts come."""

    def __init__(self) -> None:
        self._parts = 0
        self._text_bytes = 0
        self._picture_bytes = 0

    def take(self, part: content_pb2.Part) -> None:
        """Counts a part.

        Raises:
            AnswerTooLarge: With it the answer is beyond a limit.
        """
        self._parts += 1
        self._text_bytes += len(part.text.encode())
        if part.HasField("document"):
            # No answer has one, but a foreign server may send it.
            self._text_bytes += part.document.ByteSize()
        self._picture_bytes += len(part.image.data)
        for count, most, what in (
            (self._parts, MAX_ANSWER_PARTS, "parts"),
            (self._text_bytes, MAX_ANSWER_TEXT_BYTES, "bytes of text"),
            (self._picture_bytes, MAX_ANSWER_PICTURE_BYTES, "bytes of pictures"),
        ):
            if count > most:
                raise AnswerTooLarge(f"the answer has more than {most} {what}")


def check_completion(completion: model_service_pb2.Completion) -> None:
    """Checks what a server says at the end of an answer.

    Raises:
        AnswerTooLarge: The name of the version is too long.
        BadOutput: A count of the usage is negative.
    """
    if len(completion.model_version.encode()) > MAX_MODEL_VERSION_BYTES:
        raise AnswerTooLarge(f"model_version has more than {MAX_MODEL_VERSION_BYTES} bytes")
    if count := negative_count(completion.usage):
        raise BadOutput(f"usage.{count} is negative")
