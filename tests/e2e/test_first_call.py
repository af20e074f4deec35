"""Tests that a service that is ready has loaded all that its first calls take."""

from pathlib import Path

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from chorus.feedback.v1.submission_pb2 import Submission
from tests.e2e.processes import Program, feedback_stub, running
from tests.patience import PATIENCE

KOREAN = "학교에 정원이 필요하다. 왜냐하면 학생들이 식물을 배우기 때문이다. 나는 그렇게 생각해요."
ENGLISH = "Our school needs a garden. Studens would learn how plants grow, and they would like it."
# Too short for anyone to see at a glance that it is English.
SHORT = "Cats love boxes."
TEXTS = [
    Submission(text=KOREAN),
    Submission(text=ENGLISH),
    Submission(text=SHORT),
]


def counted(module: str, port_variable: str) -> Program:
    return Program(("tests.e2e.first_call", module), port_variable)


async def test_the_first_reviews_load_nothing(folder: Path) -> None:
    loaded = {name: folder / f"{name}.txt" for name in ("proofreader", "orchestrator")}
    proofreader = counted("services.proofreader", "PROOFREADER_PORT")
    orchestrator = counted("orchestrator", "ORCHESTRATOR_PORT")
    async with (
        running(proofreader, folder, FIRST_CALL=str(loaded["proofreader"])) as reviewers,
        running(
            orchestrator,
            folder,
            FIRST_CALL=str(loaded["orchestrator"]),
            CHORUS_MODEL_SERVERS=reviewers.address,
        ) as reviewing,
        feedback_stub(reviewing.address) as stub,
    ):
        for submission in TEXTS:
            response = await stub.GetFeedback(GetFeedbackRequest(submission=submission), timeout=PATIENCE)
            assert response.merged.panel.answered == 2
    assert {name: file.read_text("utf-8") for name, file in loaded.items()} == dict.fromkeys(loaded, "")
