"""Bytes that a model wrote become text that may be shown."""

import codecs
from collections.abc import Sequence


class OutputText:
    """Gives out text as soon as it is certain: whole characters, and none that may begin a stop sequence.

    Attributes:
        stopped: A stop sequence was written. What stood before it has been given out.
    """

    def __init__(self, stop_sequences: Sequence[str]) -> None:
        # Bytes that are no UTF-8 become U+FFFD; a character's missing rest is waited for.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stop_sequences = stop_sequences
        self._held = ""
        self.stopped = False

    def feed(self, data: bytes) -> str:
        """Takes the next token's bytes; returns what is certain now."""
        text = self._held + self._decoder.decode(data)
        found = [at for each in self._stop_sequences if (at := text.find(each)) >= 0]
        if found:
            self.stopped = True
            certain = min(found)
            self._held = ""
        else:
            certain = len(text) - max((_begun(each, text) for each in self._stop_sequences), default=0)
            self._held = text[certain:]
        return text[:certain]

    def rest(self) -> str:
        """What was held back when the answer ended without a stop sequence; half a character is dropped."""
        return self._held


def _begun(stop_sequence: str, text: str) -> int:
    """How many characters at the text's end are a beginning of the stop sequence."""
    longest = min(len(stop_sequence) - 1, len(text))
    return next((size for size in range(longest, 0, -1) if text.endswith(stop_sequence[:size])), 0)
