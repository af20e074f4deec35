"""Lists the example clients in other languages than Python, and runs them."""

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.processes import ROOT
from tests.patience import PATIENCE

GOCODE = Path("/usr/share/gocode/src")
JARS = Path("/usr/share/java")


@dataclass(frozen=True)
class LanguageClient:
    """The example client of a language: the tools it needs, and how it is built and run in its folder.

    `counts` names the unit in which the language indexes strings.
    """

    language: str
    needs: tuple[str, ...]
    build: tuple[str, ...]
    run: tuple[str, ...]
    counts: str = "UTF-16"
    # Debian's grpc-go is older than 1.40, and retries only where this says so.
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return ROOT / "clients" / self.language


CLIENTS = [
    LanguageClient(
        "typescript",
        needs=("node", "npm", f"{ROOT}/clients/typescript/node_modules/.bin/tsc"),
        build=("npm", "run", "build"),
        run=("node", "build/review.js"),
    ),
    LanguageClient(
        "go",
        needs=(
            *("go", "make", "protoc-gen-go", "protoc-gen-go-grpc"),
            f"{GOCODE}/google.golang.org/grpc",
            f"{GOCODE}/google.golang.org/genproto",
        ),
        build=("make", "build"),
        run=("build/review",),
        counts="bytes",
        variables={"GRPC_GO_RETRY": "on"},
    ),
    LanguageClient(
        "java",
        needs=(
            *("javac", "make", "protoc", "grpc_java_plugin"),
            f"{JARS}/grpc-netty.jar",
            f"{JARS}/netty-codec-http2.jar",
            f"{JARS}/netty-tcnative.jar",
            f"{JARS}/perfmark-api.jar",
            f"{JARS}/protobuf.jar",
        ),
        build=("make", "build"),
        # A program of two seconds is not worth the compiler's second tier.
        run=("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "@build/classpath", "Review"),
    ),
]


@dataclass(frozen=True)
class ClientRunner:
    """Runs the client of a language against a server; `variables` are the whole environment."""

    client: LanguageClient
    address: str
    variables: Mapping[str, str] = field(repr=False)

    @asynccontextmanager
    async def started(self, file: Path, **options: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Starts it on a text file; it is killed if it still runs when the block ends."""
        given = {"server": self.address, "deadline": str(PATIENCE)} | options
        arguments = [word for name, value in given.items() for word in (f"--{name}", value)]
        process = await asyncio.create_subprocess_exec(
            *(*self.client.run, *arguments, str(file)),
            cwd=self.client.folder,
            env={**self.variables, **self.client.variables},
            stdout=PIPE,
            stderr=PIPE,
        )
        try:
            # A second client may run within the block.
            async with asyncio.timeout(2 * PATIENCE):
                yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def to_end(self, file: Path, **options: str) -> tuple[int | None, str, str]:
        """Returns its exit code, standard output and standard error."""
        async with self.started(file, **options) as process:
            output, errors = await process.communicate()
        return process.returncode, output.decode(), errors.decode()
