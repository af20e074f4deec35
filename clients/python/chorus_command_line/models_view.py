"""Compares the models in a table, and says what to set for those that are not ready."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from chorus.feedback.v1 import feedback_service_pb2
from chorus.model.v1 import model_pb2
from chorus_command_line import amounts
from chorus_command_line.screen import indented, prose
from chorus_command_line.words import Words

# About what one feedback takes of a model: a text of two pages with its rubric, and the long answer.
_FEEDBACK_INPUT_TOKENS = 3000
_FEEDBACK_OUTPUT_TOKENS = 1000
_MILLION = 1_000_000
_GIGA = 1_000_000_000
_NONE = "-"

_STATES = {
    model_pb2.Model.STATE_READY: ("ready", "green"),
    model_pb2.Model.STATE_LOADING: ("loading", "yellow"),
    model_pb2.Model.STATE_UNAVAILABLE: ("off", "dim"),
}
_IN_PANEL = "yes"
_HEADINGS = (
    "in\npanel",
    "memory\nGB",
    "disk\nGB",
    "$ per\nM in",
    "$ per\nM out",
    "$ per\nreview",
    "$ at\nmost",
    "tokens\nper s",
    "median\nseconds",
    "calls\nfailed",
)
_LEGEND = (
    "M in, M out: a million tokens read, written. A review: about "
    f"{_FEEDBACK_INPUT_TOKENS:,} tokens in and {_FEEDBACK_OUTPUT_TOKENS:,} out. "
    "At most: what is reserved for one review of two pages. "
    "-: not known, or not measured so far."
)
# What the servers say where one thing is to be set, and where what is set is refused.
_SETTING = re.compile(r"set ([A-Z][A-Z0-9_]*)")
_GEMMA = re.compile(r"set ([A-Z][A-Z0-9_]*) to a folder or a repository name of a Gemma model")
_REFUSED = re.compile(r"\S+ refuses ([A-Z][A-Z0-9_]*); set another")


def comparison(response: feedback_service_pb2.ListModelsResponse, words: Words) -> Group:
    """Returns the table, then what keeps the others out."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("model", overflow="fold", vertical="top")
    table.add_column("state", no_wrap=True)
    for heading in _HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for model in response.models:
        state = ("retired", "dim") if _is_retired(model) else _STATES.get(model.state, ("?", ""))
        table.add_row(model.name, Text(*state), *_numbers(model, response))
    notes = (Text(), Text(_panel(response)), Text(_LEGEND, style="dim"))
    return Group(table, *notes, absent(response, words))


def _panel(response: feedback_service_pb2.ListModelsResponse) -> str:
    """Says who is asked where a review names nobody, and what that costs at most."""
    panel = response.default_panel
    known = response.max_review_cost_usd_nanos
    most = amounts.dollars(sum(known[name] for name in panel if name in known))
    unknown = sum(name not in known for name in panel)
    models = "1 model" if len(panel) == 1 else f"{len(panel)} models"
    besides = f", beside {unknown} of a price that is not known" if unknown else ""
    return (
        f"In panel: {models}, asked by every review that names none. Together they cost at most {most} for "
        f"two pages{besides}. CHORUS_PANEL chooses them."
    )


def absent(response: feedback_service_pb2.ListModelsResponse, words: Words) -> Group:
    """Lists the models that cannot take part, by what to do about it."""
    by_detail: dict[str, list[str]] = {}
    for model in response.models:
        if model.state != model_pb2.Model.STATE_READY:
            by_detail.setdefault(_why_absent(model, words), []).append(model.name)
    if response.unreachable:
        by_detail[words.unreachable] = list(response.unreachable)
    if not by_detail:
        return Group()
    lines: list[RenderableType] = [Text(), Text(words.absent_heading, style="bold underline")]
    for detail, names in by_detail.items():
        lines += (indented(Text(detail, style="yellow")), indented(Text(", ".join(names), style="dim"), 6))
    return Group(*lines)


def _why_absent(model: model_pb2.Model, words: Words) -> str:
    if _is_retired(model):
        retired = words.retired.format(date=model.retirement_date)
        return f"{retired}; {words.use_instead.format(model=model.successor)}" if model.successor else retired
    if needed := _SETTING.fullmatch(model.state_detail):
        return words.set_this.format(setting=needed[1])
    if gemma := _GEMMA.fullmatch(model.state_detail):
        return words.set_gemma.format(setting=gemma[1])
    if refused := _REFUSED.fullmatch(model.state_detail):
        return words.set_another.format(setting=refused[1])
    if model.state == model_pb2.Model.STATE_LOADING and not words.shows_messages:
        return words.loading
    return prose(model.state_detail)


def _is_retired(model: model_pb2.Model) -> bool:
    """Whether its date has come, and no successor answers in its place or would with a key."""
    today = datetime.now(UTC).date().isoformat()
    is_off = model.state == model_pb2.Model.STATE_UNAVAILABLE
    return is_off and "" < model.retirement_date <= today and not _SETTING.fullmatch(model.state_detail)


def _numbers(model: model_pb2.Model, response: feedback_service_pb2.ListModelsResponse) -> Iterator[str]:
    yield _IN_PANEL if model.name in response.default_panel else ""
    footprint = model.footprint
    yield f"{footprint.memory_bytes / _GIGA:.1f}" if footprint.memory_bytes else _NONE
    yield f"{footprint.disk_bytes / _GIGA:.1f}" if footprint.disk_bytes else _NONE
    yield from _prices(model)
    known = response.max_review_cost_usd_nanos
    yield _amount(known[model.name]) if model.name in known else _NONE
    record = model.track_record
    measured = record.calls > 0
    yield f"{record.output_tokens_per_second:.1f}" if record.output_tokens_per_second else _NONE
    yield f"{record.latency.ToNanoseconds() / 1e9:.1f}" if record.HasField("latency") else _NONE
    yield f"{record.failure_rate:.0%}" if measured else _NONE


def _prices(model: model_pb2.Model) -> Iterator[str]:
    if not model.HasField("price"):
        yield from (_NONE, _NONE, _NONE)
        return
    price = model.price
    feedback = (
        price.input_usd_nanos * _FEEDBACK_INPUT_TOKENS + price.output_usd_nanos * _FEEDBACK_OUTPUT_TOKENS
    )
    yield from map(_amount, (price.input_usd_nanos, price.output_usd_nanos, feedback // _MILLION))


def _amount(nanos: int) -> str:
    return amounts.dollars(nanos).removeprefix("$")
