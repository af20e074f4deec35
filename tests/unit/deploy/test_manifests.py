"""What the overlays render to is valid, whole, and in one namespace."""

import functools
import json
import re

import kubernetes_validate
import pytest
import yaml

from tests.unit.deploy.cluster import (
    COMBINATIONS,
    KUSTOMIZE,
    ROOT,
    SERVERS,
    Cluster,
    containers,
    mounts,
    render_changed,
    volumes,
)

KUBERNETES = "1.37"
# Kinds that operators bring along; test_operators.py validates them.
OPERATORS = {
    "cert-manager.io/v1",
    "external-secrets.io/v1",
    "gateway.networking.k8s.io/v1",
    "monitoring.coreos.com/v1",
}
# deploy/README.md says how each is made.
SECRETS_BY_HAND = {
    *("provider-keys", "redis", "caller-tokens", "gemma-weights", "vllm"),
    *("web-login", "web-database"),
}


@functools.cache
def validate(manifest: str) -> None:
    """Validates a manifest in JSON. Overlays share most of theirs, and each costs a whole schema."""
    kubernetes_validate.validate(json.loads(manifest), KUBERNETES, strict=True)


def test_every_manifest_is_strictly_valid(variant: Cluster) -> None:
    checked = 0
    for manifest in variant.manifests:
        if manifest["apiVersion"] not in OPERATORS:
            validate(json.dumps(manifest))
            checked += 1
    assert checked > 3 * len(SERVERS)


def test_an_unknown_field_would_be_found(cluster: Cluster) -> None:
    service = cluster.of("Service")["gemma"]
    wrong = service | {"spec": service["spec"] | {"clusterIp": "None"}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


def test_everything_is_in_the_namespace(variant: Cluster) -> None:
    assert list(variant.of("Namespace")) == ["chorus"]
    for manifest in variant.manifests:
        assert manifest["kind"] == "Namespace" or manifest["metadata"]["namespace"] == "chorus"


def test_pods_refer_only_to_what_is_there(variant: Cluster) -> None:
    secrets = SECRETS_BY_HAND | {each["spec"]["secretName"] for each in variant.of("Certificate").values()}
    for pod in variant.pods().values():
        assert pod["spec"]["serviceAccountName"] in variant.of("ServiceAccount")
        for volume in volumes(pod).values():
            if "secret" in volume:
                assert volume["secret"]["secretName"] in secrets
            if "configMap" in volume:
                assert volume["configMap"]["name"] in variant.of("ConfigMap")
            if "persistentVolumeClaim" in volume:
                assert volume["persistentVolumeClaim"]["claimName"] in variant.of("PersistentVolumeClaim")
        for container in containers(pod):
            assert mounts(container).keys() <= volumes(pod).keys() | claimed(variant)
            for variable in container.get("env", ()):
                source = variable.get("valueFrom", {}).get("secretKeyRef")
                assert source is None or source["name"] in secrets


def claimed(cluster: Cluster) -> set[str]:
    """The volumes that StatefulSets claim for their pods."""
    claims = (each["spec"]["volumeClaimTemplates"] for each in cluster.of("StatefulSet").values())
    return {claim["metadata"]["name"] for each in claims for claim in each}


def test_local_finds_a_gemma_that_is_never_ready(local: Cluster) -> None:
    assert local.of("Service")["gemma"]["spec"]["publishNotReadyAddresses"] is True


def test_local_is_one_of_each_without_a_gpu(local: Cluster) -> None:
    assert set(local.pods()) == set(SERVERS)
    assert not local.of("HorizontalPodAutoscaler")
    for deployment in local.servers().values():
        assert deployment["spec"].get("replicas", 1) == 1
    assert "nvidia.com/gpu" not in repr(local.manifests)


def test_every_component_is_rendered_and_explained() -> None:
    there = {each.name for each in (KUSTOMIZE / "components").iterdir()}
    assert {each for listed in COMBINATIONS.values() for each in listed} == there
    page = (ROOT / "deploy" / "README.md").read_text("utf-8")
    table = page.partition("| component | what | needs |")[2].partition("\n\n")[0]
    explained = [
        name
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall("`(.+?)`", row)
    ]
    assert set(explained) == there
    # In the sequence of the table, which is the one that works.
    for listed in COMBINATIONS.values():
        assert sorted(listed, key=explained.index) == list(listed)


def test_the_components_for_a_model_on_vllm_go_together() -> None:
    page = (ROOT / "deploy" / "README.md").read_text("utf-8")
    (shown,) = re.findall(r"```yaml\n(components:\n.*?)```", page, re.DOTALL)
    components = yaml.safe_load(shown)["components"]
    cluster = render_changed(lambda production: production.update(components=components))
    assert "gemma" not in cluster.of("Deployment")
    assert {"vllm", "cloud-proxy"} <= cluster.of("Deployment").keys()
    assert "vllm" in cluster.of("HorizontalPodAutoscaler")
    catalogs = (each["data"] for each in cluster.of("ConfigMap").values())
    assert any("vllm/gemma-3-27b-it" in text for data in catalogs for text in data.values())
    for manifest in cluster.manifests:
        if manifest["apiVersion"] not in OPERATORS:
            validate(json.dumps(manifest))
