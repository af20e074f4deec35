"""The JSON Schema an answer must keep to: read from the request, trimmed for providers, checked after."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable

from rpckit.errors import BadOutput, InvalidRequest

Schema = Mapping[str, Any]

_FIELD = "output_format.json_schema"
# Names of the schema itself, which tell a model nothing and which strict providers refuse.
_IDENTITY = frozenset({"$id", "$schema"})


def parse(text: str) -> Schema:
    """The schema of a request.

    Raises:
        InvalidRequest: It is no JSON Schema of an object.
    """
    try:
        schema = json.loads(text)
        Draft202012Validator.check_schema(schema)
    except json.JSONDecodeError as error:
        raise InvalidRequest({_FIELD: f"not JSON: {error.msg} at {error.pos}"}) from None
    except SchemaError as error:
        raise InvalidRequest({_FIELD: f"not a JSON Schema: {error.json_path}"}) from None
    if not isinstance(schema, dict):
        raise InvalidRequest({_FIELD: "not an object"})
    return schema


def anonymous(schema: Schema) -> dict[str, Any]:
    """The schema without its names, as providers take it."""
    return {key: value for key, value in schema.items() if key not in _IDENTITY}


def check(answer: str, schema: Schema) -> None:
    """Checks a whole answer.

    Raises:
        BadOutput: It is not JSON, or not of the schema; the text says where, never what stands there.
        InvalidRequest: The schema refers to what it does not contain.
    """
    try:
        value = json.loads(answer, parse_constant=_refuse)
    except ValueError:
        raise BadOutput("the answer is not JSON") from None
    # An empty registry: nothing is ever fetched.
    validator = Draft202012Validator(schema, registry=Registry())
    try:
        wrong = next(validator.iter_errors(value), None)
    except Unresolvable as error:
        raise InvalidRequest({_FIELD: f"refers to {error.ref}, which is not in it"}) from None
    if wrong is not None:
        raise BadOutput(f"the answer breaks the schema's {wrong.validator!r} at {wrong.json_path}")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
