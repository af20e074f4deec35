"""What the environment says of how Chorus is reached."""

from pathlib import Path

import pytest

from chorus_client import ConnectionSettings, SettingError, Tls
from tests.fakes.authority import Authority

TOKEN = "a" * 32


def test_without_variables_it_is_on_this_machine() -> None:
    assert ConnectionSettings.read(variables={}) == ConnectionSettings("127.0.0.1:50051")


def test_every_variable_counts_and_an_address_given_counts_before_its_own(tmp_path: Path) -> None:
    folder = Authority().issue(tmp_path, "chorus")
    variables = {
        "CHORUS_SERVER": "chorus.example:443",
        "CHORUS_TLS_DIR": str(folder),
        "CHORUS_TLS_SERVER_NAME": "chorus",
        "CHORUS_TOKEN": f" {TOKEN}\n",
        "CHORUS_INSECURE": "Yes",
    }
    tls = Tls.from_folder(folder, "chorus")
    found = ConnectionSettings.read(variables=variables)
    assert found == ConnectionSettings("chorus.example:443", tls, TOKEN, insecure=True)
    assert TOKEN not in repr(found)
    assert ConnectionSettings.read("other.example:1", variables).address == "other.example:1"


@pytest.mark.parametrize(
    ("variables", "wrong"),
    [
        ({"CHORUS_INSECURE": "maybe"}, "CHORUS_INSECURE: 'maybe' is neither yes nor no"),
        ({"CHORUS_TLS_DIR": "/nowhere"}, "CHORUS_TLS_DIR: /nowhere/ca.crt: No such file"),
        (
            {"CHORUS_SERVER": "http://127.0.0.1:1"},
            "CHORUS_SERVER: http://127.0.0.1:1 is a URL; write HOST:PORT",
        ),
        ({"CHORUS_SERVER": "chorus.example:1"}, "CHORUS_TLS_DIR: chorus.example:1 is beyond this machine"),
        (
            {"CHORUS_SERVER": "chorus.example:1", "CHORUS_TOKEN": TOKEN, "CHORUS_INSECURE": "yes"},
            "CHORUS_TLS_DIR: is needed to send a token to chorus.example:1",
        ),
    ],
)
def test_a_wrong_one_is_named(variables: dict[str, str], wrong: str) -> None:
    with pytest.raises(SettingError) as caught:
        ConnectionSettings.read(variables=variables)
    assert str(caught.value).startswith(wrong)


def test_files_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    folder, other = Authority().issue(tmp_path / "a", "chorus"), Authority().issue(tmp_path / "b", "chorus")
    key = (other / "tls.key").read_bytes()
    (folder / "tls.key").unlink()
    (folder / "tls.key").write_bytes(key)
    with pytest.raises(SettingError, match="do not fit together"):
        ConnectionSettings.read(variables={"CHORUS_TLS_DIR": str(folder)})
