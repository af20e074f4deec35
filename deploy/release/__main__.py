"""`python -m deploy.release dist` adds SBOMs and checksums to it, and prints what would be pushed."""

import argparse
import hashlib
import shlex
from collections.abc import Iterator
from pathlib import Path

from clients.packages.contract import VERSION as CONTRACT
from deploy.release import bill_of_materials
from rpckit.version import VERSION

_ROOT = Path(__file__).parents[2]
_DEPLOY = _ROOT / "deploy"
# The locks of the others were resolved for arm64, too.
_AMD64_ONLY = frozenset({"gemma-cpu", "gemma-cuda"})
SUMS = "SHA256SUMS"


def images() -> list[str]:
    """The names of the images, which are those of their Dockerfiles."""
    return sorted(each.stem for each in _DEPLOY.glob("docker/*.Dockerfile"))


def write_sums(folder: Path) -> Path:
    """Writes the checksums of all files of a folder, for `sha256sum --check` in it."""
    files = sorted(each for each in folder.rglob("*") if each.is_file() and each != folder / SUMS)
    lines = (
        f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.relative_to(folder).as_posix()}\n"
        for each in files
    )
    sums = folder / SUMS
    sums.write_text("".join(lines), "utf-8")
    return sums


def commands(registry: str, metadata: Path) -> Iterator[str]:
    """What sends the release to a registry of images and to Git, in sequence; nothing of it is run here.

    Args:
        registry: Where the images go.
        metadata: A folder that buildx does not make.
    """
    yield shlex.join(("git", "tag", "--annotate", "--message", f"Chorus {VERSION}", f"v{VERSION}"))
    for image in images():
        platforms = "linux/amd64" if image in _AMD64_ONLY else "linux/amd64,linux/arm64"
        yield shlex.join(
            (
                *("docker", "buildx", "build", "--platform", platforms),
                *("--file", f"deploy/docker/{image}.Dockerfile"),
                *("--tag", f"{registry}/{image}:{VERSION}"),
                # It holds the digest of what was pushed, by which a deployment names it.
                *("--metadata-file", str(metadata / f"{image}.json")),
                *("--provenance", "true", "--push", "."),
            )
        )
    yield shlex.join(("git", "push", "origin", f"v{VERSION}"))


def main() -> None:
    """Prepares the folder of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--registry", default="registry.example/chorus", help="where the images would go")
    given = parser.parse_args()
    for image in images():
        bill_of_materials.write(image, _DEPLOY, given.folder / "sbom")
    write_sums(given.folder)
    metadata = given.folder / "images"
    metadata.mkdir(exist_ok=True)
    print(f"Chorus {VERSION}, contract {CONTRACT}; in {given.folder}:")  # noqa: T201
    print((given.folder / SUMS).read_text("utf-8"), end="")  # noqa: T201
    if "\n## Unreleased\n" in (_ROOT / "CHANGELOG.md").read_text("utf-8"):
        print("Not yet: CHANGELOG.md has a chapter `Unreleased`.")  # noqa: T201
    print("Nothing is pushed. This would be:")  # noqa: T201
    for command in commands(given.registry, metadata):
        print(f"  {command}")  # noqa: T201


if __name__ == "__main__":
    main()
