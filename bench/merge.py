"""How long a merge takes: four models, twelve points each, in Korean and in English.

    python -m bench.merge [--rounds 300]

The baseline is the plainest merge there is: every point in a row, the mean of the scores. Texts come from
../shared/data where it is there.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from chorus.feedback.v1 import feedback_pb2, merged_pb2, submission_pb2
from orchestrator.answer.issues import ISSUES
from orchestrator.merge.merge import merge
from orchestrator.merge.opinion import Opinion
from orchestrator.rubrics.default import default_rubric
from orchestrator.work.work import Work, read_work

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_MODELS = {"openai/a": "openai", "anthropic/b": "anthropic", "google/c": "google", "gemma/d": "google"}
_POINTS = 12
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


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    print(f"{'':8}{'p50 ms':>9}{'p95 ms':>9}{'plain p50':>11}{'ratio':>8}")
    for language, file in (("ko", "ksl_ko_dev.jsonl"), ("en", "l2_essays_dev.jsonl")):
        generator = random.Random(1)  # noqa: S311  # a benchmark repeats itself
        works = [read_work(submission_pb2.Submission(text=text)) for text in _texts(language, file)]
        rubric = default_rubric(language)
        panels = [(work, _panel(work, rubric, language, generator)) for work in works]

        def merged(work: Work, opinions: list[Opinion], language: str = language) -> None:
            merge(work, default_rubric(language), opinions, feedback_language=language)

        ours = _timed(merged, panels, rounds)
        plain = _timed(_plain, panels, rounds)
        p50, p95 = statistics.median(ours), statistics.quantiles(ours, n=20)[-1]
        base = statistics.median(plain)
        print(f"{language:8}{p50:9.2f}{p95:9.2f}{base:11.3f}{p50 / base:8.1f}")


def _texts(language: str, file: str) -> list[str]:
    path = _DATA / file
    if not path.exists():
        return [" ".join(_OBSERVATIONS[language] * 5)]
    lines = path.read_text(encoding="utf-8").splitlines()[:20]
    return [json.loads(line)["text"] for line in lines]


def _panel(
    work: Work, rubric: submission_pb2.Rubric, language: str, generator: random.Random
) -> list[Opinion]:
    return [
        Opinion(model, family, "1", _feedback(work, rubric, language, generator))
        for model, family in _MODELS.items()
    ]


def _feedback(
    work: Work, rubric: submission_pb2.Rubric, language: str, generator: random.Random
) -> feedback_pb2.ModelFeedback:
    points = []
    for number in range(_POINTS):
        sentence = generator.choice(work.sentences)
        observation = generator.choice(_OBSERVATIONS[language])
        points.append(
            feedback_pb2.Point(
                id=f"p{number}",
                criterion_id=generator.choice(rubric.criteria).id,
                issue=generator.choice(list(ISSUES)),
                polarity=generator.choice(
                    [feedback_pb2.POLARITY_STRENGTH, feedback_pb2.POLARITY_IMPROVEMENT]
                ),
                severity=feedback_pb2.SEVERITY_MODERATE,
                anchor=work.anchor(sentence.start, sentence.end, feedback_pb2.Anchor.MATCH_EXACT),
                # No two alike, as from models: nothing is found again that was analysed before.
                observation=f"{observation} ({generator.random():.6f})",
            )
        )
    scores = [
        feedback_pb2.CriterionScore(criterion_id=each.id, score=generator.randint(1, 5), rationale="…")
        for each in rubric.criteria
    ]
    return feedback_pb2.ModelFeedback(points=points, scores=scores)


def _plain(_: Work, opinions: list[Opinion]) -> None:
    merged_pb2.MergedFeedback(
        points=[
            merged_pb2.MergedPoint(members=[merged_pb2.MergedPoint.Member(model=each.model, point=point)])
            for each in opinions
            for point in each.feedback.points
        ],
        scores=[
            merged_pb2.MergedScore(
                criterion_id=scores[0].criterion_id,
                score=statistics.fmean(score.score for score in scores),
            )
            for scores in zip(*(each.feedback.scores for each in opinions), strict=True)
        ],
    )


def _timed(
    call: Callable[[Work, list[Opinion]], None], panels: list[tuple[Work, list[Opinion]]], rounds: int
) -> list[float]:
    """Milliseconds of each round, after one to warm up."""
    times = []
    call(*panels[0])
    for number in range(rounds):
        work, opinions = panels[number % len(panels)]
        started = time.perf_counter()
        call(work, opinions)
        times.append((time.perf_counter() - started) * 1000)
    return times


if __name__ == "__main__":
    main()
