"""Says in advance what one review by a model costs at most."""

import functools
from collections.abc import Iterable

from chorus.feedback.v1 import submission_pb2
from chorus.model.v1 import generation_pb2, model_pb2, model_service_pb2
from orchestrator.answer.prompt import review_request
from orchestrator.panel.model_reviewer import output_limits
from orchestrator.panel.spending import most_cost
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import read_submission

# Korean takes more bytes than English: this is some two pages of it.
_LANGUAGE = "ko"
_SENTENCE = "우리 마을에는 작은 도서관이 있다. "
_TEXT_BYTES = 9000


def most_per_review(models: Iterable[model_pb2.Model]) -> dict[str, int]:
    """Returns, by their names, what one review of two pages costs at most, in 1e-9 USD.

    It is what the two tries of an answer reserve. Models of an unknown price, and those that write no
    feedback, are left out.
    """
    return {
        each.name: _most(each)
        for each in models
        if each.HasField("price") and model_pb2.CAPABILITY_JSON_SCHEMA in each.capabilities
    }


def _most(model: model_pb2.Model) -> int:
    request = model_service_pb2.GenerateRequest()
    request.CopyFrom(_two_pages())
    total = 0
    for limit in output_limits(model, generation_pb2.Sampling(), short=False):
        request.sampling.max_output_tokens = limit
        total += most_cost(model, request)
    return total


@functools.cache
def _two_pages() -> model_service_pb2.GenerateRequest:
    text = _SENTENCE * (_TEXT_BYTES // len(_SENTENCE.encode()))
    submission = submission_pb2.Submission(text=text, language_code=_LANGUAGE)
    return review_request(read_submission(submission), submission, default_rubric(_LANGUAGE), _LANGUAGE)
