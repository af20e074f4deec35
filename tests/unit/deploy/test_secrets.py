"""Who knows what: keys, certificates, tokens, the password."""

import pytest

from tests.unit.deploy.cluster import KUSTOMIZE, SERVERS, Cluster, containers, mounts, server, volumes


def test_providers_keys_are_in_the_cloud_proxy_alone(variant: Cluster) -> None:
    holders = set()
    for name, pod in variant.pods().items():
        for container in containers(pod):
            for source in container.get("envFrom", ()):
                if "secretRef" in source:
                    assert source["secretRef"] == {"name": "provider-keys", "optional": True}
                    # Settings come after it, so no entry of it changes them.
                    assert container["envFrom"].index(source) == 0
                    holders.add(name)
            for variable in container.get("env", ()):
                assert not (
                    variable["name"].endswith(("_KEY", "_TOKEN", "_PASSWORD")) and "value" in variable
                )
                named = variable.get("valueFrom", {}).get("secretKeyRef", {}).get("name")
                assert named != "provider-keys"
        assert "provider-keys" not in repr(volumes(pod))
    assert holders == {"cloud-proxy"}


def test_what_else_is_secret_is_each_known_to_one(production: Cluster) -> None:
    holders: dict[str, set[str]] = {}
    for name, pod in production.pods().items():
        mounted = [each.get("secret", {}).get("secretName") for each in volumes(pod).values()]
        variables = [each for container in containers(pod) for each in container.get("env", ())]
        read = [each.get("valueFrom", {}).get("secretKeyRef", {}).get("name") for each in variables]
        for secret in {"redis", "caller-tokens", "gemma-weights"}.intersection((*mounted, *read)):
            holders.setdefault(secret, set()).add(name)
    assert holders == {
        "redis": {"orchestrator", "redis"},
        "caller-tokens": {"orchestrator"},
        "gemma-weights": {"gemma-weights"},
    }


def test_no_secret_is_written_down() -> None:
    written = "\n".join(each.read_text("utf-8") for each in KUSTOMIZE.rglob("*.*"))
    assert "kind: Deployment" in written
    assert "kind: Secret" not in written
    assert "secretGenerator" not in written


@pytest.mark.parametrize("name", SERVERS)
def test_production_talks_tls_with_a_certificate_that_is_renewed(production: Cluster, name: str) -> None:
    settings, pod = production.settings(name), production.pods()[name]
    assert "CHORUS_INSECURE" not in settings
    mounted = mounts(server(pod))["tls"]
    assert mounted["mountPath"] == settings["CHORUS_TLS_DIR"]
    # A file that is mounted by its own path is never renewed.
    assert "subPath" not in mounted
    assert mounted["readOnly"] is True
    assert volumes(pod)["tls"]["secret"] == {"secretName": f"{name}-tls", "defaultMode": 0o440}
    certificate = production.of("Certificate")[name]["spec"]
    assert certificate["secretName"] == f"{name}-tls"
    assert {name, f"{name}.chorus.svc"} <= set(certificate["dnsNames"])
    assert {"server auth", "client auth"} <= set(certificate["usages"])
    assert certificate["privateKey"]["rotationPolicy"] == "Always"
    assert int(certificate["renewBefore"][:-1]) < int(certificate["duration"][:-1])


@pytest.mark.parametrize("name", [each for each in SERVERS if each != "orchestrator"])
def test_a_model_server_answers_the_orchestrator_s_certificate_alone(production: Cluster, name: str) -> None:
    settings = production.settings(name)
    (caller,) = settings[f"{name.upper().replace('-', '_')}_CALLERS"].split(",")
    holder = production.of("Certificate")[caller]["spec"]
    assert holder["dnsNames"][0] == "orchestrator"
    assert volumes(production.pods()["orchestrator"])["tls"]["secret"]["secretName"] == holder["secretName"]


def test_one_authority_signs_them_all(production: Cluster) -> None:
    issuers = production.of("Issuer")
    authority = production.of("Certificate")["chorus-authority"]["spec"]
    assert authority["isCA"] is True
    assert issuers["chorus"]["spec"] == {"ca": {"secretName": authority["secretName"]}}
    assert issuers[authority["issuerRef"]["name"]]["spec"] == {"selfSigned": {}}
    for name in (*SERVERS, "redis"):
        assert production.of("Certificate")[name]["spec"]["issuerRef"] == {"name": "chorus"}


def test_local_asks_for_plaintext_by_name(local: Cluster) -> None:
    for name in SERVERS:
        assert local.settings(name)["CHORUS_INSECURE"] == "yes"
        assert "CHORUS_TLS_DIR" not in local.settings(name)


def test_callers_without_a_certificate_need_a_token_and_keep_their_rate(production: Cluster) -> None:
    settings, pod = production.settings("orchestrator"), production.pods()["orchestrator"]
    mounted = mounts(server(pod))["callers"]
    assert settings["CHORUS_CALLER_TOKENS"] == f"{mounted['mountPath']}/tokens"
    assert "subPath" not in mounted
    assert volumes(pod)["callers"]["secret"]["secretName"] == "caller-tokens"
    assert float(settings["CHORUS_CALLER_CALLS_PER_MINUTE"]) > 0
    service = production.of("Service")["orchestrator"]["spec"]
    assert settings["ORCHESTRATOR_TOKEN_PORT"] in {str(each["port"]) for each in service["ports"]}
