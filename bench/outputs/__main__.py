"""Reviews twenty works, ten Korean, and writes the reports as one page: docs/outputs.md.

    python -m bench.outputs [--out docs/outputs.md]

Orchestrator and proofreader are the real ones, on the loopback, and so is the report. Four reviewers answer
what a language model answered to the same request (`kept_reviewers.py`), and the page says so.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.corpora import KOREAN_PARAGRAPHS, MODEL_REVIEWS_APART, SHORT_ANSWERS, require, texts
from bench.first_review import until_ready
from bench.outputs.kept_reviewers import NAMES, KeptReviewers, ReviewedWork, reviewed_works
from chorus.feedback.v1 import feedback_service_pb2, feedback_service_pb2_grpc, submission_pb2
from chorus_command_line.report.markdown_page import markdown
from chorus_command_line.report.page import page
from chorus_wording.english import ENGLISH
from chorus_wording.korean import KOREAN
from orchestrator.__main__ import register as register_orchestrator
from orchestrator.settings import OrchestratorSettings
from rpckit.channel import connect
from rpckit.server import serving
from rpckit.settings import Environment
from services.proofreader.__main__ import register as register_proofreader
from services.proofreader.settings import ProofreaderSettings
from tests.fakes.model_server import FakeModels

_PAGE = Path(__file__).parents[2] / "docs" / "outputs.md"
_EACH_LANGUAGE = 10
# Of these, so many are texts of learners that the rules alone read.
_BY_RULE = 2
_SECONDS = 120.0
_RULES = ("chorus/proofreader-language", "chorus/proofreader-structure")
_INTRODUCTION = Path(__file__).with_name("introduction.txt")


def main() -> None:
    """Writes the page."""
    parser = argparse.ArgumentParser(prog="python -m bench.outputs", description=__doc__)
    parser.add_argument("--out", type=Path, default=_PAGE)
    arguments = parser.parse_args()
    require([MODEL_REVIEWS_APART, SHORT_ANSWERS, KOREAN_PARAGRAPHS])
    works = [work for language in ("en", "ko") for work in _works(language)]
    reports = asyncio.run(_reports(works))
    arguments.out.write_text(
        "\n".join((_INTRODUCTION.read_text(encoding="utf-8"), *reports)), encoding="utf-8"
    )
    print(f"{len(reports)} reports in {arguments.out}")


def _works(language: str) -> Iterator[ReviewedWork]:
    reviewed = [each for each in reviewed_works(MODEL_REVIEWS_APART) if each.language == language]
    yield from reviewed[: _EACH_LANGUAGE - _BY_RULE]
    corpus = SHORT_ANSWERS if language == "en" else KOREAN_PARAGRAPHS
    # The longest ones, of which there is most to say.
    longest = sorted(texts(corpus).values(), key=lambda text: (-len(text), text))
    yield from (ReviewedWork(text, language) for text in longest[:_BY_RULE])


async def _reports(works: Sequence[ReviewedWork]) -> list[str]:
    reviewers = KeptReviewers()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        settings = ProofreaderSettings.read(Environment({"PROOFREADER_PORT": "0"}))
        rules = await enter(serving(settings, register_proofreader))
        kept = await enter(FakeModels(reviewers.models()).start())
        variables = {
            "ORCHESTRATOR_PORT": "0",
            "CHORUS_MODEL_SERVERS": f"127.0.0.1:{rules},{kept}",
            "CHORUS_STATE_DIR": stack.enter_context(TemporaryDirectory()),
        }
        port = await enter(serving(OrchestratorSettings.read(Environment(variables)), register_orchestrator))
        service = "chorus.feedback.v1.FeedbackService"
        channel = await enter(connect(f"127.0.0.1:{port}", service, watch_health=False))
        await until_ready(channel)
        stub: Any = feedback_service_pb2_grpc.FeedbackServiceStub(channel)
        return [await _report(number, work, reviewers, stub) for number, work in enumerate(works, 1)]


async def _report(number: int, work: ReviewedWork, reviewers: KeptReviewers, stub: Any) -> str:
    reviewers.current = work
    request = feedback_service_pb2.GetFeedbackRequest(
        submission=submission_pb2.Submission(text=work.text),
        models=[*(NAMES if work.answers else ()), *_RULES],
        # What is written does not depend on how busy the machine is.
        policy=feedback_service_pb2.PanelPolicy(wait_for_all=True),
    )
    response = await stub.GetFeedback(request, timeout=_SECONDS)
    failed = [
        f"{each.model}: {each.failure.message}" for each in response.results if each.HasField("failure")
    ]
    if failed:
        sys.exit(f"work {number}: {', '.join(failed)}")
    words, reviewer = (KOREAN, "검토자") if work.language == "ko" else (ENGLISH, "reviewer")
    names = {name: f"{reviewer} {name[-1].upper()}" for name in NAMES}
    report = markdown([page(f"{number}", request, response, names, words)])
    lines = [line for line in report.splitlines() if not line.startswith(f"**{words.feedback_id}:**")]
    # The page has one title; each report is a part of it.
    return "\n".join(f"#{line}" if line.startswith("#") else line for line in lines).strip() + "\n"


if __name__ == "__main__":
    main()
