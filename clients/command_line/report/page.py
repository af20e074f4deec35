"""What a report says about one work, in the order and the words in which it is read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, merged_pb2, submission_pb2
from clients.command_line import phrases
from clients.command_line.report.passages import Paragraph, Passage, paragraphs
from clients.command_line.screen import prose
from clients.command_line.words import Words

_KINDS = {
    feedback_pb2.POLARITY_STRENGTH: "strength",
    feedback_pb2.POLARITY_IMPROVEMENT: "improvement",
    feedback_pb2.POLARITY_QUESTION: "question",
}


@dataclass(frozen=True, slots=True)
class Note:
    """A point beside the text.

    Attributes:
        kind: "strength", "improvement" or "question"; "" for what a newer server adds.
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
class Sentence:
    """A sentence of the summary, and the numbers of the notes it rests on."""

    text: str
    numbers: Sequence[str]
    is_praise: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A score on its scale, in per cent of it: where the range begins, how wide it is, and the score."""

    start: float
    width: float
    score: float | None


@dataclass(frozen=True, slots=True)
class Score:
    """A criterion that was judged. `score` is empty if the models contradict each other."""

    title: str
    score: str
    range: str
    scale: str
    bar: Bar | None
    agreement: str


@dataclass(frozen=True, slots=True)
class Page:
    """A report on one work.

    Attributes:
        readers: Who read the text; may be empty.
        author: Who worded the summary, if a model was to.
        notes: By their numbers, most important first.
        about_the_whole: Numbers of those that stand at no passage.
        no_points: What is said if there are none.
    """

    name: str
    task: str
    text_language: str
    feedback_language: str
    words: Words
    readers: str
    summary: Sequence[Sentence]
    author: str
    paragraphs: Sequence[Paragraph]
    notes: Mapping[str, Note]
    about_the_whole: Sequence[str]
    no_points: str
    scores: Sequence[Score]
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
    words: Words,
) -> Page:
    """The report on the work that was asked about; `names` are the models' for people."""
    submission, merged = request.submission, response.merged
    criteria = phrases.titles(response.rubric)
    numbers = phrases.numbers(merged)
    passages = sorted(_passages(merged, numbers, submission.text))
    beside = {passage.point for passage in passages}
    notes = {
        numbers[each.id]: _note(each, numbers, criteria, phrases.who(each, numbers, names, words), words)
        for each in merged.points
    }
    return Page(
        name=name,
        task=prose(submission.task),
        text_language=response.language_code,
        feedback_language=request.feedback_language_code or response.language_code,
        words=words,
        readers=phrases.readers(response, words),
        summary=[
            Sentence(
                prose(each.text),
                sorted((numbers[point] for point in each.point_ids if point in numbers), key=int),
                each.kind == merged_pb2.Summary.Sentence.KIND_STRENGTH,
            )
            for each in merged.summary.sentences
        ],
        author=phrases.author(request, merged, names, words),
        paragraphs=list(paragraphs(submission.text, passages)),
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


def _passages(merged: merged_pb2.MergedFeedback, numbers: Mapping[str, str], text: str) -> Iterator[Passage]:
    for each in merged.points:
        point = each.members[0].point
        if point.HasField("anchor"):
            found = Passage.of(text, point.anchor.start, point.anchor.end, numbers[each.id])
            if found:
                yield found


def _note(
    merged: merged_pb2.MergedPoint,
    numbers: Mapping[str, str],
    criteria: Mapping[str, str],
    who: str,
    words: Words,
) -> Note:
    point = merged.members[0].point
    return Note(
        number=numbers[merged.id],
        kind=_KINDS.get(point.polarity, ""),
        heading=phrases.polarity(point, words),
        about=phrases.about(point, criteria, words),
        quote=point.anchor.quote,
        observation=prose(point.observation),
        reason=prose(point.reason),
        next_step=prose(point.next_step),
        rewrite=prose(point.suggested_rewrite),
        who=who,
    )


def _scores(
    merged: merged_pb2.MergedFeedback, rubric: submission_pb2.Rubric, words: Words
) -> Iterator[Score]:
    criteria = phrases.titles(rubric)
    levels = {each.id: [level.score for level in each.levels] for each in rubric.criteria}
    for each in merged.scores:
        if each.HasField("low"):
            steps = levels.get(each.criterion_id) or [0.0]
            low, high = min(steps), max(steps)
            has_scale = low < high
            yield Score(
                title=criteria.get(each.criterion_id, each.criterion_id),
                score=f"{each.score:.1f}" if each.HasField("score") else "",
                range=f"{each.low:.1f}–{each.high:.1f}",
                scale=words.scale.format(low=f"{low:g}", high=f"{high:g}") if has_scale else "",
                bar=_bar(each, low, high) if has_scale else None,
                agreement=words.score_agreements.get(each.agreement, ""),
            )


def _bar(score: merged_pb2.MergedScore, low: float, high: float) -> Bar:
    def place(value: float) -> float:
        return 100 * (min(max(value, low), high) - low) / (high - low)

    start = place(score.low)
    return Bar(start, place(score.high) - start, place(score.score) if score.HasField("score") else None)
