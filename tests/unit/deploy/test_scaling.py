"""How many of each there are."""

import re

import pytest
import yaml

from tests.unit.deploy.cluster import ROOT, SERVERS, Cluster, render, server

STATELESS = [each for each in SERVERS if each != "gemma"]


@pytest.mark.parametrize("name", SERVERS)
def test_production_has_spare_replicas_and_an_autoscaler_alone_counts_them(
    production: Cluster, name: str
) -> None:
    scaler = production.of("HorizontalPodAutoscaler")[name]["spec"]
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    assert scaler["maxReplicas"] > scaler["minReplicas"] >= 2
    assert "replicas" not in production.servers()[name]["spec"]


@pytest.mark.parametrize("name", STATELESS)
def test_the_stateless_grow_with_their_load(production: Cluster, name: str) -> None:
    (metric,) = production.of("HorizontalPodAutoscaler")[name]["spec"]["metrics"]
    assert metric["resource"]["name"] == "cpu"
    assert metric["resource"]["target"]["averageUtilization"] < 100
    # A share of what was asked for.
    assert "cpu" in server(production.pods()[name])["resources"]["requests"]


def test_gemma_grows_with_its_queue(production: Cluster) -> None:
    scaler = production.of("HorizontalPodAutoscaler")["gemma"]["spec"]
    (metric,) = scaler["metrics"]
    assert metric["pods"]["metric"]["name"] == "chorus_calls_queued"
    assert metric["pods"]["target"]["type"] == "AverageValue"
    assert scaler["behavior"]["scaleDown"]["stabilizationWindowSeconds"] >= 600
    adapter = yaml.safe_load((ROOT / "deploy" / "prometheus-adapter.yaml").read_text("utf-8"))
    rule, _ = adapter["rules"]["custom"]
    assert rule["seriesQuery"].startswith("chorus_calls_queued{")
    assert rule["resources"]["overrides"].keys() == {"namespace", "pod"}


def test_vllm_grows_with_its_own_queue() -> None:
    cluster = render("all that go together")
    scaler = cluster.of("HorizontalPodAutoscaler")["vllm"]["spec"]
    assert scaler["scaleTargetRef"]["name"] == "vllm"
    assert "replicas" not in cluster.of("Deployment")["vllm"]["spec"]
    adapter = yaml.safe_load((ROOT / "deploy" / "prometheus-adapter.yaml").read_text("utf-8"))
    _, rule = adapter["rules"]["custom"]
    series = re.search('__name__="([^"]+)"', rule["seriesQuery"])
    assert series is not None
    named = re.sub(rule["name"]["matches"], rule["name"]["as"].replace("$1", r"\1"), series[1])
    (metric,) = scaler["metrics"]
    assert metric["pods"]["metric"]["name"] == named
    monitor = cluster.of("PodMonitor")["vllm"]["spec"]
    pod = cluster.pods()["vllm"]
    assert monitor["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert monitor["podMetricsEndpoints"][0]["port"] in {each["name"] for each in server(pod)["ports"]}


@pytest.mark.parametrize("name", ["one orchestrator", "without gemma and certificates"])
def test_one_orchestrator_stays_one_and_needs_no_redis(name: str) -> None:
    cluster = render(name)
    assert "orchestrator" not in cluster.of("HorizontalPodAutoscaler")
    assert cluster.of("Deployment")["orchestrator"]["spec"]["replicas"] == 1
    assert "CHORUS_REDIS_URL" not in cluster.settings("orchestrator")
    assert not cluster.of("StatefulSet")
