"""The time of one review: the one place where it is shared out."""

from dataclasses import dataclass

from rpckit.call import Deadline

_SUMMARY_SHARE = 0.2
_MOST_SUMMARY_SECONDS = 15.0
# Reviews whose time is up at once are merged one after the other, each in about so many seconds.
_SECONDS_PER_REVIEW = 0.01
_MOST_REVIEWS_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class TimeBudget:
    """By when each step of one review must be done.

    A budget is made once, when a caller asks for a review, and handed down. Between two steps lies one
    reserve (`Deadline.reserve`), and before `merge_by` a model's time to word the summary. A step has what
    the earlier ones did not use.

    Attributes:
        call_by: The call of every model of the panel has ended.
        answer_by: The last outcome of the panel is heard, and its doubtful answers are confirmed.
        merge_by: The answers are merged and the summary is worded.
        store_by: The store has kept the response, or is not waited for.
        respond_by: The caller is given the response or, where a step took longer than it had, TIMEOUT. This
            is half a reserve before `deadline`.
        deadline: The caller no longer listens.
    """

    call_by: Deadline
    answer_by: Deadline
    merge_by: Deadline
    store_by: Deadline
    respond_by: Deadline
    deadline: Deadline

    @classmethod
    def of(cls, deadline: Deadline, *, with_summary: bool, other_reviews: int = 0) -> "TimeBudget":
        """Shares out the time from now to a caller's deadline.

        A model that words the summary has a fifth of the time for it, and at most 15 seconds. The more other
        reviews are open, the more time is left for their merges too, up to a tenth.
        """
        reserve = deadline.reserve()
        merge_by = deadline.earlier(reserve)
        summary = min(_MOST_SUMMARY_SECONDS, _SUMMARY_SHARE * merge_by.remaining()) if with_summary else 0.0
        others = min(_SECONDS_PER_REVIEW * other_reviews, _MOST_REVIEWS_SHARE * deadline.remaining())
        answer_by = merge_by.earlier(summary + reserve + others)
        return cls(
            call_by=answer_by.earlier(reserve),
            answer_by=answer_by,
            merge_by=merge_by,
            store_by=deadline.earlier(reserve * 3 / 4),
            respond_by=deadline.earlier(reserve / 2),
            deadline=deadline,
        )
