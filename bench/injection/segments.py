"""Cuts texts into the segments that the classifier sees, and reads the files of lines that it learns from."""

from collections.abc import Iterator
from pathlib import Path

from bench.injection.rates import steering_texts
from chorus.feedback.v1 import submission_pb2
from orchestrator.injection.classifier import TextSegment, text_segments
from orchestrator.submission.reading import read_submission

HERE = Path(__file__).parent


def segments_of(text: str) -> list[TextSegment]:
    """Returns the segments of a text, with every word of theirs."""
    reading = read_submission(submission_pb2.Submission(text=text))
    return list(text_segments(reading.folded, reading.sentences))


def read_kinds(path: Path) -> dict[str, list[str]]:
    r"""Returns the lines of a file by their headings, "# kind". In a line, \n stands for a new line."""
    kinds: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            lines = kinds.setdefault(line.removeprefix("# "), [])
        elif line:
            lines.append(line.replace("\\n", "\n"))
    return kinds


def attack_lines() -> Iterator[tuple[str, str]]:
    """Yields each attack, after its kind."""
    for language in ("en", "ko"):
        for kind, lines in read_kinds(HERE / f"attacks_{language}.txt").items():
            for attack in lines:
                yield kind, attack
    for each in steering_texts("dev"):
        if each.label != "harmless":
            yield f"{each.label}, {each.genre}", each.text
