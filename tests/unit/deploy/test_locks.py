"""Locks are those of the project; `deploy/locks/lock.sh` writes them anew."""

import re
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.unit.deploy.cluster import ROOT
from tests.unit.deploy.locks import lock_of, named, pins


@dataclass(frozen=True)
class Installed:
    """What is installed together."""

    locks: tuple[str, ...]
    extras: set[str]
    client_extras: set[str] | None = None
    """None where the client is not installed."""

    # Its files for a CPU are those of PyTorch's own index, which has no hash here.
    without_torch: bool = False


# As `deploy/locks/lock.sh` says.
IMAGE_PYTHON = "3.11.3"
RUN = {"orchestrator", "cloud-proxy", "proofreader", "web"}
CLIENT = {"cli", "files", "comments"}
INSTALLED = {
    "orchestrator": Installed(("orchestrator",), {"orchestrator", "tracing"}),
    "cloud_proxy": Installed(("cloud_proxy",), {"cloud-proxy", "tracing"}),
    "proofreader": Installed(("proofreader",), {"proofreader"}),
    "gemma-cpu": Installed(("gemma-cpu",), {"gemma"}, without_torch=True),
    "gemma-cuda": Installed(("gemma-cuda",), {"gemma"}),
    "web": Installed(("web",), {"web", "web-postgresql"}, {"files", "comments"}),
    "make run": Installed(("build", "run"), RUN, CLIENT),
    "make run with Gemma": Installed(("build", "run", "gemma"), RUN | {"gemma"}, CLIENT, without_torch=True),
    "make test": Installed(
        ("build", "run", "gemma", "test"),
        RUN | {"gemma", "bedrock", "tracing", "evaluate", "dev"},
        CLIENT,
        without_torch=True,
    ),
    "make check-gemma-quality": Installed(
        ("build", "run", "gemma", "test", "gemma-weights"),
        RUN | {"gemma", "bedrock", "tracing", "evaluate", "dev", "bench-gemma-weights"},
        CLIENT,
        without_torch=True,
    ),
}


@pytest.mark.parametrize("name", INSTALLED)
def test_a_lock_is_that_of_the_project(name: str) -> None:
    each = INSTALLED[name]
    lock = lock_of(*each.locks)
    assert all(hashes for _, hashes in lock.values())
    versions = {name: requirement.specifier for name, (requirement, _) in lock.items()}
    assert all(versions[name] == pin.specifier for name, pin in pins().items() if name in versions)
    needed = named(".", each.extras)
    if each.client_extras is not None:
        needed = named("clients/python", each.client_extras) | needed
    assert needed.keys() - versions.keys() == ({"torch"} if each.without_torch else set())
    for package in needed.keys() & versions.keys():
        (version,) = versions[package]
        assert needed[package].specifier.contains(version.version), package


@pytest.mark.parametrize("name", INSTALLED)
def test_a_lock_holds_what_its_packages_need(name: str) -> None:
    each = INSTALLED[name]
    lock = lock_of(*each.locks)
    # An image's lock is for its Python, whichever this one is.
    python = {} if name.startswith("make") else {"python_full_version": IMAGE_PYTHON}
    for package, (locked, _) in lock.items():
        # What is for another Python or another system is installed here or there.
        with suppress(PackageNotFoundError):
            for need in map(Requirement, distribution(package).requires or ()):
                asked = need.marker is None or any(
                    need.marker.evaluate({"extra": extra, **python}) for extra in ("", *locked.extras)
                )
                missing = canonicalize_name(need.name) not in lock
                assert not (asked and missing) or (each.without_torch and need.name == "torch"), package


def test_nothing_is_locked_twice() -> None:
    parts = [lock_of(each).keys() for each in ("build", "run", "gemma", "test", "gemma-weights")]
    assert sum(map(len, parts)) == len(set().union(*parts))


def test_make_installs_by_hash_and_builds_with_what_is_locked() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    locked = re.search(r"^LOCKED = \$\(PIP_INSTALL\) (.*)$", text, re.MULTILINE)
    assert locked is not None
    assert locked[1] == "--no-deps --no-build-isolation --require-hashes --requirement deploy/locks"
    assert re.findall(r"^\t\$\(PIP_INSTALL\) (.*)$", text, re.MULTILINE) == [
        "--no-deps --no-build-isolation --editable . --editable clients/python",
        "--constraint constraints.txt torch",
    ]
