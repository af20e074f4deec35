"""Gemma on GPU nodes."""

import re
import tomllib

from services.gemma.fit.model_dimensions import KNOWN_MODELS
from services.gemma.fit.preflight import GIB, DeploymentPlan
from services.gemma.fit.resources import ComputeDevice
from tests.unit.deploy.cluster import ROOT, Cluster, containers, mounts, server, volumes
from tests.unit.deploy.test_servers import mebibytes

GPU = ComputeDevice("cuda:0", 24 * GIB, 1e12)


def planned(production: Cluster) -> DeploymentPlan:
    """What the preflight makes of the model that production serves."""
    settings = production.settings("gemma")
    name = settings["GEMMA_MODEL"].rpartition("/")[2]
    (dimensions,) = (each for each in KNOWN_MODELS if each.name == name)
    return DeploymentPlan(dimensions.loaded(images=False), settings["GEMMA_PRECISION"], GPU, max_sequences=8)


def gibibytes(quantity: str) -> float:
    return mebibytes(quantity) / 1024


def test_its_pods_go_where_a_gpu_is_and_get_one(production: Cluster) -> None:
    spec = production.pods()["gemma"]["spec"]
    assert spec["nodeSelector"] == {"nvidia.com/gpu.present": "true"}
    assert {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"} in spec["tolerations"]
    assert server(production.pods()["gemma"])["resources"]["limits"]["nvidia.com/gpu"] == 1


def test_an_init_container_fills_the_volume_that_it_reads_the_weights_from(production: Cluster) -> None:
    pod = production.pods()["gemma"]
    (first,) = pod["spec"]["initContainers"]
    assert volumes(pod)["store"]["persistentVolumeClaim"] == {"claimName": "gemma-weights", "readOnly": True}
    assert mounts(first)["store"]["readOnly"] is True
    assert not mounts(first)["weights"].get("readOnly")
    assert mounts(server(pod))["weights"]["readOnly"] is True
    settings = production.settings("gemma")
    assert (
        settings["GEMMA_MODEL"] == f"{mounts(server(pod))['weights']['mountPath']}/{settings['WEIGHTS_NAME']}"
    )
    assert settings["HF_HUB_OFFLINE"] == "1"


def test_what_fetches_them_alone_writes_where_they_are_read(production: Cluster) -> None:
    pod = production.pods()["gemma-weights"]
    assert volumes(pod)["store"]["persistentVolumeClaim"] == {"claimName": "gemma-weights"}
    claim = production.of("PersistentVolumeClaim")["gemma-weights"]["spec"]
    assert claim["accessModes"] == ["ReadWriteMany"]
    # One place says which model, and a change of it rolls both.
    (fetch,) = pod["spec"]["initContainers"]
    (wait,) = production.pods()["gemma"]["spec"]["initContainers"]
    assert fetch["envFrom"] == wait["envFrom"]
    # Two at once would write one folder.
    assert production.of("Deployment")["gemma-weights"]["spec"]["strategy"] == {"type": "Recreate"}


def test_a_model_is_fetched_as_it_was_at_one_commit(production: Cluster) -> None:
    assert re.fullmatch("[0-9a-f]{40}", production.settings("gemma")["WEIGHTS_REVISION"])


def test_what_serves_it_has_cuda_and_what_fetches_it_has_the_client(production: Cluster) -> None:
    assert {"/gemma-cuda:" in each["image"] for each in containers(production.pods()["gemma"])} == {True}
    assert {"/cloud_proxy:" in each["image"] for each in containers(production.pods()["gemma-weights"])} == {
        True
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extra = project["optional-dependencies"]["cloud-proxy"]
    assert any(each.startswith("huggingface_hub==") for each in extra)


def test_it_has_the_room_that_the_preflight_asks_for(production: Cluster) -> None:
    plan = planned(production)
    weights = plan.disk_bytes / GIB
    assert plan.fits
    resources = server(production.pods()["gemma"])["resources"]
    # What it needs beside the weights was measured: 0.7 GiB, and a driver's context comes to it.
    assert gibibytes(resources["requests"]["memory"]) > weights + 2
    assert gibibytes(resources["limits"]["memory"]) > gibibytes(resources["requests"]["memory"])
    for each in (resources["requests"], resources["limits"]):
        assert gibibytes(each["ephemeral-storage"]) > weights
    assert gibibytes(volumes(production.pods()["gemma"])["weights"]["emptyDir"]["sizeLimit"]) > weights
    claim = production.of("PersistentVolumeClaim")["gemma-weights"]["spec"]
    # Twice, while another version is fetched beside the first.
    assert gibibytes(claim["resources"]["requests"]["storage"]) > 2 * weights
