"""What is watched is what the servers say, and each alert is explained."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from grpc import StatusCode
from prometheus_client import CollectorRegistry

from chorus.model.v1.generation_pb2 import Usage
from orchestrator.metrics import ModelMetrics, store_failures
from rpckit.metrics import CallMetrics
from services.cloud_proxy.metrics import ProviderMetrics
from tests.unit.deploy.cluster import ROOT, SERVERS, Cluster, server


def rules(cluster: Cluster) -> list[dict[str, Any]]:
    """The alerts and what they reckon with."""
    groups = cluster.of("PrometheusRule")["chorus"]["spec"]["groups"]
    return [each for group in groups for each in group["rules"]]


def alerts(cluster: Cluster) -> list[str]:
    return [each["alert"] for each in rules(cluster) if "alert" in each]


def exposed() -> set[str]:
    """The names of all series that the servers expose of their own."""
    registry = CollectorRegistry()
    CallMetrics(registry, running=lambda: 0, queued=lambda: 0)
    ModelMetrics(registry)
    store_failures(registry)
    ProviderMetrics(registry)
    suffixes = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
    return {family.name + each for family in registry.collect() for each in suffixes[family.type]}


def test_prometheus_reads_every_server(production: Cluster) -> None:
    monitor = production.of("PodMonitor")["chorus"]["spec"]
    (endpoint,) = monitor["podMetricsEndpoints"]
    for name in SERVERS:
        pod = production.pods()[name]
        assert monitor["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
        assert endpoint["port"] in {each["name"] for each in server(pod)["ports"]}
    # What the alerts and the dashboard call a service is the name of its pods.
    (label,) = endpoint["relabelings"]
    assert label["targetLabel"] == "service"
    assert label["sourceLabels"] == ["__meta_kubernetes_pod_label_app_kubernetes_io_name"]


def test_alerts_dashboard_and_autoscaler_use_series_that_there_are(production: Cluster) -> None:
    dashboard = production.of("ConfigMap")["chorus-dashboard"]
    assert dashboard["metadata"]["labels"]["grafana_dashboard"] == "1"
    panels = json.loads(dashboard["data"]["chorus.json"])["panels"]
    drawn = [target["expr"] for panel in panels for target in panel["targets"]]
    alerted = [each["expr"] for each in rules(production)]
    scaler = production.of("HorizontalPodAutoscaler")["gemma"]["spec"]["metrics"][0]["pods"]["metric"]["name"]
    used = set(re.findall(r"\bchorus_\w+", "\n".join([*drawn, *alerted, scaler])))
    assert used <= exposed()
    # NVIDIA's exporter is none of ours: what it calls them stands here.
    assert set(re.findall(r"\bDCGM_\w+", "\n".join(drawn))) == {"DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_FB_USED"}
    # Each kind of them is drawn: calls, latency, queue, tokens, cost, models.
    kinds = (
        "calls_total",
        "call_seconds_bucket",
        "calls_queued",
        "tokens_total",
        "cost_usd_total",
        "answers_total",
        "provider_circuit_open",
        "provider_refusals_total",
        "unknown_costs_total",
        "store_failures_total",
    )
    for kind in kinds:
        assert kind in "\n".join(drawn)


def test_the_dashboard_draws_what_each_caller_calls_and_costs(production: Cluster) -> None:
    panels = json.loads(production.of("ConfigMap")["chorus-dashboard"]["data"]["chorus.json"])["panels"]
    by_caller = [
        target["expr"] for panel in panels for target in panel["targets"] if "caller" in target["expr"]
    ]
    registry = CollectorRegistry()
    CallMetrics(registry, running=lambda: 0, queued=lambda: 0).end(
        "GetFeedback", StatusCode.OK, "", 1.0, "tutor"
    )
    ModelMetrics(registry).use("a/model", Usage(input_tokens=1, output_tokens=1, cost_usd_nanos=1))
    labels = {sample.name: sample.labels.keys() for family in registry.collect() for sample in family.samples}
    drawn = {"chorus_calls_total", "chorus_tokens_total", "chorus_cost_usd_total"}
    assert {name for expr in by_caller for name in re.findall(r"\bchorus_\w+", expr)} == drawn
    # A sum by a label that a series lacks is one line for all callers.
    for expr in by_caller:
        (grouped,) = re.findall(r"sum by \(([^)]+)\)", expr)
        (name,) = re.findall(r"\bchorus_\w+", expr)
        assert set(grouped.split(", ")) <= labels[name]


def test_the_runbook_explains_every_alert(production: Cluster) -> None:
    headings = re.findall(r"^### (\w+)$", (ROOT / "docs" / "runbook.md").read_text("utf-8"), re.MULTILINE)
    assert headings == alerts(production)


def test_traces_go_from_those_that_have_a_way_out(production: Cluster) -> None:
    traced = {name for name in SERVERS if "OTEL_EXPORTER_OTLP_ENDPOINT" in production.settings(name)}
    assert traced == {"orchestrator", "cloud-proxy"}


def test_alerts_sound_when_they_should(production: Cluster, tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("there is no promtool (Debian's prometheus)")
    spec = production.of("PrometheusRule")["chorus"]["spec"]
    (tmp_path / "rules.json").write_text(json.dumps(spec), "utf-8")
    cases = (Path(__file__).parent / "alerts.yaml").read_text("utf-8")
    (tmp_path / "alerts.yaml").write_text(cases, "utf-8")
    for command in (("check", "rules", "rules.json"), ("test", "rules", "alerts.yaml")):
        tested = subprocess.run(  # noqa: S603 - on files of ours
            [promtool, *command], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert tested.returncode == 0, tested.stdout + tested.stderr


def test_each_alert_sounds_in_a_case(production: Cluster) -> None:
    cases = yaml.safe_load((Path(__file__).parent / "alerts.yaml").read_text("utf-8"))["tests"]
    bad = next(each for each in cases if each["name"] == "a bad hour")
    samples = bad["promql_expr_test"][0]["exp_samples"]
    assert [re.findall(r'alertname="(\w+)"', each["labels"])[0] for each in samples] == alerts(production)


def test_the_dashboards_panels_lie_beside_one_another(production: Cluster) -> None:
    panels = json.loads(production.of("ConfigMap")["chorus-dashboard"]["data"]["chorus.json"])["panels"]
    assert len({each["id"] for each in panels}) == len(panels)
    taken = [
        (column, row)
        for at in (each["gridPos"] for each in panels)
        for column in range(at["x"], at["x"] + at["w"])
        for row in range(at["y"], at["y"] + at["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(column for column, _ in taken) < 24
