"""Writes a JSON Schema as a grammar in which quotations are passages of a text.

JSON Schema has no word for "a part of this text". llguidance's own grammars have one, and take a JSON Schema
for any part of theirs, so that objects and lists are written out here and single values are left as they are.
"""

import json
import re
from collections.abc import Sequence

from modelkit.answer_form.decoding import QUOTATION_KEY
from modelkit.json_schema.subschemas import Schema

# A passage begins and ends with a word or with punctuation, never inside a word.
_CHUNK = re.compile(r"\w+|\s+|[^\w\s]")
# It is no passage without a word.
_WITH_A_WORD = r"/[^\w\s]{0,2}\w(.|\n)*/"
# Neither its rules nor its values have white space between them.
_OPTIONS = {"x-guidance": {"whitespace_flexible": False}}


def has_word(passage: str) -> bool:
    """Returns whether a part of a passage begins with what is a word to llguidance, too: ½ and ① are none."""
    return any(each[0].isalpha() or each[0].isdecimal() for each in _CHUNK.findall(passage))


def quotation_grammar(schema: Schema, passages: Sequence[str]) -> str:
    """Returns a grammar in llguidance's variant of Lark for the answers of a JSON Schema.

    Args:
        schema: Its objects have all of their fields, and its lists an end. A string with `QUOTATION_KEY` is a
            part of a passage; it is empty only if its `minLength` is 0.
        passages: What may be quoted from; each has a word.
    """
    grammar = _Grammar()
    start = grammar.name_of(schema)
    parts = [f"P{number}: {_substring(each)}" for number, each in enumerate(passages)]
    passage = " | ".join(f"P{number}" for number in range(len(passages)))
    return "\n".join((f"start: {start}", *grammar.rules, *parts, f"PASSAGE: ({passage}) & {_WITH_A_WORD}"))


class _Grammar:
    """Names a rule for each subschema, once for equal ones."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self.rules: list[str] = []

    def name_of(self, schema: Schema) -> str:
        """Returns the name of the rule for a subschema."""
        key = json.dumps(schema)
        if key not in self._names:
            body = self._body(schema)
            self._names[key] = f"r{len(self._names)}"
            self.rules.append(f"{self._names[key]}: {body}")
        return self._names[key]

    def _body(self, schema: Schema) -> str:
        match schema:
            case {"anyOf": choices}:
                return " | ".join(map(self.name_of, choices))
            case {"type": "object", "properties": fields}:
                return self._object(fields)
            case {"type": "array", "prefixItems": items}:
                return self._list(items, schema.get("minItems", 0))
            case {"type": "array", "items": item, "maxItems": most}:
                return self._list([item] * most, schema.get("minItems", 0))
            case {"type": "string"} if schema.get(QUOTATION_KEY):
                passage = "PASSAGE" if schema.get("minLength") else "PASSAGE?"
                return f'"\\"" {passage} "\\""'
        return f"%json {json.dumps({**schema, **_OPTIONS})}"

    def _object(self, fields: Schema) -> str:
        separators = ("{", *[","] * (len(fields) - 1))
        parts = (
            f"{_literal(separator + json.dumps(name) + ':')} {self.name_of(value)}"
            for separator, (name, value) in zip(separators, fields.items(), strict=True)
        )
        return " ".join((*parts, _literal("}")))

    def _list(self, items: Sequence[Schema], least: int) -> str:
        """Writes a comma before each item but the first. Items beyond the least may be missing."""
        body = ""
        for number, item in reversed(list(enumerate(items))):
            comma = f"{_literal(',')} " if number else ""
            body = f"{comma}{self.name_of(item)} {body}".rstrip()
            if number >= least:
                body = f"({body})?"
        return f"{_literal('[')} {body} {_literal(']')}"


def _substring(passage: str) -> str:
    chunks = _CHUNK.findall(passage)
    return "%regex " + json.dumps({"substring_chunks": list(map(_escaped, chunks))})


def _escaped(text: str) -> str:
    """Returns a text as it stands in a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _literal(text: str) -> str:
    return json.dumps(text)
