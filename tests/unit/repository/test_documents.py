"""What the repository says of itself, where it can be compared with the repository."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from rpckit.version import VERSION

ROOT = Path(__file__).parents[3]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FOLDERS = (".", "bench/*", "clients/*", "clients/*/*", "deploy", "docs", "docs/adr", "protos")
DOCUMENTS = sorted(
    path for folder in FOLDERS for path in ROOT.glob(f"{folder}/*.md") if "node_modules" not in path.parts
)
STATUS = re.compile(r"Date: \d{4}-\d\d-\d\d\. Status: (?:accepted|superseded by \[ADR \d+\]\(.+\.md\))\.")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_its_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_number_its_date_and_its_status(path: Path) -> None:
    title, empty, status, *_ = path.read_text("utf-8").splitlines()
    assert title.startswith(f"# {int(path.name[:4])}. ")
    assert not title.endswith(".")
    assert empty == ""
    assert STATUS.fullmatch(status), status


def test_the_version_is_the_same_everywhere() -> None:
    overlays = list((ROOT / "deploy" / "kustomize" / "overlays").glob("*/kustomization.yaml"))
    ours = r"newName: \S*\bchorus/\S+\n    newTag: (\S+)"
    tags = {tag for path in overlays for tag in re.findall(ours, path.read_text("utf-8"))}
    shown = re.findall(r"(?:TAG=|:)(\d+\.\d+\.\d+)\b", (ROOT / "deploy" / "README.md").read_text("utf-8"))
    heads = re.findall(r"^## (\d\S*)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert tags == set(shown) == {VERSION}
    assert heads[0] == VERSION


def test_the_licence_is_that_of_the_metadata() -> None:
    assert PROJECT["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License\n\nCopyright (c) ")


def test_what_runs_before_a_commit_is_what_check_runs() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    assert {repository["repo"] for repository in config["repos"]} == {"local"}
    assert {hook["language"] for hook in hooks} == {"system"}
    (parts,) = re.findall(r"^check: (.*?) ##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert [hook["entry"] for hook in hooks] == [f"make {part}" for part in parts.split()]
