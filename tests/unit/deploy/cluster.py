"""What an overlay puts into a cluster, as `kubectl kustomize` renders it."""

import functools
import subprocess
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
KUSTOMIZE = ROOT / "deploy" / "kustomize"
PROGRAMS = Path(sysconfig.get_path("scripts"))
SERVERS = ("orchestrator", "gemma", "cloud-proxy", "proofreader")

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
        maps = [each["configMapRef"]["name"] for each in container.get("envFrom", ())]
        shared = {key: value for each in maps for key, value in self.of("ConfigMap")[each]["data"].items()}
        own = {each["name"]: each.get("value", each.get("valueFrom")) for each in container.get("env", ())}
        return shared | own


def containers(pod: Manifest) -> Iterator[Manifest]:
    """The containers of a pod, those that run first too."""
    yield from pod["spec"].get("initContainers", ())
    yield from pod["spec"]["containers"]


def server(pod: Manifest) -> Manifest:
    """The container that serves."""
    (container,) = pod["spec"]["containers"]
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
    """Renders an overlay."""
    folder = KUSTOMIZE / "overlays" / overlay
    rendered = subprocess.run(  # noqa: S603 - the pinned kubectl, on a folder of ours
        [PROGRAMS / "kubectl", "kustomize", folder], capture_output=True, text=True, check=True
    )
    return Cluster(tuple(yaml.safe_load_all(rendered.stdout)))
