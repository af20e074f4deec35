"""Names of files: as they are shown, and as a download carries them."""

import re
import unicodedata
from urllib.parse import quote

_MAX_CHARACTERS = 120
# Of one as macOS writes it: a syllable of Hangul is three letters there.
_MAX_TAKEN_APART = 3 * _MAX_CHARACTERS
_UNSAFE = re.compile(r'[\\/:*?"<>|]')
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Controls, and what reverses a line, such as U+202E: "cod.exe" must not look like "exe.doc".
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def shown_name(name: str) -> str:
    """Returns a file's name without folders, in NFC, what cannot be seen replaced; at most 120 characters."""
    # A name may be as long as the request: hardly a letter is read beyond it. macOS takes Hangul apart.
    begin = max(map(name.rfind, "\\/")) + 1
    last = unicodedata.normalize("NFC", name[begin : begin + _MAX_TAKEN_APART])[:_MAX_CHARACTERS]
    return "".join(_REPLACEMENT if unicodedata.category(each) in _HIDDEN else each for each in last)


def disposition(name: str, mark: str, suffix: str) -> str:
    """Returns the header Content-Disposition of a download (RFC 6266).

    The mark tells it from the file of that name that came; without a name it stands alone.
    """
    stem = _UNSAFE.sub("_", shown_name(name)).strip(" .")
    full = f"{stem} ({mark}){suffix}" if stem else f"{mark}{suffix}"
    in_ascii = full.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{in_ascii}\"; filename*=UTF-8''{quote(full, safe='')}"
