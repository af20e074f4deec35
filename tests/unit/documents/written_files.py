"""Writes small docx, hwpx, hwp and PDF files by their specifications."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
HANGUL = 'xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph"'
_RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_TYPES = 'xmlns="http://schemas.openxmlformats.org/package/2006/content-types"'
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SECTOR = 512
_CUTOFF = 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return written.getvalue()


def docx(body: str, *, footnotes: str = "", styles: str = "", prologue: str = "") -> bytes:
    relation = f'<Relationship Id="{{0}}" Type="{_OFFICE}/{{0}}" Target="{{1}}"/>'
    related = relation.format("footnotes", "footnotes.xml") + relation.format("styles", "styles.xml")
    main = relation.format("officeDocument", "/word/document.xml")
    override = f'<Override PartName="/word/{{0}}.xml" ContentType="{_WORD_TYPE}.{{1}}+xml"/>'
    types = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    )
    types += override.format("document", "document.main")
    types += "".join(override.format(each, each) for each in ("footnotes", "styles"))
    return archive(
        {
            "[Content_Types].xml": f"<Types {_TYPES}>{types}</Types>",
            "_rels/.rels": f"<Relationships {_RELATIONS}>{main}</Relationships>",
            "word/_rels/document.xml.rels": f"<Relationships {_RELATIONS}>{related}</Relationships>",
            "word/document.xml": f"{prologue}<w:document {WORD}><w:body>{body}</w:body></w:document>",
            "word/footnotes.xml": f"<w:footnotes {WORD}>{footnotes}</w:footnotes>",
            "word/styles.xml": f"<w:styles {WORD}>{styles}</w:styles>",
            "word/header1.xml": f"<w:hdr {WORD}><w:p><w:r><w:t>A header</w:t></w:r></w:p></w:hdr>",
            "word/comments.xml": f"<w:comments {WORD}><w:p><w:r><w:t>Aha</w:t></w:r></w:p></w:comments>",
        }
    )


def hwpx(*sections: str, manifest: str = "<manifest/>") -> bytes:
    return archive(
        {
            "mimetype": "application/hwp+zip",
            "META-INF/manifest.xml": manifest,
            **{
                f"Contents/section{number}.xml": f"<hs:sec {HANGUL}>{section}</hs:sec>"
                for number, section in enumerate(sections)
            },
        }
    )


def record(tag: int, level: int, data: bytes = b"") -> bytes:
    """Returns a record of a hwp section."""
    if len(data) < 0xFFF:
        return struct.pack("<I", tag | level << 10 | len(data) << 20) + data
    return struct.pack("<II", tag | level << 10 | 0xFFF << 20, len(data)) + data


def paragraph(text: str, level: int = 0) -> bytes:
    """Returns the records of a paragraph without controls."""
    return record(66, level, bytes(22)) + record(67, level + 1, f"{text}\r".encode("utf-16-le"))


def control(name: str) -> bytes:
    """Returns what stands for a control in the text: eight units."""
    number = {"fn  ": 17, "en  ": 17, "tbl ": 11, "gso ": 11, "head": 16, "tcmt": 15}[name]
    unit = struct.pack("<H", number)
    return unit + name[::-1].encode("ascii") + bytes(8) + unit


def hwp(*sections: bytes, properties: int = 1) -> bytes:
    header = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05010100, properties)
    streams = {"FileHeader": header.ljust(256, b"\0")}
    for number, section in enumerate(sections):
        streams[f"BodyText/Section{number}"] = _deflated(section) if properties & 1 else _filled_up(section)
    return compound(streams)


def _deflated(section: bytes) -> bytes:
    deflating = zlib.compressobj(wbits=-15)
    return deflating.compress(section) + deflating.flush()


def _filled_up(section: bytes) -> bytes:
    """Adds an unknown record, so that the container adds no zeros."""
    return section + record(1, 0, bytes(max(0, _CUTOFF - 4 - len(section))))


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Writes an OLE compound file, version 3; zeros fill a stream up to what needs no mini stream."""
    folders = sorted({name.split("/")[0] for name in streams if "/" in name})
    names = [*folders, *streams]
    sectors: list[bytes] = []
    chains: list[int] = []

    def store(content: bytes) -> int:
        first = len(sectors)
        pieces = [content[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(content), _SECTOR)]
        sectors.extend(pieces)
        chains.extend([*range(first + 1, first + len(pieces)), _END])
        return first

    starts = {name: store(data.ljust(_CUTOFF, b"\0")) for name, data in streams.items()}
    numbers = {name: 1 + number for number, name in enumerate(names)}

    def siblings(folder: str) -> list[int]:
        inside = [name for name in names if name.rpartition("/")[0] == folder]
        return [numbers[name] for name in inside]

    def entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
        letters = f"{name}\0".encode("utf-16-le")
        head = letters.ljust(64, b"\0") + struct.pack("<HBBIII", len(letters), kind, 1, _FREE, right, child)
        return head + bytes(36) + struct.pack("<IQ", start, size)

    def following(name: str) -> int:
        level = siblings(name.rpartition("/")[0])
        place = level.index(numbers[name])
        return level[place + 1] if place + 1 < len(level) else _FREE

    entries = entry("Root Entry", 5, _FREE, siblings("")[0], _END, 0)
    for name in names:
        size = max(len(streams.get(name, b"")), _CUTOFF)
        last = name.rpartition("/")[2]
        if name in folders:
            entries += entry(last, 1, following(name), siblings(name)[0], 0, 0)
        else:
            entries += entry(last, 2, following(name), _FREE, starts[name], size)
    directory = store(entries)
    table_sectors = next(n for n in range(1, 110) if n * 128 >= len(sectors) + n)
    first_table = len(sectors)
    table = [*chains, *[_FAT] * table_sectors]
    table += [_FREE] * (table_sectors * 128 - len(table))
    heads = [*range(first_table, first_table + table_sectors)]
    header = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    header += struct.pack("<IIIIIIIII", 0, table_sectors, directory, 0, _CUTOFF, _END, 0, _END, 0)
    header += struct.pack("<109I", *heads, *[_FREE] * (109 - table_sectors))
    return header + b"".join(sectors) + struct.pack(f"<{len(table)}I", *table)


def pdf(*pages: Sequence[str]) -> bytes:
    """Writes a page for each sequence of lines in ASCII."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj 0 -20 Td" for line in lines)
        stream = f"BT /F1 12 Tf 72 720 Td {shown} ET".encode()
        box = "/MediaBox[0 0 612 792]"
        resources = "/Resources<</Font<</F1 3 0 R>>>>"
        objects += [
            f"<</Type/Page/Parent 2 0 R{box}{resources}/Contents {5 + 2 * number} 0 R>>".encode(),
            b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        ]
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(written))
    return written + head + table + trailer
