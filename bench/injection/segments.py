"""Cuts texts into the segments that the classifier sees, and reads the files that it learns from."""

from collections.abc import Iterator
from pathlib import Path

from bench.injection.rates import KEPT_APART, SETS, steering_texts
from chorus.feedback.v1 import submission_pb2
from orchestrator.injection.classifier import TextSegment, text_segments
from orchestrator.submission.reading import read_submission

HERE = Path(__file__).parent
_FILES = (("attacks", "first", "attack"), ("near_topic", "first", "harmless"), ("clean", "clean", "harmless"))


def segments_of(text: str) -> list[TextSegment]:
    """Returns the segments of a text, with every word of theirs."""
    reading = read_submission(submission_pb2.Submission(text=text))
    return list(text_segments(reading))


def read_kinds(path: Path) -> dict[str, list[str]]:
    r"""Returns the lines of a file by their headings, "# kind". In a line, \n stands for a new line."""
    kinds: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            lines = kinds.setdefault(line.removeprefix("# "), [])
        elif line:
            lines.append(line.replace("\\n", "\n"))
    return kinds


def learned_texts() -> Iterator[tuple[str, str, str, str]]:
    """Yields the set, the language, the label and the text of all that is learned from but the works.

    The label is "harmless", or any other of an attack.
    """
    for file, name, label in _FILES:
        for language in ("en", "ko"):
            for lines in read_kinds(HERE / f"{file}_{language}.txt").values():
                yield from ((name, language, label, line) for line in lines)
    for name in SETS:
        if name in KEPT_APART:
            continue
        for each in steering_texts(name):
            yield name, each.language, each.label, each.text


def attack_texts() -> Iterator[str]:
    """Yields each attack that is learned from."""
    return (text for _, _, label, text in learned_texts() if label != "harmless")
