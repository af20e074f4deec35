"""Those for whom a review is made, and the points that they hear before an answer is whole."""

from typing import Protocol

from chorus.feedback.v1 import feedback_pb2
from orchestrator.answer.point_stream import PointStreamParser


class Audience(Protocol):
    """Those for whom a review is made.

    Attributes:
        caller: Whose review it is; "": it has no name.
    """

    caller: str = ""

    @property
    def is_listening(self) -> bool:
        """Whether anybody hears more than the response. It may change at any time."""


class PointListener(Audience, Protocol):
    """Hears each point of an answer as soon as the model has written it."""

    def hear(self, model: str, point: feedback_pb2.Point) -> None:
        """Takes up a point of a model; the model's result replaces it."""


class EarlyPoints:
    """Reads the points out of an answer that is still being written, as long as somebody listens.

    A listener who comes late hears the earlier points too. While nobody listens, nothing is read.
    """

    def __init__(self, model: str, reader: PointStreamParser, listener: PointListener | None) -> None:
        self._model = model
        self._reader = reader
        self._listener = listener
        self._unread: list[str] = []

    @property
    def are_heard(self) -> bool:
        """Whether somebody listens now."""
        return self._listener is not None and self._listener.is_listening

    def feed(self, piece: str) -> None:
        """Takes the answer's next piece."""
        if self._listener is None:
            return
        self._unread.append(piece)
        if not self._listener.is_listening:
            return
        text = "".join(self._unread)
        self._unread.clear()
        for point in self._reader.feed(text):
            self._listener.hear(self._model, point)
