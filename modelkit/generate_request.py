"""What a GenerateRequest must be for any model server, and what it asks of a model.

The comments in `protos/chorus/model/v1` state these limits. The JSON Schema has a module of its own.
"""

from collections.abc import Collection, Iterator

from chorus.model.v1 import content_pb2, generation_pb2, model_pb2, model_service_pb2
from modelkit.language import MAX_LANGUAGE_CODE, is_language_code
from rpckit.errors import NotSupported

# Lengths are counted in Unicode code points.
MAX_MODEL_NAME = 200
MAX_TURNS = 256
MAX_PARTS = 256
MAX_DOCUMENT_TITLE = 200
MAX_MEDIA_TYPE = 255
MAX_IMAGES = 8
MAX_IMAGE_BYTES = 8 * 1024 * 1024
MAX_TEMPERATURE = 2
MAX_TOP_P = 1
MIN_OUTPUT_TOKENS = 1
MAX_STOP_SEQUENCES = 4
MAX_STOP_SEQUENCE = 100
# Width over height.
MIN_ASPECT_RATIO = 0.1
MAX_ASPECT_RATIO = 10

_WEBP_HEADER = 12
_CAPABILITY_PREFIX = "CAPABILITY_"


def _is_webp(data: bytes) -> bool:
    # "RIFF", four bytes of length, "WEBP".
    return data[:4] == b"RIFF" and data[8:_WEBP_HEADER] == b"WEBP"


# The formats that every model that reads images takes, and how each begins.
_IMAGE_FORMATS = {
    "image/jpeg": lambda data: data[:3] == b"\xff\xd8\xff",
    "image/png": lambda data: data[:8] == b"\x89PNG\r\n\x1a\n",
    "image/webp": _is_webp,
}
IMAGE_MEDIA_TYPES = tuple(_IMAGE_FORMATS)

# The path of a field, and what is wrong with it.
Violation = tuple[str, str]


def violations(request: model_service_pb2.GenerateRequest) -> Iterator[Violation]:
    """Yields what is malformed in a request, whatever the model. The JSON Schema is left out."""
    if len(request.model) > MAX_MODEL_NAME:
        yield "model", _longer_than(MAX_MODEL_NAME)
    yield from _turn_violations(request)
    yield from sampling_violations(request.sampling)
    yield from image_format_violations(request.output_format.image, "output_format.image")


def sampling_violations(sampling: generation_pb2.Sampling, path: str = "sampling") -> Iterator[Violation]:
    """Yields what is malformed in a Sampling that stands at the given path of its request."""
    if not 0 <= sampling.temperature <= MAX_TEMPERATURE:
        yield f"{path}.temperature", f"not from 0 to {MAX_TEMPERATURE}"
    if not 0 <= sampling.top_p <= MAX_TOP_P:
        yield f"{path}.top_p", f"not from 0 to {MAX_TOP_P}"
    if sampling.HasField("max_output_tokens") and sampling.max_output_tokens < MIN_OUTPUT_TOKENS:
        yield f"{path}.max_output_tokens", f"less than {MIN_OUTPUT_TOKENS}"
    if len(sampling.stop_sequences) > MAX_STOP_SEQUENCES:
        yield f"{path}.stop_sequences", f"more than {MAX_STOP_SEQUENCES}"
    for index, each in enumerate(sampling.stop_sequences[:MAX_STOP_SEQUENCES]):
        if not each:
            yield f"{path}.stop_sequences[{index}]", "empty"
        elif len(each) > MAX_STOP_SEQUENCE:
            yield f"{path}.stop_sequences[{index}]", _longer_than(MAX_STOP_SEQUENCE)
    for field, value in sampling.ListFields():
        if field.enum_type is not None and value not in field.enum_type.values_by_number:
            yield f"{path}.{field.name}", "unknown"


def image_format_violations(image_format: generation_pb2.ImageFormat, path: str) -> Iterator[Violation]:
    """Yields what is malformed in an ImageFormat that stands at the given path of its request."""
    ratio = image_format.aspect_ratio
    if image_format.HasField("aspect_ratio") and not MIN_ASPECT_RATIO <= ratio <= MAX_ASPECT_RATIO:
        yield f"{path}.aspect_ratio", f"not from {MIN_ASPECT_RATIO} to {MAX_ASPECT_RATIO}"


def require_capabilities(
    request: model_service_pb2.GenerateRequest,
    model: str,
    capabilities: Collection[model_pb2.Capability.ValueType],
) -> None:
    """Checks that a model can do what a well-formed request asks.

    Raises:
        NotSupported: It cannot; the metadata name the capability that it lacks.
    """
    for needed in _needed_capabilities(request):
        if needed not in capabilities:
            name = model_pb2.Capability.Name(needed).removeprefix(_CAPABILITY_PREFIX)
            raise NotSupported(f"{model} has no {name}", metadata={"capability": name})


