"""Narrows the schema of an answer for a server that holds its model to it, token by token.

A small model fills whatever room a schema leaves: a string, a number or a list ends by the schema or not at
all. Providers are sent none of this: many refuse these keywords, and their models need no such hold.
"""

from collections.abc import Sequence
from typing import Any

from modelkit.answer_form.schema import (
    LANGUAGE_KEY,
    MAX_IMPROVEMENTS,
    MAX_POINTS_SHORT,
    MAX_QUOTE,
    MAX_STRENGTHS,
    SCORE_RANGES_KEY,
    WORK_LANGUAGE_KEY,
    WORK_LANGUAGES,
    answer_form,
)
from modelkit.json_schema.subschemas import Schema
from modelkit.language import primary_subtag

# A string with this keyword is a quotation: a server that has the work at hand lets it be nothing else.
QUOTATION_KEY = "x-quotation"
# After so many tokens no other point is begun, so that there is room for the scores. After the next so many
# the answer is closed: what is open ends, and what is left is short. That is more than a review usually has,
# and what a caller can wait for on a small machine.
TOKENS_BEFORE_LAST_POINT = 1280
TOKENS_BEFORE_CLOSING = 2560

# The prompt asks for one or two sentences.
_MAX_SENTENCES = 400
# One word, such as the name of the issue once more, is no observation.
_REST_OF_WORD = "[^ ]{0,40}"
# A small model goes on in the language, or the numbers, that it begins with.
_BEGINNINGS = {"ko": "[^A-Za-z0-9 ]"}
_ANY_BEGINNING = "[^0-9 ]"
_MAX_SENTENCE_IDS = 8
_MAX_EVIDENCE = 3
_SENTENCE_ID = {"type": "string", "pattern": "^S[1-9][0-9]{0,3}$"}
_SCORE_STEP = 0.01


def decoding_schema(schema: Schema) -> Schema:
    """Returns a schema whose answers all keep to `schema`; one that is no answer form's is returned as it is.

    There is a point at least, points are numbered p1, p2 and so on, criteria are judged once each in the
    rubric's order, scores lie on their scale, and texts and lists are at most as long as the prompt asks for.
    """
    form = answer_form(schema)
    if form is None:
        return schema
    fields = dict(form["properties"])
    full = "summary" in fields
    if schema.get(WORK_LANGUAGE_KEY) in WORK_LANGUAGES:
        fields["work_language"] = {"const": schema[WORK_LANGUAGE_KEY]}
    fields["injection"] = _injection(fields["injection"])
    beginning = _BEGINNINGS.get(primary_subtag(str(schema.get(LANGUAGE_KEY))), _ANY_BEGINNING)
    # Patterns with an end of their own: beside a `maxLength` a grammar takes ten times as long over them.
    sentences = _pattern(f"^({beginning}(.|\\n){{0,{_MAX_SENTENCES - 1}}})?$")
    observation = _pattern(f"^{beginning}{_REST_OF_WORD} [^ ](.|\\n){{0,{_MAX_SENTENCES - 50}}}$")
    fields["points"] = _points(fields["points"]["items"], sentences, observation, full=full)
    fields["criteria"] = _criteria(fields["criteria"]["items"], sentences, schema.get(SCORE_RANGES_KEY))
    if full:
        summary = fields["summary"]["properties"]
        fields["summary"] = _with_fields(fields["summary"], **dict.fromkeys(summary, sentences))
    return {**schema, "properties": fields}


def _injection(record: Schema) -> Schema:
    """Lets nothing be quoted where nothing is suspected.

    What is suspected may be any text: only what a model copies from the work counts.
    """
    nothing = _with_fields(record, suspected={"const": False}, quote={"const": ""})
    return {"anyOf": [nothing, _with_fields(record, suspected={"const": True}, quote=_text(MAX_QUOTE))]}


def _points(point: Schema, sentences: Schema, observation: Schema, *, full: bool) -> Schema:
    texts = dict.fromkeys(("reason", "next_step"), sentences)
    # It is in the work's own language.
    texts["suggested_rewrite"] = _text(_MAX_SENTENCES)
    bounded = _with_fields(
        point,
        sentence_ids={"type": "array", "items": _SENTENCE_ID, "maxItems": _MAX_SENTENCE_IDS},
        quote=_quotation(),
        observation=observation,
        **{name: text for name, text in texts.items() if name in point["properties"]},
    )
    count = MAX_IMPROVEMENTS + MAX_STRENGTHS if full else MAX_POINTS_SHORT
    points = [_with_fields(bounded, id={"const": f"p{at}"}) for at in range(1, count + 1)]
    return _each_once(points) | {"minItems": 1}


def _criteria(score: Schema, sentences: Schema, ranges: Any) -> Schema:
    evidence = {"type": "array", "items": _quotation(least=1), "maxItems": _MAX_EVIDENCE}
    bounded = _with_fields(score, evidence_quotes=evidence, rationale=sentences)
    identifiers = score["properties"]["criterion_id"]["enum"]
    ranges = (
        ranges if isinstance(ranges, list) and len(ranges) == len(identifiers) else [[] for _ in identifiers]
    )
    criteria = []
    for identifier, limits in zip(identifiers, ranges, strict=True):
        number: dict[str, Any] = {"type": "number", "multipleOf": _SCORE_STEP}
        match limits:
            case [int() | float() as least, int() | float() as most] if least < most:
                number |= {"minimum": least, "maximum": most}
        criteria.append(_with_fields(bounded, criterion_id={"const": identifier}, score=number))
    return _each_once(criteria) | {"minItems": len(criteria)}


def _each_once(items: Sequence[Schema]) -> dict[str, Any]:
    return {"type": "array", "prefixItems": items, "items": False}


def _with_fields(record: Schema, **fields: Schema) -> Schema:
    return {**record, "properties": {**record["properties"], **fields}}


def _quotation(least: int = 0) -> Schema:
    return {"type": "string", "minLength": least, "maxLength": MAX_QUOTE, QUOTATION_KEY: True}


def _pattern(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern}


def _text(length: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": length}
