"""What a GenerateRequest asks of a reviewer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from chorus.model.v1 import content_pb2, model_service_pb2
from rpckit.errors import InvalidRequest, NotSupported
from services.proofreader.submission import Submission

SCHEMA_ID = "urn:chorus:answer:1"
_SCHEMA_FIELD = "output_format.json_schema"
_LANGUAGE_KEY = "x-feedback-language"
_SUBMISSION_TITLE = "submission"

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Assignment:
    """A text to review, and the form of the answer. `feedback_language` is "ko" or "en"."""

    numbered_text: str
    language_code: str
    schema: Json
    feedback_language: str

    def submission(self) -> Submission:
        """The text without the numbers of its sentences; takes time for a long one.

        Raises:
            NotSupported: It is in neither of the languages that the reviewers read.
        """
        submission = Submission.read(self.numbered_text, self.language_code)
        if submission.language == "other":
            language = f'"{self.language_code}"' if self.language_code else "the language of this text"
            raise NotSupported(
                f"a reviewer reads Korean and English only, not {language}",
                metadata={"capability": "LANGUAGE"},
            )
        return submission


def read_assignment(request: model_service_pb2.GenerateRequest) -> Assignment:
    """What is asked.

    Raises:
        InvalidRequest: The schema is none, or there is no submission.
        NotSupported: Another answer than that to a submission is asked for.
    """
    schema = _schema(request)
    document = _document(request.turns)
    asked = str(schema.get(_LANGUAGE_KEY) or document.language_code).partition("-")[0]
    return Assignment(
        numbered_text=document.text,
        language_code=document.language_code,
        schema=schema,
        feedback_language="ko" if asked == "ko" else "en",
    )


def _schema(request: model_service_pb2.GenerateRequest) -> Json:
    if request.output_format.WhichOneof("kind") != "json_schema":
        capability = "IMAGE_OUTPUT" if request.output_format.HasField("image") else "TEXT"
        raise NotSupported(
            f"a reviewer answers to the JSON Schema {SCHEMA_ID} only",
            metadata={"capability": capability},
        )
    try:
        schema = json.loads(request.output_format.json_schema)
        Draft202012Validator.check_schema(schema)
    except json.JSONDecodeError:
        raise InvalidRequest({_SCHEMA_FIELD: "is not JSON"}) from None
    except SchemaError:
        raise InvalidRequest({_SCHEMA_FIELD: "is no JSON Schema of draft 2020-12"}) from None
    if not isinstance(schema, dict) or schema.get("$id") != SCHEMA_ID:
        raise NotSupported(
            f"a reviewer answers to the JSON Schema {SCHEMA_ID} only",
            metadata={"capability": "JSON_SCHEMA"},
        )
    return schema


def _document(turns: Sequence[content_pb2.Turn]) -> content_pb2.Document:
    if not turns:
        raise InvalidRequest({"turns": "is empty"})
    last = len(turns) - 1
    for number, turn in enumerate(turns):
        for part_number, part in enumerate(turn.parts):
            if part.document.title != _SUBMISSION_TITLE:
                continue
            if not part.document.text.strip():
                raise InvalidRequest({f"turns[{number}].parts[{part_number}].document.text": "is empty"})
            return part.document
    raise InvalidRequest({f"turns[{last}].parts": f'holds no document titled "{_SUBMISSION_TITLE}"'})
