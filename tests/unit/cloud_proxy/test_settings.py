from pathlib import Path

import pytest

from rpckit.settings import Environment, SettingError
from services.cloud_proxy.settings import CloudProxySettings
from tests.fakes.authority import Authority

KEY = "hf_not-a-key"
COMPATIBLE = 'display_name = "A"\nfamily = "a"\ncapabilities = ["TEXT"]\nbase_url = "http://127.0.0.1:1/v1"\n'


def read(**variables: str) -> CloudProxySettings:
    return CloudProxySettings.read(Environment(variables))


@pytest.mark.parametrize(
    ("variable", "model"),
    [
        ("OPENAI_API_KEY", "openai/gpt-4o"),
        ("ANTHROPIC_API_KEY", "anthropic/claude-sonnet-4"),
        ("GOOGLE_API_KEY", "google/gemini-1.5-flash"),
        ("GEMINI_API_KEY", "google/gemini-1.5-flash"),
        ("HF_TOKEN", "huggingface/google/gemma-3-4b-it"),
        ("HUGGINGFACE_API_KEY", "huggingface/google/gemma-3-4b-it"),
    ],
)
def test_keys_are_read_from_the_known_variables(variable: str, model: str) -> None:
    connection = read(**{variable: KEY}).connections[model]
    assert connection.is_open
    assert (connection.key, connection.key_variable) == (KEY, variable)


def test_without_keys_it_starts_and_no_connection_is_open() -> None:
    settings = read()
    assert not any(connection.is_open for connection in settings.connections.values())
    assert settings.connections["google/gemini-1.5-flash"].key_variable == "GOOGLE_API_KEY"


def test_who_holds_the_keys_answers_the_orchestrator_alone_by_tls(tmp_path: Path) -> None:
    folder = str(Authority().issue(tmp_path / "certificates", "cloud-proxy"))
    assert read(CHORUS_TLS_DIR=folder).server.callers.allowed == {"orchestrator"}
    named = read(CHORUS_TLS_DIR=folder, CLOUD_PROXY_CALLERS="panel, tutor")
    assert named.server.callers.allowed == {"panel", "tutor"}
    assert not read().server.callers.allowed


def test_a_key_is_in_no_repr() -> None:
    assert KEY not in repr(read(OPENAI_API_KEY=KEY, HF_TOKEN=KEY))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OPENAI_BASE_URL", "api.openai.com"),
        ("ANTHROPIC_BASE_URL", "ftp://127.0.0.1"),
        ("GEMINI_BASE_URL", "http://"),
        ("HF_BASE_URL", "http://127.0.0.1:port"),
        ("GOOGLE_SDK", "genai"),
        ("CHORUS_FOLLOW_SUCCESSORS", "perhaps"),
        ("CLOUD_PROXY_CALLS_PER_PROVIDER", "0"),
        ("CLOUD_PROXY_CATALOG", "no-such-file.toml"),
        ("HF_TOKEN", "sk-of-somebody-else"),
    ],
)
def test_a_wrong_value_names_its_variable(variable: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        read(**{variable: value})
    assert caught.value.variable == variable
    if variable == "HF_TOKEN":
        assert value not in str(caught.value)


def test_a_mistake_in_the_catalog_names_file_and_key(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[models."openai/a"]\nfamily = 7\n')
    with pytest.raises(SettingError, match=r"CLOUD_PROXY_CATALOG: mine.toml: line \d: .*openai/a"):
        read(CLOUD_PROXY_CATALOG=str(path))


def test_a_folder_is_a_catalog_of_several_files(tmp_path: Path) -> None:
    (tmp_path / "2.toml").write_text('[models."mine/a"]\ndisplay_name = "Later"\n')
    (tmp_path / "1.toml").write_text(f'[models."mine/a"]\n{COMPATIBLE}[models."mine/b"]\n{COMPATIBLE}')
    (tmp_path / "notes.txt").write_text("no TOML")
    entries = read(CLOUD_PROXY_CATALOG=str(tmp_path)).catalog.entries
    assert (entries["mine/a"].display_name, entries["mine/b"].display_name) == ("Later", "A")
    assert "openai/gpt-4o" in entries


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("2.toml", '[models."mine/a"]\nfamily = 7\n', "2.toml: line 2: models.mine/a.family"),
        ("1.toml", '[models."mine/a"]\nfamily = 7\n', "1.toml: line 2: models.mine/a.family"),
        ("3.toml", "[models", "3.toml: "),
        ("none.txt", "", "no file in this folder ends in .toml"),
    ],
)
def test_a_mistake_in_a_folder_names_the_file(tmp_path: Path, name: str, text: str, expected: str) -> None:
    if name != "none.txt":
        (tmp_path / "0.toml").write_text(f'[models."mine/a"]\n{COMPATIBLE}')
    (tmp_path / name).write_text(text)
    with pytest.raises(SettingError) as caught:
        read(CLOUD_PROXY_CATALOG=str(tmp_path))
    assert f"{tmp_path.name}: {expected}" in str(caught.value)


def test_a_compatible_server_names_its_own_key(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'[models."mine/a"]\n{COMPATIBLE}key_variable = "MINE"\n[models."free/a"]\n{COMPATIBLE}')
    closed = read(CLOUD_PROXY_CATALOG=str(path)).connections
    assert (closed["mine/a"].is_open, closed["free/a"].is_open) == (False, True)
    assert read(CLOUD_PROXY_CATALOG=str(path), MINE=KEY).connections["mine/a"].key == KEY
