"""Defines what a person gives back: a work, with what is said about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from chorus_documents.writing.marked_text import PointSpan


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is said, under a label; without one it stands alone."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """What is said about a passage, or about the whole work.

    Attributes:
        heading: What it is: praise, a wish, a question, and of which criterion.
        start: Where the passage begins in the text, in code points; None: the whole work is meant.
        end: Where it ends; the code point there is outside.
        quote: The passage.
        said: What is said, most important first.
        kind: What it is, alone.
        criterion: Of which criterion it is; empty: of none.
        importance: How important it is; empty: that is not said.
    """

    heading: str
    start: int | None
    end: int | None
    quote: str
    said: Sequence[Remark]
    kind: str = ""
    criterion: str = ""
    importance: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """A score as it is given back."""

    criterion: str
    score: str
    scale: str
    reason: str


@dataclass(frozen=True, slots=True)
class Labels:
    """The words around what is said, in the language of the feedback."""

    language: str
    feedback: str
    passage: str
    whole_work: str
    scores: str
    score: str
    criterion: str
    scale: str
    reason: str
    kind: str
    said: str
    importance: str
    total: str


@dataclass(frozen=True, slots=True)
class ReturnedWork:
    """A work with what a person has decided to say about it.

    Attributes:
        title: The work's name.
        author: Who says it, as comments name their author.
        text: The work.
        total: What the scores come to, out of what; None: one that counts is missing.
    """

    title: str
    author: str
    text: str
    notes: Sequence[Note]
    scores: Sequence[Score]
    labels: Labels
    total: Score | None = None

    def all_scores(self) -> list[Score]:
        """Returns the scores, and last the total, if there is one."""
        return [*self.scores, *([self.total] if self.total else [])]

    def passages(self) -> list[PointSpan]:
        """Returns the passages that notes are about, by the notes' numbers, which count from 1."""
        found = (
            PointSpan.of(self.text, note.start, note.end, str(number))
            for number, note in enumerate(self.notes, start=1)
            if note.start is not None and note.end is not None
        )
        return sorted(filter(None, found))
