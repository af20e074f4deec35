"""Counts what an answer holds while it comes, so that one that holds too much is read no further."""

import re

from modelkit.answer_limits import MAX_POINTS, MAX_SCORES, MAX_VALUES, AnswerTooLarge

# The answer, its injection and its summary, and one for each point and criterion.
MAX_OBJECTS = 3 + MAX_POINTS + MAX_SCORES

_ESCAPED = re.compile(r"\\.", re.DOTALL)


class AnswerSizeMeter:
    """Counts the objects and the values of the JSON that an answer is, piece by piece.

    Each comma outside a string stands between two values, so there is one value more than there are commas,
    at least. `check_answer` counts what is left to count, and refuses whatever this refuses.
    """

    def __init__(self) -> None:
        self._objects = 0
        self._commas = 0
        self._is_in_string = False
        self._is_escaped = False

    def take(self, text: str) -> None:
        """Counts a piece.

        Raises:
            AnswerTooLarge: With it the answer is beyond a limit.
        """
        if not text:
            return
        rest = text[1:] if self._is_escaped else text
        # Between quotation marks that are not escaped the text is in a string, and outside, in turn.
        parts = (_ESCAPED.sub("", rest) if "\\" in rest else rest).split('"')
        outside = "".join(parts[self._is_in_string :: 2])
        self._objects += outside.count("{")
        self._commas += outside.count(",")
        self._is_in_string ^= len(parts) % 2 == 0
        # A backslash at the end may escape what comes next, if it is not escaped itself.
        self._is_escaped = (len(rest) - len(rest.rstrip("\\"))) % 2 == 1
        if self._objects > MAX_OBJECTS:
            raise AnswerTooLarge(f"the answer has more than {MAX_OBJECTS} objects")
        if self._commas >= MAX_VALUES:
            raise AnswerTooLarge(f"the answer has more than {MAX_VALUES} values")
