"""Requests that have passed the checks, for tests of what comes after them."""

from chorus.model.v1.model_service_pb2 import GenerateRequest
from modelkit.generate_request import violations
from modelkit.json_schema.answer_schema import AnswerSchema
from modelkit.servicer import CheckedRequest


def checked(request: GenerateRequest) -> CheckedRequest:
    assert not list(violations(request))
    text = request.output_format.json_schema
    return CheckedRequest(request, AnswerSchema.parse(text) if text else None)
