"""A version is applied over another without a stop, and a setting reaches those that read it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.deploy.cluster import COMBINATIONS, Cluster, Manifest, render, render_changed
from tests.unit.deploy.immutable_fields import Fields, immutable_fields

RELEASED: Fields = json.loads((Path(__file__).parent / "released.json").read_text("utf-8"))
Change = Callable[[Manifest], None]


def merging(name: str, **settings: str) -> Manifest:
    """An operator's change of a ConfigMap."""
    literals = [f"{key}={value}" for key, value in settings.items()]
    return {"name": name, "behavior": "merge", "literals": literals}


def next_version(production: Manifest) -> None:
    for each in production["images"]:
        each["newTag"] = "9.9.9"


def another_registry(production: Manifest) -> None:
    for each in production["images"]:
        each["newName"] = each["newName"].replace("registry.example", "mirror.example")


ANOTHER_MODEL = merging(
    "gemma-weights", WEIGHTS_NAME="gemma-2b-it", WEIGHTS_REVISION="f" * 40, GEMMA_MODEL="/weights/gemma-2b-it"
)


def stops(before: Fields, after: Fields) -> dict[str, tuple[Manifest, Manifest]]:
    """What a cluster would refuse: it has the name already, and differs in what cannot be changed."""
    both = before.keys() & after.keys()
    return {each: (before[each], after[each]) for each in both if before[each] != after[each]}


def test_the_last_release_is_upgraded_without_a_stop(production: Cluster) -> None:
    assert not stops(RELEASED, immutable_fields(production))
    assert {"StatefulSet/redis", "PersistentVolumeClaim/gemma-weights", "Service/gemma"} <= RELEASED.keys()


@pytest.mark.parametrize("change", [next_version, another_registry])
def test_other_images_are_applied_without_a_stop(production: Cluster, change: Change) -> None:
    changed = render_changed(change)
    assert changed.pods()["gemma-weights"] != production.pods()["gemma-weights"]
    assert not stops(immutable_fields(production), immutable_fields(changed))


def test_another_model_is_applied_without_a_stop(production: Cluster) -> None:
    assert not stops(immutable_fields(production), immutable_fields(render_changed(settings=[ANOTHER_MODEL])))


@pytest.mark.parametrize("name", COMBINATIONS)
def test_components_come_and_go_without_a_stop(production: Cluster, name: str) -> None:
    assert not stops(immutable_fields(production), immutable_fields(render(name)))


def test_a_job_would_be_a_stop() -> None:
    """What 0.2.0 fetched the weights by: another image in its template is refused while it is there."""

    def job(tag: str) -> Cluster:
        template = {"spec": {"containers": [{"name": "fetch", "image": f"gemma:{tag}"}]}}
        return Cluster(({"kind": "Job", "metadata": {"name": "weights"}, "spec": {"template": template}},))

    assert stops(immutable_fields(job("0.2.0")), immutable_fields(job("0.3.0")))


@pytest.mark.parametrize(
    ("setting", "rolled"),
    [
        (merging("orchestrator", CHORUS_PANEL="openai/gpt-6-luna"), {"orchestrator"}),
        (merging("orchestrator", CHORUS_CALLER_CALLS_PER_MINUTE="30"), {"orchestrator"}),
        (merging("cloud-proxy", CLOUD_PROXY_CHECK_KEYS="no"), {"cloud-proxy"}),
        (merging("proofreader", PROOFREADER_CPU_SECONDS="3"), {"proofreader"}),
        (merging("gemma", GEMMA_MAX_IN_FLIGHT="16"), {"gemma"}),
        (ANOTHER_MODEL, {"gemma", "gemma-weights"}),
        (merging("catalog", **{"90-more.toml": "# More."}), {"cloud-proxy"}),
        (
            merging("chorus", CHORUS_CONNECTION_AGE_SECONDS="60"),
            {"orchestrator", "cloud-proxy", "proofreader", "gemma"},
        ),
    ],
)
def test_a_setting_rolls_those_that_read_it(production: Cluster, setting: Manifest, rolled: set[str]) -> None:
    before, after = production.pods(), render_changed(settings=[setting]).pods()
    assert {name for name in before if before[name] != after[name]} == rolled
