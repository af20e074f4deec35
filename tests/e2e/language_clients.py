"""Lists the example clients in other languages than Python."""

from dataclasses import dataclass
from pathlib import Path

from tests.e2e.processes import ROOT

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
    ),
    LanguageClient(
        "java",
        needs=(
            *("javac", "make", "protoc", "grpc_java_plugin"),
            f"{JARS}/grpc-netty.jar",
            f"{JARS}/netty-codec-http2.jar",
            f"{JARS}/perfmark-api.jar",
            f"{JARS}/protobuf.jar",
        ),
        build=("make", "build"),
        run=("java", "@build/classpath", "Review"),
    ),
]
