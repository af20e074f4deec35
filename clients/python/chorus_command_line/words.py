"""Names every sentence that the command line says. `english.py` and `korean.py` hold them."""

from collections.abc import Mapping
from dataclasses import dataclass

from chorus.feedback.v1 import feedback_pb2, merged_pb2
from chorus.model.v1 import failure_pb2
from chorus_documents.document import Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The labels and sentences of one language. Braces name what is filled in."""

    # The panel while it answers
    characters: str
    asked: str
    waiting: str
    points_so_far: str
    points: str
    left_out: str
    stands_in_for: str
    seconds: str

    # How a file was read
    file_remarks: Mapping[Remark, str]

    # Who read the text, and the points. The keys of `looked_at` are the reviewers that read by rule.
    summary: str
    read_by_rule: str
    read_by_models: str
    read_by_rule_too: str
    no_panel: str
    looked_at: Mapping[str, str]
    own_readers: Mapping[str, str]
    worded_by: str
    template_instead: str
    points_heading: str
    no_points: str
    no_points_by_rule: str
    polarities: Mapping[feedback_pb2.Polarity.ValueType, str]
    severities: Mapping[feedback_pb2.Severity.ValueType, str]
    importance: str
    issues: Mapping[str, str]
    under_criterion: str
    place: str
    whole_text: str
    why: str
    next_step: str
    rewrite: str
    quotation: str

    # Agreement. `opposed` names the points that say the opposite of a contested one.
    agreements: Mapping[merged_pb2.Agreement.ValueType, str]
    opposed: str

    # Scores
    score_agreements: Mapping[merged_pb2.Agreement.ValueType, str]
    scores_heading: str
    scale: str
    not_scored: str
    total: str
    no_total: str

    # The report of `--out`
    report: str
    task: str
    text: str
    criterion: str
    score: str
    range: str
    agreement: str

    # The feedback as a whole
    injections_heading: str
    injections_note: str
    injections_unconfirmed: str
    injections_confirmed: str
    panel: str
    panel_states: Mapping[merged_pb2.Panel.State.ValueType, str]
    missing: str
    replayed: str
    feedback_id: str

    # Money
    cost: str
    free: str
    measured: str
    estimated: str
    at_least: str
    unknown_cost: str
    tokens: str

    # Failures, and what helps. Servers write their messages in English: `shows_messages` is True there alone.
    shows_messages: bool
    reasons: Mapping[failure_pb2.ErrorReason.ValueType, str]
    lacking: Mapping[str, str]
    set_this: str
    set_another: str
    ask_instead: str
    retry_after: str
    more_time: str
    needs_of: str
    is_it_running: str
    no_orchestrator: str
    untrusted_server: str
    retired: str
    use_instead: str

    # A simulated student
    synthetic: str

    # Models outside of the panel
    absent_heading: str
    unreachable: str
