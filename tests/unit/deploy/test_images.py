"""How the images are built, as far as it shows without building them."""

import ast
import importlib.util
import json
import re
import shlex
import subprocess
from dataclasses import dataclass

import pytest
import yaml

from rpckit.version import VERSION
from tests.unit.deploy.cluster import (
    KUSTOMIZE,
    PROGRAMS,
    ROOT,
    Cluster,
    Manifest,
    containers,
    render,
    render_changed,
    server,
)
from tests.unit.deploy.locks import pins

FOLDER = ROOT / "deploy" / "docker"
# The entry module of each image.
IMAGES = {
    "orchestrator": "orchestrator",
    "cloud_proxy": "services.cloud_proxy",
    "proofreader": "services.proofreader",
    "gemma-cpu": "services.gemma",
    "gemma-cuda": "services.gemma",
    "web": "clients.web.server",
}
# What an image of a server has beside its module, and what that of the page's server has.
SERVERS_CODE = [["protos/gen/python/", "./"], ["rpckit/", "rpckit/"], ["modelkit/", "modelkit/"]]
PAGES_CODE = [
    ["protos/gen/python/", "./"],
    ["rpckit/", "rpckit/"],
    *(
        [f"clients/python/{each}/", f"{each}/"]
        for each in ("chorus_client", "chorus_documents", "chorus_tools", "chorus_wording")
    ),
]


@dataclass(frozen=True)
class Stage:
    """The instructions of one stage, in sequence."""

    instructions: tuple[tuple[str, str], ...]

    def all(self, instruction: str) -> list[str]:
        return [rest for name, rest in self.instructions if name == instruction]

    def one(self, instruction: str) -> str:
        (rest,) = self.all(instruction)
        return rest


