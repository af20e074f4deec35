import pytest

from chorus.feedback.v1.feedback_service_pb2 import ListModelsResponse
from chorus.model.v1.model_pb2 import Footprint, Model
from chorus_command_line.review import patience

READY, LOADING = Model.STATE_READY, Model.STATE_LOADING
GEMMA = "gemma/gemma-3-4b-it"
RULES = Model(name="chorus/proofreader-language", state=READY, footprint=Footprint(device="cpu"))


def seconds(state: Model.State.ValueType, device: str, *named: str) -> float:
    gemma = Model(name=GEMMA, state=state, footprint=Footprint(precision="int4", device=device))
    return patience(ListModelsResponse(models=[RULES, gemma]), named)


@pytest.mark.parametrize("named", [(), (GEMMA,), (RULES.name, GEMMA)])
def test_a_model_on_a_cpu_is_given_more_time(named: tuple[str, ...]) -> None:
    assert seconds(READY, "cpu", *named) == 1200


def test_a_server_beside_the_proxy_is_given_more_time() -> None:
    ollama = Model(name="ollama/gemma3", state=READY, footprint=Footprint(device="local"))
    assert patience(ListModelsResponse(models=[ollama]), ()) == 1200
    assert patience(ListModelsResponse(models=[ollama, RULES]), (RULES.name,)) == 60


@pytest.mark.parametrize(
    ("state", "device", "named"), [(LOADING, "cpu", ()), (READY, "cuda:0", ()), (READY, "cpu", (RULES.name,))]
)
def test_nobody_waits_for_one_that_is_not_asked_or_not_slow(
    state: Model.State.ValueType, device: str, named: tuple[str, ...]
) -> None:
    assert seconds(state, device, *named) == 60
