import pytest

from chorus.model.v1 import failure_pb2
from chorus.model.v1.model_pb2 import Model, Price
from orchestrator.panel.directory import ListedModel
from orchestrator.panel.substitution import FailingProviders, by_preference


def listed(
    name: str,
    family: str,
    price: float | None = 1,
    *,
    provider: str = "",
    successor: str = "",
    server: str = "a:1",
    kind: Model.Kind.ValueType = Model.KIND_LANGUAGE_MODEL,
) -> ListedModel:
    known = None if price is None else Price(output_usd_nanos=round(price * 1e9))
    model = Model(name=name, family=family, provider=provider, successor=successor, kind=kind, price=known)
    return ListedModel(model, server)


GEMMA = listed("gemma/gemma-3-4b-it", "google", 0, successor="google/new")
HOSTED = listed("huggingface/google/gemma-3-4b-it", "google", 90, provider="huggingface")
GEMINI = listed("google/gemini", "google", 5, provider="google")
NEW = listed("google/new", "google", 70, provider="google")
NEXT_TO_IT = listed("gemma/gemma-2b-it", "google", 0)
MINI = listed("openai/mini", "openai", 0.6, provider="openai")
LARGE = listed("openai/large", "openai", 15, provider="openai")
CLAUDE = listed("anthropic/claude", "anthropic", 20, provider="anthropic")
UNPRICED = listed("vllm/own", "meta", None, provider="vllm")
FREE = listed("hub/free", "mistral", 0, provider="hub")
RULES = listed("chorus/language", "chorus", 0, kind=Model.KIND_RULES)
ALL = [RULES, UNPRICED, FREE, CLAUDE, LARGE, MINI, NEXT_TO_IT, GEMINI, HOSTED, NEW]


@pytest.mark.parametrize(
    ("failed", "order"),
    [
        # Successor, the same weights, the family elsewhere, then by price; what costs nothing is like it.
        (GEMMA, [NEW, HOSTED, GEMINI, NEXT_TO_IT, FREE, MINI, LARGE, CLAUDE, UNPRICED, RULES]),
        # Nobody of the family is elsewhere: prices decide, and an unknown price is none that is like it.
        (CLAUDE, [LARGE, NEW, GEMINI, HOSTED, MINI, NEXT_TO_IT, FREE, UNPRICED, RULES]),
        (MINI, [NEXT_TO_IT, FREE, GEMINI, LARGE, CLAUDE, NEW, HOSTED, UNPRICED, RULES]),
        # Of what a model costs whose own price is not known, the least is best.
        (UNPRICED, [NEXT_TO_IT, FREE, MINI, GEMINI, LARGE, CLAUDE, NEW, HOSTED, RULES]),
    ],
    ids=["gemma", "claude", "mini", "unpriced"],
)
def test_who_stands_in_is_ranked_by_kind(failed: ListedModel, order: list[ListedModel]) -> None:
    spare = [each for each in ALL if each is not failed]
    assert [each.name for each in by_preference(failed, spare)] == [each.name for each in order]


@pytest.mark.parametrize(
    ("reason", "fails"),
    [
        (failure_pb2.ERROR_REASON_PROVIDER_AUTH, True),
        (failure_pb2.ERROR_REASON_QUOTA_EXHAUSTED, True),
        (failure_pb2.ERROR_REASON_RATE_LIMITED, True),
        (failure_pb2.ERROR_REASON_UNAVAILABLE, True),
        (failure_pb2.ERROR_REASON_TIMEOUT, False),
        (failure_pb2.ERROR_REASON_BAD_OUTPUT, False),
        (failure_pb2.ERROR_REASON_CONTENT_BLOCKED, False),
        (failure_pb2.ERROR_REASON_MODEL_NOT_FOUND, False),
        (failure_pb2.ERROR_REASON_BUDGET_EXCEEDED, False),
    ],
)
def test_a_provider_fails_with_its_key_its_quota_its_rate_or_its_connection(
    reason: failure_pb2.ErrorReason.ValueType, fails: bool
) -> None:
    failing = FailingProviders()
    failing.note(MINI, reason)
    assert failing.include(LARGE) is fails
    assert not any(map(failing.include, (CLAUDE, GEMMA, RULES)))


def test_of_our_own_servers_the_one_that_does_not_answer_fails() -> None:
    failing = FailingProviders()
    failing.note(GEMMA, failure_pb2.ERROR_REASON_RATE_LIMITED)
    assert not failing.include(NEXT_TO_IT)
    failing.note(GEMMA, failure_pb2.ERROR_REASON_UNAVAILABLE)
    assert failing.include(NEXT_TO_IT)
    assert not failing.include(listed("other/own", "meta", server="b:2"))
    # What a provider runs is not ours, whoever asks it.
    assert not failing.include(MINI)
