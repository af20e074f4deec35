"""The contract that later changes must not break is of a version, and what is new since is told."""

import re
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from clients.packages.contract import VERSION
from tests.contract.proto_comments import files

ROOT = Path(__file__).parents[2]
RELEASED = (ROOT / "protos/released.txt").read_text("utf-8").strip()
CHAPTERS = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def bare(file: FileDescriptorProto) -> bytes:
    """The file without its comments."""
    copy = FileDescriptorProto()
    copy.CopyFrom(file)
    copy.ClearField("source_code_info")
    copy.DiscardUnknownFields()  # type: ignore[attr-defined]  # its stubs lack it
    return copy.SerializeToString(deterministic=True)


def test_the_release_is_a_version_that_the_changelog_tells_of() -> None:
    def parts(version: str) -> list[int]:
        return [int(each) for each in version.split(".")]

    assert parts(RELEASED) <= parts(VERSION)
    assert RELEASED in CHAPTERS


def test_a_contract_that_has_grown_since_its_release_is_told_of() -> None:
    image = FileDescriptorSet.FromString((ROOT / "protos/released.binpb").read_bytes())
    released = {each.name: bare(each) for each in image.file}
    grown = [each.name for each in files() if released.get(each.name) != bare(each)]
    told_of = CHAPTERS[0] != RELEASED
    assert told_of or not grown, (
        "a chapter of CHANGELOG.md says what is new: `## Unreleased`, or the next version"
    )
