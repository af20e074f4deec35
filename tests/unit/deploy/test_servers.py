"""How each server is run: found, probed, drained, spread, bounded and locked up."""

import pytest

from tests.unit.deploy.cluster import SERVERS, Cluster, containers, mounts, server, volumes

PORTS = {"orchestrator": 50051, "gemma": 50052, "cloud-proxy": 50053, "proofreader": 50054}
# The drain's pause, and what a process needs to end.
SPARE_SECONDS = 20
PATIENCE = 120
# MiB, as deploy/README.md has it: what each was measured to need at most.
MEASURED = {"orchestrator": 415, "gemma": 50, "cloud-proxy": 170, "proofreader": 466}


@pytest.mark.parametrize("name", SERVERS)
def test_a_name_resolves_to_every_replica(cluster: Cluster, name: str) -> None:
    service = cluster.of("Service")[name]["spec"]
    assert service["clusterIP"] == "None"
    ports = {each["name"]: each for each in service["ports"]}
    assert ports["grpc"]["port"] == PORTS[name]
    pod = cluster.pods()[name]
    assert service["selector"] == {"app.kubernetes.io/name": name}
    assert cluster.servers()[name]["spec"]["selector"]["matchLabels"] == service["selector"]
    assert service["selector"].items() <= pod["metadata"]["labels"].items()
    named = {each["name"]: each["containerPort"] for each in server(pod)["ports"]}
    assert named["grpc"] == PORTS[name]
    assert {each["targetPort"] for each in service["ports"]} <= named.keys()


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_listens_on_its_pods_address(cluster: Cluster, name: str) -> None:
    settings, prefix = cluster.settings(name), name.upper().replace("-", "_")
    assert settings[f"{prefix}_HOST"] == "0.0.0.0"  # noqa: S104 - a pod's, behind NetworkPolicies
    named = {each["name"]: each["containerPort"] for each in server(cluster.pods()[name])["ports"]}
    assert settings[f"{prefix}_METRICS_PORT"] == str(named["metrics"])
    assert settings[f"{prefix}_HEALTH_PORT"] == str(named["health"])


def test_the_orchestrator_goes_round_all_replicas(cluster: Cluster) -> None:
    targets = {f"dns:///{name}:{PORTS[name]}" for name in SERVERS if name != "orchestrator"}
    assert set(cluster.settings("orchestrator")["CHORUS_MODEL_SERVERS"].split(",")) == targets


@pytest.mark.parametrize("name", SERVERS)
def test_connections_end_in_time_for_new_replicas(cluster: Cluster, name: str) -> None:
    assert 0 < int(cluster.settings(name)["CHORUS_CONNECTION_AGE_SECONDS"]) <= 300


@pytest.mark.parametrize("name", SERVERS)
def test_loading_and_being_busy_are_no_death(cluster: Cluster, name: str) -> None:
    container = server(cluster.pods()[name])
    health = next(each["containerPort"] for each in container["ports"] if each["name"] == "health")
    startup, liveness = container["startupProbe"], container["livenessProbe"]
    for probe in (startup, liveness):
        assert probe["grpc"] == {"port": health, "service": "liveness"}
    assert startup["periodSeconds"] * startup["failureThreshold"] >= PATIENCE
    # A minute of silence of an event loop that never waits for the work.
    assert liveness["periodSeconds"] * liveness["failureThreshold"] >= PATIENCE / 2
    assert liveness["timeoutSeconds"] >= 5


@pytest.mark.parametrize("name", SERVERS)
def test_ready_means_that_every_service_of_the_process_answers(cluster: Cluster, name: str) -> None:
    probe = server(cluster.pods()[name])["readinessProbe"]
    assert probe["grpc"]["port"] == 9091
    assert not probe["grpc"].get("service")
    assert probe["timeoutSeconds"] <= probe["periodSeconds"]
    assert probe["periodSeconds"] * probe["failureThreshold"] <= 15


@pytest.mark.parametrize("name", SERVERS)
def test_a_pod_lives_until_its_last_call_is_answered(cluster: Cluster, name: str) -> None:
    spec = cluster.pods()[name]["spec"]
    pause = server(cluster.pods()[name])["lifecycle"]["preStop"]["sleep"]["seconds"]
    grace = int(cluster.settings(name)["CHORUS_DRAIN_GRACE_SECONDS"])
    assert pause >= 5
    assert grace >= 300
    assert spec["terminationGracePeriodSeconds"] >= pause + grace + SPARE_SECONDS


