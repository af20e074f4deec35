"""Tests that a model whose calls are kept back says so, to those who list models and to the orchestrator."""

from contextlib import AsyncExitStack

import pytest
from prometheus_client import CollectorRegistry

from chorus.model.v1.content_pb2 import ROLE_USER, Part, Turn
from chorus.model.v1.model_pb2 import Model
from chorus.model.v1.model_service_pb2 import GenerateRequest
from orchestrator.metrics import ModelMetrics
from orchestrator.panel.directory import ListedModel, ModelDirectory
from rpckit.call import Deadline
from rpckit.errors import ProviderAuth
from rpckit.settings import Security
from tests.contract.provider_cases import chat
from tests.fakes.providers.proxy import OPENAI, proxying
from tests.patience import PATIENCE


async def test_a_model_whose_key_is_refused_is_unavailable_in_the_list_and_left_alone() -> None:
    async with proxying(OPENAI) as (provider, address), AsyncExitStack() as stack:
        metrics = ModelMetrics(CollectorRegistry())
        directory = ModelDirectory([address], Security(), stack, metrics, max_age_seconds=0)

        async def listed() -> ListedModel:
            found = (await directory.listing()).find(OPENAI.model)
            assert found is not None
            return found

        assert (await listed()).ready
        provider.script.append(chat(401, "invalid_api_key"))
        turn = Turn(role=ROLE_USER, parts=[Part(text="Well?")])
        for _ in range(3):
            with pytest.raises(ProviderAuth) as caught:
                await directory.generate(
                    await listed(), GenerateRequest(turns=[turn]), Deadline.after(PATIENCE)
                )
            assert caught.value.metadata == {"setting": OPENAI.key_variable}
        assert len(provider.received) == 1
        model = (await listed()).model
        assert model.state == Model.STATE_UNAVAILABLE
        assert model.state_detail.startswith(
            "openai answered 401 invalid_api_key some_error; it is tried again in "
        )
