"""Servers of two adjacent releases work together: a hop of the released contract breaks nothing."""

from pathlib import Path
from typing import Any

import grpc
from google.protobuf import message_factory

from chorus.feedback.v1 import feedback_service_pb2, feedback_service_pb2_grpc, submission_pb2
from tests.contract.released_lens import released_pool, through_the_release
from tests.contract.subjects import proofreader
from tests.fakes.model_server import FakeModels
from tests.fakes.orchestrating import orchestrating
from tests.patience import PATIENCE

MODELS = "chorus.model.v1.ModelService"
FEEDBACK = "chorus.feedback.v1.FeedbackService"
TEXT = "Dogs are loud. I recieve one."
REVIEWERS = ["chorus/proofreader-language", "chorus/proofreader-structure"]


async def review(address: str) -> feedback_service_pb2.GetFeedbackResponse:
    request = feedback_service_pb2.GetFeedbackRequest(submission=submission_pb2.Submission(text=TEXT))
    async with grpc.aio.insecure_channel(address) as channel:
        stub: Any = feedback_service_pb2_grpc.FeedbackServiceStub(channel)
        response: feedback_service_pb2.GetFeedbackResponse = await stub.GetFeedback(request, timeout=PATIENCE)
    return response


def quotes(response: Any) -> set[str]:
    return {point.members[0].point.anchor.quote for point in response.merged.points}


async def test_todays_orchestrator_asks_a_model_server_of_the_release_and_the_other_way_round(
    tmp_path: Path,
) -> None:
    """The lens takes away what an old caller never sent, and what an old server never answered."""
    async with (
        proofreader.start() as models,
        orchestrating(tmp_path / "today", models) as today,
        through_the_release(models, MODELS) as (older, lens),
        orchestrating(tmp_path / "skewed", older) as skewed,
    ):
        expected, found = await review(today), await review(skewed)
    assert "StreamGenerate" in lens.seen
    assert [each.model for each in found.results] == [each.model for each in expected.results] == REVIEWERS
    assert not any(each.HasField("failure") for each in found.results)
    assert quotes(found) == quotes(expected) >= {"recieve"}


async def test_a_model_that_writes_bit_by_bit_is_read_through_the_release(tmp_path: Path) -> None:
    async with (
        FakeModels().start() as models,
        through_the_release(models, MODELS) as (older, _),
        orchestrating(tmp_path, older, CHORUS_PANEL="fake/good,fake/second") as skewed,
    ):
        found = await review(skewed)
    assert [each.model for each in found.results] == ["fake/good", "fake/second"]
    assert not any(each.HasField("failure") for each in found.results)


async def test_a_program_with_the_released_stubs_calls_todays_orchestrator(tmp_path: Path) -> None:
    async with (
        proofreader.start() as models,
        orchestrating(tmp_path, models) as address,
        grpc.aio.insecure_channel(address) as channel,
    ):
        pool = released_pool()
        method = pool.FindServiceByName(FEEDBACK).FindMethodByName("StreamFeedback")
        asked = message_factory.GetMessageClass(method.input_type)
        told = message_factory.GetMessageClass(method.output_type)
        call: Any = channel.unary_stream(
            f"/{FEEDBACK}/StreamFeedback",
            request_serializer=asked.SerializeToString,
            response_deserializer=told.FromString,
        )
        request = asked(request={"submission": {"text": TEXT}})
        events = [each async for each in call(request, timeout=PATIENCE)]
    kinds = [each.WhichOneof("event") for each in events]
    assert (kinds[0], kinds[-1]) == ("accepted", "response")
    assert quotes(events[-1].response) >= {"recieve"}
