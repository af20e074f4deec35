"""A ModelService that is scripted by the request: each of its models does what its name says.

In-process: `FakeModels` with `rpckit.server.serving`, or `async with FakeModels().start() as address`. As a
process: `python -m tests.fakes.model_server`, with FAKE_PORT, and FAKE_EVENTS for a file that gets one JSON
line an event.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from chorus.model.v1 import content_pb2, generation_pb2, model_pb2, model_service_pb2, model_service_pb2_grpc
from modelkit.generate_request import require_capabilities
from modelkit.servicer import MODEL_SERVICE, CheckedRequest, GenerationEvent, StreamingServicer
from rpckit.errors import InvalidRequest, ModelNotFound
from rpckit.server import Host, run, serving
from rpckit.settings import Environment, ServerSettings
from tests.fakes.answers import good_answer
from tests.fakes.models import FAKES, Fake

STARTED = "started"
FINISHED = "finished"
FAILED = "failed"
CANCELLED = "cancelled"

_PIECE = 200
_POLL_SECONDS = 0.01
_TOKENS_PER_PRICE = 1_000_000
_ONE_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000"
    "050001a5f645400000000049454e44ae426082"
)


@dataclass(frozen=True)
class FakeServerSettings:
    """Holds the settings of the fake model server.

    Attributes:
        slow_seconds: How long fake/slow thinks.
        slow_until: A file; if named, fake/slow thinks until it is there instead.
        events: A file that every event is appended to, or None.
    """

    server: ServerSettings
    slow_seconds: float
    slow_until: Path | None
    events: Path | None

    @classmethod
    def read(cls, environment: Environment) -> "FakeServerSettings":
        """Reads FAKE_PORT and its siblings, FAKE_SLOW_SECONDS, FAKE_SLOW_UNTIL and FAKE_EVENTS."""
        slow_until = environment.text("FAKE_SLOW_UNTIL")
        events = environment.text("FAKE_EVENTS")
        return cls(
            server=ServerSettings.read(environment, "FAKE", port=50059),
            slow_seconds=environment.number("FAKE_SLOW_SECONDS", 2.0),
            slow_until=Path(slow_until) if slow_until else None,
            events=Path(events) if events else None,
        )


@dataclass(frozen=True)
class CallEvent:
    """Something that happened to one call; `call` numbers the calls of a server from 1."""

    call: int
    model: str
    kind: str


class FakeModels(StreamingServicer):
    """The server. `models` chooses some of FAKES, or brings others.

    Attributes:
        requests: What it was asked; the call with the number n is at n - 1.
        events: What happened to its calls.
    """

    def __init__(self, models: Mapping[str, Fake] = FAKES) -> None:
        super().__init__()
        self.models = models
        self.requests: list[model_service_pb2.GenerateRequest] = []
        self.events: list[CallEvent] = []
        self._happened = asyncio.Event()
        self._settings = FakeServerSettings.read(
            Environment({"FAKE_PORT": "0", "CHORUS_DRAIN_PAUSE_SECONDS": "0"})
        )

    async def register(self, host: Host, settings: FakeServerSettings) -> None:
        """Adds the service."""
        self._settings = settings
        await host.add(MODEL_SERVICE, model_service_pb2_grpc.add_ModelServiceServicer_to_server, self)

    @asynccontextmanager
    async def start(self) -> AsyncIterator[str]:
        """Serves on a free port while the block runs; yields the address."""
        async with serving(self._settings, self.register) as port:
            yield f"127.0.0.1:{port}"

    def seen(self, model: str, kind: str) -> int:
        """How often something happened to a model's calls."""
        return sum(each.model == model and each.kind == kind for each in self.events)

    async def wait_for(self, model: str, kind: str, times: int = 1) -> None:
        """Waits until something has happened to a model's calls so many times."""
        while self.seen(model, kind) < times:
            await self._happened.wait()

    def listed_models(self) -> list[model_pb2.Model]:
        return [_model(name, fake) for name, fake in self.models.items()]

    async def generate(
        self, request: CheckedRequest, *, streaming: bool
    ) -> AsyncGenerator[GenerationEvent, None]:
        message = request.message
        fake = self._fake(message.model)
        require_capabilities(message, message.model, fake.capabilities)
        self.requests.append(message)
        call, earlier_calls = len(self.requests), self.seen(message.model, STARTED)
        self._record(CallEvent(call, message.model, STARTED))
        ending = FAILED
        try:
            async with aclosing(self._answer(fake, message, earlier_calls)) as answer:
                async for event in answer:
                    yield event
            ending = FINISHED
        except (asyncio.CancelledError, GeneratorExit):
            ending = CANCELLED
            raise
        finally:
            self._record(CallEvent(call, message.model, ending))

    async def _answer(
        self, fake: Fake, request: model_service_pb2.GenerateRequest, earlier_calls: int
    ) -> AsyncGenerator[GenerationEvent, None]:
        if fake.is_slow:
            await self._think()
        if fake.error:
            raise fake.error()
        written = 0
        for number, part in enumerate(self._parts(fake, request, earlier_calls)):
            if number == fake.hangs_after_pieces:
                await asyncio.Event().wait()
            written += 1
            yield part
        yield _completion(fake, request, written)

    async def _think(self) -> None:
        if self._settings.slow_until is None:
            await asyncio.sleep(self._settings.slow_seconds)
            return
        while not self._settings.slow_until.exists():  # noqa: ASYNC110 - a file does not say that it is there
            await asyncio.sleep(_POLL_SECONDS)

    def _parts(
        self, fake: Fake, request: model_service_pb2.GenerateRequest, earlier_calls: int
    ) -> Iterator[content_pb2.Part]:
        if request.output_format.HasField("image"):
            yield content_pb2.Part(image=content_pb2.Image(data=_ONE_PIXEL, media_type="image/png"))
            return
        if fake.says:
            text = fake.says(request, earlier_calls)
        else:
            nth = list(self.models).index(request.model)
            text = good_answer(request, nth=nth, voice=request.model)
        for start in range(0, len(text), _PIECE):
            yield content_pb2.Part(text=text[start : start + _PIECE])

    def _fake(self, name: str) -> Fake:
        if not name:
            raise InvalidRequest({"model": "is empty, and this server has more than one"})
        if name not in self.models:
            raise ModelNotFound("no such fake", metadata={"model": name})
        return self.models[name]

    def _record(self, event: CallEvent) -> None:
        self.events.append(event)
        self._happened.set()
        self._happened = asyncio.Event()
        if self._settings.events:
            with self._settings.events.open("a", encoding="utf-8") as file:
                file.write(json.dumps({**asdict(event), "at": time.time()}) + "\n")


