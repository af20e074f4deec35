"""Reads what a GenerateRequest asks of a reviewer."""

from collections.abc import Iterable
from dataclasses import dataclass

from chorus.model.v1 import content_pb2
from modelkit.answer_form.schema import LANGUAGE_KEY, SCHEMA_ID, SUBMISSION_TITLE
from modelkit.json_schema.answer_schema import AnswerSchema
from modelkit.language import primary_subtag
from modelkit.servicer import CheckedRequest
from rpckit.errors import NotSupported
from services.proofreader.parsed_text import ParsedText


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """Asks for the review of one text.

    Attributes:
        numbered_text: The text, in which each sentence is preceded by its number.
        language_code: The language of the text; "" if it is not known.
        schema: The form of the answer.
        feedback_language: The language of the feedback, "ko" or "en"; "" for that of the text.
    """

    numbered_text: str
    language_code: str
    schema: AnswerSchema
    feedback_language: str

    def submission(self) -> ParsedText:
        """Parses the text, which takes time for a long one.

        Raises:
            NotSupported: It is in neither of the languages that the reviewers read.
        """
        submission = ParsedText.read(self.numbered_text, self.language_code)
        if submission.language == "other":
            language = f'"{self.language_code}"' if self.language_code else "the language of this text"
            raise NotSupported(
                f"a reviewer reads Korean and English only, not {language}",
                metadata={"capability": "LANGUAGE"},
            )
        return submission


def read_review_request(request: CheckedRequest) -> ReviewRequest:
    """Reads what is asked.

    Raises:
        NotSupported: Another answer than that to a submission is asked for, or feedback in a language that
            the reviewers do not write.
    """
    schema = request.schema
    if schema is None or schema.identifier != SCHEMA_ID:
        raise NotSupported(
            f"a reviewer answers to the JSON Schema {SCHEMA_ID} only", metadata={"capability": "JSON_SCHEMA"}
        )
    document = _submission(request.message.turns)
    asked = str(schema.schema.get(LANGUAGE_KEY) or "")
    feedback_language = primary_subtag(asked)
    if feedback_language not in {"", "ko", "en"}:
        raise NotSupported(
            f'a reviewer writes feedback in Korean and English only, not in feedback_language_code "{asked}"',
            metadata={"capability": "LANGUAGE"},
        )
    return ReviewRequest(
        numbered_text=document.text,
        language_code=document.language_code,
        schema=schema,
        feedback_language=feedback_language,
    )


def _submission(turns: Iterable[content_pb2.Turn]) -> content_pb2.Document:
    for turn in turns:
        for part in turn.parts:
            if part.document.title == SUBMISSION_TITLE:
                return part.document
    raise NotSupported(
        f'a reviewer reads a document titled "{SUBMISSION_TITLE}" only', metadata={"capability": "TEXT"}
    )
