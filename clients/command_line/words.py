"""What the client says around the feedback, in one language; `english.py` and `korean.py` fill it in."""

from collections.abc import Mapping
from dataclasses import dataclass

from chorus.feedback.v1 import feedback_pb2, merged_pb2
from chorus.model.v1 import failure_pb2


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Labels and sentences; braces name what is filled in."""

    # The panel, as it answers
    characters: str
    asked: str
    waiting: str
    points_so_far: str
    points: str
    left_out: str
    stands_in_for: str
    seconds: str

    # Who read, and points; by `looked_at` we know what reads by rule, and what it looks for
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

    # Agreement; by `opposed` a contested point names the points that say the opposite
    agreements: Mapping[merged_pb2.Agreement.ValueType, str]
    opposed: str

    # Scores
    score_agreements: Mapping[merged_pb2.Agreement.ValueType, str]
    scores_heading: str
    scale: str
    not_scored: str
    total: str
    no_total: str

    # A report
    report: str
    task: str
    text: str
    criterion: str
    score: str
    range: str
    agreement: str

    # The whole
    injections_heading: str
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

    # Failures, and what helps; servers write their messages in English
    shows_messages: bool
    reasons: Mapping[failure_pb2.ErrorReason.ValueType, str]
    lacking: Mapping[str, str]
    set_this: str
    ask_instead: str
    retry_after: str
    more_time: str
    needs_of: str
    is_it_running: str
    no_orchestrator: str
    retired: str
    use_instead: str

    # A simulated student
    synthetic: str

    # Models outside of the panel
    absent_heading: str
    unreachable: str
