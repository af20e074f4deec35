"""Builds what callers in other languages install, and calls Chorus with it outside of the repository."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest
import pytest_asyncio

from clients.packages import contract, go_module, maven, npm
from tests.e2e.language_clients import GOCODE, JARS
from tests.e2e.processes import ORCHESTRATOR, PROOFREADER, running
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

READMES = contract.ROOT / "clients/packages"
# The anchor's quotation shows that the answer was read, not only received.
FOUND = "recieve"
GO_PROGRAM = """
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	feedbackv1 "chorus.example/chorus/feedback/v1"
	"google.golang.org/grpc"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	connection, _ := grpc.Dial(os.Args[1], grpc.WithInsecure())
	request := &feedbackv1.GetFeedbackRequest{
		Submission: &feedbackv1.Submission{Text: "Dogs are loud. I recieve one."},
	}
	fmt.Println(feedbackv1.NewFeedbackServiceClient(connection).GetFeedback(ctx, request))
}
"""
JAVA_PROGRAM = """
import example.chorus.feedback.v1.FeedbackServiceGrpc;
import example.chorus.feedback.v1.GetFeedbackRequest;
import example.chorus.feedback.v1.Submission;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import java.util.concurrent.TimeUnit;

class Program {
  public static void main(String[] given) {
    var channel = Grpc.newChannelBuilder(given[0], InsecureChannelCredentials.create()).build();
    var work = Submission.newBuilder().setText("Dogs are loud. I recieve one.");
    var request = GetFeedbackRequest.newBuilder().setSubmission(work).build();
    var stub = FeedbackServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    System.out.println(stub.getFeedback(request).getMerged());
    channel.shutdownNow();
  }
}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chorus(folder: Path) -> AsyncIterator[str]:
    """The address of a Chorus on the loopback."""
    async with (
        running(PROOFREADER, folder) as proofreader,
        running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=proofreader.address) as orchestrator,
    ):
        yield orchestrator.address


def built(folder: Path, build: Callable[[Path], None]) -> Path:
    """Builds a package, or skips the test where its toolchain is not here."""
    folder.mkdir()
    target = folder / "built"
    try:
        build(target)
    except contract.ToolchainError as missing:
        pytest.skip(str(missing))
    return target


async def ran(*command: str, folder: Path, variables: Mapping[str, str] | None = None) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={"PATH": contract.PATH, "HOME": str(folder), "LANG": "C.UTF-8"} | dict(variables or {}),
        stdout=PIPE,
        stderr=PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        output, errors = await process.communicate()
    assert process.returncode == 0, output.decode() + errors.decode()
    return output.decode()


def require(*needed: str) -> None:
    try:
        contract.require(*needed)
    except contract.ToolchainError as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize(
    ("name", "pack"), [(npm.GRPC, npm.pack_grpc), (npm.CONNECT, npm.pack_connect)], ids=["grpc", "connect"]
)
async def test_the_readme_of_an_npm_package_is_typed_and_runs(
    name: str, pack: Callable[[Path], None], folder: Path, chorus: str
) -> None:
    made = built(folder / name, pack)
    (archive,) = made.iterdir()
    assert archive.name == f"{name}-{contract.VERSION}.tgz"
    program = folder / name / "program"
    # As npm lays it. What it depends on lies one folder up, as it was installed for the sample.
    installed = program / "node_modules" / name
    (folder / name / "node_modules").symlink_to(contract.TYPESCRIPT / "node_modules")
    with tarfile.open(archive) as opened:
        opened.extractall(program, filter="data")
    installed.parent.mkdir()
    shutil.move(program / "package", installed)
    assert json.loads((installed / "package.json").read_text("utf-8"))["version"] == contract.VERSION
    assert (installed / "LICENSE").read_bytes() == contract.LICENSE.read_bytes()
    for path, file in contract.proto_files().items():
        assert (installed / "protos" / path).read_bytes() == file.read_bytes()

    (shown,) = re.findall(r"```ts\n(.*?)```", (READMES / f"{name}.md").read_text("utf-8"), re.DOTALL)
    (program / "program.ts").write_text(shown.replace("127.0.0.1:50051", chorus), "utf-8")
    (program / "package.json").write_text('{"type": "module"}', "utf-8")
    options = ("--strict", "--module", "nodenext", "--target", "es2022", "--types", "node", "--skipLibCheck")
    await ran("tsc", *options, "program.ts", folder=program)
    printed = "globalThis.console.log = (told) => process.stdout.write(JSON.stringify(told));\n"
    compiled = program / "program.js"
    compiled.write_text(printed + compiled.read_text("utf-8"), "utf-8")
    output = await ran("node", "program.js", folder=program, variables={"CHORUS_SERVER": chorus})
    assert FOUND in output


