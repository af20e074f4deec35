"""Builds what callers in other languages install, and calls Chorus with it outside of the repository."""

import asyncio
import hashlib
import json
import re
import subprocess
import zipfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from clients.packages import contract, go_module, maven, npm
from rpckit.errors import InvalidRequest
from tests.e2e.language_clients import GOCODE
from tests.e2e.processes import ORCHESTRATOR, PROOFREADER, running
from tests.fakes.authority import Authority
from tests.fakes.recorder import free_port
from tests.fakes.scripted_orchestrator import ScriptedOrchestrator
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

PINS = json.loads((contract.TYPESCRIPT / "package.json").read_text("utf-8"))["devDependencies"]
READMES = contract.ROOT / "clients/packages"
TOKEN = "a" * 32
# The anchor's quotation shows that the answer was read, not only received.
FOUND = "recieve"
GO_MODULES = (
    *("google.golang.org/grpc", "google.golang.org/protobuf", "google.golang.org/genproto"),
    *("github.com/golang/protobuf", "golang.org/x/net", "golang.org/x/sys", "golang.org/x/text"),
)
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

public class Program {
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

MAVEN_REPOSITORY = Path("/usr/share/maven-repo")
# Packages of Debian's, each by a file of its own; gRPC's and Netty's are needed for the sample, too.
MAVEN_NEEDS = (
    "org/apache/maven/plugins/maven-compiler-plugin/3.10.1",
    "org/codehaus/mojo/exec-maven-plugin/3.1.0",
    "org/codehaus/mojo/animal-sniffer-annotations/debian",
    "org/junit/junit-bom/debian",
    "com/google/api/grpc/proto-google-common-protos/1.16.0",
    "com/google/code/gson/gson/debian",
    "io/grpc/grpc-netty/debian",
)
# Debian's common protos are older than those that the artifact asks for.
PROGRAM_POM = """
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example.caller</groupId><artifactId>program</artifactId><version>1</version>
  <properties>
    <maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <repositories>
    <repository>
      <id>chorus</id><url>{served}</url>
      <releases><checksumPolicy>fail</checksumPolicy></releases>
    </repository>
  </repositories>
  <dependencyManagement>
    <dependencies>
      <dependency>
        <groupId>com.google.api.grpc</groupId><artifactId>proto-google-common-protos</artifactId>
        <version>1.16.0</version>
      </dependency>
    </dependencies>
  </dependencyManagement>
  <dependencies>
    <dependency>
      <groupId>example.chorus</groupId><artifactId>chorus-client</artifactId><version>CHORUS</version>
    </dependency>
    <dependency>
      <groupId>io.grpc</groupId><artifactId>grpc-netty</artifactId><version>{grpc}</version>
    </dependency>
  </dependencies>
</project>
""".replace("CHORUS", contract.VERSION)
MAVEN_SETTINGS = """
<settings>
  <localRepository>{local}</localRepository>
  <mirrors><mirror><id>debian</id><mirrorOf>central</mirrorOf><url>{debian}</url></mirror></mirrors>
</settings>
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
    # Go compiles gRPC, once.
    async with asyncio.timeout(3 * PATIENCE):
        output, errors = await process.communicate()
    assert process.returncode == 0, output.decode() + errors.decode()
    return output.decode()


def require(*needed: str) -> None:
    try:
        contract.require(*needed)
    except contract.ToolchainError as missing:
        pytest.skip(str(missing))


async def npm_install(program: Path, *packages: str) -> None:
    """Installs an archive, and from the registry what that depends on; skips where that is out of reach."""
    # With the settings and the cache of whoever runs the tests, which hold the packages of the samples.
    process = await asyncio.create_subprocess_exec(
        *("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", *packages),
        cwd=program,
        stdout=PIPE,
        stderr=PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        _, errors = await process.communicate()
    told = errors.decode()
    if any(each in told for each in ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT")):
        pytest.skip("npm does not reach its registry")
    assert process.returncode == 0, told


async def calls_a_deployment(program: Path, folder: Path) -> None:
    """Runs the program over TLS with a token, believing first the right authority and then another."""
    tokens, port = folder / "tokens", free_port()
    tokens.write_text(f"tutor:{hashlib.sha256(TOKEN.encode()).hexdigest()}\n", "utf-8")
    own = Authority().issue(folder / "deployment", "chorus")
    another = Authority().issue(folder / "another", "chorus")
    orchestrator = ScriptedOrchestrator(failures=[InvalidRequest({"submission.text": "empty"})])
    served = {"CHORUS_TLS_DIR": str(own), "CHORUS_CALLER_TOKENS": str(tokens), "X_TOKEN_PORT": str(port)}
    called = {"CHORUS_SERVER": f"127.0.0.1:{port}", "CHORUS_TOKEN": TOKEN}
    async with orchestrator.start(**served):
        refused, disbelieved = [
            json.loads(
                await ran(
                    "node", "program.js", folder=program, variables=called | {"CHORUS_TLS_DIR": str(each)}
                )
            )
            for each in (own, another)
        ]
    assert [call.caller for call in orchestrator.calls] == ["tutor"]
    assert refused[1:] == [["INVALID_REQUEST"], ["submission.text"]]
    assert "certificate" in disbelieved[0]


@pytest.mark.parametrize(
    ("name", "pack", "beside"),
    [(npm.GRPC, npm.pack_grpc, ()), (npm.CONNECT, npm.pack_connect, ("@connectrpc/connect-node",))],
    ids=["grpc", "connect"],
)
async def test_the_readme_of_an_npm_package_is_typed_and_runs(
    name: str, pack: Callable[[Path], None], beside: Sequence[str], folder: Path, chorus: str
) -> None:
    made = built(folder / name, pack)
    (archive,) = made.iterdir()
    assert archive.name == f"{name}-{contract.VERSION}.tgz"
    program = folder / name / "program"
    program.mkdir()
    (program / "package.json").write_text('{"type": "module"}', "utf-8")
    await npm_install(program, str(archive), *(f"{each}@{PINS[each]}" for each in beside))
    installed = program / "node_modules" / name
    # The types of Node are no package's dependency; they lie one folder up, alone.
    types = folder / name / "node_modules/@types"
    types.parent.mkdir()
    types.symlink_to(contract.TYPESCRIPT / "node_modules/@types")
    assert json.loads((installed / "package.json").read_text("utf-8"))["version"] == contract.VERSION
    assert (installed / "LICENSE").read_bytes() == contract.LICENSE.read_bytes()
    for path, file in contract.proto_files().items():
        assert (installed / "protos" / path).read_bytes() == file.read_bytes()

    (shown,) = re.findall(r"```ts\n(.*?)```", (READMES / f"{name}.md").read_text("utf-8"), re.DOTALL)
    (program / "program.ts").write_text(shown.replace("127.0.0.1:50051", chorus), "utf-8")
    options = ("--strict", "--module", "nodenext", "--target", "es2022", "--types", "node", "--skipLibCheck")
    await ran("tsc", *options, "program.ts", folder=program)
    printed = "globalThis.console.log = (told) => process.stdout.write(JSON.stringify(told));\n"
    compiled = program / "program.js"
    compiled.write_text(printed + compiled.read_text("utf-8"), "utf-8")
    output = await ran("node", "program.js", folder=program, variables={"CHORUS_SERVER": chorus})
    assert FOUND in output
    if name == npm.CONNECT:
        await calls_a_deployment(program, folder)


async def test_a_go_program_gets_the_module_from_a_proxy(folder: Path, chorus: str) -> None:
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

    # Debian's packages stand in for the modules that no proxy here has.
    program = folder / "go/program"
    program.mkdir()
    (program / "main.go").write_text(GO_PROGRAM, "utf-8")
    replaced = "".join(f"replace {each} => {GOCODE / each}\n" for each in GO_MODULES)
    (program / "go.mod").write_text(f"module program\n\ngo 1.19\n\n{replaced}", "utf-8")
    overlay = {}
    for each in GO_MODULES:
        short = folder / "go" / f"{each.replace('/', '-')}.mod"
        short.write_text(f"module {each}\n\ngo 1.19\n", "utf-8")
        overlay[str(GOCODE / each / "go.mod")] = str(short)
    (folder / "go/overlay.json").write_text(json.dumps({"Replace": overlay}), "utf-8")
    variables["GOFLAGS"] += f" -overlay={folder / 'go/overlay.json'}"
    variables["GOCACHE"] = go_cache()
    await ran("go", "get", f"{module}@{version}", ".", folder=program, variables=variables)
    assert f"{module} {version} h1:" in (program / "go.sum").read_text("utf-8")
    assert FOUND in await ran("go", "run", ".", chorus, folder=program, variables=variables)


def go_cache() -> str:
    """The cache of the one who runs the tests: it holds gRPC, compiled."""
    done = subprocess.run(("go", "env", "GOCACHE"), capture_output=True, text=True, check=True)  # noqa: S607
    return done.stdout.strip()


async def test_a_maven_build_finds_the_artifact_in_the_repository(folder: Path, chorus: str) -> None:
    served = built(folder / "maven", maven.build_artifact)
    place = served.joinpath(*maven.GROUP.split("."), maven.ARTIFACT, contract.VERSION)
    name = f"{maven.ARTIFACT}-{contract.VERSION}"
    pom = (place / f"{name}.pom").read_text("utf-8")
    assert f"<artifactId>{maven.ARTIFACT}</artifactId>\n  <version>{contract.VERSION}</version>" in pom
    for jar in (f"{name}.jar", f"{name}-sources.jar"):
        with zipfile.ZipFile(place / jar) as opened:
            assert set(contract.proto_files()) | {"META-INF/LICENSE"} <= set(opened.namelist())

    require("mvn")
    if missing := [each for each in MAVEN_NEEDS if not (MAVEN_REPOSITORY / each).is_dir()]:
        pytest.skip(f"not in {MAVEN_REPOSITORY}: {', '.join(missing)}")
    program = folder / "maven/program"
    (program / "src/main/java").mkdir(parents=True)
    (program / "src/main/java/Program.java").write_text(JAVA_PROGRAM, "utf-8")
    grpc = re.findall(r"<artifactId>grpc-stub</artifactId><version>(.*?)<", pom)[0]
    (program / "pom.xml").write_text(PROGRAM_POM.format(served=served.as_uri(), grpc=grpc), "utf-8")
    settings = MAVEN_SETTINGS.format(local=folder / "maven/local", debian=MAVEN_REPOSITORY.as_uri())
    (program / "settings.xml").write_text(settings, "utf-8")
    goals = (
        "org.apache.maven.plugins:maven-compiler-plugin:3.10.1:compile",
        "org.codehaus.mojo:exec-maven-plugin:3.1.0:java",
    )
    options = ("--settings", "settings.xml", "--batch-mode", "--quiet")
    given = ("-Dexec.mainClass=Program", f"-Dexec.args={chorus}")
    output = await ran("mvn", *options, *goals, *given, folder=program)
    assert FOUND in output
    # Maven has fetched it from the repository, and its checksum was right: the pom wants that.
    assert (folder / "maven/local/example/chorus/chorus-client" / contract.VERSION / f"{name}.jar").is_file()