def content_parts(turn: content_pb2.Turn) -> list[content_pb2.Part]:
    """Returns the parts of a turn without those of an unknown kind and without blank texts."""
    return [
        part
        for part in turn.parts
        if part.text.strip() or part.HasField("document") or part.HasField("image")
    ]


def shared_parts(request: model_service_pb2.GenerateRequest) -> list[content_pb2.Part]:
    """Returns the parts with content before the last document of the last turn; none without a document.

    The last document is the work. What stands before it is the same for all works of a class.
    """
    parts = content_parts(request.turns[-1])
    return parts[: max((at for at, part in enumerate(parts) if part.HasField("document")), default=0)]


def _turn_violations(request: model_service_pb2.GenerateRequest) -> Iterator[Violation]:
    if not request.turns:
        yield "turns", "at least one is required"
        return
    if len(request.turns) > MAX_TURNS:
        yield "turns", f"more than {MAX_TURNS}"
        return
    # A chat template takes a conversation that the user opens and hands over to the model.
    outermost = {0, len(request.turns) - 1}
    images = 0
    for index, turn in enumerate(request.turns):
        path = f"turns[{index}]"
        if turn.role not in {content_pb2.ROLE_USER, content_pb2.ROLE_MODEL}:
            yield f"{path}.role", "neither ROLE_USER nor ROLE_MODEL"
        elif index in outermost and turn.role != content_pb2.ROLE_USER:
            yield f"{path}.role", "the first turn and the last are the user's"
        if not content_parts(turn):
            yield f"{path}.parts", "the turn is empty"
        elif len(turn.parts) > MAX_PARTS:
            yield f"{path}.parts", f"more than {MAX_PARTS}"
        else:
            for part_index, part in enumerate(turn.parts):
                part_path = f"{path}.parts[{part_index}]"
                yield from _part_violations(part, turn.role, part_path)
                images += part.HasField("image")
                if images == MAX_IMAGES + 1 and part.HasField("image"):
                    yield f"{part_path}.image", f"more than {MAX_IMAGES} images"


def _part_violations(
    part: content_pb2.Part, role: content_pb2.Role.ValueType, path: str
) -> Iterator[Violation]:
    kind = part.WhichOneof("kind")
    if role == content_pb2.ROLE_MODEL and kind in {"document", "image"}:
        yield path, "a turn of the model holds text alone"
    elif kind == "document":
        yield from _document_violations(part.document, f"{path}.document")
    elif kind == "image":
        yield from _image_violations(part.image, f"{path}.image")


def _document_violations(document: content_pb2.Document, path: str) -> Iterator[Violation]:
    if not document.title.strip():
        yield f"{path}.title", "empty"
    elif len(document.title) > MAX_DOCUMENT_TITLE:
        yield f"{path}.title", _longer_than(MAX_DOCUMENT_TITLE)
    if not document.text.strip():
        yield f"{path}.text", "empty"
    if document.language_code and not is_language_code(document.language_code):
        yield f"{path}.language_code", f"no BCP 47 tag of at most {MAX_LANGUAGE_CODE} characters"
    if len(document.media_type) > MAX_MEDIA_TYPE:
        yield f"{path}.media_type", _longer_than(MAX_MEDIA_TYPE)


def _image_violations(image: content_pb2.Image, path: str) -> Iterator[Violation]:
    begins_well = _IMAGE_FORMATS.get(image.media_type)
    if begins_well is None:
        yield f"{path}.media_type", f"none of {', '.join(IMAGE_MEDIA_TYPES)}"
    elif len(image.data) > MAX_IMAGE_BYTES:
        yield f"{path}.data", f"more than {MAX_IMAGE_BYTES} bytes"
    elif not begins_well(image.data):
        yield f"{path}.data", f"does not begin as {image.media_type} does"


def _needed_capabilities(
    request: model_service_pb2.GenerateRequest,
) -> Iterator[model_pb2.Capability.ValueType]:
    match request.output_format.WhichOneof("kind"):
        case "image":
            yield model_pb2.CAPABILITY_IMAGE_OUTPUT
        case "json_schema":
            yield model_pb2.CAPABILITY_JSON_SCHEMA
        case _:
            yield model_pb2.CAPABILITY_TEXT
    if any(part.HasField("image") for turn in request.turns for part in turn.parts):
        yield model_pb2.CAPABILITY_IMAGE_INPUT


def _longer_than(most: int) -> str:
    return f"longer than {most} characters"
