"""Reads the files to be reviewed, and says what could not be read and what was assumed."""

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.text import Text

from chorus_command_line import arguments
from chorus_command_line.language import words_for
from chorus_command_line.screen import console, show
from chorus_documents.writing.visible import visible


def readable(paths: Sequence[Path]) -> list[arguments.TextFile]:
    """Reads the files. One that cannot be read keeps no other from being reviewed.

    Raises:
        typer.BadParameter: None of them can be read.
    """
    files, refused = [], []
    for path in paths:
        try:
            files.append(arguments.file(str(path)))
        except typer.BadParameter as error:
            refused.append(visible(error.message))
    if not files:
        raise typer.BadParameter("\n".join(refused), param_hint="'FILE...'")
    screen = console(stderr=True)
    for line in refused:
        show(screen, Text(line))
    for file in files:
        remarks = words_for("", file.text).file_remarks
        for remark in sorted(file.remarks, key=lambda each: each.name):
            show(screen, Text(visible(f"{file.name}: {remarks[remark]}")))
    return files
