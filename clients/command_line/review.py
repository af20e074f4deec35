"""`review`: asks the panel about each text and prints what it says, as it says it."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from google.protobuf import json_format
from rich.console import Console
from rich.live import Live
from rich.text import Text

from chorus.feedback.v1 import feedback_service_pb2
from chorus.model.v1 import model_pb2
from chorus_client.connection import Server
from chorus_client.feedback import list_models, stream_feedback
from clients.command_line.arguments import Work
from clients.command_line.failure_view import rpc_error
from clients.command_line.feedback_view import feedback
from clients.command_line.language import words_for
from clients.command_line.models_view import absent
from clients.command_line.panel_view import PanelView
from clients.command_line.phrases import display_names
from clients.command_line.report.page import Page, page
from clients.command_line.screen import console, show
from clients.command_line.words import Words
from rpckit.errors import ChorusError

_SECONDS = 60.0
# One that runs on a CPU reads and writes a few words a second.
_SECONDS_ON_A_CPU = 1200.0


async def review(
    works: Sequence[Work],
    template: feedback_service_pb2.GetFeedbackRequest,
    server: Server,
    *,
    seconds: float | None,
    as_json: bool,
) -> list[Page]:
    """Reviews the works one after another, then says who could not take part.

    Args:
        works: At least one.
        template: The request without a text.
        server: Where Chorus is.
        seconds: For each work; None: as `patience` has it.
        as_json: Print each GetFeedbackResponse as one line of ProtoJSON, and nothing else.

    Returns:
        A report on each work that got its feedback.

    Raises:
        ChorusError: The models could not be listed.
    """
    screen = console()
    models = await list_models(server)
    if seconds is None:
        seconds = patience(models, template.models)
    server = dataclasses.replace(server, timeout=seconds)
    names = display_names(models.models)
    pages = []
    for work in works:
        request = _about(work, template)
        try:
            if as_json:
                response = await _print_json(request, screen, server)
            else:
                response = await _print_feedback(work, request, names, screen, server)
            pages.append(page(Path(work.name).name, request, response, names, _words(request)))
        except ChorusError as error:
            show(console(stderr=True), rpc_error(error, _words(request), server=server.address))
    if pages and not as_json:
        show(screen, absent(models, _words(_about(works[-1], template))))
    return pages


def patience(models: feedback_service_pb2.ListModelsResponse, named: Sequence[str]) -> float:
    """Seconds for one work, by who may be asked: all who are ready if nobody is named."""
    ready = (each for each in models.models if each.state == model_pb2.Model.STATE_READY)
    asked = (each for each in ready if not named or each.name in named)
    # What reads by rule runs on a CPU, too, and has no weights.
    slow = any(each.footprint.precision and each.footprint.device == "cpu" for each in asked)
    return _SECONDS_ON_A_CPU if slow else _SECONDS


def _about(
    work: Work, template: feedback_service_pb2.GetFeedbackRequest
) -> feedback_service_pb2.GetFeedbackRequest:
    request = feedback_service_pb2.GetFeedbackRequest()
    request.CopyFrom(template)
    request.submission.text = work.text
    return request


def _words(request: feedback_service_pb2.GetFeedbackRequest) -> Words:
    submission = request.submission
    return words_for(request.feedback_language_code or submission.language_code, submission.text)


async def _print_json(
    request: feedback_service_pb2.GetFeedbackRequest, screen: Console, server: Server
) -> feedback_service_pb2.GetFeedbackResponse:
    response = await stream_feedback(request, lambda _: None, server)
    line = json_format.MessageToJson(response, indent=None, ensure_ascii=False)
    screen.print(line, soft_wrap=True)
    return response


async def _print_feedback(
    work: Work,
    request: feedback_service_pb2.GetFeedbackRequest,
    names: Mapping[str, str],
    screen: Console,
    server: Server,
) -> feedback_service_pb2.GetFeedbackResponse:
    words = _words(request)
    length = words.characters.format(count=f"{len(work.text):,}")
    show(screen, Text(f"\n{work.name} · {length}\n", style="bold"))
    view = PanelView(words)

    def print_line(event: feedback_service_pb2.StreamFeedbackResponse) -> None:
        if line := view.accept(event):
            show(screen, line)

    if screen.is_interactive:
        with Live(view, console=screen):
            response = await stream_feedback(request, view.accept, server)
    else:
        response = await stream_feedback(request, print_line, server)
    show(screen, feedback(request, response, names, words))
    return response
