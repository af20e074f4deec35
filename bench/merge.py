"""Measures the processor time of a merge of four models, twelve points each, in Korean and in English.

    python -m bench.merge [--rounds 300]

The baseline is the plainest merge: all points in a row, and the mean of the scores. The English texts are
essays if these were fetched (`python -m bench.fetch_essays`), otherwise short answers.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable

from bench.corpora import KOREAN_PARAGRAPHS, english_works, require, texts
from bench.evaluate.works import panel, read
from bench.path.answers import essay
from chorus.feedback.v1 import merged_pb2
from orchestrator.merge.merge import merge
from orchestrator.merge.opinion import Opinion
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import SubmissionReading

_TEXTS = 20
_MODELS_GROW = ((2, 12), (4, 12), (8, 12), (16, 12))
_POINTS_GROW = ((4, 4), (4, 12), (4, 24), (4, 48))
_GROWTH_ROUNDS = 15


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    files = {"ko": KOREAN_PARAGRAPHS, "en": english_works()}
    require(files.values())
    print(f"{'':8}{'p50 ms':>9}{'p95 ms':>9}{'plain p50':>11}{'ratio':>8}  texts")
    for language, file in files.items():
        generator = random.Random(1)  # noqa: S311  # a benchmark repeats itself
        panels = [
            (reading, panel(reading, generator)) for reading in read(list(texts(file).values())[:_TEXTS])
        ]

        def merged(reading: SubmissionReading, opinions: list[Opinion], language: str = language) -> None:
            merge(reading, default_rubric(language), opinions, feedback_language=language)

        ours = timed(merged, panels, rounds)
        plain = timed(_plain, panels, rounds)
        p50, p95 = statistics.median(ours), statistics.quantiles(ours, n=20)[-1]
        base = statistics.median(plain)
        print(f"{language:8}{p50:9.2f}{p95:9.2f}{base:11.3f}{p50 / base:8.1f}  {file.name}")
    _print_growth()


def _print_growth() -> None:
    """Prints how a merge's time grows with the models and with their points: 1.0 is linear."""
    (reading,) = read([essay()])
    print(f"\n{'models x points':17}{'ms':>7}{'a point, to the first':>23}")
    for sizes in (_MODELS_GROW, _POINTS_GROW):
        first = 0.0
        for models, points in sizes:
            opinions = panel(reading, random.Random(1), points, models)  # noqa: S311  # it repeats itself

            def merged(reading: SubmissionReading, opinions: list[Opinion]) -> None:
                merge(reading, default_rubric("en"), opinions, feedback_language="en")

            least = min(timed(merged, [(reading, opinions)], _GROWTH_ROUNDS))
            each = least / (models * points)
            first = first or each
            print(f"{f'{models} x {points}':17}{least:7.1f}{each / first:23.2f}")


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
    """Returns the processor time of each round in milliseconds. One more round comes first, to warm up.

    Of the time on the clock, a busy machine gives a part to others.
    """
    times = []
    call(*panels[0])
    for number in range(rounds):
        reading, opinions = panels[number % len(panels)]
        started = time.process_time()
        call(reading, opinions)
        times.append((time.process_time() - started) * 1000)
    return times


if __name__ == "__main__":
    main()
