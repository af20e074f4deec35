"""What is said of a feedback, in English."""

from chorus.feedback.v1 import feedback_pb2, merged_pb2
from chorus.model.v1 import failure_pb2
from chorus_documents.writing.returned_work import Labels
from chorus_wording.words import FeedbackWords, NoteWords

ENGLISH = FeedbackWords(
    note=NoteWords(
        labels=Labels(
            language="en",
            feedback="Feedback",
            passage="Passage",
            whole_work="About the whole text",
            scores="Scores",
            score="Score",
            criterion="Criterion",
            scale="Scale",
            reason="Reason",
            kind="Kind",
            said="Comment",
            importance="Importance",
            total="Total",
        ),
        untitled="Untitled",
        teacher="Teacher",
        polarities={
            feedback_pb2.POLARITY_UNSPECIFIED: "Point",
            feedback_pb2.POLARITY_STRENGTH: "Strength",
            feedback_pb2.POLARITY_IMPROVEMENT: "To improve",
            feedback_pb2.POLARITY_QUESTION: "Think about",
        },
        severities={
            feedback_pb2.SEVERITY_MINOR: "minor",
            feedback_pb2.SEVERITY_MODERATE: "moderate",
            feedback_pb2.SEVERITY_MAJOR: "major",
        },
        importance="importance: {severity}",
        issues={
            "off_task": "answering the task",
            "missing_requirement": "what the task asks for",
            "length_format": "length or form",
            "claim_unclear": "clarity of the claim",
            "reason_weak": "strength of the reasons",
            "evidence_missing": "evidence",
            "evidence_irrelevant": "relevance of the evidence",
            "counterview_missing": "other views",
            "factual_error": "facts",
            "depth": "depth",
            "introduction": "opening",
            "conclusion": "ending",
            "paragraph_focus": "focus of a paragraph",
            "order_logic": "order",
            "transition": "transitions",
            "sentence_error": "sentences",
            "word_choice": "choice of words",
            "register_mix": "register",
            "repetition": "variety of wording",
            "concision": "concision",
            "spelling": "spelling",
            "spacing": "spacing",
            "punctuation": "punctuation",
            "citation": "citation",
            "other": "other",
        },
        under_criterion="criterion: {title}",
        why="Why",
        next_step="Next",
        rewrite="For example",
        quotation="“{text}”",
        agreements={
            merged_pb2.AGREEMENT_CONSENSUS: "{models} models of {families}",
            merged_pb2.AGREEMENT_SUPPORTED: "{models} models of {families}",
            merged_pb2.AGREEMENT_SINGLE: "one family only",
            merged_pb2.AGREEMENT_CONTESTED: "contested",
        },
        opposed="the opposite is said in point {points}",
    ),
    provisional="While the panel reads (provisional)",
    broken_off="Broken off: {reason} ({name}). What had come until then is provisional.",
    one_family="one family",
    families="{count} families",
    summary="In short",
    read_by_rule="Read by rule ({looked_at}), without a language model.",
    read_by_models="Read by language models: {models} (families: {families}; one maker's are one family).",
    read_by_rule_too="Read by rule, too ({looked_at}).",
    no_panel="One family's opinion, not a panel's.",
    looked_at={
        "chorus/proofreader-language": "spelling, spacing, register",
        "chorus/proofreader-structure": "structure",
    },
    own_readers={
        "chorus/proofreader-language": "language rules",
        "chorus/proofreader-structure": "structure rules",
    },
    worded_by="worded by {model}",
    template_instead="worded by a template; nothing usable came from {model}",
    points_heading="Points, most important first",
    no_points="The readers found nothing to say.",
    no_points_by_rule=(
        "Nothing found, but only rules looked ({looked_at}). Nobody has judged what the text says."
    ),
    no_score="open",
    score_agreements={
        merged_pb2.AGREEMENT_CONSENSUS: "several families agree",
        merged_pb2.AGREEMENT_SUPPORTED: "two families agree",
        merged_pb2.AGREEMENT_SINGLE: "one family only",
        merged_pb2.AGREEMENT_CONTESTED: "contested",
    },
    scale="scale {low}–{high}",
    not_scored="not scored",
    nothing_scored="No reviewer gave a score.",
    total="Total",
    no_total="none (a criterion that counts has no score)",
    task="Task",
    text="Text",
    range="Plausible range",
    agreement="Agreement",
    injections_heading="A question to the teacher: whom do these passages address?",
    injections_note=(
        "They may be meant for whoever grades this text, or be nothing of the kind: thanks, a quotation, "
        "an example. Chorus cannot know what the writer meant, and often asks in vain. "
        "Please read them yourself."
    ),
    injections_unconfirmed="Chorus changed no score on their account.",
    injections_confirmed=(
        "A model scored differently without them, so the scores shown were given without them. "
        "That tells you how the model reads, not what the writer meant."
    ),
    panel="Panel",
    panel_states={
        merged_pb2.Panel.STATE_COMPLETE: "All {asked} models answered, of {families}.",
        merged_pb2.Panel.STATE_PARTIAL: "{answered} of {asked} models answered, of {families}.",
        merged_pb2.Panel.STATE_SINGLE: (
            "{answered} of {asked} models answered, and all are of one family: "
            "this is one family's opinion, not a panel's."
        ),
    },
    missing="No answer from",
    replayed="This answer was stored before; nothing was asked or paid again.",
    feedback_id="Feedback id",
    reasons={
        failure_pb2.ERROR_REASON_INVALID_REQUEST: "the request is not valid",
        failure_pb2.ERROR_REASON_INPUT_TOO_LONG: "the text is too long for this model",
        failure_pb2.ERROR_REASON_MODEL_NOT_FOUND: "no such model, or retired",
        failure_pb2.ERROR_REASON_NOT_SUPPORTED: "cannot do this",
        failure_pb2.ERROR_REASON_PROVIDER_AUTH: "no key, or the provider rejected it",
        failure_pb2.ERROR_REASON_RATE_LIMITED: "too many requests just now",
        failure_pb2.ERROR_REASON_QUOTA_EXHAUSTED: "the provider's credit or quota is used up",
        failure_pb2.ERROR_REASON_BUDGET_EXCEEDED: "your cost limit would be passed",
        failure_pb2.ERROR_REASON_CONTENT_BLOCKED: "the content was refused",
        failure_pb2.ERROR_REASON_UNAVAILABLE: "not available",
        failure_pb2.ERROR_REASON_OUT_OF_MEMORY: "not enough memory",
        failure_pb2.ERROR_REASON_TIMEOUT: "the time was up",
        failure_pb2.ERROR_REASON_BAD_OUTPUT: (
            "the answer was empty, cut, malformed or repetitive, or misquoted the text"
        ),
        failure_pb2.ERROR_REASON_QUORUM_NOT_REACHED: "fewer models answered than asked for",
        failure_pb2.ERROR_REASON_INTERNAL: "an error inside of the server",
        failure_pb2.ERROR_REASON_UNAUTHENTICATED: "the server does not know who calls",
        failure_pb2.ERROR_REASON_FEEDBACK_NOT_FOUND: "you have no feedback of that id",
    },
)
