"""What a request must be before it goes to a provider."""

from collections.abc import Iterator

from chorus.model.v1 import content_pb2, model_pb2, model_service_pb2
from rpckit.errors import InvalidRequest, NotSupported
from services.cloud_proxy import answer_schema
from services.cloud_proxy.answer_schema import Schema
from services.cloud_proxy.catalog import Entry
from services.cloud_proxy.provider import content

_MAX_STOP_SEQUENCES = 4


def check(request: model_service_pb2.GenerateRequest, entry: Entry) -> Schema | None:
    """Checks a request against the model that shall answer it; the schema of the answer, if it has one.

    Raises:
        InvalidRequest: Fields are malformed.
        NotSupported: The model cannot do what is asked.
    """
    violations = dict(_violations(request))
    if violations:
        raise InvalidRequest(violations)
    for capability in _needed(request):
        if not entry.can(capability):
            name = model_pb2.Capability.Name(capability).removeprefix("CAPABILITY_")
            raise NotSupported(f"{entry.name} has no {name}", metadata={"capability": name})
    if request.output_format.WhichOneof("kind") == "json_schema":
        return answer_schema.parse(request.output_format.json_schema)
    return None


def _violations(request: model_service_pb2.GenerateRequest) -> Iterator[tuple[str, str]]:
    if not request.turns:
        yield "turns", "at least one is required"
    elif request.turns[-1].role != content_pb2.ROLE_USER:
        yield f"turns[{len(request.turns) - 1}].role", "the last turn is the user's"
    for index, turn in enumerate(request.turns):
        if turn.role not in {content_pb2.ROLE_USER, content_pb2.ROLE_MODEL}:
            yield f"turns[{index}].role", "unspecified or unknown"
        if not content(turn):
            yield f"turns[{index}].parts", "at least one is required"
    sampling = request.sampling
    if sampling.HasField("max_output_tokens") and sampling.max_output_tokens < 1:
        yield "sampling.max_output_tokens", "at least 1"
    if sampling.HasField("temperature") and not sampling.temperature >= 0:
        yield "sampling.temperature", "at least 0"
    if sampling.HasField("top_p") and not 0 <= sampling.top_p <= 1:
        yield "sampling.top_p", "from 0 to 1"
    if len(sampling.stop_sequences) > _MAX_STOP_SEQUENCES:
        yield "sampling.stop_sequences", f"at most {_MAX_STOP_SEQUENCES}"


def _needed(request: model_service_pb2.GenerateRequest) -> Iterator[model_pb2.Capability.ValueType]:
    kind = request.output_format.WhichOneof("kind")
    if kind == "image":
        yield model_pb2.CAPABILITY_IMAGE_OUTPUT
    else:
        yield model_pb2.CAPABILITY_TEXT
    if kind == "json_schema":
        yield model_pb2.CAPABILITY_JSON_SCHEMA
    if any(part.HasField("image") for turn in request.turns for part in turn.parts):
        yield model_pb2.CAPABILITY_IMAGE_INPUT
