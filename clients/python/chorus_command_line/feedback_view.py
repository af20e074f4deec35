"""Shows the merged feedback as a teacher reads it."""

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, merged_pb2
from chorus_command_line import amounts
from chorus_command_line.score_view import scores
from chorus_command_line.screen import indented, labelled, prose, quoted
from chorus_command_line.words import Words
from chorus_wording import phrases
from chorus_wording.words import FeedbackWords, NoteWords

_POLARITY_STYLES = {
    feedback_pb2.POLARITY_STRENGTH: "bold green",
    feedback_pb2.POLARITY_IMPROVEMENT: "bold yellow",
    feedback_pb2.POLARITY_QUESTION: "bold cyan",
}


def feedback(
    request: feedback_service_pb2.GetFeedbackRequest,
    response: feedback_service_pb2.GetFeedbackResponse,
    names: Mapping[str, str],
    words: Words,
) -> Group:
    """Returns who read the text and what they said, most important first.

    `names` are the models' display names by their names.
    """
    text, merged = request.submission.text, response.merged
    said = words.feedback
    readers = phrases.readers(response, said)
    sections = (
        [Text(readers, style="bold")] if readers else [],
        _summary(merged, phrases.author(request, merged, names, said), said),
        _points(response, names, text, words),
        scores(merged, response.rubric, said),
        _injections(merged, text, words),
        _ending(response, words),
    )
    lines: list[RenderableType] = []
    for section in sections:
        found = list(section)
        if found:
            lines += (Text(), *found)
    return Group(*lines)


def _heading(text: str) -> Text:
    return Text(text, style="bold underline")


def _summary(
    merged: merged_pb2.MergedFeedback, author: str, words: FeedbackWords
) -> Iterator[RenderableType]:
    if not merged.summary.sentences:
        return
    numbers = phrases.numbers(merged)
    yield _heading(words.summary + (f" ({author})" if author else ""))
    for sentence in merged.summary.sentences:
        mark = "+" if sentence.kind == merged_pb2.Summary.Sentence.KIND_STRENGTH else "→"
        rests_on = ", ".join(numbers[each] for each in sentence.point_ids if each in numbers)
        yield indented(Text.assemble(f"{mark} {prose(sentence.text)}", (f" ({rests_on})", "dim")))


def _points(
    response: feedback_service_pb2.GetFeedbackResponse, names: Mapping[str, str], text: str, words: Words
) -> Iterator[RenderableType]:
    merged = response.merged
    if not merged.points:
        yield Text(phrases.no_points(response, words.feedback))
        return
    titles, numbers = phrases.titles(response.rubric), phrases.numbers(merged)
    yield _heading(words.feedback.points_heading)
    for merged_point in merged.points:
        point = merged_point.members[0].point
        yield Text()
        yield Text.assemble(f"{numbers[merged_point.id]}. ", _what(point, titles, words.feedback.note))
        for line in _body(point, text, words):
            yield indented(line)
        yield indented(Text(phrases.who(merged_point, numbers, names, words.feedback), style="dim"))


def _what(point: feedback_pb2.Point, titles: dict[str, str], words: NoteWords) -> Text:
    style = _POLARITY_STYLES.get(point.polarity, "")
    return Text.assemble((phrases.polarity(point, words), style), phrases.about(point, titles, words))


def _body(point: feedback_pb2.Point, text: str, words: Words) -> Iterator[Text]:
    labels = words.feedback.note
    yield _where(point, text, words)
    yield Text(prose(point.observation))
    if point.reason:
        yield labelled(labels.why, prose(point.reason))
    if point.next_step:
        yield labelled(labels.next_step, prose(point.next_step))
    if point.suggested_rewrite:
        yield labelled(labels.rewrite, prose(point.suggested_rewrite), style="italic")


def _where(point: feedback_pb2.Point, text: str, words: Words) -> Text:
    if not point.HasField("anchor"):
        return Text(words.feedback.note.labels.whole_work, style="dim")
    return _passage(point.anchor, text, words)


def _passage(anchor: feedback_pb2.Anchor, text: str, words: Words) -> Text:
    quote = words.feedback.note.quotation.format(text=quoted(anchor.quote))
    line_start = text.rfind("\n", 0, anchor.start) + 1
    line = text.count("\n", 0, anchor.start) + 1
    place = words.place.format(line=line, column=anchor.start - line_start + 1)
    return Text.assemble((quote, "italic"), (f"  ({place})", "dim"))


def _injections(merged: merged_pb2.MergedFeedback, text: str, words: Words) -> Iterator[RenderableType]:
    said = words.feedback
    if merged.suspected_injections:
        yield Text(said.injections_heading, style="bold underline")
        for anchor in merged.suspected_injections:
            yield indented(_passage(anchor, text, words))
        yield indented(Text(said.injections_note))
        yield indented(
            Text(said.injections_confirmed if merged.confirmed_injections else said.injections_unconfirmed)
        )


def _ending(response: feedback_service_pb2.GetFeedbackResponse, words: Words) -> Iterator[RenderableType]:
    said, panel = words.feedback, response.merged.panel
    single = panel.state == merged_pb2.Panel.STATE_SINGLE
    yield labelled(said.panel, phrases.panel(panel, said), style="yellow" if single else "")
    if panel.missing:
        yield labelled(said.missing, ", ".join(panel.missing))
    usage = response.usage
    cost = amounts.cost(usage, words)
    if usage.input_tokens or usage.output_tokens:
        tokens = words.tokens.format(input=f"{usage.input_tokens:,}", output=f"{usage.output_tokens:,}")
        cost = f"{cost}; {tokens}"
    yield labelled(words.cost, cost)
    if response.replayed:
        yield Text(said.replayed)
    if response.feedback_id:
        yield labelled(said.feedback_id, response.feedback_id)
