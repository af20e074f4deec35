"""The limits of a request to a model, and of what the classroom makes of one."""

from collections.abc import Callable, Iterator
from functools import partial

from google.protobuf.message import Message

from chorus.model.v1.content_pb2 import ROLE_USER, Document, Image, Part, Turn
from chorus.model.v1.generation_pb2 import ImageFormat, OutputFormat
from chorus.model.v1.model_service_pb2 import GenerateRequest, StreamGenerateRequest
from modelkit import generate_request as generate
from modelkit.json_schema.answer_schema import MAX_SCHEMA_BYTES, MAX_SCHEMA_DEPTH
from modelkit.json_schema.subschemas import MAX_PATTERN_CHARACTERS
from modelkit.text_gathering import MAX_INTERVAL_SECONDS
from rpckit.duration import to_duration
from tests.contract.limits.limit import (
    LONG_NAME,
    MODEL,
    PAINTER,
    Limit,
    at_most,
    language,
    span,
)
from tests.fakes.pictures import png_header


def generation_limits() -> Iterator[Limit]:
    """Yields those of turns, documents, pictures, the form of the answer and its deltas."""
    yield from _generations()
    yield from _schemas()
    yield from _streams()


def aspect_ratio(path: str, asking: Callable[[ImageFormat], Message]) -> Limit:
    least, most = generate.MIN_ASPECT_RATIO, generate.MAX_ASPECT_RATIO
    sized = [
        asking(ImageFormat(aspect_ratio=each)) for each in (least * 1.01, most, least * 0.99, most + 0.1)
    ]
    return Limit(
        MODEL + "ImageFormat.aspect_ratio", span(least, most), f"{path}.aspect_ratio", sized[:2], sized[2:]
    )


def generation(*parts: Part, **fields: object) -> GenerateRequest:
    turn = Turn(role=ROLE_USER, parts=parts or [Part(text="Hello")])
    return GenerateRequest(**{"model": "fake/1", "turns": [turn]} | fields)  # type: ignore[arg-type]


def _generations() -> Iterator[Limit]:
    part, turn = Part(text="Hello"), Turn(role=ROLE_USER, parts=[Part(text="Hello")])
    picture = png_header(1, 1)
    image = partial(Image, media_type="image/png")
    yield Limit(
        MODEL + "GenerateRequest.model",
        at_most(generate.MAX_MODEL_NAME),
        "model",
        [generation(model=LONG_NAME)],
        [generation(model=LONG_NAME + "n")],
    )
    most = generate.MAX_TURNS
    yield Limit(
        MODEL + "GenerateRequest.turns",
        span(1, most),
        "turns",
        [generation(turns=[turn] * most)],
        [generation(turns=[]), generation(turns=[turn] * (most + 1))],
    )
    most = generate.MAX_IMAGES
    yield Limit(
        MODEL + "GenerateRequest.turns",
        at_most(most),
        f"turns[0].parts[{most}].image",
        [generation(*[Part(image=image(data=picture))] * most)],
        [generation(*[Part(image=image(data=picture))] * (most + 1))],
    )
    yield Limit(
        MODEL + "Turn.parts", "at least 1", "turns[0].parts", [generation(part)], [generation(Part())]
    )
    most = generate.MAX_PARTS
    yield Limit(
        MODEL + "Turn.parts",
        at_most(most),
        "turns[0].parts",
        [generation(*[part] * most)],
        [generation(*[part] * (most + 1))],
    )
    most = generate.MAX_IMAGE_BYTES
    yield Limit(
        MODEL + "Image.data",
        f"at most {most // 2**20} MiB",
        "turns[0].parts[0].image.data",
        [generation(Part(image=image(data=picture.ljust(most))))],
        [generation(Part(image=image(data=picture.ljust(most + 1))))],
    )

    def document(**fields: str) -> GenerateRequest:
        return generation(Part(document=Document(**{"title": "task", "text": "Write."} | fields)))

    blamed = "turns[0].parts[0].document"
    most = generate.MAX_DOCUMENT_TITLE
    yield Limit(
        MODEL + "Document.title",
        span(1, most),
        f"{blamed}.title",
        [document(title="가"), document(title="가" * most)],
        [document(title=""), document(title="가" * (most + 1))],
    )
    most = generate.MAX_MEDIA_TYPE
    yield Limit(
        MODEL + "Document.media_type",
        at_most(most),
        f"{blamed}.media_type",
        [document(media_type="a" * most)],
        [document(media_type="a" * (most + 1))],
    )
    yield language(
        MODEL + "Document.language_code",
        f"{blamed}.language_code",
        lambda code: document(language_code=code),
    )
    yield aspect_ratio(
        "output_format.image",
        lambda each: generation(model=PAINTER, output_format=OutputFormat(image=each)),
    )


def _streams() -> Iterator[Limit]:
    def apart(seconds: float) -> StreamGenerateRequest:
        return StreamGenerateRequest(request=generation(), delta_interval=to_duration(seconds))

    most = MAX_INTERVAL_SECONDS
    yield Limit(
        MODEL + "StreamGenerateRequest.delta_interval",
        span(0, round(most)),
        "delta_interval",
        [apart(0), apart(most)],
        [apart(-0.001), apart(most + 0.001)],
    )


def _schemas() -> Iterator[Limit]:
    def of(schema: str) -> GenerateRequest:
        return generation(output_format=OutputFormat(json_schema=schema))

    def sized(size: int) -> GenerateRequest:
        return of('{"type": "string"}'.ljust(size))

    def nested(depth: int) -> GenerateRequest:
        return of('{"not":' * (depth - 1) + "{}" + "}" * (depth - 1))

    def pattern(length: int) -> GenerateRequest:
        return of(f'{{"pattern": "{"a" * length}"}}')

    element, blamed = MODEL + "OutputFormat.json_schema", "output_format.json_schema"
    for phrase, most, schema in (
        (f"at most {MAX_SCHEMA_BYTES // 1024} KiB", MAX_SCHEMA_BYTES, sized),
        (at_most(MAX_SCHEMA_DEPTH), MAX_SCHEMA_DEPTH, nested),
        (at_most(MAX_PATTERN_CHARACTERS), MAX_PATTERN_CHARACTERS, pattern),
    ):
        yield Limit(element, phrase, blamed, [schema(most)], [schema(most + 1)])
