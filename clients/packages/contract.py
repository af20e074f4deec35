"""What every package holds, and how a package is built where its toolchain is here."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROTOS = ROOT / "protos"
LICENSE = ROOT / "LICENSE"
TYPESCRIPT = ROOT / "clients" / "typescript"
VERSION = (PROTOS / "version.txt").read_text("utf-8").strip()
DESCRIPTION = (
    "Calls Chorus, which asks several language models for feedback on one piece of writing"
    " and merges their answers."
)
# buf lies beside this Python, the plugins of TypeScript among its packages.
PATH = os.pathsep.join(
    (str(Path(sys.executable).parent), str(TYPESCRIPT / "node_modules/.bin"), os.environ.get("PATH", ""))
)
# The same files make the same archive, whenever it is made.
_EPOCH = (1980, 1, 1, 0, 0, 0)


class ToolchainError(Exception):
    """A toolchain is not here. The message names what is missing."""


def require(*needed: str) -> None:
    """Raises ToolchainError where a program, or a file by its absolute path, is missing."""
    missing = [each for each in needed if not (shutil.which(each, path=PATH) or Path(each).is_file())]
    if missing:
        raise ToolchainError(f"not here: {', '.join(missing)}")


def run(*command: str, folder: Path) -> str:
    """Runs a tool and returns what it printed; raises RuntimeError with all of it where it failed."""
    environment = os.environ | {"PATH": PATH, "LANG": "C.UTF-8"}
    program = shutil.which(command[0], path=PATH) or command[0]
    done = subprocess.run(  # noqa: S603 - the builders of this folder say what
        (program, *command[1:]), cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed in {folder}:\n{done.stdout}{done.stderr}")
    return done.stdout


def generate(language: str, into: Path, template: str = "buf.gen.yaml") -> None:
    """Generates code as the sample program of that language does; `into` takes the place of its folder."""
    run("buf", "generate", "--template", template, "--output", str(into), folder=ROOT / "clients" / language)


def proto_files() -> dict[str, Path]:
    """The contract's files by their import path, such as chorus/model/v1/model.proto."""
    return {str(each.relative_to(PROTOS)): each for each in sorted(PROTOS.glob("chorus/*/v1/*.proto"))}


def write_zip(archive: Path, files: Mapping[str, Path | str]) -> None:
    """Writes files, or the texts that stand for them, by their names in the archive."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in sorted(files.items()):
            data = content.encode() if isinstance(content, str) else content.read_bytes()
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            opened.writestr(entry, data, zipfile.ZIP_DEFLATED)


def tree(folder: Path, pattern: str) -> dict[str, Path]:
    """The files of a folder that fit a pattern, by their path in it."""
    return {str(each.relative_to(folder)): each for each in folder.rglob(pattern) if each.is_file()}
