import io
import struct
import unicodedata
import zipfile
from collections.abc import Iterator

import pytest

from chorus_documents.document import Refusal
from clients.web.server.classes import file_set
from clients.web.server.classes.file_set import MAX_FILES, NamedFile, RefusedSet, files_of
from clients.web.server.classes.roster import key_of
from clients.web.server.file_names import shown_name
from tests.linear_time import check_growth

NAME = "김둘.txt"
MOST = 1024 * 1024


def _files_of(name: str, data: bytes, most: int) -> Iterator[NamedFile]:
    return files_of(name, io.BytesIO(data), most)


def _zip(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_names_are_read_as_they_were_meant(encoding: str) -> None:
    # A mark of the same length as the name says nothing of its encoding.
    raw = NAME.encode(encoding)
    packed = _zip({"x" * len(raw): b"1"}).replace(b"x" * len(raw), raw)
    assert [each.name for each in _files_of("w.zip", packed, MOST)] == [NAME]


def test_names_with_the_mark_of_utf_8_and_in_cp437() -> None:
    assert [each.name for each in _files_of("w.zip", _zip({f"a/{NAME}": b"1"}), MOST)] == [NAME]
    # These bytes are neither UTF-8 nor CP949.
    packed = _zip({"xx.txt": b"1"}).replace(b"xx.txt", b"\x80\x81\x00txt"[:2] + b".txt")
    (file,) = _files_of("w.zip", packed, MOST)
    assert file.name in {"Çü.txt", "\u20ac\u0081.txt"}


@pytest.mark.parametrize("name", ["/etc/passwd", "..\\..\\passwd", "C:\\x\\passwd", "a/../../passwd"])
def test_no_name_leads_anywhere(name: str) -> None:
    assert [each.name for each in _files_of("w.zip", _zip({name: b"1"}), MOST)] == ["passwd"]


def test_what_systems_put_beside_is_left_out() -> None:
    beside = {
        "__MACOSX/._a.txt": b"1",
        ".DS_Store": b"1",
        "b/Thumbs.db": b"1",
        "b/~$a.docx": b"1",
        "a.txt": b"2",
    }
    assert [each.data for each in _files_of("w.zip", _zip(beside), MOST)] == [b"2"]


def test_a_document_is_one_file() -> None:
    for part in ("word/document.xml", "[Content_Types].xml", "mimetype", "Contents/section0.xml"):
        packed = _zip({part: b"1"})
        assert [each.data for each in _files_of("a.docx", packed, MOST)] == [packed]


def test_too_many_files_are_refused() -> None:
    with pytest.raises(RefusedSet) as caught:
        list(_files_of("w.zip", _zip({f"{n}.txt": b"1" for n in range(MAX_FILES + 1)}), MOST))
    assert caught.value.refusal is Refusal.TOO_LARGE_UNPACKED


def test_what_unpacks_to_more_than_it_says_is_refused() -> None:
    packed = bytearray(_zip({"a.txt": b"0" * (4 * MOST)}, zipfile.ZIP_DEFLATED))
    assert [each.refusal for each in _files_of("w.zip", bytes(packed), MOST)] == [Refusal.TOO_LARGE]
    # The table of contents says that it is one byte.
    at = packed.index(b"PK\1\2") + 24
    packed[at : at + 4] = struct.pack("<L", 1)
    (file,) = _files_of("w.zip", bytes(packed), MOST)
    assert len(file.data) <= 1


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_nothing_is_unpacked_that_python_unpacks_without_a_limit(method: int) -> None:
    packed = bytearray(_zip({"a.txt": b"0" * MOST}, method))
    at = packed.index(b"PK\1\2") + 24
    packed[at : at + 4] = struct.pack("<L", 1)
    assert [each.refusal for each in _files_of("w.zip", bytes(packed), MOST)] == [Refusal.ARCHIVE]


def test_a_name_may_be_as_long_as_a_zip_allows() -> None:
    (file,) = _files_of("w.zip", _zip({"a/" + "b" * 60_000: b"1"}), MOST)
    assert file.name == "b" * 120


def test_a_long_name_as_macos_writes_it_is_that_of_the_roster() -> None:
    name = unicodedata.normalize("NFD", "김" * 130)
    (file,) = _files_of("w.zip", _zip({name: b"1"}), MOST)
    assert file.name == "김" * 120
    assert key_of(name) == key_of(file.name)


def test_marks_of_a_long_name_take_no_more_time_than_a_short_one() -> None:
    check_growth(shown_name, lambda length: ("\u0301\u0323" * length)[:length])


def test_a_table_of_contents_that_is_too_large_is_not_read() -> None:
    packed = bytearray(_zip({"a.txt": b"1"}))
    end = packed.rindex(b"PK\5\6")
    packed[end + 12 : end + 16] = struct.pack("<L", file_set._MAX_TABLE_BYTES + 1)
    with pytest.raises(RefusedSet) as caught:
        list(_files_of("w.zip", bytes(packed), MOST))
    assert caught.value.refusal is Refusal.TOO_LARGE_UNPACKED
    zip64 = bytearray(_zip({"a.txt": b"1"}))
    end = zip64.rindex(b"PK\5\6")
    zip64[end:end] = b"PK\6\7" + bytes(16)
    with pytest.raises(RefusedSet):
        list(_files_of("w.zip", bytes(zip64), MOST))


@pytest.mark.parametrize("cut", [1, 10, 40])
def test_a_broken_archive_is_refused(cut: int) -> None:
    with pytest.raises(RefusedSet) as caught:
        list(_files_of("w.zip", _zip({"a.txt": b"1"})[:-cut], MOST))
    assert caught.value.refusal is Refusal.BROKEN


def test_a_damaged_file_does_not_keep_out_the_others() -> None:
    packed = _zip({"a.txt": b"1111111", "b.txt": b"2"}).replace(b"1111111", b"1113111")
    assert [each.refusal for each in _files_of("w.zip", packed, MOST)] == [Refusal.BROKEN, None]
