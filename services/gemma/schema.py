"""The JSON Schema of an answer: read from the request, and held against the answer."""

import json

import jsonschema
from referencing.jsonschema import EMPTY_REGISTRY


def fault_of_schema(json_schema: str) -> str:
    """What is wrong with a JSON Schema (draft 2020-12), or ""."""
    try:
        schema = json.loads(json_schema)
        jsonschema.Draft202012Validator.check_schema(schema)
    except json.JSONDecodeError as error:
        return f"no JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    except jsonschema.SchemaError as error:
        return f"no JSON Schema: {error.json_path}: {error.message}"
    except RecursionError:
        return "nested too deeply"
    return ""


def matches(answer: str, json_schema: str) -> bool:
    """Whether the answer is JSON that keeps to the schema."""
    # With a registry of its own jsonschema fetches no reference from the network.
    validator = jsonschema.Draft202012Validator(json.loads(json_schema), registry=EMPTY_REGISTRY)
    try:
        return validator.is_valid(json.loads(answer))
    except json.JSONDecodeError:
        return False
