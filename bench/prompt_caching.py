"""Counts what a class of 30 works saves because its prompts begin alike, in Korean and in English.

    python -m bench.prompt_caching

The real adapters and SDKs speak to emulated providers, which cache as the real ones say they do: what stands
before a mark, or what two prompts have in common, from a least number of tokens on, and not before the model
has answered. A token is taken for four bytes, and the prices are the catalog's. The money is that of the
input alone; beside it stands what the same tokens cost without a cache. The English works are essays if these
were fetched (`python -m bench.fetch_essays`), otherwise short answers.
"""

import asyncio
import itertools
import json
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bench.corpora import KOREAN_PARAGRAPHS, english_works, require, texts
from chorus.feedback.v1 import submission_pb2
from chorus.model.v1 import generation_pb2, model_pb2, model_service_pb2, model_service_pb2_grpc
from modelkit.fencing import TaggedFence
from modelkit.servicer import MODEL_SERVICE
from modelkit.usage import total_usage
from orchestrator.answer.prompt import review_request
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import read_submission
from rpckit.channel import connect
from services.cloud_proxy import catalog
from services.cloud_proxy.catalog import Catalog
from tests.fakes.providers.emulator import running
from tests.fakes.providers.prompt_cache import PromptCache
from tests.fakes.providers.proxy import ANTHROPIC, GENAI, OPENAI, Adapter, proxy_for
from tests.fakes.providers.reply import Output
from tests.fakes.providers.schema_instance import instance

if TYPE_CHECKING:
    # The stubs' own: there is no such class at run time.
    from chorus.model.v1.model_service_pb2_grpc import ModelServiceAsyncStub

_CATALOG = Path(catalog.__file__).with_name("catalog.toml")
_WORKS = 30
_TASKS = {"ko": "여행 계획을 소개하는 글을 쓰세요.", "en": "Answer the question in your own words."}
# As many works of a batch are open at once by default.
_AT_ONCE = 8
# Seconds. What is open at once has all arrived before the first is answered.
_PAUSE = 1.0
_PATIENCE = 120.0
# The fewest tokens that are cached, as the providers' pages had it on 2026-11-28.
_MODELS = (
    (OPENAI, "openai/gpt-6-luna", 1024),
    (ANTHROPIC, "anthropic/claude-sonnet-5-5", 1024),
    (GENAI, "google/gemini-3.8-flash", 4096),
)
_HEAD = f"{'':30}{'at once':>8}{'tokens':>9}{'cached':>9}{'written':>9}{'USD':>9}{'no cache':>10}{'ratio':>7}"


def main() -> None:
    """Prints a table for each language."""
    files = {"ko": KOREAN_PARAGRAPHS, "en": english_works()}
    require(files.values())
    entries, today = Catalog.read(_CATALOG).entries, datetime.now(tz=UTC).date()
    for language, file in files.items():
        requests = [_review(work, language) for work in itertools.islice(texts(file).values(), _WORKS)]
        ours = [_prompt(each, b"one key") for each in requests]
        apart = [_prompt(each, str(number).encode()) for number, each in enumerate(requests)]
        print(f"{language}: {_WORKS} works of {file.name}, prompts of {_mean(ours)} characters on average.")
        print(
            f"All begin with the same {_shared(ours)}; with a fence for each work, the same {_shared(apart)}."
        )
        print(_HEAD)
        for (adapter, model, least), at_once in itertools.product(_MODELS, (1, _AT_ONCE)):
            for request in requests:
                request.model = model
            price = cast("model_pb2.Price", entries[model].prices.on(today))
            # Only implicit caching, for which writing is free, finds more than what was marked.
            cache = PromptCache(marked_only=adapter is not GENAI, least=least)
            print(_row(model, at_once, asyncio.run(_counted(adapter, cache, requests, at_once)), price))
        print()


def _review(work: str, language: str) -> model_service_pb2.GenerateRequest:
    submission = submission_pb2.Submission(text=work, task=_TASKS[language], language_code=language)
    return review_request(read_submission(submission), submission, default_rubric(language), language)


def _prompt(request: model_service_pb2.GenerateRequest, key: bytes) -> str:
    fence = TaggedFence(request, key)
    parts = request.turns[0].parts
    material = (part.text or fence.enclose(part.document) for part in parts)
    return "\n\n".join((fence.system_instruction(request.system_instruction), *material))


def _mean(prompts: Sequence[str]) -> int:
    return round(statistics.fmean(map(len, prompts)))


def _shared(prompts: Sequence[str]) -> int:
    alike = itertools.takewhile(
        lambda pair: pair[0] == pair[1], zip(min(prompts), max(prompts), strict=False)
    )
    return sum(1 for _ in alike)


async def _counted(
    adapter: Adapter,
    cache: PromptCache,
    requests: Sequence[model_service_pb2.GenerateRequest],
    at_once: int,
) -> list[generation_pb2.Usage]:
    async with running(adapter.dialect) as provider:
        provider.cache = cache
        answer = json.dumps(instance(json.loads(requests[0].output_format.json_schema)))
        provider.script.extend(Output((answer,), pause=_PAUSE if at_once > 1 else 0) for _ in requests)
        proxy = proxy_for(adapter, provider.address, CLOUD_PROXY_CATALOG=str(_CATALOG))
        async with proxy as address, connect(address, MODEL_SERVICE) as channel:
            stub = cast("ModelServiceAsyncStub", model_service_pb2_grpc.ModelServiceStub(channel))

            async def ask(request: model_service_pb2.GenerateRequest) -> generation_pb2.Usage:
                return (await stub.Generate(request, timeout=_PATIENCE)).completion.usage

            usages: list[generation_pb2.Usage] = []
            for start in range(0, len(requests), at_once):
                usages += await asyncio.gather(*map(ask, requests[start : start + at_once]))
        return usages


def _row(model: str, at_once: int, usages: Sequence[generation_pb2.Usage], price: model_pb2.Price) -> str:
    total = total_usage(usages)
    output = total.output_tokens * price.output_usd_nanos / 1e6
    paid = total.cost_usd_nanos - output
    uncached = total.input_tokens * price.input_usd_nanos / 1e6
    return (
        f"{model:30}{at_once:8}{total.input_tokens:9}{total.cached_input_tokens:9}{total.cache_write_tokens:9}"
        f"{paid / 1e9:9.4f}{uncached / 1e9:10.4f}{paid / uncached:7.2f}"
    )


if __name__ == "__main__":
    main()
