"""Starts the proofreader."""

import gc

if __name__ == "__main__":
    # What is loaded lives as long as the process, so that to look through it again and again is in vain.
    gc.disable()

import asyncio
from concurrent.futures import ThreadPoolExecutor

from chorus.model.v1 import model_service_pb2_grpc
from modelkit.servicer import MODEL_SERVICE
from rpckit.malloc_trim import release_freed_memory, share_malloc_arenas
from rpckit.server import Host, run
from services.proofreader.reading_threads import ReadingThreads
from services.proofreader.rule_reviewers import load_reviewers
from services.proofreader.servicer import ProofreaderServicer
from services.proofreader.settings import ProofreaderSettings
from services.proofreader.warm_up import warm_up


async def register(host: Host, settings: ProofreaderSettings) -> None:
    """Loads the dictionaries and adds the service."""
    threads = host.exit_stack.enter_context(ThreadPoolExecutor(settings.threads, "reviewer"))
    loop = asyncio.get_running_loop()
    reviewers = await loop.run_in_executor(threads, load_reviewers)
    await loop.run_in_executor(threads, warm_up, reviewers)
    release_freed_memory()
    servicer = ProofreaderServicer(
        reviewers, ReadingThreads(threads, at_once=settings.threads, cpu_seconds=settings.cpu_seconds)
    )
    await host.add(MODEL_SERVICE, model_service_pb2_grpc.add_ModelServiceServicer_to_server, servicer)


if __name__ == "__main__":
    share_malloc_arenas()
    run(ProofreaderSettings.read, register)
