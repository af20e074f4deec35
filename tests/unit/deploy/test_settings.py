"""What an operator sets lies in ConfigMaps, and is what the services read."""

import re
import tempfile
from pathlib import Path

import pytest

from rpckit.settings import Environment
from services.cloud_proxy.settings import CloudProxySettings
from tests.unit.deploy.cluster import KUSTOMIZE, ROOT, SERVERS, Cluster, render, server

# Where a model's weights come from, which no service reads.
OF_WEIGHTS = {"WEIGHTS_REPOSITORY", "WEIGHTS_REVISION", "WEIGHTS_NAME"}
# Settings that the manifests leave as they are, or that an operator adds where there is a need.
LEFT_OUT = {
    # A pod has one of each by default, and its Service names the port.
    *(f"{name}_PORT" for name in ("ORCHESTRATOR", "GEMMA", "CLOUD_PROXY", "PROOFREADER")),
    # Of rate limits and budgets the orchestrator's decide.
    *(f"{name}_MAX_IN_FLIGHT" for name in ("CLOUD_PROXY", "PROOFREADER")),
    *(f"{name}_MAX_QUEUED" for name in ("GEMMA", "CLOUD_PROXY", "PROOFREADER")),
    # What is dialled is a name that the certificate has.
    "CHORUS_TLS_SERVER_NAME",
    # A third of a second is enough behind preStop.
    "CHORUS_DRAIN_PAUSE_SECONDS",
    # Components or combinations of them give these.
    "CHORUS_INSECURE",
    # Callers show tokens, or certificates that an operator names.
    "ORCHESTRATOR_CALLERS",
    # For the models that an operator names in the catalog.
    "CHORUS_STUDENT_MODEL",
    "CHORUS_PICTURE_MODEL",
    "CHORUS_BATCH_WINDOW",
    "CHORUS_BATCH_IDLE_SECONDS",
    "GOOGLE_SDK",
    "HTTP_PROXY",
    *(f"{name}_BASE_URL" for name in ("OPENAI", "ANTHROPIC", "GEMINI", "HF")),
    *("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS"),
    # Entries of the Secret provider-keys.
    *("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY"),
    *("HF_TOKEN", "HUGGINGFACE_API_KEY"),
    # As many as the node has, and copies that are made by hand.
    "GEMMA_THREADS",
    "GEMMA_CACHE_DIR",
}


def rows_of(page: str) -> set[str]:
    """The settings that the tables of a page name."""
    rows = re.findall(r"^\| (`[A-Z].*?) \|", page, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def documented() -> set[str]:
    """The settings of servers that docs/settings.md has a row for."""
    names = rows_of((ROOT / "docs" / "settings.md").read_text("utf-8").partition("\n## client")[0])
    for general in {name for name in names if name.startswith("X_")}:
        names.remove(general)
        names |= {f"{each.upper().replace('-', '_')}{general[1:]}" for each in SERVERS}
    return names


def test_every_setting_is_in_the_manifests_or_left_out_on_purpose() -> None:
    set_somewhere = {
        name
        for each in ("local", "production", "all that go together")
        for server_name in SERVERS
        for name in render(each).settings(server_name)
    }
    assert documented() - LEFT_OUT <= set_somewhere
    assert not LEFT_OUT - {"CHORUS_INSECURE"} & set_somewhere


def test_every_setting_of_a_file_is_one_that_there_is() -> None:
    files = list(KUSTOMIZE.rglob("*.env"))
    assert len(files) > len(SERVERS)
    for file in files:
        lines = [each for each in file.read_text("utf-8").splitlines() if each and not each.startswith("#")]
        names = {each.partition("=")[0] for each in lines}
        # These are another program's.
        ours = {each for each in names if not each.startswith("OAUTH2_PROXY_")}
        assert ours <= rows_of((ROOT / "docs" / "settings.md").read_text("utf-8")) | documented() | OF_WEIGHTS
        assert ours == names or file.name == "login.env"


def test_what_a_service_alone_reads_is_told_to_it_alone(production: Cluster) -> None:
    shared = production.of("ConfigMap")
    for name in SERVERS:
        told = [each["configMapRef"]["name"] for each in server(production.pods()[name])["envFrom"][-2:]]
        assert all(each in shared for each in told)
        # A hash of what it holds: a change of that is a change of the pods.
        assert all(re.search(r"-[a-z0-9]{10}$", each) for each in told)


@pytest.mark.parametrize("name", ["local", "production", "gemma on vllm", "gemma and vllm"])
def test_the_cloud_proxy_takes_the_catalog_that_is_mounted(name: str) -> None:
    cluster = render(name)
    pod = cluster.pods()["cloud-proxy"]
    (volume,) = (each for each in pod["spec"]["volumes"] if each["name"] == "catalog")
    (mount,) = (each for each in server(pod)["volumeMounts"] if each["name"] == "catalog")
    assert cluster.settings("cloud-proxy")["CLOUD_PROXY_CATALOG"] == mount["mountPath"]
    with tempfile.TemporaryDirectory() as folder:
        for file, text in cluster.of("ConfigMap")[volume["configMap"]["name"]]["data"].items():
            (Path(folder) / file).write_text(text, "utf-8")
        read = CloudProxySettings.read(
            Environment({"CLOUD_PROXY_CATALOG": folder, "VLLM_API_KEY": "not-a-key"})
        )
    packaged = CloudProxySettings.read(Environment({})).catalog.entries
    added = read.catalog.entries.keys() - packaged.keys()
    assert packaged.items() <= read.catalog.entries.items()
    assert added == ({"vllm/gemma-3-27b-it"} if "vllm" in name else set())


def test_vllm_serves_what_the_catalog_says(production: Cluster) -> None:
    cluster = render("gemma on vllm")
    text = (KUSTOMIZE / "components" / "vllm" / "catalog.toml").read_text("utf-8")
    settings, command = cluster.settings("vllm"), server(cluster.pods()["vllm"])["command"][-1]
    assert f'[models."vllm/{settings["WEIGHTS_NAME"]}"]' in text
    assert '--served-model-name "$WEIGHTS_NAME"' in command
    (port,) = cluster.of("Service")["vllm"]["spec"]["ports"]
    assert f'base_url = "http://vllm:{port["port"]}/v1"' in text
    tokens = sum(int(each) for each in re.findall(r"max_(?:in|out)put_tokens = (\d+)", text))
    assert f"--max-model-len {tokens}" in command
    # Both know the key, and nobody else does.
    (key,) = re.findall(r'key_variable = "(\w+)"', text)
    for name in ("vllm", "cloud-proxy"):
        assert cluster.settings(name)[key]["secretKeyRef"]["name"] == "vllm"
    assert key not in production.settings("cloud-proxy")
