"""Writes what is given back as a table, for spreadsheets."""

import codecs
import csv
import io

from chorus_documents.writing.returned_work import ReturnedWork
from chorus_documents.writing.visible import visible

# A spreadsheet takes a cell that begins so for a formula; the last four are what East Asian keyboards write.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_table(work: ReturnedWork) -> bytes:
    """Returns a table with a line for each note and each score, in UTF-8 with a byte order mark for Excel."""
    labels = work.labels
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    head = (labels.kind, labels.passage, labels.said, labels.criterion, labels.importance)
    table.writerow(_cells(*head, labels.score, labels.scale))
    for note in work.notes:
        said = "\n".join(f"{each.label}: {each.text}" if each.label else each.text for each in note.said)
        about = (note.quote or labels.whole_work, said, note.criterion, note.importance)
        table.writerow(_cells(note.kind or note.heading, *about, "", ""))
    for each in work.scores:
        table.writerow(_cells(labels.score, "", each.reason, each.criterion, "", each.score, each.scale))
    if total := work.total:
        table.writerow(_cells(labels.total, "", total.reason, "", "", total.score, total.scale))
    return codecs.BOM_UTF8 + written.getvalue().encode()


def _cells(*texts: str) -> list[str]:
    return [cell(each) for each in texts]


def cell(text: str) -> str:
    """Returns a text that no spreadsheet takes for a formula: an apostrophe before it makes it a text."""
    shown = visible(text)
    return f"'{shown}" if shown.lstrip(" ").startswith(_FORMULA) else shown
