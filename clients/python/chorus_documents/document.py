"""Defines what reading a file gives: a document, or the reason why it is refused."""

from dataclasses import dataclass
from enum import Enum


class Format(Enum):
    """The kinds of files that are read."""

    TEXT = "text"
    DOCX = "docx"
    HWPX = "hwpx"
    HWP = "hwp"
    PDF = "pdf"


class Remark(Enum):
    """Something that whoever sends the text on should know. The value is a plain English sentence."""

    READ_AS_UTF_16 = "read as UTF-16"
    READ_AS_CP949 = "read as Korean text in CP949 (EUC-KR); if it looks wrong, save it as UTF-8"
    READ_AS_CP1252 = "read as Western text in Windows-1252; if it looks wrong, save it as UTF-8"
    DELETIONS_LEFT_OUT = "what tracked changes delete is left out"
    HIDDEN_TEXT_LEFT_OUT = "hidden text is left out"
    PAGES_WITHOUT_TEXT = "pages without any text, such as scanned ones, are left out"
    LINES_OF_THE_PAGE = "lines end where they end on the page of the PDF"


class Refusal(Enum):
    """Why a file is not read. The value says it after the file's name, and what helps."""

    TOO_LARGE = "is too large; send the text alone"
    TOO_LARGE_UNPACKED = "holds too much once it is unpacked; send the text alone"
    TOO_LONG = "holds too much text for one review; send a part of it"
    TOO_SLOW = "takes too long to read; save it anew, or copy its text into a file"
    TOO_MUCH_MEMORY = "needs too much memory to be read; save it anew, or copy its text into a file"
    CRASHED = "crashes what reads it; save it anew, or copy its text into a file"
    BROKEN = "is broken; save it anew, or copy its text into a file"
    PROTECTED = "is protected by a password; save it without one"
    FOR_DISTRIBUTION = "is a Hangul document for distribution (배포용); save it as a common one, or as hwpx"
    NO_TEXT = "holds no text"
    NO_TEXT_IN_PDF = "is a PDF without text, perhaps a scan; type the text, or let a program recognize it"
    RTF = "is RTF; save it as docx or as plain text"
    HTML = "is HTML; copy what the page shows into a text file"
    XML = "is XML; save it as docx, hwpx or plain text"
    OLD_WORD = "is in Word's old format (.doc); save it as docx"
    OLD_HANGUL = "is in the format of Hangul 3; save it as hwp or hwpx"
    OTHER_OFFICE = "is no text document but another file of an office program; save its text as docx or PDF"
    OPEN_DOCUMENT = "is an OpenDocument file; save it as docx"
    IMAGE = "is a picture; type the text, or let a program recognize it"
    ARCHIVE = "is an archive; unpack it and name the files in it"
    NOT_TEXT = "is no text; save it as docx, hwpx, hwp, PDF or UTF-8 text"
    LIBRARY_MISSING = "needs a library that is not installed: pip install 'chorus-client[cli,files]'"


class UnreadableDocument(Exception):
    """A file is refused; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a file.

    Attributes:
        text: Paragraphs, tables and notes in reading order, with blank lines between the paragraphs of a word
            processor; plain text is as it was.
        format: What kind of file it was.
        remarks: What was assumed or left out.
    """

    text: str
    format: Format
    remarks: frozenset[Remark] = frozenset()
