"""Reads the works, and makes up feedback on them."""

import random
from collections.abc import Iterable, Iterator, Sequence

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from modelkit.answer_form.issues import ISSUES
from orchestrator.answer.quote_verification import sentences_of_point
from orchestrator.merge.opinion import Opinion
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import SubmissionReading, read_submission

_MODELS = {"openai/a": "openai", "anthropic/b": "anthropic", "google/c": "google", "gemma/d": "google"}
_OBSERVATIONS = {
    "ko": (
        "주장을 뒷받침하는 구체적인 근거가 없어서 읽는 사람이 받아들이기 어려워요.",
        "왜 그렇게 생각하는지 보여 주는 예나 자료가 빠져 있어요.",
        "한 문장 안에 여러 생각이 이어져 있어 뜻을 따라가기 힘들어요.",
        "앞 문장과 뒤 문장이 어떻게 이어지는지 분명하지 않아요.",
        "이 낱말의 맞춤법이 규범에 맞지 않아요.",
        "경험을 구체적으로 들려준 점이 생생하고 좋아요.",
    ),
    "en": (
        "The claim is not backed up by a concrete example, so a reader may not accept it.",
        "There is no source or figure that shows why this would be true.",
        "Several ideas are strung together in one sentence and hard to follow.",
        "It is not clear how this sentence follows from the one before it.",
        "This word is spelt wrongly.",
        "The personal experience is told vividly and draws the reader in.",
    ),
}


def read(each: Iterable[str]) -> list[SubmissionReading]:
    """Reads the texts that are not blank."""
    return [read_submission(submission_pb2.Submission(text=text)) for text in each if text.strip()]


def panel(
    reading: SubmissionReading, generator: random.Random, points: int = 12, models: int = 4
) -> list[Opinion]:
    """Makes up the opinions of some models, at most 16, on a work, by the default rubric of its language."""
    rubric = default_rubric(reading.language_code)
    names = [(f"{name}{again or ''}", family) for again in range(4) for name, family in _MODELS.items()]
    return [
        Opinion(model, family, "1", _feedback(reading, rubric, generator, points))
        for model, family in names[:models]
    ]


def _feedback(
    reading: SubmissionReading, rubric: submission_pb2.Rubric, generator: random.Random, points: int
) -> feedback_pb2.ModelFeedback:
    return feedback_pb2.ModelFeedback(
        points=list(_points(reading, rubric, generator, points)),
        scores=[
            feedback_pb2.CriterionScore(criterion_id=each.id, score=generator.randint(1, 5), rationale="…")
            for each in rubric.criteria
        ],
    )


def _points(
    reading: SubmissionReading, rubric: submission_pb2.Rubric, generator: random.Random, points: int
) -> Iterator[feedback_pb2.Point]:
    observations: Sequence[str] = _OBSERVATIONS["ko" if reading.language_code == "ko" else "en"]
    for number in range(points):
        sentence = generator.choice(reading.sentences)
        anchor = reading.anchor(sentence.start, sentence.end, feedback_pb2.Anchor.MATCH_EXACT)
        # One in three names other sentences, too, as a third of a model's points do.
        others = generator.choices(range(1, len(reading.sentences) + 1), k=2) if number % 3 == 0 else ()
        yield feedback_pb2.Point(
            id=f"p{number}",
            criterion_id=generator.choice(rubric.criteria).id,
            issue=generator.choice(list(ISSUES)),
            polarity=generator.choice([feedback_pb2.POLARITY_STRENGTH, feedback_pb2.POLARITY_IMPROVEMENT]),
            severity=feedback_pb2.SEVERITY_MODERATE,
            anchor=anchor,
            # Observations differ, as those of models do, so that no cache of the analyser helps.
            observation=f"{generator.choice(observations)} ({generator.random():.6f})",
            sentences=sentences_of_point(reading, [f"S{number}" for number in others], anchor),
        )
