"""A request is checked and becomes what the engine takes."""

from chorus.model.v1 import content_pb2, generation_pb2, model_service_pb2
from rpckit.errors import InvalidRequest, NotSupported
from services.gemma.interface.generation_request import GenerationRequest, RgbImage, SamplingParameters
from services.gemma.schema import fault_of_schema
from services.gemma.server.prompt import to_messages

_MAX_TEMPERATURE = 2.0
_MAX_STOP_SEQUENCES = 4
_MAX_IMAGES = 8


def has_images(request: model_service_pb2.GenerateRequest) -> bool:
    """Whether there are images to read, which takes time."""
    return any(part.HasField("image") for turn in request.turns for part in turn.parts)


def to_generation_request(
    request: model_service_pb2.GenerateRequest, image_side: int = 0
) -> GenerationRequest:
    """What a request asks the engine for.

    Args:
        request: As it came.
        image_side: Width and height of the images that the model takes; 0: it takes none.

    Raises:
        InvalidRequest: A field is malformed; every one is named.
        NotSupported: Images are no matter of this server.
    """
    if has_images(request) and not image_side:
        raise NotSupported("this server reads no images", metadata={"capability": "IMAGE_INPUT"})
    if request.output_format.HasField("image"):
        raise NotSupported("this model draws no images", metadata={"capability": "IMAGE_OUTPUT"})
    images, wrong_images = _read_images(request, image_side)
    wrong = {
        **_faults_of_turns(request),
        **wrong_images,
        **_faults_of_sampling(request.sampling),
        **_faults_of_format(request.output_format),
    }
    if wrong:
        raise InvalidRequest(wrong)
    return GenerationRequest(
        messages=to_messages(request.system_instruction, request.turns, images),
        sampling=_sampling(request.sampling),
        json_schema=request.output_format.json_schema or None,
    )


def _read_images(
    request: model_service_pb2.GenerateRequest, side: int
) -> tuple[list[RgbImage], dict[str, str]]:
    """The images in their order, and what is wrong with which."""
    sent = {
        f"turns[{turn_index}].parts[{part_index}].image": part.image
        for turn_index, turn in enumerate(request.turns)
        for part_index, part in enumerate(turn.parts)
        if part.HasField("image")
    }
    if not sent:
        return [], {}
    if len(sent) > _MAX_IMAGES:
        return [], {list(sent)[_MAX_IMAGES]: f"more than {_MAX_IMAGES} images"}
    # Only here: Pillow comes with the extra "gemma".
    from services.gemma.server.images import ImageFault, to_image  # noqa: PLC0415

    images, wrong = [], {}
    for path, each in sent.items():
        try:
            images.append(to_image(each.data, each.media_type, side))
        except ImageFault as fault:
            wrong[path] = str(fault)
    return images, wrong


def _faults_of_turns(request: model_service_pb2.GenerateRequest) -> dict[str, str]:
    if not request.turns:
        return {"turns": "at least one is needed"}
    wrong = {}
    for index, turn in enumerate(request.turns):
        if turn.role not in {content_pb2.ROLE_USER, content_pb2.ROLE_MODEL}:
            wrong[f"turns[{index}].role"] = "neither ROLE_USER nor ROLE_MODEL"
        if not any(
            part.text.strip() or part.HasField("document") or part.HasField("image") for part in turn.parts
        ):
            wrong[f"turns[{index}].parts"] = "the turn is empty"
    # A chat template takes a conversation that the user opens and hands over to the model.
    for index in {0, len(request.turns) - 1}:
        if request.turns[index].role == content_pb2.ROLE_MODEL:
            wrong[f"turns[{index}].role"] = "the first turn and the last are the user's"
    return wrong


def _faults_of_sampling(sampling: generation_pb2.Sampling) -> dict[str, str]:
    wrong = {}
    if not 0 <= sampling.temperature <= _MAX_TEMPERATURE:
        wrong["sampling.temperature"] = f"not from 0 to {_MAX_TEMPERATURE:g}"
    if not 0 <= sampling.top_p <= 1:
        wrong["sampling.top_p"] = "not from 0 to 1"
    if sampling.HasField("max_output_tokens") and sampling.max_output_tokens < 1:
        wrong["sampling.max_output_tokens"] = "less than 1"
    if len(sampling.stop_sequences) > _MAX_STOP_SEQUENCES:
        wrong["sampling.stop_sequences"] = f"more than {_MAX_STOP_SEQUENCES}"
    for index, stop_sequence in enumerate(sampling.stop_sequences):
        if not stop_sequence:
            wrong[f"sampling.stop_sequences[{index}]"] = "empty"
    return wrong


def _faults_of_format(output_format: generation_pb2.OutputFormat) -> dict[str, str]:
    if not output_format.HasField("json_schema"):
        return {}
    fault = fault_of_schema(output_format.json_schema)
    return {"output_format.json_schema": fault} if fault else {}


def _sampling(sampling: generation_pb2.Sampling) -> SamplingParameters:
    given = {field.name: value for field, value in sampling.ListFields()}
    return SamplingParameters(**{**given, "stop_sequences": tuple(sampling.stop_sequences)})