def stages(image: str) -> list[Stage]:
    text = (FOLDER / f"{image}.Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]
    starts = [number for number, (name, _) in enumerate(lines) if name == "FROM"]
    ends = [*starts[1:], len(lines)]
    return [
        Stage(tuple((name, rest) for name, rest in lines[start:end]))
        for start, end in zip(starts, ends, strict=True)
    ]


def test_each_image_has_its_file() -> None:
    assert {each.stem for each in FOLDER.glob("*.Dockerfile")} == IMAGES.keys()


@pytest.mark.parametrize("image", IMAGES)
def test_a_linter_finds_nothing(image: str) -> None:
    linted = subprocess.run(  # noqa: S603 - the pinned hadolint, on a file of ours
        [PROGRAMS / "hadolint", FOLDER / f"{image}.Dockerfile"], capture_output=True, text=True, check=False
    )
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("image", IMAGES)
def test_what_builds_is_not_in_what_runs(image: str) -> None:
    *_, build, final = stages(image)
    assert build.one("FROM").endswith(" AS build")
    assert final.one("FROM") == "${PYTHON}"
    base = re.search(r"^ARG PYTHON=(.*)$", (FOLDER / f"{image}.Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert base is not None
    assert base[1] == "docker.io/library/python:3.11-slim-bookworm"
    assert final.all("COPY") == ["--from=build /venv /venv", "--from=build /app /app"]
    assert "venv --without-pip" in build.all("RUN")[0]
    assert "pip uninstall --yes pip setuptools wheel" in final.one("RUN")
    assert "--no-install-recommends ca-certificates" in final.one("RUN")


@pytest.mark.parametrize("image", IMAGES)
def test_it_installs_its_own_lock_by_hash(image: str) -> None:
    build = stages(image)[-2]
    tool, install = (shlex.split(each) for each in build.all("RUN")[:2])
    assert build.all("COPY")[0].split() == [
        *(f"deploy/locks/{each}.txt" for each in ("uv", "build", image)),
        "/locks/",
    ]
    for command, lock in (tool, "uv"), (install, image):
        assert "--require-hashes" in command
        assert command[command.index("--requirement" if lock == "uv" else "--requirements") + 1] == (
            f"/locks/{lock}.txt"
        )
    # Kiwi's model comes as source alone.
    assert install[install.index("--build-constraints") + 1] == "/locks/build.txt"
    # PyTorch's index has files of its own.
    by_version = [each for each in install if "==" in each]
    assert by_version == ([str(pins()["torch"])] if image == "gemma-cpu" else [])
    assert ("--torch-backend" in install) == (image == "gemma-cpu")


@pytest.mark.parametrize("image", IMAGES)
def test_it_gets_its_own_code_and_starts_it(image: str) -> None:
    *_, build, final = stages(image)
    module = IMAGES[image]
    folder = module.replace(".", "/")
    copied = [each.split() for each in build.all("COPY")]
    page = [["--from=page", "/app/clients/web/page/dist/", "clients/web/page/dist/"]]
    code = [*(PAGES_CODE if image == "web" else SERVERS_CODE), [f"{folder}/", f"{folder}/"]]
    assert copied[1:] == code + (page if image == "web" else [])
    assert json.loads(final.one("ENTRYPOINT")) == ["python", "-m", module]
    assert importlib.util.find_spec(f"{module}.__main__") is not None
    # None of its code is another image's.
    ours = {"chorus", *(each[1].strip("/") for each in code[1:-1]), module.split(".")[0]}
    others = {"orchestrator", "services", "clients", "deploy", "modelkit"}
    others |= {each.name for each in (ROOT / "clients/python").glob("chorus_*")}
    for room, _ in code[1:]:
        assert imported(room) & (ours | others) <= ours


@pytest.mark.parametrize("image", IMAGES)
def test_it_runs_as_nobody_in_particular(image: str) -> None:
    user = stages(image)[-1].one("USER")
    locked = render("local").pods()["orchestrator"]["spec"]["securityContext"]
    assert user == f"{locked['runAsUser']}:{locked['runAsGroup']}"
    assert "PYTHONDONTWRITEBYTECODE=1" in stages(image)[-1].one("ENV")


def test_the_build_sees_nothing_but_what_it_copies() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    for image in IMAGES:
        for each in (copied for stage in stages(image)[:-1] for copied in stage.all("COPY")):
            for source in each.split()[:-1]:
                from_a_stage = each.startswith("--from=")
                assert from_a_stage or any(source.startswith(rule[1:]) for rule in rules if rule[0] == "!")


def test_what_was_built_here_is_not_what_an_image_gets() -> None:
    rules = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    made = {"dist", "generated", "node_modules"}
    # The last rule that fits decides.
    assert {f"clients/web/page/{each}" for each in made} <= set(rules[rules.index("!clients/web") :])


def test_the_page_is_built_by_its_own_lock() -> None:
    page = stages("web")[0]
    assert page.one("FROM") == "${NODE} AS page"
    assert [each.split()[1] for each in page.all("RUN")] == ["ci", "run"]


def test_the_manifests_run_these_images() -> None:
    for overlay in ("local", "production"):
        for name, deployment in render(overlay).servers().items():
            image = server(deployment["spec"]["template"])["image"].rpartition("/")[2].partition(":")[0]
            assert image in IMAGES
            assert image.startswith(name.replace("-", "_"))


def imported(folder: str) -> set[str]:
    """The first words of what the code in a folder imports."""
    found = set()
    for file in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
            elif isinstance(node, ast.Import):
                found.update(each.name.split(".")[0] for each in node.names)
    return found


# Whose images come from a public registry, by name and on purpose.
OF_OTHERS = {
    "docker.io/library/redis",
    "docker.io/vllm/vllm-openai",
    "quay.io/oauth2-proxy/oauth2-proxy",
}


def test_every_image_is_one_of_those_that_an_operator_lists() -> None:
    """Holds for every combination of components: none may name an image in another way."""
    written = {
        each.strip(' "')
        for file in KUSTOMIZE.rglob("*.yaml")
        for each in re.findall(r"^\s*(?:- )?image:(.*)$", file.read_text("utf-8"), re.MULTILINE)
    }
    listed = kustomization("production")["images"]
    assert written == {each["name"] for each in listed}
    # A name below .invalid is resolved by nobody: what is not listed is pulled from nowhere.
    assert {each.partition("/")[0] for each in written} == {"images.invalid"}
    local = {each["name"] for each in kustomization("local")["images"]}
    assert local <= written


def test_every_rendered_image_is_ours_or_named_on_purpose(variant: Cluster) -> None:
    for pod in variant.pods().values():
        for container in containers(pod):
            repository, _, tag = container["image"].rpartition(":")
            assert re.fullmatch(r"v?\d[\w.-]*", tag)
            if not repository.startswith("registry.example/chorus/") and repository not in OF_OTHERS:
                # On one machine: what was loaded there, and is looked for nowhere else.
                assert repository.startswith("chorus/")
                assert container["imagePullPolicy"] == "Never"


def test_ours_have_one_version_everywhere() -> None:
    for overlay in ("local", "production"):
        tags = {each["newTag"] for each in kustomization(overlay)["images"] if "/chorus/" in each["name"]}
        assert tags == {VERSION}


def test_an_image_may_be_held_by_its_digest() -> None:
    digest = f"sha256:{'0123456789abcdef' * 4}"

    def hold(production: Manifest) -> None:
        for each in production["images"]:
            del each["newTag"]
            each["digest"] = digest

    pods = render_changed(hold).pods().values()
    assert {each["image"].partition("@")[2] for pod in pods for each in containers(pod)} == {digest}


def kustomization(overlay: str) -> Manifest:
    """What an overlay is made of."""
    file = KUSTOMIZE / "overlays" / overlay / "kustomization.yaml"
    read: Manifest = yaml.safe_load(file.read_text("utf-8"))
    return read
