"""The JSON Schema of a request, read and checked once; answers are held against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelkit.answer_limits import MAX_VALUES
from modelkit.json_schema import strict_json
from modelkit.json_schema.bounded_validator import BoundedValidator, SlowCheckError
from modelkit.json_schema.metaschema import metaschema_fault
from modelkit.json_schema.quick_check import Check, quick_check
from modelkit.json_schema.subschemas import is_closed, pattern_fault, reference_fault
from rpckit.errors import BadOutput, InvalidRequest

FIELD = "output_format.json_schema"
# More than twice what the answer form takes with the longest rubric.
MAX_SCHEMA_BYTES = 64 * 1024
# Levels of arrays and objects; a schema in a schema's property takes two.
MAX_SCHEMA_DEPTH = 64

_NAMES = frozenset({"$id", "$schema"})
_OWN_PREFIX = "x-"


@dataclass(frozen=True, slots=True, eq=False)
class AnswerSchema:
    """A schema that can be followed, whatever the server.

    Attributes:
        text: The schema as it was sent.
        schema: The parsed schema.
        anonymous: The schema without `$id`, `$schema` and the keywords of ours, which begin with "x-". They
            tell a model nothing, and some providers refuse them.
        is_closed: Whether each object in it requires all of its properties and allows no others.
    """

    text: str
    schema: Mapping[str, Any]
    anonymous: Mapping[str, Any]
    is_closed: bool
    _validator: BoundedValidator
    _passes: Check

    @classmethod
    def parse(cls, text: str) -> "AnswerSchema":
        """Reads a schema of draft 2020-12; `SchemaCache` does it once for each and beside the event loop.

        Raises:
            InvalidRequest: It is none, is too large, or refers to what it does not hold.
        """
        if len(text.encode()) > MAX_SCHEMA_BYTES:
            raise InvalidRequest({FIELD: f"more than {MAX_SCHEMA_BYTES} bytes"})
        try:
            schema = strict_json.parse(text)
        except ValueError as error:
            raise InvalidRequest({FIELD: f"not JSON: {error}"}) from None
        if fault := _fault(schema):
            raise InvalidRequest({FIELD: fault})
        anonymous = {key: value for key, value in schema.items() if not _is_private(key)}
        if fault := reference_fault(anonymous) or pattern_fault(anonymous):
            raise InvalidRequest({FIELD: fault})
        return cls(
            text=text,
            schema=schema,
            anonymous=anonymous,
            is_closed=is_closed(anonymous),
            _validator=BoundedValidator(anonymous),
            _passes=quick_check(anonymous),
        )

    @property
    def identifier(self) -> str:
        """The schema's `$id`, or ""."""
        return str(self.schema.get("$id", ""))

    def check_text(self, answer: str) -> None:
        """Checks the text of a whole answer.

        Raises:
            BadOutput: It is not JSON, or not of the schema, or so long that it cannot be checked; the message
                says where, never what stands there.
            InvalidRequest: The schema takes too long to hold an answer of usual length against.
        """
        try:
            value = strict_json.parse(answer)
        except ValueError:
            raise BadOutput("the answer is not JSON") from None
        self.check_value(value)

    def check_value(self, value: Any) -> None:
        """Checks an answer that is parsed already, and raises what `check_text` does."""
        if self._passes(value):
            return
        try:
            error = self._validator.first_error(value)
        except RecursionError:
            raise BadOutput("the answer is nested too deeply") from None
        except SlowCheckError:
            if strict_json.count(value, MAX_VALUES) > MAX_VALUES:
                raise BadOutput(f"the answer has more than {MAX_VALUES} values, too many to check") from None
            raise InvalidRequest({FIELD: "it takes too long to hold an answer against it"}) from None
        if error is not None:
            keyword = error.validator or "false"
            raise BadOutput(f"the answer breaks the schema's {keyword!r} at {error.json_path}")


def _is_private(keyword: str) -> bool:
    return keyword in _NAMES or keyword.startswith(_OWN_PREFIX)


def _fault(schema: Any) -> str:
    if not isinstance(schema, dict):
        return "not an object"
    if strict_json.depth(schema) > MAX_SCHEMA_DEPTH:
        return f"nested more than {MAX_SCHEMA_DEPTH} deep"
    if strict_json.holds_lone_surrogates(schema):
        return "half of a surrogate pair is no text"
    if path := metaschema_fault(schema):
        return f"not a JSON Schema of draft 2020-12: {path}"
    return ""
