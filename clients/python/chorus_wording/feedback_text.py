"""Words a merged feedback as a text that a person can read, in the language of the feedback."""

from collections.abc import Iterator
from dataclasses import replace

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, merged_pb2
from chorus_documents.writing.markdown import escaped, markdown
from chorus_documents.writing.returned_work import Note, Remark, ReturnedWork, Score
from chorus_wording.feedback_words import FEEDBACK_WORDS, FeedbackWords
from chorus_wording.notes import note_of, scale_of
from chorus_wording.wording import WORDING

_NO_WORK = ""


def language_of(feedback_language: str, text_language: str) -> str:
    """Returns which of our languages the words around a feedback are in."""
    code = (feedback_language or text_language).partition("-")[0].lower()
    return code if code in WORDING else "en"


def provisional_line(model: str, point: feedback_pb2.Point) -> str:
    """Returns the line that shows a point which one model just finished."""
    return f"- {escaped(model)}: {_one_line(point.observation)}\n"


def feedback_text(
    title: str, response: feedback_service_pb2.GetFeedbackResponse, feedback_language: str = ""
) -> str:
    """Returns the feedback as Markdown: summary, points, scores, and who did not answer.

    Args:
        title: What stands in the heading.
        response: The answer of the panel.
        feedback_language: As it was asked for; empty: the text's.
    """
    language = language_of(feedback_language, response.language_code)
    words, wording = FEEDBACK_WORDS[language], WORDING[language]
    merged = response.merged
    titles = {each.id: each.title or each.id for each in response.rubric.criteria}
    notes = [
        _with_author(note_of(each.members[0].point, _NO_WORK, titles, wording), each, words)
        for each in merged.points
        if each.members
    ]
    criteria = {each.id: each for each in response.rubric.criteria}
    scores = [
        Score(
            titles.get(each.criterion_id, each.criterion_id),
            f"{each.score:.1f}" if each.HasField("score") else words.disputed,
            scale_of(criteria.get(each.criterion_id)),
            words.agreements.get(each.agreement, ""),
        )
        for each in merged.scores
        if each.HasField("low")
    ]
    written = markdown(ReturnedWork(title, "", _NO_WORK, notes, scores, wording.labels))
    if not notes:
        written += f"\n{words.no_points}\n"
    return written + "".join(f"\n{line}\n" for line in _ending(merged, words))


def _with_author(note: Note, point: merged_pb2.MergedPoint, words: FeedbackWords) -> Note:
    models = ", ".join(each.model for each in point.members)
    agreement = words.agreements.get(point.agreement, "")
    said = [*note.said, Remark(words.said_by, f"{models} ({agreement})" if agreement else models)]
    return replace(note, said=said)


def _ending(merged: merged_pb2.MergedFeedback, words: FeedbackWords) -> Iterator[str]:
    if merged.summary.sentences:
        yield f"## {words.summary}"
        yield "\n".join(f"- {_one_line(each.text)}" for each in merged.summary.sentences)
    panel = merged.panel
    yield words.answered.format(answered=panel.answered, asked=panel.asked, families=panel.families_answered)
    if panel.missing:
        yield f"**{words.missing}:** {escaped(', '.join(panel.missing))}"
    if merged.suspected_injections:
        yield words.injections


def _one_line(text: str) -> str:
    return escaped(" ".join(text.split()))
