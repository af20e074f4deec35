"""Names of files: as they are shown, and as a download carries them."""

import re
import unicodedata
from urllib.parse import quote

_MAX_CHARACTERS = 120
_UNSAFE = re.compile(r'[\\/:*?"<>|]')
_FOLDERS = re.compile(r".*[\\/]", re.DOTALL)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Controls, and what reverses a line, such as U+202E: "cod.exe" must not look like "exe.doc".
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def shown_name(name: str) -> str:
    """Returns a file's name without folders, with what cannot be seen replaced; at most 120 characters."""
    last = _FOLDERS.sub("", name)
    shown = "".join(_REPLACEMENT if unicodedata.category(each) in _HIDDEN else each for each in last)
    return shown[:_MAX_CHARACTERS]


def disposition(name: str, suffix: str) -> str:
    """Returns the header Content-Disposition of a download (RFC 6266)."""
    stem = _UNSAFE.sub("_", shown_name(name)).strip(" .") or "feedback"
    ascii_stem = stem.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{ascii_stem}{suffix}\"; filename*=UTF-8''{quote(stem + suffix, safe='')}"
