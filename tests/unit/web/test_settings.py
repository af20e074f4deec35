from pathlib import Path

import pytest

from clients.web.server.settings import WebSettings
from rpckit.settings import Environment, SettingError

PROXY = {"WEB_IDENTITY_HEADER": "x-email", "WEB_IDENTITY_PROXIES": "110.1.2.3/8"}


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
        ({"WEB_IDENTITY_PROXIES": "110.1.2.3/8"}, "WEB_IDENTITY_HEADER"),
        (PROXY | {"WEB_IDENTITY_PROXIES": "everybody"}, "WEB_IDENTITY_PROXIES"),
        (PROXY | {"WEB_IDENTITY_HEADER": "x email"}, "WEB_IDENTITY_HEADER"),
        ({"WEB_PORT": "http"}, "WEB_PORT"),
        ({"WEB_TLS_DIR": "/nowhere"}, "WEB_TLS_DIR"),
        ({"WEB_MAX_FILE_MIB": "33"}, "WEB_MAX_FILE_MIB"),
        ({"CHORUS_SERVER": "chorus.example:50051"}, "CHORUS_SERVER"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, variables: dict[str, str], named: str) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text("", "utf-8")
    read = {name: value.format(tokens=tokens) for name, value in variables.items()}
    with pytest.raises(SettingError) as caught:
        WebSettings.read(Environment(read))
    assert caught.value.variable == named


def test_beyond_this_machine_it_serves_behind_an_identity_proxy() -> None:
    variables = PROXY | {"WEB_HOST": "10.1.2.3", "CHORUS_INSECURE": "yes"}
    settings = WebSettings.read(Environment(variables))
    assert settings.needs_name
    assert settings.host_names == frozenset()


def test_on_this_machine_nobody_has_to_log_in() -> None:
    assert not WebSettings.read(Environment({})).needs_name
