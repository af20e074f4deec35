"""Turns a well-formed request into what the engine takes."""

import re

from chorus.model.v1 import generation_pb2, model_service_pb2
from modelkit.answer_form.schema import MAX_QUOTE, SCHEMA_ID, SUBMISSION_TITLE
from modelkit.json_schema.answer_schema import AnswerSchema
from modelkit.servicer import CheckedRequest
from rpckit.errors import InvalidRequest
from services.gemma.interface.generation_request import GenerationRequest, RgbImage, SamplingParameters
from services.gemma.server.prompt import to_messages

_SENTENCE_NUMBER = re.compile(r"\[S\d+\]")
_WORD = re.compile(r"\w")
# A sentence that is longer than a quotation may be is divided at white space, if there is any.
_PASSAGE = re.compile(rf"(?s)\S.{{0,{MAX_QUOTE - 1}}}(?!\S)|\S{{1,{MAX_QUOTE}}}")
# Whatever else the contract has is not for a local model.
_SAMPLING_FIELDS = frozenset({"temperature", "top_p", "max_output_tokens", "seed"})


def has_images(request: model_service_pb2.GenerateRequest) -> bool:
    """Returns whether there are images to decode, which takes time."""
    return any(part.HasField("image") for turn in request.turns for part in turn.parts)


def to_generation_request(request: CheckedRequest, image_side: int = 0) -> GenerationRequest:
    """Returns what a request asks the engine for.

    Args:
        request: Well-formed, and asking for nothing that the model cannot do.
        image_side: Width and height of the images that the model takes; 0 if it takes none.

    Raises:
        InvalidRequest: Images cannot be decoded; every one is named.
    """
    message = request.message
    return GenerationRequest(
        messages=to_messages(message.system_instruction, message.turns, _decoded_images(message, image_side)),
        sampling=_sampling(message.sampling),
        json_schema=request.schema.text if request.schema else None,
        passages=_passages(message, request.schema),
    )


def _passages(request: model_service_pb2.GenerateRequest, schema: AnswerSchema | None) -> tuple[str, ...]:
    """Returns the sentences of the work that is reviewed, each as long as a quotation may be."""
    if schema is None or schema.identifier != SCHEMA_ID:
        return ()
    documents = [part.document for turn in request.turns for part in turn.parts]
    work = next((each.text for each in documents if each.title == SUBMISSION_TITLE), "")
    sentences = _SENTENCE_NUMBER.split(work)
    return tuple(
        passage.strip() for each in sentences for passage in _PASSAGE.findall(each) if _WORD.search(passage)
    )


def _decoded_images(request: model_service_pb2.GenerateRequest, side: int) -> list[RgbImage]:
    """Returns the images in their order."""
    if not has_images(request):
        return []
    # Only here: Pillow comes with the extra "gemma".
    from services.gemma.server.images import ImageFault, to_image  # noqa: PLC0415

    images: list[RgbImage] = []
    wrong: dict[str, str] = {}
    for turn_index, turn in enumerate(request.turns):
        for part_index, part in enumerate(turn.parts):
            if not part.HasField("image"):
                continue
            try:
                images.append(to_image(part.image.data, part.image.media_type, side))
            except ImageFault as fault:
                wrong[f"turns[{turn_index}].parts[{part_index}].image.data"] = str(fault)
    if wrong:
        raise InvalidRequest(wrong)
    return images


def _sampling(sampling: generation_pb2.Sampling) -> SamplingParameters:
    given = {field.name: value for field, value in sampling.ListFields() if field.name in _SAMPLING_FIELDS}
    return SamplingParameters(**given, stop_sequences=tuple(sampling.stop_sequences))
