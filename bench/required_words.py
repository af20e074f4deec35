"""Makes `services/proofreader/english/required_words.txt` of the patterns of faults.

python -m bench.required_words
"""

from importlib.resources import files
from pathlib import Path

import services.proofreader.english
from services.proofreader.english.grammar import PATTERNS
from services.proofreader.english.required_words import write_down

FILE = Path(str(files(services.proofreader.english))) / "required_words.txt"


def main() -> None:
    """Writes the file."""
    FILE.write_text(write_down(each.expression for each in PATTERNS), encoding="utf-8")


if __name__ == "__main__":
    main()
