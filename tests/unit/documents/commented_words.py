"""Reads from a docx file what its comments are about, without the library that wrote them."""

import io
from xml.etree import ElementTree as ET
from zipfile import ZipFile

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def commented_words(data: bytes) -> list[str]:
    """Returns the words between the marks of each comment, by the comments' numbers."""
    with ZipFile(io.BytesIO(data)) as file:
        root = ET.fromstring(file.read("word/document.xml"))  # noqa: S314 - written by the test
    open_now: set[str] = set()
    words: dict[str, str] = {}
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        number = element.get(f"{_WORD}id", "")
        if name == "commentRangeStart":
            open_now.add(number)
            words[number] = ""
        elif name == "commentRangeEnd":
            open_now.remove(number)
        written = {"t": element.text or "", "tab": "\t", "br": "\n"}.get(name, "")
        for each in open_now:
            words[each] += written
    assert not open_now
    return [words[each] for each in sorted(words, key=int)]


def comment_texts(data: bytes) -> list[str]:
    """Returns what each comment says, by the comments' numbers."""
    with ZipFile(io.BytesIO(data)) as file:
        root = ET.fromstring(file.read("word/comments.xml"))  # noqa: S314 - written by the test
    found = {
        int(comment.get(f"{_WORD}id", "")): "\n".join(
            "".join(text.text or "" for text in paragraph.iter(f"{_WORD}t"))
            for paragraph in comment.iter(f"{_WORD}p")
        )
        for comment in root.iter(f"{_WORD}comment")
    }
    return [found[each] for each in sorted(found)]
