import pytest

from chorus.feedback.v1 import submission_pb2
from chorus.model.v1 import generation_pb2, model_pb2
from orchestrator.answer.prompt import review_request
from orchestrator.panel.review_cost import most_per_review
from orchestrator.panel.spending import Bill, Spending
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import read_submission
from rpckit.errors import BadOutput, BudgetExceeded

PRICE = model_pb2.Price(input_usd_nanos=10**9, output_usd_nanos=10**10)


def model(name: str = "a/b", **fields: object) -> model_pb2.Model:
    capabilities = [model_pb2.CAPABILITY_TEXT, model_pb2.CAPABILITY_JSON_SCHEMA]
    return model_pb2.Model(name=name, capabilities=capabilities, **fields)  # type: ignore[arg-type]


def test_only_a_reviewer_of_a_known_price_has_a_most() -> None:
    talker = model_pb2.Model(name="a/talker", capabilities=[model_pb2.CAPABILITY_TEXT], price=PRICE)
    listed = [model(price=PRICE), model("a/free", price=model_pb2.Price()), model("a/unknown"), talker]
    assert most_per_review(listed).keys() == {"a/b", "a/free"}
    assert most_per_review(listed)["a/free"] == 0


def test_it_is_what_both_tries_write_and_read_at_most() -> None:
    (most,) = most_per_review([model(price=PRICE, max_output_tokens=128_000)]).values()
    written = (4096 + 8192) * 10_000
    # Each try reads the text's 9,000 bytes, and the instruction with its rubric and schema.
    assert written + 2 * 3000 * 1000 < most < written + 2 * 20_000 * 1000
    thinking = model(price=PRICE, max_output_tokens=128_000, max_reasoning_tokens=1000)
    assert most_per_review([thinking])["a/b"] == most + 2 * 1000 * 10_000


@pytest.mark.parametrize(("text", "language"), [("가" * 2900, "ko"), ("word " * 1700, "en")])
def test_what_is_reserved_for_two_pages_stays_below_it(text: str, language: str) -> None:
    reviewed = model(price=PRICE)
    (most,) = most_per_review([reviewed]).values()
    spending = Spending(limit=most)
    bill = Bill(reviewed, spending)
    submission = submission_pb2.Submission(text=text, language_code=language)
    reading = read_submission(submission)
    request = review_request(reading, submission, default_rubric(language), language)
    for limit in (4096, 8192):
        request.sampling.CopyFrom(generation_pb2.Sampling(max_output_tokens=limit))
        used = generation_pb2.Usage(basis=generation_pb2.USAGE_BASIS_UNKNOWN)
        with pytest.raises(BadOutput), bill.charge(request):
            raise BadOutput("", details=[used])
    with pytest.raises(BudgetExceeded), bill.charge(request):
        pass
