"""Names every sentence that the command line alone says. `english.py` and `korean.py` hold them."""

from collections.abc import Mapping
from dataclasses import dataclass

from chorus_documents.document import Remark
from chorus_wording.words import FeedbackWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The labels and sentences of one language. Braces name what is filled in.

    Attributes:
        feedback: What is said of a feedback wherever it is read.
    """

    feedback: FeedbackWords

    # The panel while it answers
    characters: str
    asked: str
    waiting: str
    points_so_far: str
    points: str
    left_out: str
    stands_in_for: str
    seconds: str

    # How a file was read, and a place in it
    file_remarks: Mapping[Remark, str]
    place: str

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
    lacking: Mapping[str, str]
    set_this: str
    set_another: str
    set_gemma: str
    ask_instead: str
    retry_after: str
    more_time: str
    needs_of: str
    say_who: str
    see_models: str
    is_it_running: str
    no_orchestrator: str
    untrusted_server: str
    retired: str
    use_instead: str

    # A simulated student
    synthetic: str

    # Models outside of the panel
    absent_heading: str
    loading: str
    unreachable: str
