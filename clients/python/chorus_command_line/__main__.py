"""Runs `chorus review essay.txt`, `chorus models`, `chorus student`, `chorus picture` and `chorus mcp`."""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from google.protobuf import duration_pb2
from rich.text import Text

from chorus.classroom.v1 import classroom_service_pb2
from chorus.feedback.v1 import feedback_service_pb2, submission_pb2
from chorus.model.v1 import generation_pb2
from chorus_client import ChorusCallError, ChorusClient, SettingError
from chorus_client.version import VERSION
from chorus_command_line import arguments, classroom_view
from chorus_command_line.english import ENGLISH
from chorus_command_line.failure_view import rpc_error
from chorus_command_line.files import readable
from chorus_command_line.language import words_for
from chorus_command_line.models_view import comparison
from chorus_command_line.report.html_page import html
from chorus_command_line.report.markdown_page import markdown
from chorus_command_line.review import LIST_SECONDS, review_files
from chorus_command_line.screen import console, show

_NANOS = 1_000_000_000
_INT32_MAX = 2**31 - 1
_WRONG_SETTING = 2

Result = TypeVar("Result")


def _option(help_text: str, *names: str, **settings: Any) -> Any:
    return typer.Option(*names, help=help_text, **settings)


def _text(help_text: str, **settings: Any) -> Any:
    return _option(help_text, parser=arguments.text, metavar="TEXT", **settings)


def _number(help_text: str, metavar: str) -> Any:
    return _option(help_text, parser=arguments.number, metavar=metavar)


Address = Annotated[str, _option("Where Chorus is.", "--server", metavar="HOST:PORT", envvar="CHORUS_SERVER")]
Timeout = Annotated[float, _number("Time for one call.", "SECONDS")]
Model = Annotated[str, _text("A name that `models` lists. Default: the server's.")]

_ADDRESS = "127.0.0.1:50051"

app = typer.Typer(
    help="Feedback on writing from several language models, merged.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.command()
def review(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Texts: plain, docx, hwpx, hwp or PDF.")
    ],
    task: Annotated[str, _text("The task the author was given.")] = "",
    reference_answer: Annotated[str, _text("What a good answer contains, for short-answer tasks.")] = "",
    author_level: Annotated[str, _text('Whom the feedback is for, as "grade 8" or a CEFR level.')] = "",
    rubric: Annotated[
        submission_pb2.Rubric | None,
        _option("A Rubric as ProtoJSON.", parser=arguments.rubric, metavar="FILE"),
    ] = None,
    language: Annotated[str, _text("BCP 47 code of the texts. Default: detected.")] = "",
    feedback_language: Annotated[str, _text("BCP 47 code of the feedback. Default: the text's.")] = "",
    models: Annotated[str, _text("Whom to ask: names, comma separated. Default: every ready one.")] = "",
    summary_model: Annotated[str, _text("Who words the summary. Default: a template.")] = "",
    allow_provider: Annotated[
        list[str] | None, _text("A provider that may read the text; repeatable.")
    ] = None,
    min_models: Annotated[
        int | None, _option("Models that must answer.", min=0, max=_INT32_MAX, metavar="COUNT")
    ] = None,
    min_families: Annotated[
        int | None, _option("Families that must answer.", min=0, max=_INT32_MAX, metavar="COUNT")
    ] = None,
    model_timeout: Annotated[float | None, _number("Longest wait for one model.", "SECONDS")] = None,
    straggler_grace: Annotated[
        float | None, _number("Longest further wait once the minimum is reached.", "SECONDS")
    ] = None,
    wait_for_all: Annotated[
        bool, _option("Wait for every model until the time is up.", "--wait-for-all")
    ] = False,
    hedge: Annotated[
        bool, _option("Ask a model that is late a second time; both are paid.", "--hedge")
    ] = False,
    max_cost_usd: Annotated[float | None, _number("Most that all attempts may cost.", "USD")] = None,
    any_substitute: Annotated[
        bool | None,
        _option(
            "Whom to ask for a model that fails: reviewers by rule, too; nobody. Default: language models.",
            "--any-substitute/--no-substitute",
        ),
    ] = None,
    request_id: Annotated[str, _text("A repeat with the same id is not paid again; one text only.")] = "",
    as_json: Annotated[
        bool, _option("Print each GetFeedbackResponse as ProtoJSON, one a line.", "--json")
    ] = False,
    out: Annotated[
        Path | None,
        _option("Write a report to hand out, too: .html or .md.", parser=arguments.report, metavar="FILE"),
    ] = None,
    timeout: Annotated[
        float | None, _number("Time for each text. Default: 60, or 1200 with a model on a CPU.", "SECONDS")
    ] = None,
    server: Address = _ADDRESS,
) -> None:
    """Ask the panel about each text and print the merged feedback."""
    if request_id and len(files) > 1:
        raise typer.BadParameter("one id is for one text", param_hint="--request-id")
    policy = feedback_service_pb2.PanelPolicy(
        min_models=min_models,
        min_families=min_families,
        model_timeout=_duration(model_timeout),
        straggler_grace=_duration(straggler_grace),
        wait_for_all=wait_for_all,
        hedge=hedge,
        substitution=arguments.substitution(any_substitute=any_substitute),
        max_cost_usd_nanos=None if max_cost_usd is None else round(max_cost_usd * _NANOS),
    )
    template = feedback_service_pb2.GetFeedbackRequest(
        submission=submission_pb2.Submission(
            task=task,
            language_code=language,
            reference_answer=reference_answer,
            author_level=author_level,
        ),
        rubric=rubric,
        models=_names(models),
        policy=policy,
        summary_model=summary_model,
        request_id=request_id,
        feedback_language_code=feedback_language,
        allowed_providers=allow_provider,
    )
    texts = readable(files)
    pages = _run(
        lambda chorus: review_files(
            texts, template, chorus, address=server, seconds=timeout, as_json=as_json
        ),
        server,
    )
    if out and pages:
        with _writing(out):
            out.write_text(html(pages) if out.suffix == ".html" else markdown(pages), encoding="utf-8")
        show(console(stderr=True), Text(f"wrote {out}"))
    if len(pages) < len(files):
        raise typer.Exit(1)


