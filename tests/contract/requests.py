"""The request that every model server is asked with: the orchestrator's own, for a small Korean text."""

from chorus.feedback.v1.submission_pb2 import Criterion, Level, Rubric, Submission
from chorus.model.v1.model_service_pb2 import GenerateRequest
from orchestrator.answer.prompt import review_request
from orchestrator.submission.reading import read_submission

TEXT = (
    "나는 어렀을 때 학교에 가는것이 좋았다. 그런데 지금은 학교가 멀어서 조금 힘들어요.\n\n"
    "그래서 학생들은 일찍 자야 한다."
)
RUBRIC = Rubric(
    criteria=[
        Criterion(id=each, title=each, levels=[Level(score=score) for score in (1, 2, 3, 4, 5)])
        for each in ("content", "expression")
    ]
)


def answer_request(model: str, text: str = TEXT) -> GenerateRequest:
    """Asks one model for the answer that the merge takes."""
    submission = Submission(text=text, task="학교에 대해 쓰세요.", language_code="ko")
    request = review_request(read_submission(submission), submission, RUBRIC, "ko")
    request.model = model
    return request
