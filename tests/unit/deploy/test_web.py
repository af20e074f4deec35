"""The page's server on a cluster: nobody reaches it but through the log-in."""

from tests.unit.deploy.cluster import Cluster, containers, render, server


def page() -> Cluster:
    return render("the page")


def test_the_page_listens_where_the_log_in_alone_is() -> None:
    settings = page().settings("web")
    assert (settings["WEB_HOST"], settings["WEB_IDENTITY_PROXIES"]) == ("127.0.0.1", "127.0.0.1")
    assert settings["WEB_IDENTITY_HEADER"] == "X-Forwarded-Email"
    assert "ports" not in server(page().pods()["web"])


def test_the_log_in_serves_the_page_by_tls_and_no_other_way() -> None:
    (login,) = [each for each in containers(page().pods()["web"]) if each["name"] == "login"]
    (source,) = login["envFrom"]
    settings = page().of("ConfigMap")[source["configMapRef"]["name"]]["data"]
    web = page().settings("web")
    assert settings["OAUTH2_PROXY_UPSTREAMS"] == f"http://{web['WEB_HOST']}:{web['WEB_PORT']}"
    assert settings["OAUTH2_PROXY_HTTP_ADDRESS"] == "-"
    # What reaches the page without a log-in tells nothing but that it answers.
    assert settings["OAUTH2_PROXY_SKIP_AUTH_ROUTES"] == "GET=^/healthz$"
    (port,) = page().of("Service")["web"]["spec"]["ports"]
    (listening,) = login["ports"]
    assert port["targetPort"] == listening["name"]
    assert settings["OAUTH2_PROXY_HTTPS_ADDRESS"].endswith(f":{listening['containerPort']}")
    (rule,) = page().of("NetworkPolicy")["web"]["spec"]["ingress"]
    assert [each["port"] for each in rule["ports"]] == [listening["containerPort"]]


def test_the_orchestrator_believes_the_pages_certificate() -> None:
    names = page().of("Certificate")["web"]["spec"]["dnsNames"]
    # A caller is the first name of its certificate.
    assert page().settings("orchestrator")["CHORUS_DELEGATES"] == names[0]
    (rule,) = page().of("NetworkPolicy")["web"]["spec"]["egress"]
    ((to,), (port,)) = rule["to"], rule["ports"]
    assert to["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "orchestrator"}
    assert page().settings("web")["CHORUS_SERVER"] == f"dns:///orchestrator:{port['port']}"


def test_one_pod_at_a_time_writes_the_classes() -> None:
    spec = page().of("Deployment")["web"]["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
