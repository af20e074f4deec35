"""Gathers what a report says about one text, in the order and the words in which it is read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, merged_pb2, submission_pb2
from chorus_command_line.screen import prose
from chorus_documents.writing.marked_text import MarkedParagraph, PointSpan, paragraphs
from chorus_wording import phrases
from chorus_wording.words import FeedbackWords

_KINDS = {
    feedback_pb2.POLARITY_STRENGTH: "strength",
    feedback_pb2.POLARITY_IMPROVEMENT: "improvement",
    feedback_pb2.POLARITY_QUESTION: "question",
}


@dataclass(frozen=True, slots=True)
class PointNote:
    """A point as it stands beside the text.

    Attributes:
        kind: "strength", "improvement" or "question"; empty for a polarity that only a newer server knows.
    """

    number: str
    kind: str
    heading: str
    about: str
    quote: str
    observation: str
    reason: str
    next_step: str
    rewrite: str
    who: str


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A sentence of the summary, with the numbers of the notes that it rests on."""

    text: str
    numbers: Sequence[str]
    is_praise: bool


@dataclass(frozen=True, slots=True)
class ScoreBar:
    """A bar on the scale, in per cent of it: the start and width of the range, and the score."""

    start: float
    width: float
    score: float | None


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A row of the table of scores. `score` is empty if the models contradict each other."""

    title: str
    score: str
    range: str
    scale: str
    bar: ScoreBar | None
    agreement: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report on one text.

    Attributes:
        readers: Who read the text; may be empty.
        author: Who worded the summary, if a model was to.
        notes: By their numbers, most important first.
        about_the_whole: The numbers of the notes on no place of the text.
        no_points: What is said if there are none.
    """

    name: str
    task: str
    text_language: str
    feedback_language: str
    words: FeedbackWords
    readers: str
    summary: Sequence[SummaryLine]
    author: str
    paragraphs: Sequence[MarkedParagraph]
    notes: Mapping[str, PointNote]
    about_the_whole: Sequence[str]
    no_points: str
    scores: Sequence[ScoreRow]
    unjudged: Sequence[str]
    total: str
    injections: Sequence[str]
    injections_confirmed: bool
    panel: str
    missing: Sequence[str]
    feedback_id: str


def page(
    name: str,
    request: feedback_service_pb2.GetFeedbackRequest,
    response: feedback_service_pb2.GetFeedbackResponse,
    names: Mapping[str, str],
    words: FeedbackWords,
) -> ReportPage:
    """Returns the report on a text. `names` are the models' display names by their names."""
    submission, merged = request.submission, response.merged
    criteria = phrases.titles(response.rubric)
    numbers = phrases.numbers(merged)
    spans = sorted(_point_spans(merged, numbers, submission.text))
    beside = {span.point for span in spans}
    notes = {
        numbers[each.id]: _note(each, numbers, criteria, phrases.who(each, numbers, names, words), words)
        for each in merged.points
    }
    return ReportPage(
        name=name,
        task=prose(submission.task),
        text_language=response.language_code,
        feedback_language=request.feedback_language_code or response.language_code,
        words=words,
        readers=phrases.readers(response, words),
        summary=[
            SummaryLine(
                prose(each.text),
                sorted((numbers[point] for point in each.point_ids if point in numbers), key=int),
                each.kind == merged_pb2.Summary.Sentence.KIND_STRENGTH,
            )
            for each in merged.summary.sentences
        ],
        author=phrases.author(request, merged, names, words),
        paragraphs=list(paragraphs(submission.text, spans)),
        notes=notes,
        about_the_whole=[number for number in notes if number not in beside],
        no_points=phrases.no_points(response, words),
        scores=list(_scores(merged, response.rubric, words)),
        unjudged=[
            criteria.get(each.criterion_id, each.criterion_id)
            for each in merged.scores
            if not each.HasField("low")
        ],
        total=f"{100 * merged.total:.0f} / 100" if merged.HasField("total") else words.no_total,
        injections=[each.quote for each in merged.suspected_injections],
        injections_confirmed=bool(merged.confirmed_injections),
        panel=phrases.panel(merged.panel, words),
        missing=merged.panel.missing,
        feedback_id=response.feedback_id,
    )


def _point_spans(
    merged: merged_pb2.MergedFeedback, numbers: Mapping[str, str], text: str
) -> Iterator[PointSpan]:
    for each in merged.points:
        point = each.members[0].point
        if point.HasField("anchor"):
            found = PointSpan.of(text, point.anchor.start, point.anchor.end, numbers[each.id])
            if found:
                yield found


def _note(
    merged: merged_pb2.MergedPoint,
    numbers: Mapping[str, str],
    criteria: Mapping[str, str],
    who: str,
    words: FeedbackWords,
) -> PointNote:
    point = merged.members[0].point
    return PointNote(
        number=numbers[merged.id],
        kind=_KINDS.get(point.polarity, ""),
        heading=phrases.polarity(point, words.note),
        about=phrases.about(point, criteria, words.note),
        quote=point.anchor.quote,
        observation=prose(point.observation),
        reason=prose(point.reason),
        next_step=prose(point.next_step),
        rewrite=prose(point.suggested_rewrite),
        who=who,
    )


def _scores(
    merged: merged_pb2.MergedFeedback, rubric: submission_pb2.Rubric, words: FeedbackWords
) -> Iterator[ScoreRow]:
    criteria = phrases.titles(rubric)
    levels = {each.id: [level.score for level in each.levels] for each in rubric.criteria}
    for each in merged.scores:
        if each.HasField("low"):
            steps = levels.get(each.criterion_id) or [0.0]
            low, high = min(steps), max(steps)
            has_scale = low < high
            yield ScoreRow(
                title=criteria.get(each.criterion_id, each.criterion_id),
                score=f"{each.score:.1f}" if each.HasField("score") else "",
                range=f"{each.low:.1f}–{each.high:.1f}",
                scale=words.scale.format(low=f"{low:g}", high=f"{high:g}") if has_scale else "",
                bar=_bar(each, low, high) if has_scale else None,
                agreement=words.score_agreements.get(each.agreement, ""),
            )


def _bar(score: merged_pb2.MergedScore, low: float, high: float) -> ScoreBar:
    def place(value: float) -> float:
        return 100 * (min(max(value, low), high) - low) / (high - low)

    start = place(score.low)
    return ScoreBar(start, place(score.high) - start, place(score.score) if score.HasField("score") else None)
