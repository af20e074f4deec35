"""The models of the fake server: what each is like and what it does."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chorus.model.v1 import generation_pb2, model_pb2, model_service_pb2
from rpckit.errors import (
    ContentBlocked,
    ModelNotFound,
    ProviderAuth,
    QuotaExhausted,
    RateLimited,
    Unavailable,
)
from tests.fakes.answers import good_answer, lying_answer


@dataclass(frozen=True)
class Fake:
    """What one model is like and what it does."""

    family: str
    provider: str = ""
    price: model_pb2.Price | None = field(default_factory=model_pb2.Price)
    capabilities: tuple[model_pb2.Capability.ValueType, ...] = (
        model_pb2.CAPABILITY_TEXT,
        model_pb2.CAPABILITY_JSON_SCHEMA,
        model_pb2.CAPABILITY_SAMPLING,
    )
    kind: model_pb2.Model.Kind.ValueType = model_pb2.Model.KIND_LANGUAGE_MODEL
    state: model_pb2.Model.State.ValueType = model_pb2.Model.STATE_READY
    state_detail: str = ""
    successor: str = ""
    error: Callable[[], Exception] | None = None
    is_slow: bool = False
    hangs_after_pieces: int | None = None
    says: Callable[[model_service_pb2.GenerateRequest, int], str] | None = None
    finish_reason: generation_pb2.FinishReason.ValueType = generation_pb2.FINISH_REASON_STOP


def _price(dollars: float) -> model_pb2.Price:
    nanos = round(dollars * 1e9)
    return model_pb2.Price(
        input_usd_nanos=nanos, cached_input_usd_nanos=nanos // 10, output_usd_nanos=4 * nanos
    )


def _half(request: model_service_pb2.GenerateRequest, _: int) -> str:
    answer = good_answer(request, nth=0, voice="fake/cut")
    return answer[: len(answer) // 2]


def _garbage_first(request: model_service_pb2.GenerateRequest, earlier_calls: int) -> str:
    return good_answer(request, nth=0, voice="fake/mends") if earlier_calls else "Sure! Here is the JSON: {"


FAKES = {
    # They do their work.
    "fake/good": Fake("alpha", "alpha-cloud", _price(1)),
    "fake/second": Fake("beta", "beta-cloud", _price(2)),
    "fake/third": Fake("gamma", "gamma-cloud", _price(3)),
    "fake/fourth": Fake("alpha"),
    "fake/expensive": Fake("delta", "delta-cloud", _price(1_000_000)),
    "fake/unpriced": Fake("delta", "delta-cloud", None),
    "fake/slow": Fake("delta", is_slow=True),
    "fake/painter": Fake(
        "gamma", "gamma-cloud", capabilities=(model_pb2.CAPABILITY_TEXT, model_pb2.CAPABILITY_IMAGE_OUTPUT)
    ),
    # They never finish.
    "fake/hangs": Fake("beta", hangs_after_pieces=0),
    "fake/stalls": Fake("gamma", hangs_after_pieces=1),
    # They answer, but it is no answer.
    "fake/lying": Fake("gamma", says=lambda request, _: lying_answer(request, voice="fake/lying")),
    "fake/cut": Fake("beta", says=_half, finish_reason=generation_pb2.FINISH_REASON_LENGTH),
    "fake/garbled": Fake("gamma", says=lambda *_: "<html><body>Bad gateway</body></html>"),
    "fake/empty": Fake("delta", says=lambda *_: ""),
    # The first answer of a server is no good, the later ones are.
    "fake/mends": Fake("beta", says=_garbage_first),
    # They fail.
    "fake/dead": Fake("beta", error=lambda: Unavailable("the fake is dead", retry_delay=1)),
    "fake/refusing": Fake("gamma", error=lambda: ContentBlocked("the fake refuses")),
    "fake/limited": Fake("delta", error=lambda: RateLimited("the fake is limited", retry_delay=1)),
    "fake/broke": Fake("alpha", error=lambda: QuotaExhausted("the fake is broke")),
    "fake/auth": Fake(
        "alpha", error=lambda: ProviderAuth("the fake has no key", metadata={"setting": "FAKE_API_KEY"})
    ),
    "fake/crashes": Fake("alpha", error=lambda: RuntimeError("a bug, with words that nobody may see")),
    "fake/retired": Fake(
        "alpha",
        state=model_pb2.Model.STATE_UNAVAILABLE,
        state_detail="Retired; ask for fake/good.",
        successor="fake/good",
        error=lambda: ModelNotFound("retired", metadata={"model": "fake/retired", "successor": "fake/good"}),
    ),
    # They say so beforehand.
    "fake/keyless": Fake(
        "beta",
        "beta-cloud",
        state=model_pb2.Model.STATE_UNAVAILABLE,
        state_detail="Set FAKE_API_KEY.",
        error=lambda: ProviderAuth("the fake has no key", metadata={"setting": "FAKE_API_KEY"}),
    ),
    "fake/loading": Fake(
        "beta",
        state=model_pb2.Model.STATE_LOADING,
        state_detail="Loading.",
        error=lambda: Unavailable("the fake is loading", retry_delay=1),
    ),
}