async def test_the_go_module_is_downloaded_and_builds(folder: Path, chorus: str) -> None:
    served = built(folder / "go", go_module.build_module)
    require("go", str(GOCODE / "google.golang.org/grpc/go.mod"))
    module, version = go_module.MODULE, f"v{contract.VERSION}"
    cache = folder / "go/cache"
    variables = {
        "GOPROXY": served.as_uri(),
        "GONOSUMDB": module,
        "GOFLAGS": "-modcacherw",
        "GOMODCACHE": str(cache),
    }
    told = await ran(
        "go", "mod", "download", "-json", f"{module}@{version}", folder=folder / "go", variables=variables
    )
    downloaded = Path(json.loads(told)["Dir"])
    assert "\nrequire (\n\tgoogle.golang.org/grpc v1." in (downloaded / "go.mod").read_text("utf-8")
    assert (downloaded / "LICENSE").read_bytes() == contract.LICENSE.read_bytes()
    assert {str(each) for each in contract.tree(downloaded / "protos", "*.proto")} == set(
        contract.proto_files()
    )

    # Without a proxy for what it requires, Debian's packages stand in its place, which know no modules.
    home = folder / "go/home"
    shutil.copytree(downloaded, home / "src" / module)
    (home / "src/program").mkdir()
    (home / "src/program/main.go").write_text(GO_PROGRAM, "utf-8")
    own = {"GO111MODULE": "off", "GOPATH": f"{home}:{GOCODE.parent}", "GOCACHE": go_cache()}
    assert FOUND in await ran("go", "run", "program", chorus, folder=folder / "go", variables=own)


def go_cache() -> str:
    """The cache of the one who runs the tests: it holds gRPC, compiled."""
    done = subprocess.run(("go", "env", "GOCACHE"), capture_output=True, text=True, check=True)  # noqa: S607
    return done.stdout.strip()


async def test_the_maven_artifact_holds_what_a_program_needs(folder: Path, chorus: str) -> None:
    served = built(folder / "maven", maven.build_artifact)
    place = served.joinpath(*maven.GROUP.split("."), maven.ARTIFACT, contract.VERSION)
    name = f"{maven.ARTIFACT}-{contract.VERSION}"
    pom = (place / f"{name}.pom").read_text("utf-8")
    assert f"<artifactId>{maven.ARTIFACT}</artifactId>\n  <version>{contract.VERSION}</version>" in pom
    for jar in (f"{name}.jar", f"{name}-sources.jar"):
        with zipfile.ZipFile(place / jar) as opened:
            assert set(contract.proto_files()) | {"META-INF/LICENSE"} <= set(opened.namelist())
    needed = [*sorted(JARS.glob("grpc-*.jar")), *sorted(JARS.glob("netty-*.jar"))]
    needed += [JARS / f"{each}.jar" for each in ("protobuf", "guava", "perfmark-api")]
    require("java", str(JARS / "grpc-netty.jar"))
    (folder / "maven/Program.java").write_text(JAVA_PROGRAM, "utf-8")
    classpath = os.pathsep.join(map(str, (place / f"{name}.jar", *needed)))
    quick = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
    output = await ran(
        "java", *quick, "-classpath", classpath, "Program.java", chorus, folder=folder / "maven"
    )
    assert FOUND in output
