"""The passages of a text as the classifier sees them, and the lines that the texts are read from."""

from collections.abc import Iterator
from pathlib import Path

from chorus.feedback.v1 import submission_pb2
from orchestrator.injection.classifier import Passage, passages
from orchestrator.submission.reading import read_submission

HERE = Path(__file__).parent


def passages_of(text: str) -> list[Passage]:
    """The passages of a text, with every word of theirs."""
    reading = read_submission(submission_pb2.Submission(text=text))
    return list(passages(reading.folding, reading.sentences))


def read_kinds(path: Path) -> dict[str, list[str]]:
    r"""The lines of a file under their headings, "# kind"; \n stands for a new line."""
    kinds: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            lines = kinds.setdefault(line.removeprefix("# "), [])
        elif line:
            lines.append(line.replace("\\n", "\n"))
    return kinds


def attack_lines() -> Iterator[tuple[str, str]]:
    """Each attack, after its kind."""
    for language in ("en", "ko"):
        for kind, lines in read_kinds(HERE / f"attacks_{language}.txt").items():
            for attack in lines:
                yield kind, attack
