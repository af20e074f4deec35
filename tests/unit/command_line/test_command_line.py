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
    ("data", "said"),
    [
        (b"{\\rtf1 Hello}", "is RTF; save it as docx or as plain text"),
        (b"", "holds no text"),
        (b"\xef\xbb\xbf \r\n\t", "holds no text"),
        (b"<html>", "is HTML; copy what the page shows into a text file"),
        (b"%PDF-1.7 and no more", "is broken; save it anew, or copy its text into a file"),
        (b"\xef\xbb\xbfab\xff", "is no text; save it as docx, hwpx, hwp, PDF or UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name_with_what_helps(
    tmp_path: Path, data: bytes, said: str
) -> None:
    file = tmp_path / "essay.txt"
    file.write_bytes(data)
    assert f"'FILE...': {file} {said}\n" in refused("review", str(file))


def test_of_several_files_none_of_which_can_be_read_each_is_named(tmp_path: Path) -> None:
    missing = [str(tmp_path / name) for name in ("a.txt", "b.txt")]
    error = refused("review", *missing)
    assert all(f"{path}: No such file or directory\n" in error for path in missing)


def test_what_can_be_read_is_reviewed_though_another_file_cannot(tmp_path: Path, essay: str) -> None:
    missing = str(tmp_path / "missing.txt")
    result = invoke("review", missing, essay)
    # It has gone as far as the server, which is not there.
    assert result.exit_code == 1
    told, *rest = result.stderr.splitlines()
    assert told == f"{missing}: No such file or directory"
    assert SERVER in " ".join(rest)


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("정원이 필요하다.", "cp949", "CP949(EUC-KR)로 읽었어요. 글자가 깨졌으면 UTF-8로 저장해 주세요"),
        (
            "Un café déjà.",
            "cp1252",
            "read as Western text in Windows-1252; if it looks wrong, save it as UTF-8",
        ),
    ],
)
def test_what_was_assumed_of_a_file_is_said_in_the_language_of_its_text(
    tmp_path: Path, text: str, encoding: str, said: str
) -> None:
    file = tmp_path / "essay.txt"
    file.write_bytes(text.encode(encoding))
    assert invoke("review", str(file)).stderr.splitlines()[0] == f"{file}: {said}"


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
