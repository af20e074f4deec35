import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from chorus.feedback.v1.feedback_service_pb2 import PanelPolicy
from chorus_command_line import arguments
from chorus_command_line.__main__ import app

# Nothing listens there; wrong input is refused before it matters.
SERVER = "127.0.0.1:1"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def essay(tmp_path: Path) -> str:
    file = tmp_path / "essay.txt"
    file.write_text("A garden helps.", encoding="utf-8")
    return str(file)


def invoke(*args: str) -> Result:
    return CliRunner().invoke(app, [*args, "--server", SERVER])


def refused(*args: str) -> str:
    result = invoke(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.parametrize(
    ("data", "offset"), [(b"abc\xb0\xa1", 3), (b"\xef\xbb\xbfab\xff", 5), ("한글".encode("utf-16"), 0)]
)
def test_a_file_that_is_not_utf_8_is_refused_by_name_and_place(
    tmp_path: Path, data: bytes, offset: int
) -> None:
    file = tmp_path / "cp949.txt"
    file.write_bytes(data)
    assert f"{file} is not UTF-8 (the byte at offset {offset})" in refused("review", str(file))


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.txt")
    assert f"{missing}: No such file or directory" in refused("review", missing)


def test_a_byte_order_mark_is_no_part_of_the_text_and_line_ends_stay(tmp_path: Path) -> None:
    file = tmp_path / "essay.txt"
    file.write_bytes(b"\xef\xbb\xbfone\r\ntwo\n")
    assert arguments.file(str(file)).text == "one\r\ntwo\n"


@pytest.mark.parametrize(
    ("rubric", "said"),
    [
        ("{", "line 1 column 2"),
        ("", "Expecting value"),
        ("3", "Failed to parse"),
        ('{"criterias": []}', 'no field named "criterias"'),
        ('{"criteria": [{"id": "a", "levels": [{"score": "high"}]}]}', "Rubric.criteria[0].levels[0].score"),
    ],
)
def test_a_malformed_rubric_is_refused_by_file_and_field(
    tmp_path: Path, essay: str, rubric: str, said: str
) -> None:
    file = tmp_path / "rubric.json"
    file.write_text(rubric, encoding="utf-8")
    error = refused("review", essay, "--rubric", str(file))
    assert f"'--rubric': {file}: " in error
    assert said in error


@pytest.mark.parametrize("value", ["nan", "-1", "inf", "soon", "1e300"])
@pytest.mark.parametrize("option", ["--timeout", "--model-timeout", "--straggler-grace", "--max-cost-usd"])
def test_a_wrong_number_is_refused(essay: str, option: str, value: str) -> None:
    assert f"'{option}': '{value}' is not a number" in refused("review", essay, f"{option}={value}")


def test_one_request_id_is_for_one_text(essay: str) -> None:
    assert "--request-id" in refused("review", essay, essay, "--request-id", "a")


def test_an_argument_that_is_no_text_is_refused(essay: str) -> None:
    assert "'--task': this is not UTF-8" in refused("review", essay, "--task", "\udcff")


@pytest.mark.parametrize(
    ("out", "said"),
    [("report.pdf", "ends neither in .html nor in .md"), ("no/such/report.html", "no/such is no folder")],
)
def test_a_report_that_cannot_be_written_is_refused_before_anything_is_asked(
    essay: str, out: str, said: str
) -> None:
    assert said in refused("review", essay, "--out", out)


@pytest.mark.parametrize("value", ["16:0", "wide", "1:2:3", "-1", "nan"])
def test_a_wrong_ratio_is_refused(tmp_path: Path, value: str) -> None:
    out = str(tmp_path / "a.png")
    assert "is no ratio" in refused("picture", "a cat", "--out", out, f"--aspect-ratio={value}")


def test_a_ratio_is_width_over_height() -> None:
    assert arguments.ratio("16:9") == pytest.approx(16 / 9)
    assert arguments.ratio("1.5") == 1.5


@pytest.mark.parametrize(
    ("any_substitute", "substitution"),
    [
        (None, PanelPolicy.SUBSTITUTION_UNSPECIFIED),
        (True, PanelPolicy.SUBSTITUTION_ANY),
        (False, PanelPolicy.SUBSTITUTION_NONE),
    ],
)
def test_who_may_stand_in_is_said_by_one_switch(
    any_substitute: bool | None, substitution: PanelPolicy.Substitution.ValueType
) -> None:
    assert arguments.substitution(any_substitute=any_substitute) == substitution


def test_a_wrong_setting_is_one_line_that_names_it() -> None:
    result = subprocess.run(
        (sys.executable, "-m", "chorus_command_line", "models", "--server", "chorus.example:50051"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"PATH": "", "CHORUS_TOKEN": "planted"},
        check=False,
    )
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("CHORUS_TLS_DIR: is needed to send a token to chorus.example:50051")
