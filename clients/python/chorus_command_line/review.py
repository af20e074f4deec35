"""Asks the panel about each text, and prints what it says while it says it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from google.protobuf import json_format
from rich.console import Console
from rich.live import Live
from rich.text import Text

from chorus.feedback.v1 import feedback_service_pb2
from chorus.model.v1 import model_pb2
from chorus_client import ChorusCallError, ChorusClient
from chorus_command_line.arguments import TextFile
from chorus_command_line.failure_view import rpc_error
from chorus_command_line.feedback_view import feedback
from chorus_command_line.language import words_for
from chorus_command_line.models_view import absent
from chorus_command_line.panel_view import PanelView
from chorus_command_line.report.page import ReportPage, page
from chorus_command_line.screen import console, show
from chorus_command_line.words import Words
from chorus_wording.phrases import display_names

LIST_SECONDS = 20.0
_SECONDS = 60.0
# A model that runs on a CPU reads and writes a few words a second.
_SECONDS_ON_A_CPU = 1200.0
# A server on the machine of the cloud proxy, such as llama.cpp, which may have no more than a CPU.
_LOCAL = "local"


async def review_files(
    files: Sequence[TextFile],
    template: feedback_service_pb2.GetFeedbackRequest,
    chorus: ChorusClient,
    *,
    address: str,
    seconds: float | None,
    as_json: bool,
) -> list[ReportPage]:
    """Reviews the files one after another, then says who could not take part.

    Args:
        files: At least one.
        template: The request without a text.
        chorus: What is asked.
        address: Where it is, for messages.
        seconds: The time for each file. None: as `patience` has it.
        as_json: Whether to print each GetFeedbackResponse as one line of ProtoJSON, and nothing else.

    Returns:
        A report on each file that got its feedback.

    Raises:
        ChorusCallError: The models could not be listed.
    """
    screen = console()
    models = await chorus.list_models(timeout=seconds or LIST_SECONDS)
    if seconds is None:
        seconds = patience(models, template.models)
    names = display_names(models.models)
    pages = []
    for file in files:
        request = _about(file, template)
        try:
            if as_json:
                response = await _print_json(request, screen, chorus, seconds)
            else:
                response = await _print_feedback(file, request, names, screen, chorus, seconds)
            pages.append(page(Path(file.name).name, request, response, names, _words(request).feedback))
        except ChorusCallError as error:
            about = file.name if len(files) > 1 else ""
            said = rpc_error(error, _words(request), server=address, about=about)
            show(console(stderr=True), said)
    if pages and not as_json:
        show(screen, absent(models, _words(_about(files[-1], template))))
    return pages


def patience(models: feedback_service_pb2.ListModelsResponse, named: Sequence[str]) -> float:
    """Returns the seconds for one text, by who may be asked: all who are ready if nobody is named."""
    ready = (each for each in models.models if each.state == model_pb2.Model.STATE_READY)
    asked = (each for each in ready if not named or each.name in named)
    return _SECONDS_ON_A_CPU if any(_may_be_slow(each.footprint) for each in asked) else _SECONDS


def _may_be_slow(footprint: model_pb2.Footprint) -> bool:
    # A reviewer that reads by rule runs on a CPU, too, but has no weights and is quick.
    return footprint.device == _LOCAL or (footprint.device == "cpu" and bool(footprint.precision))


def _about(
    file: TextFile, template: feedback_service_pb2.GetFeedbackRequest
) -> feedback_service_pb2.GetFeedbackRequest:
    request = feedback_service_pb2.GetFeedbackRequest()
    request.CopyFrom(template)
    request.submission.text = file.text
    return request


def _words(request: feedback_service_pb2.GetFeedbackRequest) -> Words:
    submission = request.submission
    return words_for(request.feedback_language_code or submission.language_code, submission.text)


async def _print_json(
    request: feedback_service_pb2.GetFeedbackRequest, screen: Console, chorus: ChorusClient, seconds: float
) -> feedback_service_pb2.GetFeedbackResponse:
    response = await chorus.stream(request, lambda _: None, timeout=seconds)
    line = json_format.MessageToJson(response, indent=None, ensure_ascii=False)
    screen.print(line, soft_wrap=True)
    return response


async def _print_feedback(
    file: TextFile,
    request: feedback_service_pb2.GetFeedbackRequest,
    names: Mapping[str, str],
    screen: Console,
    chorus: ChorusClient,
    seconds: float,
) -> feedback_service_pb2.GetFeedbackResponse:
    words = _words(request)
    length = words.characters.format(count=f"{len(file.text):,}")
    show(screen, Text(f"\n{file.name} · {length}\n", style="bold"))
    view = PanelView(words)

    def print_line(event: feedback_service_pb2.StreamFeedbackResponse) -> None:
        if line := view.accept(event):
            show(screen, line)

    if screen.is_interactive:
        with Live(view, console=screen):
            response = await chorus.stream(request, view.accept, timeout=seconds)
    else:
        response = await chorus.stream(request, print_line, timeout=seconds)
    show(screen, feedback(request, response, names, words))
    return response
