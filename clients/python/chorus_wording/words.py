"""Names everything that is said of a feedback. `english.py` and `korean.py` hold the words."""

from collections.abc import Mapping
from dataclasses import dataclass

from chorus.feedback.v1 import feedback_pb2, merged_pb2
from chorus.model.v1 import failure_pb2
from chorus_documents.writing.returned_work import Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWords:
    """The words of one language about a point. Braces name what is filled in.

    Attributes:
        labels: What stands around notes and scores in a file.
        untitled: The name of a work without one.
        teacher: Who gives it back, where the name is not known.
        importance: How much a point matters; `severities` are filled in.
        issues: By the issues' names in the contract.
        agreements: How many say so, before who they are.
        opposed: Names the points that say the opposite of a contested one.
    """

    labels: Labels
    untitled: str
    teacher: str
    polarities: Mapping[feedback_pb2.Polarity.ValueType, str]
    severities: Mapping[feedback_pb2.Severity.ValueType, str]
    importance: str
    issues: Mapping[str, str]
    under_criterion: str
    why: str
    next_step: str
    rewrite: str
    quotation: str
    agreements: Mapping[merged_pb2.Agreement.ValueType, str]
    opposed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackWords:
    """The words of one language about a feedback as a whole. Braces name what is filled in.

    Attributes:
        note: The words about each point.
        provisional: Stands over what is shown before the panel has answered.
        broken_off: Stands over what had come when the answer broke off; one of `reasons` is filled in,
            and its name in the contract.
        one_family: How many families, where it is one.
        families: How many, where they are more or none.
        looked_at: What the reviewers that read by rule look at, by their names.
        own_readers: What these reviewers are called, by their names.
        no_score: Stands in the place of a score where the models contradict each other.
        reasons: Why a model or a call failed.
    """

    note: NoteWords
    provisional: str
    broken_off: str

    one_family: str
    families: str

    # Who read the text
    summary: str
    read_by_rule: str
    read_by_models: str
    read_by_rule_too: str
    no_panel: str
    looked_at: Mapping[str, str]
    own_readers: Mapping[str, str]
    worded_by: str
    template_instead: str

    # What they said
    points_heading: str
    no_points: str
    no_points_by_rule: str

    # Scores
    no_score: str
    score_agreements: Mapping[merged_pb2.Agreement.ValueType, str]
    scale: str
    not_scored: str
    nothing_scored: str
    total: str
    no_total: str

    # A report
    task: str
    text: str
    range: str
    agreement: str

    # Passages that may address the models
    injections_heading: str
    injections_note: str
    injections_unconfirmed: str
    injections_confirmed: str

    # The panel
    panel: str
    panel_states: Mapping[merged_pb2.Panel.State.ValueType, str]
    missing: str
    replayed: str
    feedback_id: str
    reasons: Mapping[failure_pb2.ErrorReason.ValueType, str]
