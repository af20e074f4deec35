from pathlib import Path

import pytest

from rpckit.settings import Environment, SettingError
from services.cloud_proxy.catalog import Catalog
from services.cloud_proxy.catalog_file import CatalogError
from services.cloud_proxy.endpoints import Endpoint, Sdk
from services.cloud_proxy.settings import CloudProxySettings, Connection, check_extra

LINE = 'display_name = "A"\nfamily = "a"\ncapabilities = ["TEXT"]\n'
KEY = "not-a-key"


def endpoint_of(tmp_path: Path, name: str, line: str = "", tables: str = "") -> Endpoint:
    path = tmp_path / "catalog.toml"
    path.write_text(f'packaged = false\n{tables}\n[models."{name}"]\n{LINE}{line}')
    return Catalog.read(path).entries[name].endpoint


def connection(tmp_path: Path, text: str, name: str, **variables: str) -> Connection:
    path = tmp_path / "catalog.toml"
    path.write_text(text)
    read = CloudProxySettings.read(Environment({"CLOUD_PROXY_CATALOG": str(path)} | variables))
    return read.connections[name]


def test_an_endpoint_serves_several_lines(tmp_path: Path) -> None:
    tables = """
[endpoints.openai-eu]
sdk = "openai"
base_url = "https://eu.api.openai.com/v1/"
key_variable = "EU_KEY"
organization = "org-1"
project = "proj-1"
headers = { X-Team = "essays" }
"""
    found = endpoint_of(tmp_path, "openai/a", 'endpoint = "openai-eu"', tables)
    assert found == endpoint_of(tmp_path, "europe/b", 'endpoint = "openai-eu"', tables)
    assert found == Endpoint(
        "openai-eu",
        Sdk.OPENAI,
        base_url="https://eu.api.openai.com/v1",
        key_variable="EU_KEY",
        headers=(("X-Team", "essays"),),
        organization="org-1",
        project="proj-1",
        max_completion_tokens=True,
    )


def test_a_providers_own_endpoint_can_be_described(tmp_path: Path) -> None:
    tables = '[endpoints.openai]\nsdk = "openai"\ndata_region = "eu"\n'
    found = connection(tmp_path, tables, "openai/gpt-4o", OPENAI_API_KEY=KEY, OPENAI_BASE_URL="http://other")
    assert (found.endpoint.data_region, found.endpoint.base_url, found.key) == ("eu", "", KEY)
    vertex = '[endpoints.google]\nsdk = "google-vertex"\nproject = "p"\nregion = "eu"\n'
    found = connection(tmp_path, vertex, "google/gemini-3.8-flash", GOOGLE_API_KEY=KEY)
    assert (found.endpoint.sdk, found.key, found.is_open) == (Sdk.GOOGLE_VERTEX, "", True)


def test_a_line_of_our_own_providers_may_have_its_own_key(tmp_path: Path) -> None:
    text = '[models."openai/gpt-4o"]\nkey_variable = "OTHER"\n'
    ours = {"OPENAI_API_KEY": "first", "OPENAI_ORG_ID": "org-1", "OPENAI_CUSTOM_HEADERS": "X-Team: essays"}
    other = connection(tmp_path, text, "openai/gpt-4o", OTHER="second", **ours)
    usual = connection(tmp_path, text, "openai/gpt-4o-mini", OTHER="second", **ours)
    assert (other.key, other.key_variable) == ("second", "OTHER")
    assert (other.endpoint.organization, other.endpoint.headers) == ("", ())
    assert (usual.key, usual.key_variable) == ("first", "OPENAI_API_KEY")
    assert (usual.endpoint.organization, usual.endpoint.headers) == ("org-1", (("X-Team", "essays"),))
    assert not connection(tmp_path, text, "openai/gpt-4o", **ours).is_open


@pytest.mark.parametrize(
    ("name", "line", "tables", "wanted"),
    [
        ("openai/a", "", "", True),
        ("mine/a", 'base_url = "http://localhost/v1"', "", False),
        ("mine/a", 'base_url = "http://localhost/v1"\nmax_completion_tokens = true', "", True),
        ("mine/a", 'base_url = "https://api.openai.com.example/v1"', "", False),
        ("mine/a", 'base_url = "https://us.api.openai.com/v1"', "", True),
        ("mine/a", 'base_url = "https://ours.openai.azure.com/openai/v1"', "", True),
        (
            "mine/a",
            'endpoint = "x"',
            '[endpoints.x]\nsdk = "openai"\nbase_url = "http://localhost/v1"',
            False,
        ),
        (
            "mine/a",
            'endpoint = "x"',
            '[endpoints.x]\nsdk = "openai"\nbase_url = "http://a/v1"\nmax_completion_tokens = true',
            True,
        ),
        ("mine/a", 'endpoint = "x"', '[endpoints.x]\nsdk = "openai-bedrock"\nregion = "eu-west-1"', True),
        ("openai/a", "max_completion_tokens = false", "", False),
    ],
)
def test_who_takes_the_limit_by_its_newer_name(
    tmp_path: Path, name: str, line: str, tables: str, wanted: bool
) -> None:
    assert endpoint_of(tmp_path, name, line, tables).max_completion_tokens is wanted


