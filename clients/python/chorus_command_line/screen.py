"""Prints with colour and wrapping on a terminal, and in plain unwrapped lines into a pipe."""

import re
from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chorus_documents.writing.visible import visible

# Longer lines are hard to read. In a pipe nothing is wrapped at all.
_READABLE_WIDTH = 100
_UNBOUNDED_WIDTH = 1_000_000

_NEWLINE = re.compile(r"\r\n?|\n")


def console(*, stderr: bool = False) -> Console:
    """Returns the console of standard output, or of standard error."""
    terminal = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    if terminal.is_terminal:
        return terminal
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=_UNBOUNDED_WIDTH)


def show(screen: Console, renderable: RenderableType) -> None:
    """Prints, on a terminal no wider than is comfortable to read."""
    screen.print(Constrain(renderable, _READABLE_WIDTH) if screen.is_terminal else renderable)


def indented(content: RenderableType, level: int = 3) -> Padding:
    """Indents a paragraph or a table, also where it wraps."""
    return Padding.indent(content, level)


def labelled(label: str, text: str, *, style: str = "") -> Text:
    """Puts a label in bold before a text."""
    return Text.assemble((f"{label}: ", "bold"), (text, style))


def grid(rows: Sequence[Sequence[Text | str]]) -> Table:
    """Lays rows out in columns without lines."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*row)
    return table


def prose(text: str) -> str:
    """Returns a model's words as one paragraph."""
    return visible(" ".join(text.split()))


def quoted(text: str) -> str:
    """Returns a passage of a submission letter for letter, on one line: a line break becomes a sign."""
    return visible(_NEWLINE.sub("↵", text))
