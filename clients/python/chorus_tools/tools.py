"""Offers the panel to agents as tools of the Model Context Protocol."""

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Annotated, Any

from google.protobuf import json_format
from mcp.server.mcpserver import Context, MCPServer
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, merged_pb2
from chorus.model.v1 import model_pb2
from chorus_client.errors import ChorusCallError, reason_name
from chorus_tools.panel import Panel
from chorus_wording.feedback_text import broken_off, feedback_text
from chorus_wording.language import language_of

_NANOS = 1_000_000_000
_INSTRUCTIONS = (
    "Chorus asks several language models for feedback on one piece of writing and merges their answers."
    " Call list_models to see who can be asked and what that costs, and review_text to ask. A review costs"
    " money and takes up to minutes."
)

Text = Annotated[str, Field(description="The work under review, at most 100,000 characters.")]
Task = Annotated[str, Field(description="The task that the author was given.")]
Language = Annotated[str, Field(description="BCP 47, of the feedback, such as ko or en; empty: the text's.")]
Models = Annotated[
    list[str] | None, Field(description="Names from list_models; none: the default panel.", max_length=100)
]
MaxCost = Annotated[
    float | None, Field(description="The most that all models together may cost, in USD.", ge=0, le=1e6)
]
Seconds = Annotated[
    float | None,
    Field(description="How long to wait; who has not answered by then is left out.", ge=1, le=3600),
]


def tool_server(panel: Panel, version: str) -> "MCPServer[Any]":
    """Returns a server with the tools, on whatever transport.

    Args:
        panel: Who is asked.
        version: Of the program that serves, as agents are told it.
    """
    server: MCPServer[Any] = MCPServer(
        "chorus", title="Chorus", instructions=_INSTRUCTIONS, version=version, log_level="WARNING"
    )
    tools = _Tools(panel)
    server.add_tool(
        tools.review_text,
        title="Ask the panel about a text",
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=True),
    )
    server.add_tool(
        tools.list_models,
        title="List the models of the panel",
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )
    return server


class _Tools:
    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    async def review_text(
        self,
        ctx: Context[Any, Any],
        text: Text,
        task: Task = "",
        language: Language = "",
        models: Models = None,
        max_cost_usd: MaxCost = None,
        seconds: Seconds = None,
    ) -> CallToolResult:
        """Asks several language models for feedback on a text and returns what they say together.

        The answer is Markdown and, as structured content, the ProtoJSON of
        chorus.feedback.v1.GetFeedbackResponse. Models that fail are named in it and take no other's answer
        away.
        """
        request = feedback_service_pb2.GetFeedbackRequest(
            models=models or (), feedback_language_code=language
        )
        request.submission.text = text
        request.submission.task = task
        if max_cost_usd is not None:
            request.policy.max_cost_usd_nanos = round(max_cost_usd * _NANOS)
        so_far = _SoFar()
        try:
            async with aclosing(self._panel.review(request, seconds=seconds)) as events:
                async for event in events:
                    if event.HasField("response"):
                        return _result(event.response, language)
                    await _report(ctx, event, so_far)
        except ChorusCallError as error:
            if so_far.answered():
                return _partial(so_far, language_of(language, text), error)
            return _failed(error)
        return _text_result("the review ended without an answer", is_error=True)

    async def list_models(self) -> CallToolResult:
        """Lists the models that can be asked: state, family, provider, and who is in the default panel."""
        try:
            listed = await self._panel.list_models()
        except ChorusCallError as error:
            return _failed(error)
        default = set(listed.default_panel)
        models = [_model(each, is_default=each.name in default) for each in listed.models]
        lines = (
            f"- {each['name']}: {each['state']}{', in the default panel' if each['default'] else ''}"
            for each in models
        )
        return _text_result("\n".join(lines) or "no model", {"models": models})


@dataclass
class _SoFar:
    """What has come of a review that runs: the models that are asked, and a response in the making."""

    asked: list[str] = field(default_factory=list)
    response: feedback_service_pb2.GetFeedbackResponse = field(
        default_factory=feedback_service_pb2.GetFeedbackResponse
    )

    def answered(self) -> list[feedback_pb2.ModelResult]:
        return [each for each in self.response.results if each.HasField("feedback")]


async def _report(
    ctx: Context[Any, Any], event: feedback_service_pb2.StreamFeedbackResponse, so_far: _SoFar
) -> None:
    """Tells how many models have answered, and keeps what they said."""
    if event.HasField("accepted"):
        so_far.asked.extend(event.accepted.models)
        so_far.response.rubric.CopyFrom(event.accepted.rubric)
        await ctx.report_progress(0, len(so_far.asked), ", ".join(event.accepted.models))
    elif event.HasField("result"):
        so_far.response.results.append(event.result)
        results = len(so_far.response.results)
        # A substitute is one more.
        await ctx.report_progress(results, max(len(so_far.asked), results), _outcome(event.result))
    elif event.HasField("merged"):
        so_far.response.merged.CopyFrom(event.merged)


def _outcome(result: feedback_pb2.ModelResult) -> str:
    if result.HasField("failure"):
        return f"{result.model}: {reason_name(result.failure.reason)}"
    return f"{result.model}: {len(result.feedback.points)} points"


def _result(
    response: feedback_service_pb2.GetFeedbackResponse, language: str, said_before: str = ""
) -> CallToolResult:
    text = said_before + feedback_text("chorus/panel", response, language)
    return _text_result(text, json_format.MessageToDict(response))


def _partial(so_far: _SoFar, language: str, error: ChorusCallError) -> CallToolResult:
    """Returns what had come before the review broke off, marked as such, in one of our languages."""
    response, answered = so_far.response, so_far.answered()
    names = [each.model for each in answered]
    asked = dict.fromkeys([*so_far.asked, *(each.model for each in response.results)])
    panel = response.merged.panel
    panel.state = merged_pb2.Panel.STATE_PARTIAL
    panel.asked, panel.answered = len(asked), len(answered)
    panel.missing[:] = [each for each in asked if each not in names]
    if not response.merged.points:
        # One family's answer alone is not merged while the panel runs.
        panel.families_answered = 1
        response.merged.points.extend(
            merged_pb2.MergedPoint(
                id=point.id,
                members=[merged_pb2.MergedPoint.Member(model=each.model, point=point)],
                families=1,
                agreement=merged_pb2.AGREEMENT_SINGLE,
            )
            for each in answered
            for point in each.feedback.points
        )
    return _result(response, language, broken_off(error.reason, language))


def _failed(error: ChorusCallError) -> CallToolResult:
    return _text_result(f"{reason_name(error.reason)}: {error.text}", is_error=True)


def _text_result(text: str, structured: Any = None, *, is_error: bool = False) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=structured, is_error=is_error
    )


def _model(model: model_pb2.Model, *, is_default: bool) -> dict[str, Any]:
    return {
        "name": model.name,
        "title": model.display_name or model.name,
        "family": model.family,
        "provider": model.provider,
        "state": model_pb2.Model.State.Name(model.state).removeprefix("STATE_"),
        "detail": model.state_detail,
        "default": is_default,
    }
