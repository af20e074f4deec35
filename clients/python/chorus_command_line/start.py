"""Starts the command line, or says what it lacks."""

import sys
from importlib.util import find_spec


def main() -> None:
    """Runs `chorus`, whose libraries come with an extra."""
    if not all(map(find_spec, ("jinja2", "rich", "typer"))):
        sys.exit("the command line needs more than the library: pip install 'chorus-client[cli]'")
    from chorus_command_line.__main__ import main as run  # noqa: PLC0415 - it imports what may be missing

    run()
