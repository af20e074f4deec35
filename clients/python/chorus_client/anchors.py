"""Where an anchor is, for programs whose strings count otherwise than Python's."""

from chorus.feedback.v1 import feedback_pb2


def utf16_range(text: str, anchor: feedback_pb2.Anchor) -> tuple[int, int]:
    """Returns from where to where an anchor goes in UTF-16 units, in which JavaScript, Java and C# count.

    Args:
        text: The submission as it was sent; its code points are what `anchor` counts.
        anchor: A place in it.

    Raises:
        ValueError: The place does not hold what the anchor quotes: this is another text.
    """
    if text[anchor.start : anchor.end] != anchor.quote:
        raise ValueError(f"the text at {anchor.start}..{anchor.end} is not what the anchor quotes")
    start = _utf16_length(text[: anchor.start])
    return start, start + _utf16_length(anchor.quote)


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