@app.command()
def models(timeout: Timeout = LIST_SECONDS, server: Address = _ADDRESS) -> None:
    """Compare the models: state, memory, disk, price, measured speed and failures."""
    found = _run(lambda chorus: chorus.list_models(timeout=timeout), server)
    console().print(comparison(found, ENGLISH))


@app.command()
def student(
    task: Annotated[str, typer.Argument(parser=arguments.text, metavar="TASK", help="What to write about.")],
    language: Annotated[str, _text("BCP 47 code of the text.")] = "",
    first_language: Annotated[str, _text("BCP 47 code of the student's first language.")] = "",
    level: Annotated[str, _text('For example "grade 8" or a CEFR level.')] = "",
    mastered: Annotated[list[str] | None, _text("Something the student knows; repeatable.")] = None,
    misconception: Annotated[list[str] | None, _text("Something believed wrongly; repeatable.")] = None,
    model: Model = "",
    timeout: Timeout = 120,
    server: Address = _ADDRESS,
) -> None:
    """Write a text as a student of a given profile would: synthetic, and marked so."""
    profile = classroom_service_pb2.StudentProfile(
        language_code=language,
        first_language_code=first_language,
        level=level,
        mastered=mastered,
        misconceptions=misconception,
    )
    request = classroom_service_pb2.SimulateStudentRequest(model=model, task=task, profile=profile)
    response = _run(lambda chorus: chorus.student(request, timeout=timeout), server)
    show(console(), classroom_view.student_text(response, words_for(language, response.text)))


@app.command()
def picture(
    prompt: Annotated[str, typer.Argument(parser=arguments.text, metavar="PROMPT", help="What to draw.")],
    out: Annotated[Path, _option("Where to write the picture.", dir_okay=False, writable=True)],
    aspect_ratio: Annotated[
        float | None, _option("Width over height, as 16:9 or 1.5.", parser=arguments.ratio, metavar="RATIO")
    ] = None,
    model: Model = "",
    timeout: Timeout = 120,
    server: Address = _ADDRESS,
) -> None:
    """Draw a picture into a file."""
    request = classroom_service_pb2.GenerateImageRequest(
        model=model, prompt=prompt, format=generation_pb2.ImageFormat(aspect_ratio=aspect_ratio)
    )
    response = _run(lambda chorus: chorus.picture(request, timeout=timeout), server)
    with _writing(out):
        out.write_bytes(response.image.data)
    show(console(), classroom_view.picture(response, out, ENGLISH))


@app.command()
def mcp(
    timeout: Annotated[float, _number("Longest time for one review.", "SECONDS")] = 180,
    server: Address = _ADDRESS,
) -> None:
    """Serve the panel as tools (MCP) to an assistant that starts this command."""
    if find_spec("mcp") is None:
        sys.exit("the tools need more than the command line: pip install 'chorus-client[cli,mcp]'")
    # It brings the SDK, which takes a second.
    from chorus_tools.panel import CalledPanel  # noqa: PLC0415
    from chorus_tools.tools import tool_server  # noqa: PLC0415

    _run(lambda chorus: tool_server(CalledPanel(chorus, timeout), VERSION).run_stdio_async(), server)


def _run(ask: Callable[[ChorusClient], Awaitable[Result]], server: str) -> Result:
    """Asks the server. Ctrl-C cancels the call, and one that fails ends the process with 1."""

    async def run() -> Result:
        async with ChorusClient.from_environment(server) as chorus:
            return await ask(chorus)

    try:
        return asyncio.run(run())
    except ChorusCallError as error:
        show(console(stderr=True), rpc_error(error, ENGLISH, server=server))
        raise typer.Exit(1) from None


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise typer.BadParameter(f"{out}: {error.strerror}", param_hint="--out") from None


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


def _duration(seconds: float | None) -> duration_pb2.Duration | None:
    if seconds is None:
        return None
    duration = duration_pb2.Duration()
    duration.FromNanoseconds(round(seconds * _NANOS))
    return duration


def main() -> None:
    """Runs the command line. A character that the terminal's encoding lacks is printed as "?"."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_WRONG_SETTING)


if __name__ == "__main__":
    main()
