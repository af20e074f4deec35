"""What other projects' operators define is as their own types say, of cert-manager, Gateway API and others.

The types are npm packages made of the operators' Go code. TypeScript finds unknown fields and wrong types, as
an API server does that validates strictly; the packages' own `validate` finds wrong and missing values.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.unit.deploy.cluster import COMBINATIONS, ROOT, Manifest, render

PACKAGES = {
    "cert-manager.io/v1": "cert-manager",
    "external-secrets.io/v1": "external-secrets",
    "gateway.networking.k8s.io/v1": "gateway-api",
    "monitoring.coreos.com/v1": "prometheus-operator",
}
INSTALLED = Path(__file__).parent / "operators" / "node_modules"
TSC = ROOT / "clients" / "typescript" / "node_modules" / ".bin" / "tsc"
OPTIONS = ("--strict", "--module", "nodenext", "--target", "es2022", "--skipLibCheck", "--types", "")


def of_operators() -> list[Manifest]:
    """Every manifest of an operator's kind that any combination of components renders to, once."""
    rendered = (each for name in ("local", "production", *COMBINATIONS) for each in render(name).manifests)
    found = {json.dumps(each): each for each in rendered if each["apiVersion"] in PACKAGES}
    return list(found.values())


def faulty(manifests: Sequence[Manifest], folder: Path) -> dict[int, list[str]]:
    """What is wrong with each manifest, by its place."""
    missing = [str(each) for each in (INSTALLED, TSC) if not each.exists()]
    if missing or shutil.which("node") is None:
        pytest.skip(f"npm has not installed {' and '.join(missing) or 'anything: node is not here'}")
    (folder / "node_modules").symlink_to(INSTALLED)
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    lines: list[str] = []
    for at, each in enumerate(manifests):
        path = f"@kubernetes-models/{PACKAGES[each['apiVersion']]}/{each['apiVersion']}/{each['kind']}"
        lines += (
            f'import {{ {each["kind"]} as Kind{at}, type I{each["kind"]} as Type{at} }} from "{path}";',
            f"const manifest{at}: Type{at} = {json.dumps(each)};",
            f"try {{ new Kind{at}(manifest{at}).validate(); }} catch (e) {{ console.log('{at}:', e); }}",
        )
    (folder / "manifests.ts").write_text("\n".join(lines), "utf-8")
    told = [
        subprocess.run(  # noqa: S603 - on a file of ours
            command, cwd=folder, env=os.environ, capture_output=True, text=True, check=False
        )
        for command in ((TSC, *OPTIONS, "manifests.ts"), ("node", "manifests.js"))
    ]
    assert told[1].returncode == 0, told[1].stderr
    found: dict[int, list[str]] = {}
    for line, wrong in re.findall(r"^manifests.ts\((\d+),\d+\): (.*)", told[0].stdout, re.MULTILINE):
        found.setdefault((int(line) - 1) // 3, []).append(wrong)
    assert bool(found) == bool(told[0].returncode), told[0].stdout
    for place, wrong in re.findall(r"^(\d+): (.*)", told[1].stdout, re.MULTILINE):
        found.setdefault(int(place), []).append(wrong)
    return found


def test_every_manifest_is_one_that_its_operator_takes(tmp_path: Path) -> None:
    manifests = of_operators()
    kinds = {each["kind"] for each in manifests}
    assert {"Certificate", "Issuer", "ExternalSecret", "Gateway", "GRPCRoute", "BackendTLSPolicy"} <= kinds
    assert {"PodMonitor", "PrometheusRule"} <= kinds
    assert {each["apiVersion"] for each in manifests} == PACKAGES.keys()
    assert faulty(manifests, tmp_path) == {}


def test_what_is_wrong_with_one_would_be_found(tmp_path: Path) -> None:
    by_kind = {each["kind"]: each for each in of_operators()}
    spec = {kind: each["spec"] for kind, each in by_kind.items()}
    (endpoint,) = spec["PodMonitor"]["podMetricsEndpoints"]
    (listener,) = spec["Gateway"]["listeners"]
    wrong = {
        "Certificate": {"privateKey": {"algorithm": "RSAA"}},
        "ExternalSecret": {"refreshEvery": "1h"},
        "Gateway": {"listeners": [listener | {"port": "443"}]},
        "GRPCRoute": {"parentRefs": [{"sectionName": "grpc"}]},
        "PodMonitor": {"podMetricsEndpoints": [endpoint | {"prot": "metrics"}]},
        "PrometheusRule": {"groups": [{"rules": []}]},
    }
    manifests = [by_kind[kind] | {"spec": spec[kind] | fields} for kind, fields in wrong.items()]
    assert faulty(manifests, tmp_path).keys() == set(range(len(wrong)))
