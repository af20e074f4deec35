"""A value for a JSON Schema: of the schemas that we send a good one, of any other one at least some JSON."""

from collections.abc import Mapping
from typing import Any

from modelkit.json_schema.subschemas import Schema

_DEFINITIONS = "#/$defs/"
# A schema may hold itself; what is deeper than this is cut off.
_DEEPEST = 20
_MOST_ITEMS = 100


def instance(schema: Any, root: Schema | None = None, depth: int = 0) -> Any:
    """Returns a value of the schema: required properties, first choices, empty lists and strings."""
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return None
    root = schema if root is None else root
    if str(schema.get("$ref", "")).startswith(_DEFINITIONS):
        name = schema["$ref"].removeprefix(_DEFINITIONS)
        return instance(root.get("$defs", {}).get(name), root, depth + 1)
    if schema.get("anyOf"):
        return instance(schema["anyOf"][0], root, depth + 1)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    if "properties" in schema:
        properties = schema["properties"]
        return {name: instance(properties.get(name), root, depth + 1) for name in schema.get("required", ())}
    if "items" in schema:
        item = instance(schema["items"], root, depth + 1)
        return [item] * min(_MOST_ITEMS, int(schema.get("minItems", 0)))
    number = schema.get("minimum", 0)
    text = "x" * min(_MOST_ITEMS, int(schema.get("minLength", 0)))
    plain = {"string": text, "integer": number, "number": number, "boolean": False, "array": [], "object": {}}
    kind = schema.get("type", "object")
    return plain.get(kind if isinstance(kind, str) else kind[0])
