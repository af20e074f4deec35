import json

from bench.corpora import MODEL_REVIEWS_APART
from bench.outputs.kept_reviewers import NAMES, KeptReviewers, reviewed_works
from chorus.model.v1.model_service_pb2 import GenerateRequest


def test_each_work_has_four_answers_and_each_language_eight_works() -> None:
    works = list(reviewed_works(MODEL_REVIEWS_APART))
    assert sorted(each.language for each in works) == ["en"] * 8 + ["ko"] * 8
    for work in works:
        assert tuple(work.answers) == NAMES
        for answer in work.answers.values():
            assert answer["work_language"] == work.language
            assert all(each["quote"] in work.text for each in answer["points"])


def test_a_reviewer_answers_what_is_kept_of_it() -> None:
    work = next(iter(reviewed_works(MODEL_REVIEWS_APART)))
    reviewers = KeptReviewers()
    reviewers.current = work
    for name, fake in reviewers.models().items():
        assert fake.says is not None
        assert json.loads(fake.says(GenerateRequest(model=name), 0)) == work.answers[name]
