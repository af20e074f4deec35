"""Shows the panel while it answers, in one row for each model."""

from rich.cells import cell_len
from rich.console import Group
from rich.spinner import Spinner
from rich.text import Text

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2
from chorus_command_line import amounts
from chorus_command_line.failure_view import explain
from chorus_command_line.words import Words


class PanelView:
    """Takes the events of a stream in their order, and renders as the rows so far."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._rows: dict[str, Spinner | Text] = {}
        self._points: dict[str, int] = {}

    def accept(self, event: feedback_service_pb2.StreamFeedbackResponse) -> Text | None:
        """Takes an event, and returns the line that says it where rows cannot be redrawn."""
        match event.WhichOneof("event"):
            case "accepted":
                for model in event.accepted.models:
                    self._wait(model)
                return Text(f"{self._words.asked}: {', '.join(event.accepted.models)}")
            case "delta":
                self._wait(event.delta.model, points=1)
            case "result":
                line = self._answer(event.result)
                self._rows[event.result.model] = line
                return line
        return None

    def __rich__(self) -> Group:
        """Renders the rows, in the order in which the models were asked."""
        return Group(*self._rows.values())

    def _wait(self, model: str, points: int = 0) -> None:
        row = self._rows.setdefault(model, Spinner("dots", style="cyan"))
        if isinstance(row, Spinner):
            self._points[model] = self._points.get(model, 0) + points
            so_far = self._words.points_so_far.format(count=self._points[model])
            row.update(text=Text(f"{self._named(model)}  {so_far if points else self._words.waiting}"))

    def _answer(self, result: feedback_pb2.ModelResult) -> Text:
        words = self._words
        said = [amounts.seconds(result.latency, words)]
        if result.HasField("failure"):
            mark = ("✗ ", "red")
            said.append(explain(result.failure, words))
        else:
            mark = ("✓ ", "green")
            said.append(words.points.format(count=len(result.feedback.points)))
            if result.feedback.rejected:
                said.append(words.left_out.format(count=len(result.feedback.rejected)))
            said.append(amounts.cost(result.usage, words))
        if result.substitute_for:
            said.append(words.stands_in_for.format(model=result.substitute_for))
        return Text.assemble(mark, f"{self._named(result.model)}  {', '.join(said)}")

    def _named(self, model: str) -> str:
        """Pads a name to the width of the widest."""
        widest = max(map(cell_len, (*self._rows, model)))
        return model + " " * (widest - cell_len(model))
