"""Has a model word the summary, where the caller asks for it."""

from chorus.feedback.v1 import merged_pb2
from chorus.model.v1 import generation_pb2
from orchestrator.merge.model_summary import accepted_summary, wording_request
from orchestrator.panel.directory import GenerationClient, ListedModel
from orchestrator.panel.spending import Bill
from rpckit.call import Deadline
from rpckit.errors import ChorusError

_OUTPUT_LIMIT = 1024


async def write_summary(
    client: GenerationClient,
    listed: ListedModel,
    merged: merged_pb2.MergedFeedback,
    feedback_language: str,
    bill: Bill,
    deadline: Deadline,
) -> merged_pb2.Summary | None:
    """Has a model word the summary of a merge.

    Returns:
        None where the template's summary stays: the model failed, or said what the points do not say.
    """
    request = wording_request(merged, feedback_language)
    request.sampling.max_output_tokens = _OUTPUT_LIMIT
    try:
        with bill.charge(request) as charge:
            response = await client.generate(listed, request, deadline)
            charge.usage = response.completion.usage
    except ChorusError:
        return None
    if response.completion.finish_reason != generation_pb2.FINISH_REASON_STOP:
        return None
    text = "".join(part.text for part in response.parts)
    return accepted_summary(text, merged, feedback_language, listed.name)
