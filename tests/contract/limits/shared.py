"""The limits that several requests share, and those of the classroom."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from google.protobuf.message import Message

from chorus.classroom.v1.classroom_service_pb2 import (
    GenerateImageRequest,
    SimulateStudentRequest,
    StudentProfile,
)
from chorus.feedback.v1 import feedback_service_pb2
from chorus.model.v1 import model_service_pb2
from chorus.model.v1.generation_pb2 import Sampling
from modelkit import generate_request as generate
from modelkit.list_models import MAX_FILTER, MAX_PAGE_SIZE
from orchestrator.servicers import classroom
from tests.contract.limits.generations import aspect_ratio, generation
from tests.contract.limits.limit import (
    CLASSROOM,
    FEEDBACK,
    LONG_NAME,
    MANY_NAMES,
    MODEL,
    Limit,
    asking_for,
    at_most,
    language,
    padded,
    span,
)


def shared_limits() -> Iterator[Limit]:
    """Yields those of lists, of the classroom, and of a Sampling wherever it stands."""
    yield from _lists()
    yield from _classrooms()
    yield from _samplings("sampling", lambda each: generation(sampling=each))
    yield from _samplings("sampling", lambda each: asking_for(sampling=each))
    yield from _samplings("sampling", lambda each: SimulateStudentRequest(task="A task.", sampling=each))
    name = MANY_NAMES[0]
    yield from _samplings(f"model_sampling[{name}]", lambda each: asking_for(model_sampling={name: each}))


def _lists() -> Iterator[Limit]:
    for package, request in (
        (FEEDBACK, feedback_service_pb2.ListModelsRequest),
        (MODEL, model_service_pb2.ListModelsRequest),
    ):
        yield Limit(
            package + "ListModelsRequest.page_size",
            "not negative",
            "page_size",
            [request(), request(page_size=MAX_PAGE_SIZE + 1)],
            [request(page_size=-1)],
        )
        for field in ("capabilities", "states"):
            yield Limit(
                f"{package}ListModelsRequest.{field}",
                at_most(MAX_FILTER),
                field,
                [request(**{field: [1] * MAX_FILTER})],  # type: ignore[arg-type]
                [request(**{field: [1] * (MAX_FILTER + 1)})],  # type: ignore[arg-type]
            )


def _classrooms() -> Iterator[Limit]:
    simulate = partial(SimulateStudentRequest, task="A task.")
    draw = partial(GenerateImageRequest, prompt="A cat.")
    for asking, kind in ((simulate, SimulateStudentRequest), (draw, GenerateImageRequest)):
        yield Limit(
            f"{CLASSROOM}{kind.DESCRIPTOR.name}.model",
            at_most(generate.MAX_MODEL_NAME),
            "model",
            [asking(model=LONG_NAME)],
            [asking(model=LONG_NAME + "n")],
        )
    yield Limit(
        CLASSROOM + "SimulateStudentRequest.task",
        span(1, classroom.MAX_TASK),
        "task",
        [simulate(task="가"), simulate(task="가" * classroom.MAX_TASK)],
        [simulate(task=""), simulate(task="가" * (classroom.MAX_TASK + 1))],
    )
    yield Limit(
        CLASSROOM + "GenerateImageRequest.prompt",
        span(1, classroom.MAX_PROMPT),
        "prompt",
        [draw(prompt="가"), draw(prompt="가" * classroom.MAX_PROMPT)],
        [draw(prompt=""), draw(prompt="가" * (classroom.MAX_PROMPT + 1))],
    )

    def sized(size: int) -> SimulateStudentRequest:
        profile = StudentProfile()
        padded(profile, size, lambda length: setattr(profile, "level", "a" * length))
        assert profile.ByteSize() == size
        return simulate(profile=profile)

    yield Limit(
        CLASSROOM + "StudentProfile",
        f"at most {classroom.MAX_PROFILE_BYTES // 1024} KiB",
        "profile",
        [sized(classroom.MAX_PROFILE_BYTES)],
        [sized(classroom.MAX_PROFILE_BYTES + 1)],
    )
    yield language(
        CLASSROOM + "StudentProfile.language_code",
        "profile.language_code",
        lambda code: simulate(profile=StudentProfile(language_code=code)),
    )
    yield language(
        CLASSROOM + "StudentProfile.first_language_code",
        "profile.first_language_code",
        lambda code: simulate(profile=StudentProfile(first_language_code=code)),
    )
    yield aspect_ratio("format", lambda image: draw(format=image))


def _samplings(path: str, asking: Callable[[Sampling], Message]) -> Iterator[Limit]:
    def of(
        field: str, phrase: str, taken: Sequence[object], refused: Sequence[object], at: str = ""
    ) -> Limit:
        def sampled(value: object) -> Message:
            return asking(Sampling(**{field: value}))  # type: ignore[arg-type]

        return Limit(
            f"{MODEL}Sampling.{field}",
            phrase,
            f"{path}.{field}{at}",
            [sampled(each) for each in taken],
            [sampled(each) for each in refused],
        )

    warm, top = generate.MAX_TEMPERATURE, generate.MAX_TOP_P
    yield of("temperature", span(0, warm), [0, warm], [-0.01, warm + 0.01])
    yield of("top_p", span(0, top), [0, top], [-0.01, top + 0.01])
    yield of("max_output_tokens", f"at least {generate.MIN_OUTPUT_TOKENS}", [1], [0])
    most = generate.MAX_STOP_SEQUENCES
    yield of("stop_sequences", at_most(most), [["a"] * most], [["a"] * (most + 1)])
    most = generate.MAX_STOP_SEQUENCE
    yield of("stop_sequences", span(1, most), [["가"], ["가" * most]], [[""], ["가" * (most + 1)]], at="[0]")
