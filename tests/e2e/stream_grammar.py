"""Checks that a stream keeps to the grammar of StreamFeedback."""

from collections.abc import Mapping, Sequence

import pytest

from chorus.feedback.v1.feedback_service_pb2 import StreamFeedbackResponse


def check_grammar(events: Sequence[StreamFeedbackResponse], families: Mapping[str, str]) -> None:
    """Checks a stream without substitutes that ended well; `families` holds the family of each model."""
    first, *middle, last = events
    assert first.WhichOneof("event") == "accepted"
    assert last.WhichOneof("event") == "response"
    waiting = list(first.accepted.models)
    answered: set[str] = set()
    merge_is_due = False
    for event in middle:
        assert merge_is_due == event.HasField("merged")
        match event.WhichOneof("event"):
            case "delta":
                assert event.delta.model in waiting
            case "result":
                waiting.remove(event.result.model)
                if event.result.HasField("feedback"):
                    answered.add(event.result.model)
                    merge_is_due = bool(waiting) and len({families[each] for each in answered}) > 1
            case "merged":
                assert event.merged.panel.answered == len(answered)
                merge_is_due = False
            case kind:
                pytest.fail(f"{kind} in the middle")
    assert not waiting
    assert not merge_is_due
