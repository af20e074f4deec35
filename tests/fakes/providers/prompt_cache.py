"""What providers keep of prompts: by exact beginnings, from a least length on."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tests.fakes.providers.reply import Counts

# As tokenizers have it for English; a Korean syllable, three bytes, is less than one token then.
BYTES_PER_TOKEN = 4


@dataclass(frozen=True)
class Block:
    """A piece of a prompt, and whether the caller asks to have it cached up to its end."""

    text: str
    is_marked: bool = False


@dataclass
class PromptCache:
    """Keeps the beginnings of prompts, and finds the longest that a prompt has.

    Attributes:
        marked_only: Whether it keeps what is marked alone, and bills for it. Otherwise it keeps all for free.
        least: The fewest tokens that it keeps.
    """

    marked_only: bool
    least: int = 1024
    _kept: defaultdict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))

    def counted(self, counts: Counts, key: str, blocks: Sequence[Block]) -> Counts:
        """Returns the counts of a reply, with what its prompt read from the cache and wrote to it."""
        whole, kept = _text(blocks), self._kept[key]
        if self.marked_only:
            ends = [end for end in _marked(blocks) if _tokens(end) >= self.least]
            read = max((_tokens(end) for end in ends if end in kept), default=0)
            written = max(map(_tokens, ends), default=0) - read
        else:
            found = max((_common(whole, each) for each in kept), default=0) // BYTES_PER_TOKEN
            read, written = found if found >= self.least else 0, 0
        return replace(counts, input=_tokens(whole), cached=read, written=written)

    def keep(self, key: str, blocks: Sequence[Block]) -> None:
        """Keeps what later prompts may find. A provider has it once its model has read the prompt."""
        self._kept[key].update(_marked(blocks) if self.marked_only else [_text(blocks)])


def _text(blocks: Sequence[Block]) -> bytes:
    return b"".join(block.text.encode() for block in blocks)


def _marked(blocks: Sequence[Block]) -> Iterator[bytes]:
    beginning = b""
    for block in blocks:
        beginning += block.text.encode()
        if block.is_marked:
            yield beginning


def _common(one: bytes, other: bytes) -> int:
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _tokens(text: bytes) -> int:
    return len(text) // BYTES_PER_TOKEN