def _model(name: str, fake: Fake) -> model_pb2.Model:
    return model_pb2.Model(
        name=name,
        kind=fake.kind,
        display_name=f"A fake that is {name.removeprefix('fake/')}",
        family=fake.family,
        max_input_tokens=100_000,
        max_output_tokens=8_192,
        capabilities=fake.capabilities,
        state=fake.state,
        state_detail=fake.state_detail,
        price=fake.price,
        successor=fake.successor,
        provider=fake.provider,
    )


def _completion(
    fake: Fake, request: model_service_pb2.GenerateRequest, pieces: int
) -> model_service_pb2.Completion:
    usage = generation_pb2.Usage(
        input_tokens=request.ByteSize() // 4,
        output_tokens=pieces * _PIECE // 4,
        basis=generation_pb2.USAGE_BASIS_MEASURED,
    )
    if fake.price:
        cost = usage.input_tokens * fake.price.input_usd_nanos
        cost += usage.output_tokens * fake.price.output_usd_nanos
        usage.cost_usd_nanos = cost // _TOKENS_PER_PRICE
    return model_service_pb2.Completion(
        finish_reason=fake.finish_reason, usage=usage, model_version=f"{request.model}-1"
    )


if __name__ == "__main__":
    run(FakeServerSettings.read, FakeModels().register)
