"""Shows a simulated student's text, and says what became of a picture."""

from pathlib import Path

from rich.console import Group
from rich.text import Text

from chorus.classroom.v1 import classroom_service_pb2
from chorus_command_line import amounts
from chorus_command_line.screen import labelled, prose
from chorus_command_line.words import Words
from chorus_documents.writing.visible import visible


def student_text(response: classroom_service_pb2.SimulateStudentResponse, words: Words) -> Group:
    """Shows the text, marked as synthetic."""
    return Group(
        Text(words.synthetic.format(model=response.model), style="bold yellow"),
        Text(f"\n{visible(response.text)}\n"),
        labelled(words.cost, amounts.cost(response.usage, words)),
    )


def picture(response: classroom_service_pb2.GenerateImageResponse, out: Path, words: Words) -> Group:
    """Says what was drawn and where it was written."""
    image = response.image
    lines = [labelled(str(out), f"{image.media_type}, {len(image.data):,} bytes, {response.model}")]
    if response.alt_text:
        lines.append(Text(prose(response.alt_text)))
    return Group(*lines, labelled(words.cost, amounts.cost(response.usage, words)))
