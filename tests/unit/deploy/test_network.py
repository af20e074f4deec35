"""Who may talk to whom: the arrows of docs/architecture.md, and none besides."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.unit.deploy.cluster import SERVERS, Cluster, render

Arrow = tuple[str, str, int]

HERE = {"kubernetes.io/metadata.name": "chorus"}
MONITORING = {"kubernetes.io/metadata.name": "monitoring"}
NAME = "app.kubernetes.io/name"


@dataclass(frozen=True)
class Peer:
    """A pod somewhere, or what has an address alone."""

    name: str
    labels: dict[str, str] = field(default_factory=dict)
    namespace: dict[str, str] = field(default_factory=dict)
    address: str = ""


ELSEWHERE = (
    Peer("caller", {"chorus/caller": "yes"}, {"kubernetes.io/metadata.name": "essays"}),
    Peer("stranger", {}, {"kubernetes.io/metadata.name": "essays"}),
    Peer("prometheus", {NAME: "prometheus"}, MONITORING),
    Peer("collector", {NAME: "opentelemetry-collector"}, MONITORING),
    Peer("dns", {"k8s-app": "kube-dns"}, {"kubernetes.io/metadata.name": "kube-system"}),
    Peer("node's dns", address="169.254.20.10/32"),
    Peer(
        "openshift's dns",
        {"dns.operator.openshift.io/daemonset-dns": "default"},
        {"kubernetes.io/metadata.name": "openshift-dns"},
    ),
    Peer("proxy", {NAME: "egress-proxy"}, {"kubernetes.io/metadata.name": "egress"}),
)
INTERNET = {"0.0.0.0/0", "::/0"}
BETWEEN_SERVERS = {
    ("caller", "orchestrator", 50051),
    ("orchestrator", "gemma", 50052),
    ("orchestrator", "cloud-proxy", 50053),
    ("orchestrator", "proofreader", 50054),
    ("orchestrator", "dns", 53),
    ("cloud-proxy", "dns", 53),
    ("cloud-proxy", "internet", 443),
}
IN_PRODUCTION = {
    ("caller", "orchestrator", 50055),
    ("orchestrator", "redis", 6379),
    ("orchestrator", "collector", 4318),
    ("cloud-proxy", "collector", 4318),
    ("gemma-weights", "dns", 53),
    ("gemma-weights", "internet", 443),
    *(("prometheus", name, 9090) for name in SERVERS),
}


def test_local_has_the_arrows_of_the_architecture(local: Cluster) -> None:
    assert set(arrows(local)) == BETWEEN_SERVERS


def test_production_has_those_and_its_own(production: Cluster) -> None:
    assert set(arrows(production)) == BETWEEN_SERVERS | IN_PRODUCTION


def test_what_serves_a_model_has_no_way_out(variant: Cluster) -> None:
    assert not [each for each in arrows(variant) if each[0] in {"gemma", "vllm"}]


def test_without_gemma_its_arrows_are_gone_and_no_others() -> None:
    expected = {each for each in BETWEEN_SERVERS | IN_PRODUCTION if not {"gemma", "gemma-weights"} & {*each}}
    assert set(arrows(render("without gemma"))) == expected


def test_vllm_is_asked_by_the_cloud_proxy_alone_and_read_by_prometheus() -> None:
    into = {each for each in arrows(render("all that go together")) if each[1] == "vllm"}
    assert into == {("cloud-proxy", "vllm", 8000), ("prometheus", "vllm", 8000)}


def test_with_a_proxy_nothing_else_leads_out() -> None:
    out = {each for each in arrows(render("gemma and vllm")) if each[1] in {"internet", "proxy"}}
    assert out == {
        ("cloud-proxy", "proxy", 3128),
        ("gemma-weights", "proxy", 3128),
        ("vllm-weights", "proxy", 3128),
    }


def test_what_asks_for_names_asks_where_they_are() -> None:
    asking = {"orchestrator", "cloud-proxy", "gemma-weights", "vllm-weights"}
    with_cache = {each for each in arrows(render("gemma and vllm")) if each[1] == "node's dns"}
    assert with_cache == {(name, "node's dns", 53) for name in asking}
    on_openshift = {each for each in arrows(render("vllm on openshift")) if "dns" in each[1]}
    assert on_openshift == {(name, "openshift's dns", 5353) for name in asking - {"gemma-weights"}}


def test_a_gateway_is_a_caller() -> None:
    labels = render("all that go together").of("Gateway")["chorus"]["spec"]["infrastructure"]["labels"]
    assert labels == {"chorus/caller": "yes"}


def test_the_internet_is_neither_the_cluster_nor_the_node(cluster: Cluster) -> None:
    blocks = [
        peer["ipBlock"]
        for policy in cluster.of("NetworkPolicy").values()
        for rule in policy["spec"].get("egress", ())
        for peer in rule["to"]
        if "ipBlock" in peer
    ]
    kept_out = {each for block in blocks for each in block["except"]}
    assert {block["cidr"] for block in blocks} == INTERNET
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= kept_out
    assert {"fc00::/7", "fe80::/10"} <= kept_out


def arrows(cluster: Cluster) -> Iterator[Arrow]:
    """Every connection that the policies let through."""
    policies = [each["spec"] for each in cluster.of("NetworkPolicy").values()]
    inside = [Peer(name, pod["metadata"]["labels"], HERE) for name, pod in cluster.pods().items()]
    inside.append(Peer("intruder", {}, HERE))
    for source, target in itertools.permutations((*inside, *ELSEWHERE), 2):
        if source in inside or target in inside:
            out = _ports(policies, "egress", source, target) if source in inside else None
            into = _ports(policies, "ingress", target, source) if target in inside else None
            open_ports = out if into is None else into if out is None else out & into
            yield from ((source.name, target.name, port) for port in open_ports or ())
    for source in inside:
        yield from ((source.name, "internet", port) for port in _ports(policies, "egress", source, None))


def _ports(policies: list[Any], direction: str, of: Peer, other: Peer | None) -> set[int]:
    """The ports on which the policies of a pod let the other through; None is the internet."""
    mine = [each for each in policies if _selects(each["podSelector"], of.labels)]
    assert any(direction.capitalize() in each["policyTypes"] for each in mine), f"{of.name} is unbounded"
    return {
        port["port"]
        for policy in mine
        for rule in policy.get(direction, ())
        if any(_matches(peer, other) for peer in rule["from" if direction == "ingress" else "to"])
        for port in rule["ports"]
    }


def _matches(peer: Any, other: Peer | None) -> bool:
    if "ipBlock" in peer:
        cidr = peer["ipBlock"]["cidr"]
        return cidr in INTERNET if other is None else cidr == other.address
    if other is None:
        return False
    if "namespaceSelector" in peer:
        if not _selects(peer["namespaceSelector"], other.namespace):
            return False
    elif other.namespace != HERE:
        return False
    return _selects(peer["podSelector"], other.labels)


def _selects(selector: Any, labels: dict[str, str]) -> bool:
    for each in selector.get("matchExpressions", ()):
        assert each["operator"] == "In"
        if labels.get(each["key"]) not in each["values"]:
            return False
    wanted: dict[str, str] = selector.get("matchLabels", {})
    return wanted.items() <= labels.items()
