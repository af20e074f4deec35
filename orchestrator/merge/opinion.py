"""The merge's input from one model."""

from dataclasses import dataclass

from chorus.feedback.v1 import feedback_pb2


@dataclass(frozen=True, slots=True)
class Opinion:
    """One model's checked feedback, with the model's name, family and version.

    Attributes:
        is_rule_based: Whether rules wrote it, and no language model.
    """

    model: str
    family: str
    model_version: str
    feedback: feedback_pb2.ModelFeedback
    is_rule_based: bool = False
