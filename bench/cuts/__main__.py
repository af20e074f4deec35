"""`python -m bench.cuts [--cuts N]`: how soon a cancel and a deadline are felt where a call's work is done.

Each row is a server of Chorus, a process on the loopback, beside a bare server of grpc.aio whose handler
waits: the one and the other are cut in turn. Printed are the median and the maximum of the milliseconds from
the end of the call to where it is felt, and the ratio of the medians. Behind the cloud proxy, and the
orchestrator before it, that is the handler of a silent provider. Gemma (of random weights, tiny) writes an
answer of 8,000 tokens, and the proofreader reads 100,000 characters of misspelt Korean; there it is when the
CPU time of the process ceases to grow, looked at every 2 ms, and the CPU time that it took after the cut is
printed, too. A deadline that is felt before it passes has a time below zero: a server keeps a part of it for
itself.
"""

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import grpc

from bench.cuts.noticing import CpuWatch, Notice, Start, Watch, Witness, cancel, deadline
from bench.cuts.witness import METHOD, SERVICE
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, PanelPolicy
from chorus.feedback.v1.feedback_service_pb2_grpc import FeedbackServiceStub
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1.content_pb2 import ROLE_USER, Part, Turn
from chorus.model.v1.generation_pb2 import OutputFormat, Sampling
from chorus.model.v1.model_service_pb2 import GenerateRequest, StreamGenerateRequest
from chorus.model.v1.model_service_pb2_grpc import ModelServiceStub
from tests.contract.requests import answer_request
from tests.e2e.processes import CATALOG, CLOUD_PROXY, GEMMA, ORCHESTRATOR, PROOFREADER, running
from tests.hostile_texts import HOSTILE_TEXTS

_CUTS = 30
_DEADLINE_SECONDS, _BARE_DEADLINE_SECONDS = 1.0, 0.3
_TALKER = "openai/talker"
_LONG_ANSWER = '{"type":"array","items":{"type":"integer"},"minItems":4000}'


async def main(cuts: int) -> None:
    """Prints the table."""
    bare_columns = f"{'bare grpc.aio':>15}{'max':>8}{'ratio':>8}"
    print(f"{'':26}{'by':>10}{'median ms':>11}{'max':>8}{bare_columns}{'CPU ms':>8}{'max':>7}", flush=True)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        witness = await enter(Witness.started())
        settings = {
            "CLOUD_PROXY_CATALOG": str(CATALOG),
            "OPENAI_BASE_URL": witness.provider,
            "OPENAI_API_KEY": "not-a-key",
        }
        channel = await enter(grpc.aio.insecure_channel(witness.bare))
        bare: Callable[..., Any] = channel.unary_unary(f"/{SERVICE}/{METHOD}")
        row = partial(_row, cuts, witness, lambda seconds: bare(b"", timeout=seconds))

        proxy = await enter(running(CLOUD_PROXY, folder, **settings))
        generate = ModelServiceStub(await enter(grpc.aio.insecure_channel(proxy.address))).Generate
        await row("cloud proxy", _asking(generate, answer_request(_TALKER)), witness)

        orchestrator = await enter(running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=proxy.address))
        review = FeedbackServiceStub(await enter(grpc.aio.insecure_channel(orchestrator.address))).GetFeedback
        await row("orchestrator, cloud proxy", _asking(review, _review()), witness)

        from tests.fakes import tiny_gemma  # noqa: PLC0415 - imports torch

        source = tiny_gemma.build(folder / "tiny-gemma-it")
        variables = {"GEMMA_MODEL": str(source), "GEMMA_CACHE_DIR": "/no/copies"}
        gemma = await enter(running(GEMMA, folder, **variables))
        stub = ModelServiceStub(await enter(grpc.aio.insecure_channel(gemma.address)))
        await row("gemma", _asking(stub.StreamGenerate, _long_answer()), CpuWatch(gemma.process.pid))

        proofreader = await enter(running(PROOFREADER, folder, PROOFREADER_CPU_SECONDS="60"))
        generate = ModelServiceStub(await enter(grpc.aio.insecure_channel(proofreader.address))).Generate
        request = answer_request("chorus/proofreader-language", HOSTILE_TEXTS["misspelt Korean"](100_000))
        await row("proofreader", _asking(generate, request), CpuWatch(proofreader.process.pid))


def _asking(method: Callable[..., Any], request: Any) -> Start:
    return lambda seconds: method(request, timeout=seconds)


def _review() -> GetFeedbackRequest:
    return GetFeedbackRequest(
        submission=Submission(text="Our school needs a garden. Students would learn how plants grow."),
        models=[_TALKER],
        policy=PanelPolicy(substitution=PanelPolicy.SUBSTITUTION_NONE),
    )


def _long_answer() -> StreamGenerateRequest:
    return StreamGenerateRequest(
        request=GenerateRequest(
            model="gemma/tiny-gemma-it",
            turns=[Turn(role=ROLE_USER, parts=[Part(text="Count.")])],
            sampling=Sampling(max_output_tokens=8000, temperature=0),
            output_format=OutputFormat(json_schema=_LONG_ANSWER),
        )
    )


async def _row(cuts: int, witness: Witness, bare: Start, name: str, start: Start, watch: Watch) -> None:
    """Cuts a server's calls and the bare one's in turn, and prints a row for each kind of cut."""
    for kind in ("cancel", "deadline"):
        ours: list[Notice] = []
        theirs: list[Notice] = []
        for _ in range(cuts):
            if kind == "cancel":
                theirs.append(await cancel(bare, witness))
                ours.append(await cancel(start, watch))
            else:
                theirs.append(await deadline(bare, witness, _BARE_DEADLINE_SECONDS))
                ours.append(await deadline(start, watch, _DEADLINE_SECONDS))
        print(f"{name:26}{kind:>10}{_columns(ours, theirs)}", flush=True)


def _columns(ours: Sequence[Notice], theirs: Sequence[Notice]) -> str:
    here, there = [each.after for each in ours], [each.after for each in theirs]
    medians = statistics.median(here), statistics.median(there)
    cpu = [each.cpu for each in ours]
    ratio = f"{medians[0] / medians[1]:.1f}" if medians[0] > 0 else "before"
    return (
        f"{medians[0]:11.1f}{max(here):8.1f}{medians[1]:15.1f}{max(there):8.1f}"
        f"{ratio:>8}{statistics.median(cpu):8.1f}{max(cpu):7.1f}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cuts", type=int, default=_CUTS, help="how many of each kind")
    asyncio.run(main(parser.parse_args().cuts))