@pytest.mark.parametrize(
    ("line", "tables", "wrong"),
    [
        ('endpoint = "x"', "", "endpoint: there is no"),
        ('endpoint = "x"', '[endpoints.x]\nsdk = "azure"', r"endpoints\.x\.sdk"),
        ('endpoint = "x"', '[endpoints."x y"]\nsdk = "openai"', "x y"),
        ('endpoint = "x"', "[endpoints.x]", "'sdk' is a required"),
        ('endpoint = "x"', '[endpoints.x]\nsdk = "openai"', "key_variable: openai needs it"),
        ('endpoint = "x"', '[endpoints.x]\nsdk = "openai"\nregion = "eu"', "region: openai takes no such"),
        ('endpoint = "x"', '[endpoints.x]\nsdk = "openai"\nbase_url = "a"', "base_url: not an http"),
        ('endpoint = "x"', '[endpoints.x]\nsdk = "anthropic-bedrock"', "region: anthropic-bedrock needs it"),
        (
            'endpoint = "x"',
            '[endpoints.x]\nsdk = "openai"\nkey_variable = "K"\ndata_region = "kr"',
            "data_region: none of global",
        ),
        (
            'endpoint = "x"',
            '[endpoints.x]\nsdk = "openai"\nbase_url = "http://a"\ndata_region = "eu"',
            "data_region: it is an address",
        ),
        (
            'endpoint = "x"',
            '[endpoints.x]\nsdk = "anthropic"\nkey_variable = "K"\nheaders = { "a b" = "c" }',
            "a b",
        ),
        (
            'endpoint = "x"',
            '[endpoints.x]\nsdk = "openai"\nkey_variable = "K"\nheaders = { a = "b\\r\\nc" }',
            "headers.a",
        ),
        ('endpoint = "openai"\nkey_variable = "K"', "", "key_variable: the endpoint says it"),
        ('endpoint = "openai"\nbase_url = "http://a"', "", "base_url: the endpoint says it"),
        ('endpoint = "anthropic"', "", "anthropic does not lead to openai"),
        ("", '[endpoints.openai]\nsdk = "anthropic"', "anthropic does not lead to openai"),
        ('service_tier = "fast"', "", "service_tier"),
    ],
)
def test_a_mistake_about_an_endpoint_names_its_key(
    tmp_path: Path, line: str, tables: str, wrong: str
) -> None:
    with pytest.raises(CatalogError, match=wrong):
        endpoint_of(tmp_path, "openai/a", line, tables)


@pytest.mark.parametrize("key", ['service_tier = "flex"', "max_completion_tokens = true"])
def test_what_a_provider_does_not_know_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(CatalogError, match=key.partition(" ")[0]):
        endpoint_of(tmp_path, "anthropic/a", key)


def test_a_missing_extra_is_named() -> None:
    bedrock = Endpoint("x", Sdk.ANTHROPIC_BEDROCK)
    with pytest.raises(SettingError, match=r"endpoints\.x: .*boto3: install the extra 'bedrock'"):
        check_extra(bedrock, lambda package: package != "boto3")
    check_extra(bedrock, lambda _: True)
    check_extra(Endpoint("x", Sdk.ANTHROPIC_VERTEX), lambda _: False)


@pytest.mark.parametrize(
    "text",
    [
        '[models."google/gemini-3.8-flash"]\nkey_variable = "OTHER"\n',
        '[models."google/gemini-3.8-flash"]\nservice_tier = "flex"\n',
        '[endpoints.google]\nsdk = "google"\nheaders = { a = "b" }\n',
    ],
)
def test_the_older_sdk_of_google_has_one_endpoint_and_no_tiers(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingError, match="GOOGLE_SDK: google-generativeai"):
        connection(tmp_path, text, "google/gemini-3.8-flash", GOOGLE_SDK="google-generativeai")


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:11434/v1", True),
        ("http://localhost:8080/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://127.8.0.1/v1", True),
        ("http://10.0.0.7:8080/v1", False),
        ("https://localhost.example/v1", False),
        ("https://api.example/v1", False),
    ],
)
def test_a_server_on_this_machine_is_known(tmp_path: Path, url: str, local: bool) -> None:
    assert endpoint_of(tmp_path, "mine/a", f'base_url = "{url}"').is_local is local
    assert not endpoint_of(tmp_path, "openai/a").is_local


def test_a_header_is_in_no_repr(tmp_path: Path) -> None:
    found = connection(
        tmp_path, "", "openai/gpt-4o", OPENAI_API_KEY=KEY, OPENAI_CUSTOM_HEADERS="X-Gateway: secret-of-mine"
    )
    assert found.endpoint.headers == (("X-Gateway", "secret-of-mine"),)
    assert "secret-of-mine" not in repr(found)
