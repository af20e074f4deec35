"""Gemma on GPU nodes."""

from services.gemma.fit.model_dimensions import KNOWN_MODELS
from services.gemma.fit.preflight import GIB, DeploymentPlan
from services.gemma.fit.resources import ComputeDevice
from tests.unit.deploy.cluster import Cluster, containers, mounts, server, volumes
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
    script = first["command"][-1]
    assert f'test -d "{mounts(first)["store"]["mountPath"]}/$NAME"' in script
    assert (
        f'cp -r "{mounts(first)["store"]["mountPath"]}/$NAME" {mounts(first)["weights"]["mountPath"]}'
        in script
    )
    name = next(each["value"] for each in first["env"] if each["name"] == "NAME")
    model = production.settings("gemma")["GEMMA_MODEL"]
    assert model == f"{mounts(server(pod))['weights']['mountPath']}/{name}"
    assert production.settings("gemma")["HF_HUB_OFFLINE"] == "1"


def test_a_job_fetches_them_once_for_all(production: Cluster) -> None:
    job = production.of("Job")["gemma-weights"]["spec"]
    # Without an end it could not be applied again with another image.
    assert job["ttlSecondsAfterFinished"] > 0
    pod = production.pods()["gemma-weights"]
    assert volumes(pod)["store"]["persistentVolumeClaim"]["claimName"] == "gemma-weights"
    (container,) = containers(pod)
    variables = {each["name"]: each for each in container["env"]}
    (first,) = production.pods()["gemma"]["spec"]["initContainers"]
    assert variables["NAME"] in first["env"]
    claim = production.of("PersistentVolumeClaim")["gemma-weights"]["spec"]
    assert claim["accessModes"] == ["ReadWriteMany"]


def test_all_of_it_is_one_image_with_cuda(production: Cluster) -> None:
    made = [*containers(production.pods()["gemma"]), *containers(production.pods()["gemma-weights"])]
    (image,) = {each["image"] for each in made}
    assert "/gemma-cuda:" in image


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
