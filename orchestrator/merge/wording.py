"""The summary by template: a few sentences a student can act on."""

from collections.abc import Sequence

from chorus.feedback.v1 import merged_pb2


def template_summary(
    points: Sequence[merged_pb2.MergedPoint], language_code: str
) -> merged_pb2.Summary | None:
    """At most two strengths, then at most three next steps; None if there is nothing to say."""
    return None
