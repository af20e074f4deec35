from pathlib import Path

import pytest

from orchestrator.settings import OrchestratorSettings
from rpckit.settings import Environment, SettingError


def groups(folder: Path, value: str) -> dict[str, str]:
    settings = OrchestratorSettings.read(
        Environment({"CHORUS_STATE_DIR": str(folder), "CHORUS_CALIBRATION_GROUPS": value})
    )
    return dict(settings.calibration_groups)


def test_callers_are_put_into_groups(tmp_path: Path) -> None:
    assert groups(tmp_path, "") == {}
    assert groups(tmp_path, "ann=school, bob=school,=home,CN=x=far") == {
        "ann": "school",
        "bob": "school",
        "": "home",
        "CN=x": "far",
    }


@pytest.mark.parametrize("value", ["ann", "ann=", "=", "ann=school,ann=home"])
def test_a_caller_is_in_one_group(tmp_path: Path, value: str) -> None:
    with pytest.raises(SettingError, match="CHORUS_CALIBRATION_GROUPS"):
        groups(tmp_path, value)
