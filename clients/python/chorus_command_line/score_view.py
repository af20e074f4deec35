"""Shows the panel's scores, each with the range that it plausibly lies in."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from chorus.feedback.v1 import merged_pb2, submission_pb2
from chorus_command_line.screen import grid, indented, labelled
from chorus_wording.words import FeedbackWords


def scores(
    merged: merged_pb2.MergedFeedback, rubric: submission_pb2.Rubric, words: FeedbackWords
) -> Iterator[RenderableType]:
    """Yields one row for each criterion that was judged, the others in one line, then the total.

    Where none was judged that is all there is to say.
    """
    criteria = {each.id: each for each in rubric.criteria}
    judged = [each for each in merged.scores if each.HasField("low")]
    unjudged = [each for each in merged.scores if not each.HasField("low")]
    if not merged.scores:
        return
    yield Text(words.note.labels.scores, style="bold underline")
    if not judged:
        yield indented(Text(words.nothing_scored, style="dim"))
        return
    yield indented(grid([_row(each, criteria.get(each.criterion_id), words) for each in judged]))
    if unjudged:
        titles = ", ".join(_title(each, criteria.get(each.criterion_id)) for each in unjudged)
        yield indented(labelled(words.not_scored, titles, style="dim"))
    total = f"{100 * merged.total:.0f} / 100" if merged.HasField("total") else words.no_total
    yield indented(labelled(words.total, total))


def _title(score: merged_pb2.MergedScore, criterion: submission_pb2.Criterion | None) -> str:
    return criterion.title if criterion and criterion.title else score.criterion_id


def _row(
    score: merged_pb2.MergedScore, criterion: submission_pb2.Criterion | None, words: FeedbackWords
) -> tuple[Text | str, ...]:
    levels = [each.score for each in criterion.levels] if criterion else []
    scale = words.scale.format(low=f"{min(levels):g}", high=f"{max(levels):g}") if levels else ""
    return (
        _title(score, criterion),
        Text(f"{score.score:.1f}", style="bold") if score.HasField("score") else "",
        f"{score.low:.1f}–{score.high:.1f}",
        words.score_agreements.get(score.agreement, ""),
        Text(scale, style="dim"),
    )
