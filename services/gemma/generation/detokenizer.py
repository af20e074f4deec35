"""Turns the bytes of generated tokens into text that may be shown."""

import codecs
from collections.abc import Sequence


class StreamingDetokenizer:
    """Gives out text as soon as it is certain: whole characters, and none that may begin a stop sequence.

    Attributes:
        stopped: A stop sequence was generated. The text before it has been given out.
    """

    def __init__(self, stop_sequences: Sequence[str]) -> None:
        # Bytes that are not UTF-8 become U+FFFD; the start of a character waits for its rest.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stop_sequences = stop_sequences
        self._withheld = ""
        self.stopped = False

    def feed(self, data: bytes) -> str:
        """Takes the next token's bytes; returns the text that is certain now."""
        text = self._withheld + self._decoder.decode(data)
        found = [at for each in self._stop_sequences if (at := text.find(each)) >= 0]
        if found:
            self.stopped = True
            certain = min(found)
            self._withheld = ""
        else:
            certain = len(text) - max(
                (_partial_match(each, text) for each in self._stop_sequences), default=0
            )
            self._withheld = text[certain:]
        return text[:certain]

    def flush(self) -> str:
        """Returns what was withheld, at the end of the answer. An incomplete character is dropped."""
        return self._withheld


def _partial_match(stop_sequence: str, text: str) -> int:
    """Returns how many characters at the end of the text begin the stop sequence."""
    longest = min(len(stop_sequence) - 1, len(text))
    return next((size for size in range(longest, 0, -1) if text.endswith(stop_sequence[:size])), 0)
