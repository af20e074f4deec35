"""What fetches a model's weights and what waits for them, as their shells run it."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.unit.deploy.cluster import Manifest, containers, render

SETTINGS = {"WEIGHTS_REPOSITORY": "google/gemma", "WEIGHTS_REVISION": "abc", "WEIGHTS_NAME": "gemma"}
# Hugging Face's client, as far as is needed: it puts a file into the folder, or fails.
CLIENT = """#!/bin/sh
echo "$@" >> "$CALLS"
while test "$1" != --local-dir; do shift; done
mkdir -p "$2"
test -z "$REFUSED" || { echo "Access to model google/gemma is restricted" >&2; exit 1; }
echo weights > "$2/model.safetensors"
"""


class Store:
    """A volume, and what the pods run on it."""

    def __init__(self, folder: Path) -> None:
        self.store, self.own, self._calls = folder / "store", folder / "own", folder / "calls"
        self.store.mkdir()
        self.own.mkdir()
        self._calls.touch()
        programs = folder / "bin"
        programs.mkdir()
        (programs / "hf").write_text(CLIENT, "utf-8")
        (programs / "hf").chmod(0o700)
        # Whoever waits waits a moment, and then the weights are there.
        (programs / "sleep").write_text(f"#!/bin/sh\nmkdir {self.store}/gemma@abc\n", "utf-8")
        (programs / "sleep").chmod(0o700)
        self._environment = SETTINGS | {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "CALLS": str(self._calls),
            "REFUSED": "",
        }

    def run(self, container: Manifest, **environment: str) -> subprocess.CompletedProcess[str]:
        shell, flags, script = container["command"]
        script = script.replace("/store/", f"{self.store}/").replace("/weights/", f"{self.own}/")
        return subprocess.run(  # noqa: S603 - a script of ours
            [shell, flags, script],
            env=self._environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def fetched(self) -> list[str]:
        return self._calls.read_text("utf-8").splitlines()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def init_container(pod: str) -> Manifest:
    return next(containers(render("all that go together").pods()[pod]))


@pytest.mark.parametrize("pod", ["gemma-weights", "vllm-weights"])
def test_they_are_fetched_once_at_their_revision(store: Store, pod: str) -> None:
    for _ in range(2):
        assert store.run(init_container(pod)).returncode == 0
    (call,) = store.fetched
    assert call.startswith("download google/gemma --revision abc --local-dir ")
    assert [each.name for each in store.store.iterdir()] == ["gemma@abc"]


def test_a_failure_is_a_failure_and_is_tried_again(store: Store) -> None:
    fetch = init_container("gemma-weights")
    refused = store.run(fetch, REFUSED="yes")
    assert refused.returncode != 0
    # The last lines go into the pod's status.
    assert "restricted" in refused.stderr
    assert fetch["terminationMessagePolicy"] == "FallbackToLogsOnError"
    # Nobody takes half of it for the whole.
    assert not (store.store / "gemma@abc").exists()
    assert store.run(fetch).returncode == 0
    assert (store.store / "gemma@abc" / "model.safetensors").exists()


def test_another_revision_comes_beside_the_first(store: Store) -> None:
    for revision in ("abc", "def"):
        assert store.run(init_container("gemma-weights"), WEIGHTS_REVISION=revision).returncode == 0
    assert {each.name for each in store.store.iterdir()} == {"gemma@abc", "gemma@def"}


@pytest.mark.parametrize(("pod", "fetcher"), [("gemma", "gemma-weights"), ("vllm", "vllm-weights")])
def test_who_waits_says_for_what_and_where_to_look(store: Store, pod: str, fetcher: str) -> None:
    waited = store.run(init_container(pod))
    assert waited.returncode == 0
    assert f"kubectl logs deployment/{fetcher} --container fetch" in waited.stdout
    assert "gemma@abc" in waited.stdout
    assert init_container(fetcher)["name"] == "fetch"
    # Once they are there nobody waits, nor says so.
    assert not store.run(init_container(pod)).stdout


def test_a_copy_that_was_cut_off_is_made_anew(store: Store) -> None:
    assert store.run(init_container("gemma-weights")).returncode == 0
    (store.own / "gemma").mkdir()
    (store.own / "gemma" / "half").touch()
    assert store.run(init_container("gemma")).returncode == 0
    assert [each.name for each in (store.own / "gemma").iterdir()] == ["model.safetensors"]
