"""Measures the processor time of the first review after READY, against that of a second one like it.

    python -m bench.first_review [--rounds 3]

Each round is a new process with the orchestrator and the proofreader, which reviews one text twice. The texts
are Korean, plainly English, and too short for their language to be plain.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from tempfile import TemporaryDirectory
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from chorus.feedback.v1 import feedback_service_pb2, feedback_service_pb2_grpc, submission_pb2
from orchestrator.__main__ import register as register_orchestrator
from orchestrator.settings import OrchestratorSettings
from rpckit.channel import connect
from rpckit.server import serving
from rpckit.settings import Environment
from services.proofreader.__main__ import register as register_proofreader
from services.proofreader.settings import ProofreaderSettings

_TEXTS = {
    "ko": "학교에 정원이 필요하다. 왜냐하면 학생들이 식물을 배우기 때문이다. 나는 그렇게 생각한다. " * 5,
    "en": "Our school needs a garden, because students would learn there how plants grow. " * 5,
    "short": "Cats love boxes.",
}
_SECONDS = 300.0


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--text", choices=_TEXTS, help="makes one round in this process")
    arguments = parser.parse_args()
    if arguments.text:
        sys.stdout.write("{} {}\n".format(*asyncio.run(_two_reviews(_TEXTS[arguments.text]))))
        return
    print(f"{'':8}{'first ms':>10}{'second ms':>11}{'ratio':>8}")
    for name in _TEXTS:
        rounds = [_round(name) for _ in range(arguments.rounds)]
        first, second = (statistics.median(each) for each in zip(*rounds, strict=True))
        print(f"{name:8}{first * 1000:>10.0f}{second * 1000:>11.0f}{first / second:>8.2f}", flush=True)


def _round(text: str) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.first_review", "--text", text]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own
    first, second = output.split()
    return float(first), float(second)


async def _two_reviews(text: str) -> tuple[float, float]:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        settings = ProofreaderSettings.read(Environment({"PROOFREADER_PORT": "0"}))
        reviewers = await enter(serving(settings, register_proofreader))
        variables = {
            "ORCHESTRATOR_PORT": "0",
            "CHORUS_MODEL_SERVERS": f"127.0.0.1:{reviewers}",
            "CHORUS_STATE_DIR": stack.enter_context(TemporaryDirectory()),
        }
        port = await enter(serving(OrchestratorSettings.read(Environment(variables)), register_orchestrator))
        channel = await enter(
            connect(f"127.0.0.1:{port}", "chorus.feedback.v1.FeedbackService", watch_health=False)
        )
        await until_ready(channel)
        stub: Any = feedback_service_pb2_grpc.FeedbackServiceStub(channel)
        request = feedback_service_pb2.GetFeedbackRequest(submission=submission_pb2.Submission(text=text))
        seconds = []
        for _ in range(2):
            started = time.process_time()
            await stub.GetFeedback(request, timeout=_SECONDS)
            seconds.append(time.process_time() - started)
        return seconds[0], seconds[1]


async def until_ready(channel: grpc.aio.Channel) -> None:
    """Waits until the server of a channel says that it serves."""
    stub: Any = health_pb2_grpc.HealthStub(channel)
    watch = stub.Watch(health_pb2.HealthCheckRequest())
    while (await watch.read()).status != health_pb2.HealthCheckResponse.SERVING:
        pass
    watch.cancel()


if __name__ == "__main__":
    main()
