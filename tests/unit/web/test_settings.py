from pathlib import Path

import pytest

from clients.web.server.settings import WebSettings
from rpckit.settings import Environment, SettingError
from tests.fakes.authority import Authority

PROXY = {"WEB_IDENTITY_HEADER": "x-email", "WEB_IDENTITY_PROXIES": "10.0.0.0/8"}


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"WEB_HOST": "10.1.2.3"}, "WEB_HOST"),
        ({"WEB_HOST": "192.168.0.5"}, "WEB_HOST"),
        ({"WEB_HOST": "10.1.2.3", "CHORUS_INSECURE": "yes"}, "WEB_HOST"),
        ({"WEB_HOST": "10.1.2.3"} | PROXY, "WEB_HOST"),
        ({"WEB_HOST": "10.1.2.3", "CHORUS_INSECURE": "yes", "WEB_TOKENS": "{tokens}"}, "WEB_TOKENS"),
        ({"WEB_TOKENS": "/nowhere"}, "WEB_TOKENS"),
        ({"WEB_IDENTITY_HEADER": "x-email"}, "WEB_IDENTITY_PROXIES"),
        ({"WEB_IDENTITY_PROXIES": "10.0.0.0/8"}, "WEB_IDENTITY_HEADER"),
        (PROXY | {"WEB_IDENTITY_PROXIES": "everybody"}, "WEB_IDENTITY_PROXIES"),
        (PROXY | {"WEB_IDENTITY_HEADER": "x email"}, "WEB_IDENTITY_HEADER"),
        ({"WEB_PORT": "http"}, "WEB_PORT"),
        ({"WEB_TLS_DIR": "/nowhere"}, "WEB_TLS_DIR"),
        ({"WEB_TLS_DIR": "{wrong}"}, "WEB_TLS_DIR"),
        ({"WEB_STATE_DIR": "{tokens}/state"}, "WEB_STATE_DIR"),
        ({"WEB_MAX_FILE_MIB": "33"}, "WEB_MAX_FILE_MIB"),
        ({"CHORUS_SERVER": "chorus.example:50051"}, "CHORUS_SERVER"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, variables: dict[str, str], named: str) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text("", "utf-8")
    for name in ("tls.crt", "tls.key"):
        (tmp_path / name).write_text("nothing", "utf-8")
    state = {"WEB_STATE_DIR": str(tmp_path)}
    read = state | {name: value.format(tokens=tokens, wrong=tmp_path) for name, value in variables.items()}
    with pytest.raises(SettingError) as caught:
        WebSettings.read(Environment(read))
    assert caught.value.variable == named


def test_beyond_this_machine_it_serves_behind_an_identity_proxy(tmp_path: Path) -> None:
    variables = PROXY | {"WEB_STATE_DIR": str(tmp_path)} | {"WEB_HOST": "10.1.2.3", "CHORUS_INSECURE": "yes"}
    settings = WebSettings.read(Environment(variables))
    assert settings.needs_name
    assert settings.host_names == frozenset()


def test_on_this_machine_nobody_has_to_log_in(tmp_path: Path) -> None:
    assert not WebSettings.read(Environment({"WEB_STATE_DIR": str(tmp_path)})).needs_name


def test_by_tls_and_with_tokens_it_serves_beyond_this_machine(tmp_path: Path) -> None:
    folder = Authority().issue(tmp_path, "page")
    (folder / "tokens").write_text("", "utf-8")
    variables = {"WEB_HOST": "10.1.2.3", "WEB_TLS_DIR": str(folder), "WEB_TOKENS": str(folder / "tokens")}
    assert WebSettings.read(Environment(variables | {"WEB_STATE_DIR": str(tmp_path)})).certificate == folder
