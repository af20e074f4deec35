import struct
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chorus_documents.compound import compound
from chorus_documents.document import Document, UnreadableDocument
from chorus_documents.limits import DEFAULT_LIMITS
from chorus_documents.reader import read
from chorus_documents.signatures import Container
from chorus_documents.zipped import zipped
from tests.unit.documents.written_files import docx, hwp, hwpx, paragraph, pdf, record

FILES = {
    "docx": docx("<w:p><w:r><w:t>A garden helps.</w:t></w:r></w:p>" * 3),
    "hwpx": hwpx("<hp:p><hp:run><hp:t>정원이 필요해요.</hp:t></hp:run></hp:p>" * 3),
    "hwp": hwp(paragraph("정원이 필요해요.") * 3),
    "pdf": pdf(["A garden helps."] * 3),
}
# Each example starts a process.
few = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


def read_or_refuse(data: bytes) -> None:
    """Fails by whatever is no answer."""
    try:
        document = read(data)
    except UnreadableDocument:
        return
    assert isinstance(document, Document)


@pytest.mark.parametrize("kind", FILES)
@few
@given(
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=20)
)
def test_changed_bytes_are_read_or_refused(kind: str, flips: list[tuple[float, int]]) -> None:
    data = bytearray(FILES[kind])
    for place, byte in flips:
        data[int(place * len(data))] = byte
    read_or_refuse(bytes(data))


@pytest.mark.parametrize("kind", FILES)
@few
@given(place=st.floats(0, 1, exclude_max=True))
def test_a_file_that_was_cut_off_is_read_or_refused(kind: str, place: float) -> None:
    read_or_refuse(FILES[kind][: int(place * len(FILES[kind]))])


RECORDS = st.tuples(st.sampled_from([66, 67, 71, 72, 77, 88, 93]), st.integers(0, 5), st.binary(max_size=40))


@settings(deadline=None)
@given(records=st.lists(RECORDS, max_size=40))
def test_records_in_any_order_are_read_or_refused(records: list[tuple[int, int, bytes]]) -> None:
    section = b"".join(record(tag, level, data) for tag, level, data in records)
    # A record that is too short for what it says ends the process that parses it.
    with suppress(UnreadableDocument, struct.error):
        assert (
            compound(hwp(section), DEFAULT_LIMITS).text == compound(hwp(section), DEFAULT_LIMITS).text.strip()
        )


NAMES = (
    "p",
    "r",
    "t",
    "tbl",
    "tr",
    "tc",
    "rPr",
    "pPr",
    "trPr",
    "del",
    "vanish",
    "txbxContent",
    "sdt",
    "sdtContent",
)
ELEMENTS = st.recursive(
    st.sampled_from(
        ("word", '<w:footnoteReference w:id="1"/>', "<w:del/>", "<w:vanish/>", "<w:showingPlcHdr/>")
    ),
    lambda inner: st.builds(
        lambda name, content: f"<w:{name}>{''.join(content)}</w:{name}>",
        st.sampled_from(NAMES),
        st.lists(inner),
    ),
)


@settings(deadline=None)
@given(body=ELEMENTS, note=ELEMENTS)
def test_elements_in_any_order_are_read(body: str, note: str) -> None:
    file = docx(body, footnotes=f'<w:footnote w:id="1">{note}</w:footnote>')
    assert zipped(file, DEFAULT_LIMITS).text.count("word") <= (body + note).count("word")


HEADS = {
    Container.ZIP: b"PK\x03\x04",
    Container.COMPOUND_FILE: bytes.fromhex("d0cf11e0a1b11ae1"),
    Container.PDF: b"%PDF-1",
}


@pytest.mark.parametrize("kind", HEADS)
@few
@given(rest=st.binary(max_size=4096))
def test_noise_behind_a_good_beginning_is_refused(kind: Container, rest: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        read(HEADS[kind] + rest)


@settings(deadline=None)
@given(data=st.binary(max_size=4096))
def test_noise_is_read_or_refused(data: bytes) -> None:
    if not any(each.value.match(data) for each in Container):
        read_or_refuse(data)
