"""What `make` and the images install: the pins of the project, and deploy/locks."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.unit.deploy.cluster import ROOT


def pins() -> dict[str, Requirement]:
    """What constraints.txt pins, by name."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    requirements = (Requirement(line) for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(each.name): each for each in requirements}


def lock_of(*names: str) -> dict[str, tuple[Requirement, int]]:
    """What locks hold, by name, and how many hashes each has."""
    texts = (ROOT / "deploy" / "locks" / f"{name}.txt" for name in names)
    lines = "".join(each.read_text("utf-8").replace("\\\n", " ") for each in texts).splitlines()
    entries = [line.partition(" --hash=sha256:") for line in lines if not line.startswith("#")]
    return {
        canonicalize_name(requirement.name): (requirement, len(re.findall(r"[0-9a-f]{64}", hashes)))
        for requirement, hashes in ((Requirement(first.strip()), rest) for first, _, rest in entries)
    }


def named(folder: str, extras: set[str]) -> dict[str, Requirement]:
    """What a pyproject.toml asks for, with these extras of its, by name."""
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))["project"]
    optional = project["optional-dependencies"]
    texts = [*project["dependencies"], *(each for extra in sorted(extras) for each in optional[extra])]
    return {canonicalize_name(each.name): each for each in map(Requirement, texts)}
