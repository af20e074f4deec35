import unicodedata

import pytest

from clients.web.server.classes.roster import kept, key_of, read_roster, written
from clients.web.server.problems import Problem


@pytest.mark.parametrize(
    "text",
    [
        "file,pseudonym\na.docx,Moon\nb.docx,Star\n",
        "Name;Pseudonym;File\nLee;Moon;a.docx\n\nKim;Star;b.docx",
        "번호\t이름\t파일 이름\nMoon\tLee\ta.docx\nStar\tKim\tb",
        "a.docx,Moon\nb.txt,Star",
        '"file","pseudonym"\r\n"a","Moon"\r\n"b","Star"\r\n',
    ],
)
def test_the_columns_are_found(text: str) -> None:
    roster = read_roster(text)
    assert roster.pseudonyms == {"a": "Moon", "b": "Star"}
    assert kept(written(roster.pseudonyms)) == roster.pseudonyms


def test_a_name_is_the_same_file_in_another_form_of_hangul() -> None:
    assert key_of("반/" + unicodedata.normalize("NFD", "김둘.HWPX")) == key_of("김둘.docx") == "김둘"


@pytest.mark.parametrize(
    ("text", "said", "what"),
    [
        ("", "first line", "COLUMNS"),
        ("a,b,c\n1,2,3", "first line", "COLUMNS"),
        ("이름,번호\n김,1", "first line", "COLUMNS"),
        ("file,pseudonym\n", "no line", "COLUMNS"),
        ("file,pseudonym\na.docx", "line 2 has too few", "LINE"),
        ("file,pseudonym\na.docx,\n", "line 2 needs", "LINE"),
        ("file,pseudonym\na.docx," + "x" * 101, "line 2 needs", "LINE"),
        ("file,pseudonym\na.docx,Moon\nA.txt,Star", "line 3 names a file", "TWICE"),
        ("file,pseudonym\n" + "".join(f"{n},{n}\n" for n in range(1001)), "at most 1000", "TOO_LONG"),
        ("file,pseudonym" + ",x" * 60, "50 columns", "TOO_LONG"),
        ("file,pseudonym\na,b\x00" + "c" * 200_000, "no CSV", "COLUMNS"),
    ],
)
def test_what_is_wrong_is_told_by_its_line(text: str, said: str, what: str) -> None:
    with pytest.raises(Problem, match=said) as caught:
        read_roster(text)
    problem = caught.value
    assert problem.reason == f"ROSTER_{what}"
    if line := problem.metadata.get("line"):
        assert f"line {line} " in problem.text
