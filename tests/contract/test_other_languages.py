"""What protos/README.md says of other repositories and other languages, done in an empty folder."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROTOS = ROOT / "protos"
FILES = sorted(str(each.relative_to(PROTOS)) for each in PROTOS.glob("chorus/*/v1/*.proto"))
README = (PROTOS / "README.md").read_text("utf-8")
BUF = Path(sys.executable).with_name("buf")
ENDINGS = {"csharp": ".cs", "ruby": ".rb", "php": ".php", "kotlin": ".kt"}

needs_protoc = pytest.mark.skipif(shutil.which("protoc") is None, reason="there is no protoc")


def run(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr


@needs_protoc
@pytest.mark.parametrize("language", ENDINGS)
def test_the_messages_are_generated(language: str, tmp_path: Path) -> None:
    run(PROTOS, "protoc", "-I", ".", f"--{language}_out={tmp_path}", *FILES)
    written = [each for each in tmp_path.rglob(f"*{ENDINGS[language]}") if each.is_file()]
    assert len(written) >= len(FILES)


@needs_protoc
@pytest.mark.parametrize(("language", "ending"), [("ruby", "_services_pb.rb"), ("php", "Client.php")])
def test_the_calls_are_generated(language: str, ending: str, tmp_path: Path) -> None:
    plugin = shutil.which(f"grpc_{language}_plugin")
    if plugin is None:
        pytest.skip(f"there is no grpc_{language}_plugin")
    run(PROTOS, "protoc", "-I", ".", f"--plugin=protoc-gen-grpc={plugin}", f"--grpc_out={tmp_path}", *FILES)
    written = "".join(each.read_text("utf-8") for each in tmp_path.rglob(f"*{ending}"))
    assert "chorus.feedback.v1.FeedbackService" in written
    assert "StreamFeedback" in written


def repository(folder: Path) -> Path:
    """Another repository, with the contract at a tag."""
    origin = folder / "origin"
    shutil.copytree(PROTOS, origin / "protos", ignore=shutil.ignore_patterns("gen"))
    author = ("-c", "user.name=a", "-c", "user.email=a@chorus.example")
    for command in (("init", "-q"), ("add", "."), (*author, "commit", "-qm", "a"), ("tag", "v0.2.0")):
        run(origin, "git", *command)
    return origin


@needs_protoc
def test_buf_fetches_the_files_from_a_repository(tmp_path: Path) -> None:
    origin, program = repository(tmp_path), tmp_path / "program"
    program.mkdir()
    (shown,) = re.findall(r"```yaml\n(  version: v2\n  inputs:\n.*?)```", README, re.DOTALL)
    config = re.sub(r"^  ", "", shown.replace("https://HOST/PATH.git", origin.as_uri()), flags=re.MULTILINE)
    (program / "buf.gen.yaml").write_text(config, "utf-8")
    run(program, str(BUF), "generate")
    assert len(list((program / "generated").rglob("*.cs"))) == len(FILES)


@needs_protoc
def test_a_submodule_brings_the_files(tmp_path: Path) -> None:
    origin, program = repository(tmp_path), tmp_path / "program"
    program.mkdir()
    run(program, "git", "init", "-q")
    (shown,) = re.findall(r"`git (submodule add) https://HOST/PATH.git chorus`", README)
    # Git takes no submodule from a folder unless it is told to.
    told = ("git", "-c", "protocol.file.allow=always", *shown.split(), "--quiet", origin.as_uri(), "chorus")
    run(program, *told)
    run(program / "chorus", "git", "checkout", "--quiet", "v0.2.0")
    plugin = {"protoc_builtin": "csharp", "out": "generated"}
    config = {"version": "v2", "inputs": [{"directory": "chorus/protos"}], "plugins": [plugin]}
    (program / "buf.gen.yaml").write_text(json.dumps(config), "utf-8")
    run(program, str(BUF), "generate")
    assert len(list((program / "generated").rglob("*.cs"))) == len(FILES)
