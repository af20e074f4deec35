"""What a language model really answers passes every check, and what it says is labelled."""

import json
from pathlib import Path

import pytest

from bench.corpora import KOREAN_PARAGRAPHS, MODEL_REVIEWS, MODEL_REVIEWS_APART, SHORT_ANSWERS, texts
from bench.evaluate.pairs import cohens_kappa
from bench.evaluate.panels import read_model_reviews
from chorus.feedback.v1 import submission_pb2
from chorus.model.v1 import generation_pb2
from orchestrator.answer.check import check_answer
from orchestrator.answer.point_stream import PointStreamParser
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import read_submission

BY_ID = {**texts(KOREAN_PARAGRAPHS), **texts(SHORT_ANSWERS)}


@pytest.mark.parametrize("path", [MODEL_REVIEWS, MODEL_REVIEWS_APART])
def test_the_answers_of_a_model_are_taken_whole(path: Path) -> None:
    count = 0
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        reading = read_submission(submission_pb2.Submission(text=row.get("text") or BY_ID[row["work"]]))
        rubric = default_rubric(reading.language_code)
        assert reading.language_code == row["language"]
        for reviewer, answer in row["reviews"].items():
            raw = json.dumps(answer, ensure_ascii=False)
            feedback = check_answer(raw, generation_pb2.FINISH_REASON_STOP, reading, rubric)
            assert (len(feedback.points), len(feedback.rejected)) == (len(answer["points"]), 0), reviewer
            assert all(each.HasField("score") for each in feedback.scores) or row["language"] == "ko"
            # Read as they come, a few characters at a time, the points are the same.
            parser = PointStreamParser(reading, rubric)
            early = [each for start in range(0, len(raw), 7) for each in parser.feed(raw[start : start + 7])]
            assert early == list(feedback.points)
            count += 1
    assert count == {MODEL_REVIEWS: 192, MODEL_REVIEWS_APART: 96}[path]


@pytest.mark.parametrize(("path", "kappa"), [(MODEL_REVIEWS, 0.99), (MODEL_REVIEWS_APART, 0.99)])
def test_a_second_labeller_agrees(path: Path, kappa: float) -> None:
    pairs = [pair for panel in read_model_reviews(path, BY_ID) for pair in panel.pairs()]
    assert cohens_kappa(pairs) == pytest.approx(kappa, abs=0.01)
    assert not any(each.same and each.opposite for each in pairs)


def test_no_work_is_in_both_files() -> None:
    works = [
        {row.get("text") or row["work"] for row in map(json.loads, path.read_text("utf-8").splitlines())}
        for path in (MODEL_REVIEWS, MODEL_REVIEWS_APART)
    ]
    assert (len(works[0]), len(works[1])) == (48, 24)
    assert not works[0] & works[1]
