"""Finds what is not the author's own words: no rule corrects its spelling or style."""

import re
from collections.abc import Iterator

_QUOTED = re.compile(
    r"""
    https?://\S+ | www\.\S+ | \S+@\S+\.\w+ | \b[\w-]+(?:\.[\w-]+)+/\S*     # addresses
    | ```.*?``` | `[^`\n]+`                                                # code
    | “[^”]{1,1500}” | "[^"\n]{1,1500}" | «[^»]{1,1500}»                   # quotations
    | ‘[^’\n]{1,300}’ | (?<!\w)'[^'\n]{1,300}'(?!\w)
    | 「[^」]{1,300}」 | 『[^』]{1,300}』 | 《[^》]{1,300}》 | 〈[^〉]{1,300}〉 | <[^<>\n]{1,300}>
    | \([^()]{0,200}\b(?:1[5-9]|20)\d\d[^()]{0,100}\)                       # citations
    """,
    re.VERBOSE | re.DOTALL,
)
# One entry of a list of references, wherever it stands.
_REFERENCE = re.compile(
    r"^\s*(?:\d+\.\s*)?[A-Z][\w’'-]+,\s[A-Z]\.[^\n]*\((?:1[5-9]|20)\d\d[^\n]*$"
    r"|^[^\n]*(?:doi\.org/|\bRetrieved\b[^\n]* from )[^\n]*$",
    re.MULTILINE,
)
_REFERENCES = re.compile(
    r"^\s*(?:references|bibliography|works cited|참고\s?문헌)\s*:?\s*$", re.IGNORECASE | re.MULTILINE
)


def quoted_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yields half-open ranges: addresses, code, quotations, citations and lists of references."""
    references = _REFERENCES.search(text)
    end = references.start() if references else len(text)
    for pattern in (_QUOTED, _REFERENCE):
        for found in pattern.finditer(text, 0, end):
            yield found.span()
    if references:
        yield end, len(text)
