"""Runs the whole of Chorus before emulated providers, with essays that all of them review alike."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from chorus.feedback.v1.submission_pb2 import Submission
from tests.e2e.processes import (
    CATALOG,
    CLOUD_PROXY,
    NOWHERE,
    ORCHESTRATOR,
    PROOFREADER,
    ROOT,
    classroom_stub,
    feedback_stub,
    running,
)
from tests.fakes.providers import anthropic, emulator, gemini, openai
from tests.fakes.providers.emulator import Emulator
from tests.fakes.providers.reply import Output

TALKERS = ("openai/talker", "anthropic/talker", "google/talker", "huggingface/meta/talker")
PROOFREADERS = ("chorus/proofreader-language", "chorus/proofreader-structure")
# An answer costs 80 input tokens, 20 cached ones and 50 output tokens.
COST_USD_NANOS = 80 * 1000 + 20 * 100 + 50 * 5000
SAMPLES = ROOT / "clients/python/chorus_command_line/samples"


@dataclass(frozen=True)
class ReviewedEssay:
    """Holds a text, what the models quote of it, and the criterion that they judge."""

    text: str
    quote: str
    criterion_id: str

    def request(self) -> GetFeedbackRequest:
        return GetFeedbackRequest(submission=Submission(text=self.text))


# The criterion is one of the default rubric of the text's language.
KOREAN = ReviewedEssay(
    (SAMPLES / "ko.txt").read_text("utf-8"), "나는 학교 도서관을 토요일에도 열어야 한다고 생각한다.", "claim"
)
ENGLISH = ReviewedEssay(
    (SAMPLES / "en.txt").read_text("utf-8"), "First, a garden would help us learn.", "content"
)


@dataclass(frozen=True)
class ChorusWithProviders:
    """Holds the stubs of Chorus, and the providers in the order of TALKERS."""

    feedback: Any
    classroom: Any
    providers: Sequence[Emulator]

    def answers(self, work: ReviewedEssay, providers: Sequence[Emulator] | None = None) -> None:
        """Makes the next answer of the providers, unset: of every one, the same review of an essay."""
        answer = answer_to(work)
        pieces = tuple(answer[at : at + 64] for at in range(0, len(answer), 64))
        for provider in self.providers if providers is None else providers:
            provider.script.append(Output(pieces=pieces))


@asynccontextmanager
async def chorus_with_providers(folder: Path) -> AsyncIterator[ChorusWithProviders]:
    """Runs an orchestrator, a cloud proxy before four emulated providers, and a proofreader."""
    dialects = (
        openai.ChatCompletions(),
        anthropic.Messages(),
        gemini.GenerateContent(),
        openai.ChatCompletions(),
    )
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        providers = [await enter(emulator.running(dialect)) for dialect in dialects]
        proxy = await enter(running(CLOUD_PROXY, folder, **_provider_settings(providers)))
        proofreader = await enter(running(PROOFREADER, folder))
        servers = f"{proxy.address},{proofreader.address},{NOWHERE}"
        orchestrator = await enter(running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=servers))
        feedback = await enter(feedback_stub(orchestrator.address))
        classroom = await enter(classroom_stub(orchestrator.address))
        yield ChorusWithProviders(feedback, classroom, providers)


def _provider_settings(providers: Sequence[Emulator]) -> dict[str, str]:
    chat, messages, content, hub = (provider.address for provider in providers)
    return {
        "CLOUD_PROXY_CATALOG": str(CATALOG),
        "OPENAI_BASE_URL": f"{chat}/v1",
        "OPENAI_API_KEY": "not-a-key",
        "ANTHROPIC_BASE_URL": messages,
        "ANTHROPIC_API_KEY": "not-a-key",
        "GEMINI_BASE_URL": content,
        "GEMINI_API_KEY": "not-a-key",
        "HF_BASE_URL": f"{hub}/v1",
        "HF_TOKEN": "hf_not-a-key",
    }


def answer_to(work: ReviewedEssay) -> str:
    """Returns what a model says of an essay."""
    point = {
        "id": "p1",
        "criterion_id": "",
        "issue": "reason_weak",
        "polarity": "improvement",
        "sentence_ids": [],
        "quote": work.quote,
        "observation": "The claim stands alone.",
        "reason": "A reader wants to know why.",
        "next_step": "Add a reason.",
        "suggested_rewrite": "",
        "severity": "moderate",
    }
    score = {
        "criterion_id": work.criterion_id,
        "observable": True,
        "evidence_quotes": [work.quote],
        "rationale": "There is a claim.",
        "score": 4,
    }
    answer = {
        "work_language": "other",
        "injection": {"suspected": False, "quote": ""},
        "points": [point],
        "criteria": [score],
        "summary": {"goal": "", "strengths": "", "next": "Add a reason."},
    }
    return json.dumps(answer, ensure_ascii=False)
