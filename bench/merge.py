"""Measures how long a merge of four models with twelve points each takes, in Korean and in English.

    python -m bench.merge [--rounds 300]

The baseline is the plainest merge: all points in a row, and the mean of the scores. Texts come from
../shared/data where it is there.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from bench.evaluate.works import panel, read, texts
from chorus.feedback.v1 import merged_pb2
from orchestrator.merge.merge import merge
from orchestrator.merge.opinion import Opinion
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import SubmissionReading

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_SENTENCES = {
    "ko": "저는 이 주장에 찬성합니다. 까닭은 이렇습니다. ",
    "en": "I agree with this. Here is why. ",
}


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    print(f"{'':8}{'p50 ms':>9}{'p95 ms':>9}{'plain p50':>11}{'ratio':>8}")
    for language, file in (("ko", "ksl_ko_dev.jsonl"), ("en", "l2_essays_dev.jsonl")):
        generator = random.Random(1)  # noqa: S311  # a benchmark repeats itself
        panels = [(reading, panel(reading, generator)) for reading in read(_texts(language, file))]

        def merged(reading: SubmissionReading, opinions: list[Opinion], language: str = language) -> None:
            merge(reading, default_rubric(language), opinions, feedback_language=language)

        ours = timed(merged, panels, rounds)
        plain = timed(_plain, panels, rounds)
        p50, p95 = statistics.median(ours), statistics.quantiles(ours, n=20)[-1]
        base = statistics.median(plain)
        print(f"{language:8}{p50:9.2f}{p95:9.2f}{base:11.3f}{p50 / base:8.1f}")


def _texts(language: str, file: str) -> list[str]:
    path = _DATA / file
    if not path.exists():
        return [_SENTENCES[language] * 10]
    return list(texts(path).values())[:20]


def _plain(_: SubmissionReading, opinions: list[Opinion]) -> None:
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


def timed(
    call: Callable[[SubmissionReading, list[Opinion]], None],
    panels: list[tuple[SubmissionReading, list[Opinion]]],
    rounds: int,
) -> list[float]:
    """Returns the milliseconds of each round. One more round comes first, to warm up."""
    times = []
    call(*panels[0])
    for number in range(rounds):
        reading, opinions = panels[number % len(panels)]
        started = time.perf_counter()
        call(reading, opinions)
        times.append((time.perf_counter() - started) * 1000)
    return times


if __name__ == "__main__":
    main()