@pytest.mark.parametrize("name", SERVERS)
def test_one_replica_at_a_time_is_taken_away(cluster: Cluster, name: str) -> None:
    budget = cluster.of("PodDisruptionBudget")[name]["spec"]
    assert budget["maxUnavailable"] == 1
    assert budget["selector"]["matchLabels"] == {"app.kubernetes.io/name": name}


@pytest.mark.parametrize("name", SERVERS)
def test_a_new_version_costs_no_capacity_but_where_a_gpu_is_needed(cluster: Cluster, name: str) -> None:
    update = cluster.servers()[name]["spec"]["strategy"]["rollingUpdate"]
    needs_gpu = "nvidia.com/gpu" in server(cluster.pods()[name])["resources"]["limits"]
    expected = {"maxSurge": 0, "maxUnavailable": 1} if needs_gpu else {"maxSurge": 1, "maxUnavailable": 0}
    assert update == expected


@pytest.mark.parametrize("name", SERVERS)
def test_replicas_are_spread_over_nodes_and_zones(cluster: Cluster, name: str) -> None:
    pod = cluster.pods()[name]
    spread = {each["topologyKey"]: each for each in pod["spec"]["topologySpreadConstraints"]}
    assert spread.keys() == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}
    for each in spread.values():
        assert each["maxSkew"] == 1
        # Better crowded than not there.
        assert each["whenUnsatisfiable"] == "ScheduleAnyway"
        # Among its own kind and version, not among all of Chorus.
        assert each["matchLabelKeys"] == ["app.kubernetes.io/name", "pod-template-hash"]
        assert each["labelSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()


@pytest.mark.parametrize("name", SERVERS)
def test_what_was_measured_is_asked_for(cluster: Cluster, name: str) -> None:
    resources = server(cluster.pods()[name])["resources"]
    assert resources["requests"]["cpu"]
    assert mebibytes(resources["requests"]["memory"]) >= MEASURED[name]
    assert mebibytes(resources["limits"]["memory"]) >= 1.3 * mebibytes(resources["requests"]["memory"])
    # A processor's limit would make a busy server slow to its probes.
    assert "cpu" not in resources["limits"]


def test_every_container_is_bounded(variant: Cluster) -> None:
    for pod in variant.pods().values():
        for container in containers(pod):
            assert container["resources"]["requests"].keys() >= {"cpu", "memory"}
            assert "memory" in container["resources"]["limits"]
        for volume in volumes(pod).values():
            assert "emptyDir" not in volume or volume["emptyDir"]["sizeLimit"]


def test_the_proofreader_has_as_many_threads_as_it_may_use(cluster: Cluster) -> None:
    assert cluster.settings("proofreader")["PROOFREADER_THREADS"] == "2"


def test_every_container_is_locked_up(variant: Cluster) -> None:
    for pod in variant.pods().values():
        locked = pod["spec"]["securityContext"]
        assert locked["runAsNonRoot"] is True
        assert locked["runAsUser"] > 0
        assert locked["runAsGroup"] > 0
        assert locked["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not any(pod["spec"].get(each) for each in ("hostNetwork", "hostPID", "hostIPC"))
        for container in containers(pod):
            own = container["securityContext"]
            assert own["allowPrivilegeEscalation"] is False
            assert own["readOnlyRootFilesystem"] is True
            assert own["capabilities"] == {"drop": ["ALL"]}
            assert not own.get("privileged")


def test_the_namespace_refuses_what_is_not_locked_up(variant: Cluster) -> None:
    labels = variant.of("Namespace")["chorus"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_nobody_gets_a_token_of_the_cluster(variant: Cluster) -> None:
    accounts = variant.of("ServiceAccount")
    for name, pod in variant.pods().items():
        assert pod["spec"]["serviceAccountName"] == name
        assert accounts[name]["automountServiceAccountToken"] is False
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert pod["spec"]["enableServiceLinks"] is False


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_may_write_where_it_must(cluster: Cluster, name: str) -> None:
    pod = cluster.pods()[name]
    assert mounts(server(pod))["tmp"]["mountPath"] == "/tmp"  # noqa: S108 - the pod's own
    assert pod["spec"]["securityContext"]["fsGroup"] == pod["spec"]["securityContext"]["runAsGroup"]
    if name == "orchestrator":
        folder = cluster.settings(name)["CHORUS_STATE_DIR"]
        assert mounts(server(pod))["state"]["mountPath"] == folder


def mebibytes(quantity: str) -> float:
    number, unit = quantity[:-2], quantity[-2:]
    return float(number) * {"Mi": 1, "Gi": 1024}[unit]
