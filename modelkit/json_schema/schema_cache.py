"""Keeps the latest schemas, so that each is checked once and not for every call."""

import asyncio
from collections import OrderedDict

from modelkit.json_schema.answer_schema import AnswerSchema

# Of text; parsed, a schema takes some ten times as much.
_MAX_BYTES = 1024 * 1024


class SchemaCache:
    """Reads schemas and keeps those that were asked for last, up to `max_bytes` of their texts."""

    def __init__(self, max_bytes: int = _MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._held: OrderedDict[str, AnswerSchema] = OrderedDict()
        self._held_bytes = 0

    async def read(self, text: str) -> AnswerSchema:
        """Returns the schema; one that is not held is parsed in a thread, since that may take half a second.

        Raises:
            InvalidRequest: As `AnswerSchema.parse` raises it. Such a schema is not kept.
        """
        held = self._held.get(text)
        if held is None:
            held = await asyncio.to_thread(AnswerSchema.parse, text)
            if text not in self._held:
                self._held[text] = held
                self._held_bytes += len(text.encode())
        self._held.move_to_end(text)
        while self._held_bytes > self._max_bytes:
            oldest, _ = self._held.popitem(last=False)
            self._held_bytes -= len(oldest.encode())
        return held
