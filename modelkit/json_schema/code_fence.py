"""Takes JSON out of the code fence that some models put around it, whole or while it is being written."""

_MARK = "```"
_SPACE = " \t\r\n"
_LANGUAGES = frozenset({"", "json"})
# An opening line that is longer opens no fence around JSON.
_MAX_OPENING = 32


class CodeFence:
    """Reads an answer piece by piece, and lets what stands within its fence through.

    A fence is one line of three backticks, alone or with the word "json", and three backticks at the end; it
    encloses the whole answer but for white space. An answer in any other form passes as it is.
    """

    def __init__(self) -> None:
        self._held = ""
        self._is_fenced: bool | None = None

    def feed(self, piece: str) -> str:
        """Returns what is certain to be within the fence, so far as it has not been returned before."""
        text = self._held + piece
        if self._is_fenced is None:
            self._is_fenced = _opens(text)
            if self._is_fenced is None:
                self._held = text
                return ""
            if self._is_fenced:
                text = text.lstrip(_SPACE).partition("\n")[2]
        if not self._is_fenced:
            self._held = ""
            return text
        certain = text.rstrip(_SPACE + "`")
        self._held = text[len(certain) :]
        return certain

    def end(self) -> str:
        """Returns what was held back until the end of the answer, without the fence that closes it."""
        held, self._held = self._held, ""
        return "" if self._is_fenced and held.strip(_SPACE) == _MARK else held

    @property
    def is_open(self) -> bool:
        """Whether the answer so far opens a fence and does not close it."""
        return bool(self._is_fenced) and self._held.strip(_SPACE) != _MARK


def without_fence(answer: str) -> str:
    """Returns a whole answer without the fence around it; as it is, where none encloses it."""
    fence = CodeFence()
    text = fence.feed(answer)
    return answer if fence.is_open else text + fence.end()


def _opens(text: str) -> bool | None:
    """Returns whether a text begins with a fence, or None while that cannot be told."""
    text = text.lstrip(_SPACE)
    line, newline, _ = text.partition("\n")
    if newline:
        return line.startswith(_MARK) and line[len(_MARK) :].strip(_SPACE).lower() in _LANGUAGES
    if not _MARK.startswith(line[: len(_MARK)]) or len(line) > _MAX_OPENING:
        return False
    return None
