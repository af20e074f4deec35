import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorus.model.v1.model_pb2 import (
    CAPABILITY_IMAGE_INPUT,
    CAPABILITY_SEED,
    CAPABILITY_TEXT,
    Model,
)
from chorus.model.v1.model_service_pb2 import ListModelsRequest
from modelkit.list_models import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, page_of
from rpckit.errors import InvalidRequest

CAPABILITIES = (CAPABILITY_TEXT, CAPABILITY_IMAGE_INPUT, CAPABILITY_SEED)
STATES = (Model.STATE_READY, Model.STATE_LOADING, Model.STATE_UNAVAILABLE)


def model(number: int, capabilities: frozenset[int] = frozenset(), state: int = Model.STATE_READY) -> Model:
    return Model(name=f"a/{number}", capabilities=sorted(capabilities), state=state)  # type: ignore[arg-type]


@st.composite
def lists(draw: st.DrawFn) -> list[Model]:
    able, state = st.frozensets(st.sampled_from(CAPABILITIES)), st.sampled_from(STATES)
    return [model(number, draw(able), draw(state)) for number in range(draw(st.integers(0, 12)))]


@given(
    models=lists(),
    size=st.integers(1, 5),
    capabilities=st.lists(st.sampled_from(CAPABILITIES), max_size=2),
    states=st.lists(st.sampled_from(STATES), max_size=2),
)
def test_the_pages_joined_are_what_the_filter_leaves(
    models: list[Model], size: int, capabilities: list[int], states: list[int]
) -> None:
    request = ListModelsRequest(
        page_size=size,
        capabilities=capabilities,  # type: ignore[arg-type]
        states=states,  # type: ignore[arg-type]
    )
    joined: list[Model] = []
    while True:
        page = page_of(models, request)
        assert len(page.models) <= size
        joined += page.models
        if not page.next_page_token:
            break
        assert len(page.models) == size
        request.page_token = page.next_page_token
    assert joined == [
        each
        for each in models
        if set(capabilities) <= set(each.capabilities) and (not states or each.state in states)
    ]


def test_a_page_holds_what_is_usual_and_never_too_much() -> None:
    models = [model(number) for number in range(MAX_PAGE_SIZE + 1)]
    assert len(page_of(models, ListModelsRequest()).models) == DEFAULT_PAGE_SIZE
    assert len(page_of(models, ListModelsRequest(page_size=MAX_PAGE_SIZE + 1)).models) == MAX_PAGE_SIZE


def test_a_token_goes_on_where_it_was_though_models_come_and_change() -> None:
    models = [model(number) for number in range(4)]
    states = [Model.STATE_READY]
    token = page_of(models, ListModelsRequest(page_size=2, states=states)).next_page_token
    models[1].state = Model.STATE_LOADING
    models = [model(9), *models]
    page = page_of(models, ListModelsRequest(page_token=token, states=states))
    assert [each.name for each in page.models] == ["a/2", "a/3"]


def test_a_token_is_of_its_filter_and_of_a_model_that_is_there() -> None:
    models = [model(number) for number in range(4)]
    token = page_of(models, ListModelsRequest(page_size=2)).next_page_token
    for listed, request in (
        (models, ListModelsRequest(page_token=token, states=[Model.STATE_READY])),
        (models, ListModelsRequest(page_token=token, capabilities=[CAPABILITY_TEXT])),
        (models, ListModelsRequest(page_token=token[:-1])),
        (models[2:], ListModelsRequest(page_token=token)),
        ([], ListModelsRequest(page_token=token)),
    ):
        with pytest.raises(InvalidRequest) as caught:
            page_of(listed, request)
        assert list(caught.value.metadata) == ["page_token"]
    assert page_of(models, ListModelsRequest(page_size=1, page_token=token)).models == models[2:3]
