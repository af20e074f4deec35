"""Words a merged feedback as a text that a person can read, in the language of the feedback."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, merged_pb2
from chorus.model.v1 import failure_pb2
from chorus_client.errors import reason_name
from chorus_documents.writing.markdown import escaped, markdown
from chorus_documents.writing.returned_work import Note, Remark, ReturnedWork, Score
from chorus_wording import language, phrases
from chorus_wording.feedback_words import FEEDBACK_WORDS
from chorus_wording.notes import note_of, scale_of
from chorus_wording.words import FeedbackWords

_NO_WORK = ""


def language_of(feedback_language: str, text_language: str) -> str:
    """Returns which of our languages the words around a feedback are in."""
    return language.language_of(feedback_language or text_language)


def provisional_line(model: str, point: feedback_pb2.Point) -> str:
    """Returns the line that shows a point which one model just finished."""
    return f"- {escaped(model)}: {_one_line(point.observation)}\n"


def broken_off(reason: failure_pb2.ErrorReason.ValueType, feedback_language: str) -> str:
    """Returns what stands over a feedback that came only in part, because of a reason."""
    words = FEEDBACK_WORDS[language.language_of(feedback_language)]
    known = words.reasons.get(reason, words.reasons[failure_pb2.ERROR_REASON_INTERNAL])
    return f"{words.broken_off.format(reason=known, name=reason_name(reason))}\n\n"


def feedback_text(
    title: str, response: feedback_service_pb2.GetFeedbackResponse, feedback_language: str = ""
) -> str:
    """Returns the feedback as Markdown: points, scores, summary, and who did not answer.

    Args:
        title: What stands in the heading.
        response: The answer of the panel.
        feedback_language: As it was asked for; empty: the text's.
    """
    words = FEEDBACK_WORDS[language_of(feedback_language, response.language_code)]
    merged = response.merged
    titles, numbers = phrases.titles(response.rubric), phrases.numbers(merged)
    notes = [
        _with_authors(note_of(each.members[0].point, _NO_WORK, titles, words.note), each, numbers, words)
        for each in merged.points
        if each.members
    ]
    criteria = {each.id: each for each in response.rubric.criteria}
    scores = [
        Score(
            titles.get(each.criterion_id, each.criterion_id),
            f"{each.score:.1f}" if each.HasField("score") else words.no_score,
            scale_of(criteria.get(each.criterion_id)),
            words.score_agreements.get(each.agreement, ""),
        )
        for each in merged.scores
        if each.HasField("low")
    ]
    labels = replace(words.note.labels, reason=words.agreement)
    written = markdown(ReturnedWork(title, "", _NO_WORK, notes, scores, labels))
    if not notes:
        written += f"\n{escaped(phrases.no_points(response, words))}\n"
    return written + "".join(f"\n{line}\n" for line in _ending(merged, words))


def _with_authors(
    note: Note, point: merged_pb2.MergedPoint, numbers: Mapping[str, str], words: FeedbackWords
) -> Note:
    # Models are called by the names that a caller asks them by.
    return replace(note, said=[*note.said, Remark("", phrases.who(point, numbers, {}, words))])


def _ending(merged: merged_pb2.MergedFeedback, words: FeedbackWords) -> Iterator[str]:
    if merged.summary.sentences:
        yield f"## {words.summary}"
        yield "\n".join(f"- {_one_line(each.text)}" for each in merged.summary.sentences)
    if merged.suspected_injections:
        yield f"## {words.injections_heading}"
        yield "\n".join(
            f"- {words.note.quotation.format(text=_one_line(each.quote))}"
            for each in merged.suspected_injections
        )
        yield words.injections_note
        yield words.injections_confirmed if merged.confirmed_injections else words.injections_unconfirmed
    panel = merged.panel
    yield f"**{words.panel}:** {phrases.panel(panel, words)}"
    if panel.missing:
        yield f"**{words.missing}:** {escaped(', '.join(panel.missing))}"


def _one_line(text: str) -> str:
    return escaped(" ".join(text.split()))
