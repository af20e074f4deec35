"""Runs Chorus before the faulty provider: a cloud proxy and an orchestrator, each a process of its own."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.faults.grpc_targets import MODEL_PREFIX, REVIEW_PREFIX
from tests.e2e.processes import CLOUD_PROXY, ORCHESTRATOR, ServerProcess, running

_LINE = """
[models."{prefix}{name}"]
display_name = "{name}"
family = "{name}"
capabilities = ["TEXT", "JSON_SCHEMA"]
max_input_tokens = 100000
max_output_tokens = 64000
thinking_tokens = 32000
reasoning_efforts = ["low", "medium", "high"]
price = {{ input = 1.00, output = 5.00 }}
# Each fault is a provider of its own: what one does to breakers and budgets is nothing to the next.
base_url = "{address}/{prefix}{name}/v1"
"""
_KIB_PER_MIB = 1024


@dataclass(frozen=True, slots=True)
class Product:
    """The running processes.

    Attributes:
        model_server: The address of the cloud proxy.
        orchestrator: The address of the orchestrator.
    """

    model_server: str
    orchestrator: str
    processes: Sequence[ServerProcess]

    def forget_peaks(self) -> float:
        """Begins to look for the peak of the memory anew, and returns what they have now, in MiB."""
        for each in self.processes:
            Path(f"/proc/{each.process.pid}/clear_refs").write_text("5", "ascii")
        return self._status("VmRSS")

    def peak(self) -> float:
        """Returns the most memory that they have had since then, in MiB."""
        return self._status("VmHWM")

    def _status(self, name: str) -> float:
        return sum(_kib(each.process.pid, name) for each in self.processes) / _KIB_PER_MIB


def catalog(address: str, names: Iterable[str]) -> str:
    """Returns a file for CLOUD_PROXY_CATALOG: every fault as a model, once to be asked, once to review."""
    return "packaged = false\n" + "".join(_lines(address, list(names)))


def _lines(address: str, names: Sequence[str]) -> Iterator[str]:
    for prefix in (MODEL_PREFIX, REVIEW_PREFIX):
        for name in names:
            yield _LINE.format(prefix=prefix, name=name, address=address)


@asynccontextmanager
async def chorus_before(address: str, names: Iterable[str], folder: Path) -> AsyncIterator[Product]:
    """Runs Chorus before the provider at an address; its logs are in the folder."""
    path = folder / "catalog.toml"
    path.write_text(catalog(address, names), "utf-8")
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(running(CLOUD_PROXY, folder, CLOUD_PROXY_CATALOG=str(path)))
        orchestrator = await stack.enter_async_context(
            running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=proxy.address)
        )
        yield Product(proxy.address, orchestrator.address, (proxy, orchestrator))


def _kib(process_id: int, name: str) -> float:
    lines = Path(f"/proc/{process_id}/status").read_text("ascii").splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
