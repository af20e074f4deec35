"""What the orchestrators share."""

from tests.unit.deploy.cluster import Cluster, mounts, server, volumes
from tests.unit.deploy.test_servers import mebibytes


def configured(production: Cluster) -> dict[str, str]:
    name = volumes(production.pods()["redis"])["conf"]["configMap"]["name"]
    lines = production.of("ConfigMap")[name]["data"]["redis.conf"].splitlines()
    return dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))


def test_its_name_leads_to_it(production: Cluster) -> None:
    service, redis = production.of("Service")["redis"]["spec"], production.of("StatefulSet")["redis"]["spec"]
    assert service["selector"] == redis["selector"]["matchLabels"] == {"app.kubernetes.io/name": "redis"}
    assert service["selector"].items() <= redis["template"]["metadata"]["labels"].items()
    assert redis["serviceName"] == "redis"
    (port,) = server(redis["template"])["ports"]
    assert port["containerPort"] == 6379
    assert [(each["port"], each["targetPort"]) for each in service["ports"]] == [(6379, port["name"])]


def test_it_is_dead_only_when_it_does_not_listen(production: Cluster) -> None:
    container = server(production.pods()["redis"])
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["tcpSocket"] == {"port": "redis"}
    # It reads its file first.
    assert container["startupProbe"]["periodSeconds"] * container["startupProbe"]["failureThreshold"] >= 300
    assert container["livenessProbe"]["failureThreshold"] >= 6


def test_it_wants_a_password_that_is_in_no_command_line(production: Cluster) -> None:
    pod = production.pods()["redis"]
    assert configured(production)["include"] == f"{mounts(server(pod))['secret']['mountPath']}/password.conf"
    assert volumes(pod)["secret"]["secret"] == {
        "secretName": "redis",
        "defaultMode": 0o440,
        "items": [{"key": "password.conf", "path": "password.conf"}],
    }
    assert server(pod)["command"] == [
        "redis-server",
        f"{mounts(server(pod))['conf']['mountPath']}/redis.conf",
    ]


def test_it_talks_tls_alone(production: Cluster) -> None:
    pod, settings = production.pods()["redis"], configured(production)
    assert (settings["port"], settings["tls-port"]) == ("0", "6379")
    folder = mounts(server(pod))["tls"]["mountPath"]
    files = [settings[f"tls-{each}-file"] for each in ("cert", "key", "ca-cert")]
    assert files == [f"{folder}/{each}" for each in ("tls.crt", "tls.key", "ca.crt")]
    certificate = production.of("Certificate")["redis"]["spec"]
    assert volumes(pod)["tls"]["secret"]["secretName"] == certificate["secretName"]
    assert "redis" in certificate["dnsNames"]


def test_it_keeps_what_it_was_told(production: Cluster) -> None:
    redis, settings = production.of("StatefulSet")["redis"]["spec"], configured(production)
    assert (settings["appendonly"], settings["appendfsync"]) == ("yes", "always")
    assert settings["maxmemory-policy"] == "noeviction"
    (claim,) = redis["volumeClaimTemplates"]
    assert settings["dir"] == mounts(server(redis["template"]))[claim["metadata"]["name"]]["mountPath"]
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    # Its file grows to more than what it holds, before it writes it anew.
    held = int(settings["maxmemory"].removesuffix("mb"))
    assert mebibytes(claim["spec"]["resources"]["requests"]["storage"]) >= 4 * held
    assert mebibytes(server(redis["template"])["resources"]["limits"]["memory"]) >= 2 * held


def test_the_orchestrators_share_redis(production: Cluster) -> None:
    settings = production.settings("orchestrator")
    names = list(settings)
    assert settings["CHORUS_REDIS_URL"].startswith("rediss://:$(REDIS_PASSWORD)@redis:6379/")
    assert settings["REDIS_PASSWORD"] == {"secretKeyRef": {"name": "redis", "key": "password"}}
    # Kubernetes puts in only what stands before.
    assert names.index("REDIS_PASSWORD") < names.index("CHORUS_REDIS_URL")
    for file in ("ca_certs=/tls/ca.crt", "certfile=/tls/tls.crt", "keyfile=/tls/tls.key"):
        assert f"ssl_{file}" in settings["CHORUS_REDIS_URL"]
