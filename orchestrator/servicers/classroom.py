"""Serves ClassroomService: simulated student work and pictures."""

from collections.abc import Iterator, Mapping
from typing import Any

from chorus.classroom.v1 import classroom_service_pb2, classroom_service_pb2_grpc
from chorus.model.v1 import content_pb2, generation_pb2, model_pb2, model_service_pb2
from modelkit.generate_request import MAX_MODEL_NAME, image_format_violations, sampling_violations
from modelkit.language import is_language_code
from orchestrator.panel.directory import ListedModel, Listing, ModelDirectory
from orchestrator.servicers.student_prompt import student_request
from rpckit.call import served_call
from rpckit.errors import BadOutput, InvalidRequest, Unavailable

SERVICE = "chorus.classroom.v1.ClassroomService"

_DEFAULT_PROVIDER = "google"
MAX_PROMPT = 4000
MAX_TASK = 20_000
MAX_PROFILE_BYTES = 16 * 1024


class ClassroomServicer(classroom_service_pb2_grpc.ClassroomServiceServicer):
    """Answers ClassroomService's calls. Without a default model, Google's first that can do it is asked."""

    def __init__(self, directory: ModelDirectory, student_model: str, picture_model: str) -> None:
        self._directory = directory
        self._student_model = student_model
        self._picture_model = picture_model

    async def SimulateStudent(
        self,
        request: classroom_service_pb2.SimulateStudentRequest,
        context: Any,
    ) -> classroom_service_pb2.SimulateStudentResponse:
        """Writes a text as a student would."""
        wrong = dict(sampling_violations(request.sampling))
        if not request.task.strip():
            wrong["task"] = "empty"
        elif len(request.task) > MAX_TASK:
            wrong["task"] = f"longer than {MAX_TASK} code points"
        wrong |= dict(_profile_violations(request.profile))
        listed = await self._find(
            request.model or self._student_model,
            model_pb2.CAPABILITY_TEXT,
            wrong,
            "CHORUS_STUDENT_MODEL",
        )
        generation = student_request(request.task, request.profile)
        generation.sampling.CopyFrom(request.sampling)
        response = await self._directory.generate(listed, generation, served_call().deadline.with_reserve())
        text = _joined_text(response).strip()
        if not text or response.completion.finish_reason != generation_pb2.FINISH_REASON_STOP:
            raise BadOutput("the text is empty or cut", details=[response.completion.usage])
        return classroom_service_pb2.SimulateStudentResponse(
            text=text,
            model=listed.name,
            usage=response.completion.usage,
        )

    async def GenerateImage(
        self,
        request: classroom_service_pb2.GenerateImageRequest,
        context: Any,
    ) -> classroom_service_pb2.GenerateImageResponse:
        """Draws a picture."""
        wrong: dict[str, str] = {}
        if not request.prompt.strip() or len(request.prompt) > MAX_PROMPT:
            wrong["prompt"] = f"not 1 to {MAX_PROMPT} code points"
        wrong |= dict(image_format_violations(request.format, "format"))
        listed = await self._find(
            request.model or self._picture_model,
            model_pb2.CAPABILITY_IMAGE_OUTPUT,
            wrong,
            "CHORUS_PICTURE_MODEL",
        )
        prompt = content_pb2.Part(text=request.prompt)
        generation = model_service_pb2.GenerateRequest(
            turns=[content_pb2.Turn(role=content_pb2.ROLE_USER, parts=[prompt])],
            output_format=generation_pb2.OutputFormat(image=request.format),
        )
        response = await self._directory.generate(listed, generation, served_call().deadline.with_reserve())
        image = next((part.image for part in response.parts if part.HasField("image")), None)
        if image is None:
            raise BadOutput("there is no picture in the answer", details=[response.completion.usage])
        return classroom_service_pb2.GenerateImageResponse(
            image=image,
            alt_text=_joined_text(response).strip(),
            model=listed.name,
            usage=response.completion.usage,
        )

    async def _find(
        self,
        name: str,
        capability: model_pb2.Capability.ValueType,
        wrong: Mapping[str, str],
        setting: str,
    ) -> ListedModel:
        """Returns the model that is named, or the default one.

        Args:
            name: Of the request, or else of the setting; empty: neither names one.
            capability: What it has to be able to do.
            wrong: What is wrong with the rest of the request, by field.
            setting: What names the default one.
        """
        listing = await self._directory.listing()
        if len(name) > MAX_MODEL_NAME:
            wrong = {**wrong, "model": f"longer than {MAX_MODEL_NAME} characters"}
            listed = None
        elif name:
            listed = listing.find(name)
            if listed is None:
                wrong = {**wrong, "model": f"there is no model {name}"}
        else:
            listed = default_model(listing, capability)
        if wrong:
            raise InvalidRequest(wrong)
        if listed is None:
            none = f"no model is named, and none of {_DEFAULT_PROVIDER}'s can do it; {setting} sets a default"
            raise Unavailable(none, retry_delay=1)
        return listed


def default_model(listing: Listing, capability: model_pb2.Capability.ValueType) -> ListedModel | None:
    """Chooses the default provider's first ready model, else the first whose state says what it lacks."""
    able = [
        each for each in listing.models if each.model.provider == _DEFAULT_PROVIDER and each.can(capability)
    ]
    return min(
        able,
        key=lambda each: (not each.ready, not each.ready and bool(each.model.retirement_date)),
        default=None,
    )


def _profile_violations(profile: classroom_service_pb2.StudentProfile) -> Iterator[tuple[str, str]]:
    if profile.ByteSize() > MAX_PROFILE_BYTES:
        yield "profile", f"{profile.ByteSize()} bytes, more than {MAX_PROFILE_BYTES}"
    for field in ("language_code", "first_language_code"):
        code = getattr(profile, field)
        if code and not is_language_code(code):
            yield f"profile.{field}", f"{code[:20]!r} is no BCP 47 code"


def _joined_text(response: model_service_pb2.GenerateResponse) -> str:
    return "".join(part.text for part in response.parts)
