"""Makes `services/proofreader/required_words.txt` of the patterns of faults.

python -m bench.required_words
"""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import services.proofreader
from services.proofreader.english.grammar import PATTERNS
from services.proofreader.korean.confusion_patterns import CONFUSIONS
from services.proofreader.korean.usage import PARTNERS, USAGES
from services.proofreader.required_words import write_down

FILE = Path(str(files(services.proofreader))) / "required_words.txt"


def main() -> None:
    """Writes the file."""
    FILE.write_text(write_down(expressions()), encoding="utf-8")


def expressions() -> Iterator[str]:
    """Yields the patterns of both languages."""
    yield from (each.expression for each in PATTERNS)
    yield from CONFUSIONS.expressions
    yield from USAGES.expressions
    yield from PARTNERS.expressions


if __name__ == "__main__":
    main()
