"""Has a model word the summary, where the caller asks for it."""

from chorus.feedback.v1 import merged_pb2
from chorus.model.v1 import generation_pb2, model_service_pb2
from modelkit.usage import usage_of
from orchestrator.merge.model_summary import accepted_summary, wording_request
from orchestrator.panel.directory import GenerationClient, ListedModel
from orchestrator.panel.reasoning import ThoughtTooLong, less_effort, thought_too_long
from orchestrator.panel.spending import Bill
from rpckit.call import Deadline
from rpckit.errors import BadOutput, ChorusError
from rpckit.retry_budget import RetryBudget

_OUTPUT_LIMIT = 1024


async def write_summary(
    client: GenerationClient,
    listed: ListedModel,
    merged: merged_pb2.MergedFeedback,
    feedback_language: str,
    bill: Bill,
    deadline: Deadline,
    retries: RetryBudget,
) -> merged_pb2.Summary | None:
    """Has a model word a merge's summary. If it thinks too long, it is asked once more, with less effort.

    Returns:
        None where the template's summary stays: the model failed, or said what the points do not say.
    """
    request = wording_request(merged, feedback_language)
    request.sampling.max_output_tokens = _OUTPUT_LIMIT
    retries.count_call()
    try:
        try:
            text = await _worded(client, listed, request, bill, deadline)
        except ThoughtTooLong:
            effort = less_effort(listed.model, request.sampling)
            if effort is None or not deadline.remaining() or not retries.withdraw():
                return None
            request.sampling.reasoning_effort = effort
            text = await _worded(client, listed, request, bill, deadline, previous_attempts=1)
    except ChorusError:
        return None
    return accepted_summary(text, merged, feedback_language, listed.name)


async def _worded(
    client: GenerationClient,
    listed: ListedModel,
    request: model_service_pb2.GenerateRequest,
    bill: Bill,
    deadline: Deadline,
    previous_attempts: int = 0,
) -> str:
    try:
        with bill.charge(request) as charge:
            response = await client.generate(listed, request, deadline, previous_attempts)
            charge.usage = response.completion.usage
    except BadOutput as error:
        usage = usage_of(error)
        if usage and thought_too_long(listed.model, request.sampling, usage, "", is_cut=False):
            raise ThoughtTooLong(error.text) from None
        raise
    text = "".join(part.text for part in response.parts)
    if response.completion.finish_reason != generation_pb2.FINISH_REASON_STOP:
        usage = response.completion.usage
        if thought_too_long(listed.model, request.sampling, usage, text, is_cut=True):
            raise ThoughtTooLong("thinking took the summary's room")
        raise BadOutput("the summary is cut")
    return text
