"""LiteLLM's proxy beside Chorus: the same three calls, unary, through a proxy of its own environment."""

import asyncio
import json
import os
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bench.path.reviews import processor_seconds

# It imports for a minute or more on a machine whose cores are taken.
_START_SECONDS = 300.0
_KEY = "sk-not-a-key"
_VERSION = "import importlib.metadata as m; print(m.version('litellm'))"


class LiteLlm:
    """A running proxy."""

    def __init__(self, url: str, pid: int, version: str, session: aiohttp.ClientSession) -> None:
        self.version = version
        self.pid = pid
        self._url = url
        self._session = session

    async def spent(self, models: Sequence[str], body: Mapping[str, Any]) -> float:
        """Makes one call of each model at once; returns the milliseconds of processor time of the proxy."""
        before = processor_seconds(self.pid)
        await self.ask(models, body)
        return 1000 * (processor_seconds(self.pid) - before)

    async def ask(self, models: Sequence[str], body: Mapping[str, Any]) -> None:
        """Makes one call of each model at once."""
        await asyncio.gather(*(self._call({**body, "model": model}) for model in models))

    async def _call(self, body: Mapping[str, Any]) -> None:
        headers = {"authorization": f"Bearer {_KEY}"}
        async with self._session.post(
            f"{self._url}/v1/chat/completions", json=body, headers=headers
        ) as response:
            response.raise_for_status()
            await response.read()


@asynccontextmanager
async def lite_llm(
    python: str, folder: Path, port: int, provider: str, models: Sequence[str]
) -> AsyncIterator[LiteLlm]:
    """Runs the proxy that is installed for this Python, with a route to the provider for each model."""
    routes = [
        {
            "model_name": each,
            "litellm_params": {"model": f"openai/{each}", "api_base": provider, "api_key": "none"},
        }
        for each in models
    ]
    config = folder / "litellm.yaml"
    # JSON is YAML.
    config.write_text(json.dumps({"model_list": routes, "general_settings": {"master_key": _KEY}}), "utf-8")
    asked = await asyncio.create_subprocess_exec(python, "-c", _VERSION, stdout=PIPE)
    version = (await asked.communicate())[0].decode().strip()
    command = Path(python).with_name("litellm")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    process = await asyncio.create_subprocess_exec(
        *(command, "--config", str(config), "--host", "127.0.0.1", "--port", str(port)),
        env=environment,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        # As many connections as there are calls: none waits for another in the caller.
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            async with asyncio.timeout(_START_SECONDS):
                while not await _is_alive(session, url):
                    assert process.returncode is None, "LiteLLM's proxy ended before it served"
                    await asyncio.sleep(0.5)
            yield LiteLlm(url, process.pid, version, session)
    finally:
        process.terminate()
        await process.wait()


async def _is_alive(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(f"{url}/health/liveliness") as response:
            return response.ok
    except aiohttp.ClientError:
        return False
