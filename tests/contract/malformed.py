"""Requests that no model server takes, each with the field that is to blame."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass

from chorus.model.v1.content_pb2 import ROLE_MODEL, ROLE_UNSPECIFIED, ROLE_USER, Document, Image, Part, Turn
from chorus.model.v1.model_service_pb2 import GenerateRequest
from modelkit import generate_request as limits
from modelkit.json_schema.answer_schema import FIELD, MAX_SCHEMA_BYTES
from tests.fakes.pictures import png_header

_HELLO = Part(text="Hello")
_ANSWER = Turn(role=ROLE_MODEL, parts=[_HELLO])
_QUESTION = Turn(role=ROLE_USER, parts=[_HELLO])
_IMAGE = Part(image=Image(data=png_header(1, 1), media_type="image/png"))


@dataclass(frozen=True)
class Malformation:
    """What is done to a well-formed request of one turn, and the path of the field that is wrong then."""

    name: str
    field: str
    apply: Callable[[GenerateRequest], object]


def branching_references(levels: int) -> str:
    """Returns a schema of which each level applies the next one twice to the same value."""
    branches = {str(level): {"allOf": [{"$ref": f"#/$defs/{level + 1}"}] * 2} for level in range(levels)}
    return json.dumps({"$defs": branches | {str(levels): {}}, "$ref": "#/$defs/0"})


def _sampling(name: str, value: float) -> Malformation:
    return Malformation(
        f"{name} {value}", f"sampling.{name}", lambda request: setattr(request.sampling, name, value)
    )


def _stop_sequences(name: str, field: str, *texts: str) -> Malformation:
    return Malformation(
        name, f"sampling.{field}", lambda request: request.sampling.stop_sequences.extend(texts)
    )


def _schema(name: str, text: str) -> Malformation:
    return Malformation(name, FIELD, lambda request: setattr(request.output_format, "json_schema", text))


def _more_turns(name: str, field: str, *turns: Turn) -> Malformation:
    return Malformation(name, field, lambda request: request.turns.extend(turns))


def _only_part(name: str, field: str, *parts: Part) -> Malformation:
    def apply(request: GenerateRequest) -> None:
        del request.turns[0].parts[:]
        request.turns[0].parts.extend(parts)

    return Malformation(name, f"turns[0].{field}", apply)


def _document(name: str, field: str, **fields: str) -> Malformation:
    document = Document(**{"title": "task", "text": "Write.", **fields})
    return _only_part(name, f"parts[0].document.{field}", Part(document=document))


MALFORMATIONS = (
    _sampling("temperature", 5.0),
    _sampling("temperature", -0.1),
    _sampling("temperature", math.nan),
    _sampling("temperature", math.inf),
    _sampling("top_p", 1.1),
    _sampling("top_p", math.nan),
    _sampling("max_output_tokens", 0),
    _stop_sequences("an empty stop sequence", "stop_sequences[1]", "a", ""),
    _stop_sequences("a long stop sequence", "stop_sequences[0]", "a" * (limits.MAX_STOP_SEQUENCE + 1)),
    _stop_sequences("too many stop sequences", "stop_sequences", *"a" * (limits.MAX_STOP_SEQUENCES + 1)),
    Malformation(
        "an unknown reasoning effort",
        "sampling.reasoning_effort",
        # The number of the field and the value 99, which the enum does not have.
        lambda request: request.sampling.MergeFromString(b"\x30\x63"),
    ),
    Malformation("no turns", "turns", lambda request: request.ClearField("turns")),
    _more_turns("too many turns", "turns", *[_QUESTION] * limits.MAX_TURNS),
    _more_turns("the last turn is the model's", "turns[1].role", _ANSWER),
    _more_turns("a role is unspecified", "turns[1].role", Turn(role=ROLE_UNSPECIFIED, parts=[_HELLO])),
    _more_turns("a turn without parts", "turns[1].parts", Turn(role=ROLE_USER)),
    _more_turns("the model shows", "turns[1].parts[0]", Turn(role=ROLE_MODEL, parts=[_IMAGE]), _QUESTION),
    Malformation(
        "the first turn is the model's", "turns[0].role", lambda request: request.turns.insert(0, _ANSWER)
    ),
    _only_part("a blank turn", "parts", Part(), Part(text=" \n")),
    _only_part("too many parts", "parts", *[_HELLO] * (limits.MAX_PARTS + 1)),
    _document("a document without a title", "title", title=""),
    _document("a document with a long title", "title", title="a" * (limits.MAX_DOCUMENT_TITLE + 1)),
    _document("a blank document", "text", text=" \n"),
    _document("a document in no language", "language_code", language_code="?"),
    _document("a document of a long type", "media_type", media_type="a" * (limits.MAX_MEDIA_TYPE + 1)),
    _only_part(
        "an image of an unknown type",
        "parts[0].image.media_type",
        Part(image=Image(data=b"GIF89a", media_type="image/gif")),
    ),
    _only_part(
        "an image that is none", "parts[0].image.data", Part(image=Image(data=b"x", media_type="image/png"))
    ),
    _only_part("too many images", f"parts[{limits.MAX_IMAGES}].image", *[_IMAGE] * (limits.MAX_IMAGES + 1)),
    Malformation(
        "a picture without height",
        "output_format.image.aspect_ratio",
        lambda request: setattr(request.output_format.image, "aspect_ratio", math.inf),
    ),
    Malformation("a long name", "model", lambda request: setattr(request, "model", "a/" + "b" * 200)),
    _schema("an empty schema", ""),
    _schema("a schema that is cut", "{"),
    _schema("a schema of an unknown type", '{"type": "no such type"}'),
    _schema("a schema that is a list", "[]"),
    _schema("a schema that is true", "true"),
    _schema("a schema that is false", "false"),
    _schema("a schema that is nested 3,000 deep", '{"not":' * 3000 + "{}" + "}" * 3000),
    _schema("a schema with a number beyond a double", '{"const": 1e400}'),
    _schema("a schema with NaN", '{"const": NaN}'),
    _schema("a schema with half of a surrogate pair", r'{"enum": ["\udfff"]}'),
    _schema("a schema with a pattern that is none", '{"pattern": "("}'),
    _schema("a schema that refers to another one", '{"$ref": "http://127.0.0.1:9/schema"}'),
    _schema("a schema that refers to nothing", '{"$ref": "#/$defs/nothing"}'),
    _schema("a schema that refers to itself", '{"$ref": "#"}'),
    _schema("a schema whose references branch", branching_references(25)),
    _schema("a long schema", json.dumps({"title": "a" * MAX_SCHEMA_BYTES})),
)
