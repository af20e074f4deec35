"""A way to the models that no test may take: the panel is asked through a FeedbackSource there."""

from collections.abc import AsyncGenerator

from typing_extensions import override

from chorus.model.v1.model_service_pb2 import GenerateRequest, GenerateResponse, StreamGenerateResponse
from orchestrator.panel.directory import GenerationClient, ListedModel
from rpckit.call import Deadline


class SilentGeneration(GenerationClient):
    """Fails the test that generates with it."""

    @override
    async def generate(
        self, listed: ListedModel, request: GenerateRequest, deadline: Deadline, previous_attempts: int = 0
    ) -> GenerateResponse:
        raise AssertionError("nobody asked for a summary")

    @override
    def stream_generate(
        self,
        listed: ListedModel,
        request: GenerateRequest,
        deadline: Deadline,
        previous_attempts: int = 0,
        delta_interval: float = 0,
    ) -> AsyncGenerator[StreamGenerateResponse]:
        raise AssertionError("the models are asked by `ask`")
