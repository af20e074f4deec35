"""What an overlay puts into a cluster, as `kubectl kustomize` renders it."""

import functools
import os
import subprocess
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
KUSTOMIZE = ROOT / "deploy" / "kustomize"
PROGRAMS = Path(sysconfig.get_path("scripts"))
SERVERS = ("orchestrator", "gemma", "cloud-proxy", "proofreader")
# What an operator may list as components: each component, and those that have to do with one another.
COMBINATIONS = {
    "no components": (),
    "certificates alone": ("certificates",),
    "without gemma": ("certificates", "tokens", "redis", "without-gemma", "monitoring"),
    "without gemma and certificates": ("one-orchestrator", "without-gemma"),
    "one orchestrator": ("certificates", "tokens", "one-orchestrator", "gpu", "monitoring"),
    "gemma on vllm": (
        "certificates",
        "tokens",
        "redis",
        "without-gemma",
        "vllm",
        "monitoring",
        "vllm-scaling",
        "egress-proxy",
    ),
    "gemma and vllm": ("gpu", "vllm", "egress-proxy", "dns-nodelocal"),
    "vllm on openshift": ("certificates", "without-gemma", "vllm", "openshift", "external-secrets"),
    "the page": ("certificates", "one-orchestrator", "without-gemma", "monitoring", "web"),
    "all that go together": (
        "certificates",
        "tokens",
        "redis",
        "gpu",
        "vllm",
        "monitoring",
        "vllm-scaling",
        "egress-proxy",
        "dns-nodelocal",
        "gateway",
        "web",
        "external-secrets",
    ),
}

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Cluster:
    """All manifests of an overlay."""

    manifests: Sequence[Manifest]

    def of(self, kind: str) -> dict[str, Manifest]:
        """Those of a kind, by name."""
        return {each["metadata"]["name"]: each for each in self.manifests if each["kind"] == kind}

    def servers(self) -> dict[str, Manifest]:
        """The Deployments of the four servers."""
        return {name: self.of("Deployment")[name] for name in SERVERS}

    def pods(self) -> dict[str, Manifest]:
        """The template of every pod there will be, by the name of what makes it."""
        makers = (self.of(kind) for kind in ("Deployment", "StatefulSet", "Job"))
        return {name: made["spec"]["template"] for each in makers for name, made in each.items()}

    def settings(self, name: str) -> dict[str, Any]:
        """The environment of a server: values, and where those come from that are not written down here."""
        container = server(self.pods()[name])
        sources = container.get("envFrom", ())
        maps = [each["configMapRef"]["name"] for each in sources if "configMapRef" in each]
        shared = {key: value for each in maps for key, value in self.of("ConfigMap")[each]["data"].items()}
        own = {each["name"]: each.get("value", each.get("valueFrom")) for each in container.get("env", ())}
        return shared | own


def containers(pod: Manifest) -> Iterator[Manifest]:
    """The containers of a pod, those that run first too."""
    yield from pod["spec"].get("initContainers", ())
    yield from pod["spec"]["containers"]


def server(pod: Manifest) -> Manifest:
    """The container that serves."""
    containers = pod["spec"]["containers"]
    (container,) = [each for each in containers if len(containers) == 1 or each["name"] == "server"]
    assert isinstance(container, dict)
    return container


def volumes(pod: Manifest) -> dict[str, Manifest]:
    """The volumes of a pod by name."""
    return {each["name"]: each for each in pod["spec"].get("volumes", ())}


def mounts(container: Manifest) -> dict[str, Manifest]:
    """The volume mounts of a container, by the volume's name."""
    return {each["name"]: each for each in container.get("volumeMounts", ())}


@functools.cache
def render(overlay: str) -> Cluster:
    """Renders an overlay, or production with the components of a combination instead of its own."""
    if overlay in COMBINATIONS:
        components = [*(f"../../components/{each}" for each in COMBINATIONS[overlay]), "settings"]
        return render_changed(lambda production: production.update(components=components))
    return _rendered(KUSTOMIZE / "overlays" / overlay)


def render_changed(
    change: Callable[[Manifest], None] = lambda _: None, settings: Sequence[Manifest] = ()
) -> Cluster:
    """Renders production as an operator has changed its kustomization, and added to its generators."""
    folder = KUSTOMIZE / "overlays" / "production"
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text("utf-8"))
    change(kustomization)
    with tempfile.TemporaryDirectory() as made:
        for key in ("resources", "components"):
            kustomization[key] = [os.path.relpath(folder / each, made) for each in kustomization[key]]
        kustomization["components"].append("more")
        component = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
        (Path(made) / "more").mkdir()
        for at, content in (("more", component | {"configMapGenerator": [*settings]}), ("", kustomization)):
            (Path(made) / at / "kustomization.yaml").write_text(yaml.safe_dump(content), "utf-8")
        return _rendered(Path(made))


def _rendered(folder: Path) -> Cluster:
    rendered = subprocess.run(  # noqa: S603 - the pinned kubectl, on a folder of ours
        [PROGRAMS / "kubectl", "kustomize", "--load-restrictor", "LoadRestrictionsNone", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert rendered.returncode == 0, rendered.stderr
    # In C, which takes a tenth of the time.
    return Cluster(tuple(yaml.load_all(rendered.stdout, Loader=yaml.CSafeLoader)))
