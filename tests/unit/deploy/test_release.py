"""What `make release` adds to the packages, and what it says that it would push."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from clients.packages.contract import VERSION as CONTRACT
from deploy.release.__main__ import commands, images, write_sums
from deploy.release.bill_of_materials import bill_of_materials
from rpckit.version import VERSION
from tests.unit.deploy.cluster import ROOT

DEPLOY = ROOT / "deploy"


@pytest.mark.parametrize("image", images())
def test_an_image_says_both_versions(image: str) -> None:
    text = (DEPLOY / f"docker/{image}.Dockerfile").read_text("utf-8")
    (labels,) = re.findall(r"^LABEL (.+)$", text, re.MULTILINE)
    told = dict(each.split("=") for each in labels.split())
    assert told["org.opencontainers.image.version"] == VERSION
    assert told["example.chorus.contract.version"] == CONTRACT


@pytest.mark.parametrize("image", images())
def test_a_bill_lists_each_line_of_the_lock(image: str) -> None:
    lock = (DEPLOY / f"locks/{image}.txt").read_text("utf-8")
    listed = bill_of_materials(image, DEPLOY)["components"]
    torch = [each for each in listed if each["name"] == "torch"]
    assert bool(torch) == image.startswith("gemma")
    assert len(listed) == len(re.findall(r"^\S+==", lock, re.MULTILINE)) + (image == "gemma-cpu")
    hashes = [
        digest["content"]
        for each in listed
        for reference in each.get("externalReferences", ())
        for digest in reference["hashes"]
    ]
    assert sorted(hashes) == sorted(re.findall(r"--hash=sha256:(\w+)", lock))


def test_the_sums_are_those_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "npm").mkdir()
    (tmp_path / "npm/a package.tgz").write_bytes(b"a")
    write_sums(tmp_path)
    sums = write_sums(tmp_path)
    assert "SHA256SUMS" not in sums.read_text("utf-8")
    check = ("sha256sum", "--check", "--strict", "SHA256SUMS")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode == 0  # noqa: S603
    (tmp_path / "npm/a package.tgz").write_bytes(b"b")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode == 1  # noqa: S603


def test_every_image_would_be_pushed_under_the_name_of_the_manifests() -> None:
    overlay = (ROOT / "deploy/kustomize/overlays/production/kustomization.yaml").read_text("utf-8")
    pushed = re.findall(r"--tag (\S+)", "\n".join(commands("registry.example/chorus", Path("dist/images"))))
    deployed = re.findall(r"newName: (\S*/chorus/\S+)\n    newTag: (\S+)", overlay)
    assert {f"{name}:{tag}" for name, tag in deployed} <= set(pushed)
    assert len(pushed) == len(images())


def test_what_would_be_pushed_can_be_run_as_it_is_printed(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "deploy.release", str(tmp_path))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    described = [Path(each) for each in re.findall(r"--metadata-file (\S+)", done.stdout)]
    # Buildx writes into a folder that is there, and fails after the push without one.
    assert {each.parent for each in described if each.parent.is_dir()} == {tmp_path / "images"}
    assert {each.stem for each in described} == set(images())
    bills = {each.name.removesuffix(".cdx.json") for each in (tmp_path / "sbom").iterdir()}
    assert bills == set(images())
