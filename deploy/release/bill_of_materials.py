"""Writes what an image installs as a CycloneDX document, from its lock."""

import json
import re
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from rpckit.version import VERSION

_LOCKED = re.compile(r"^([A-Za-z0-9][\w.-]*==[^\s\\;]+)((?:.*\\\n)*.*)$", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# torch of a CPU is in the file of the image and not in its lock.
_IN_DOCKERFILE = re.compile(r"\b(torch==[\d.]+)")


def bill_of_materials(image: str, deploy: Path) -> dict[str, Any]:
    """Returns the document of an image by its name, with the hashes of every file that its lock allows.

    It lists Python distributions; what the base image brings is in that image's own.
    """
    locked = _LOCKED.findall((deploy / "locks" / f"{image}.txt").read_text("utf-8"))
    text = (deploy / "docker" / f"{image}.Dockerfile").read_text("utf-8")
    locked += [(each, "") for each in _IN_DOCKERFILE.findall(text)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "container",
                "bom-ref": f"chorus/{image}",
                "name": f"chorus/{image}",
                "version": VERSION,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": [_component(Requirement(pin), _HASH.findall(rest)) for pin, rest in locked],
    }


def write(image: str, deploy: Path, into: Path) -> Path:
    """Writes the document into a folder and returns its file."""
    file = into / f"{image}.cdx.json"
    into.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(bill_of_materials(image, deploy), indent=1) + "\n", "utf-8")
    return file


def _component(pinned: Requirement, hashes: list[str]) -> dict[str, Any]:
    (specifier,) = pinned.specifier
    name = re.sub(r"[-_.]+", "-", pinned.name).lower()
    purl = f"pkg:pypi/{name}@{specifier.version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": specifier.version,
        "purl": purl,
    }
    if hashes:
        listed = [{"alg": "SHA-256", "content": each} for each in hashes]
        component["externalReferences"] = [{"type": "distribution", "url": purl, "hashes": listed}]
    return component
