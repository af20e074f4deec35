"""The smallest value that a JSON Schema takes, as far as our schemas go."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def instance(schema: Schema, root: Schema | None = None) -> Any:
    """A value of the schema: required properties, first choices, empty lists and strings."""
    root = schema if root is None else root
    if "$ref" in schema:
        return instance(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    if "anyOf" in schema:
        return instance(schema["anyOf"][0], root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        return {name: instance(schema["properties"][name], root) for name in schema.get("required", ())}
    if "items" in schema:
        return [instance(schema["items"], root)] * schema.get("minItems", 0)
    number = schema.get("minimum", 0)
    text = "x" * schema.get("minLength", 0)
    plain = {"string": text, "integer": number, "number": number, "boolean": False, "array": [], "object": {}}
    return plain.get(schema.get("type", "object"))
