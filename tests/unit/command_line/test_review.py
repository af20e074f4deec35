from collections.abc import AsyncGenerator
from typing import Any

import pytest
from typing_extensions import override

from chorus.feedback.v1.feedback_service_pb2 import (
    GetFeedbackRequest,
    GetFeedbackResponse,
    StreamFeedbackRequest,
    StreamFeedbackResponse,
)
from chorus_client import ChorusClient
from chorus_command_line.arguments import TextFile
from chorus_command_line.review import review_files
from rpckit.errors import BadOutput
from tests.fakes.scripted_orchestrator import ScriptedOrchestrator
from tests.patience import PATIENCE

GOOD, BAD = TextFile("good.txt", "Dogs are loud."), TextFile("bad.txt", "Cats are not.")
WHY = "the answer was empty, cut, malformed or repetitive, or misquoted the text: cut"


class OneFails(ScriptedOrchestrator):
    @override
    async def StreamFeedback(
        self, request: StreamFeedbackRequest, context: Any
    ) -> AsyncGenerator[StreamFeedbackResponse]:
        if request.request.submission.text == BAD.text:
            raise BadOutput("cut")
        yield StreamFeedbackResponse(response=GetFeedbackResponse(feedback_id="f1"))


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize(("files", "told"), [([BAD, GOOD], f"bad.txt: {WHY}\n"), ([BAD], f"{WHY}\n")])
async def test_of_several_texts_the_one_that_failed_is_named(
    capsys: pytest.CaptureFixture[str], files: list[TextFile], told: str, *, as_json: bool
) -> None:
    async with OneFails().start() as address, ChorusClient.connect(address) as chorus:
        pages = await review_files(
            files, GetFeedbackRequest(), chorus, address=address, seconds=PATIENCE, as_json=as_json
        )
    assert [each.name for each in pages] == [each.name for each in files if each is not BAD]
    assert capsys.readouterr().err == told
