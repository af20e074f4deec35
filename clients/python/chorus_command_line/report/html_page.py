"""Writes reports in HTML, as one file that needs no other and runs no script."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from chorus_command_line.report.page import ReportPage
from chorus_documents.writing.visible import visible


def html(pages: Sequence[ReportPage]) -> str:
    """Returns the document. Each text begins on a sheet of its own."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(pages=pages)


def _visible(value: object) -> object:
    # A macro returns markup that was made from values which have passed here.
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
