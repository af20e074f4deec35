"""Reads from a hwpx file what its memos are about, without the library that wrote them."""

import io
from xml.etree import ElementTree as ET
from zipfile import ZipFile


def memo_words(data: bytes) -> dict[str, str]:
    """Returns the words that each memo is about, by what the memo says in its last line."""
    open_now: dict[str, str] = {}
    words: dict[str, str] = {}
    with ZipFile(io.BytesIO(data)) as file:
        for name in sorted(each for each in file.namelist() if each.startswith("Contents/section")):
            _walk(ET.fromstring(file.read(name)), open_now, words)  # noqa: S314 - written by the test
    assert not open_now
    return words


def _walk(element: ET.Element, open_now: dict[str, str], words: dict[str, str]) -> None:
    name = element.tag.rpartition("}")[2]
    if name == "fieldBegin" and element.get("type") == "MEMO":
        said = ["".join(each.itertext()) for each in element.iter() if each.tag.endswith("}t")][-1]
        open_now[element.get("id", "")] = said
        words[said] = ""
        return
    if name == "fieldEnd":
        del open_now[element.get("beginIDRef", "")]
    pieces = [element.text or ""] if name == "t" else []
    for child in element:
        _walk(child, open_now, words)
        pieces += [child.tail or ""] if name == "t" else []
    for each in open_now.values():
        words[each] += "".join(pieces)
