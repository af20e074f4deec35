"""Bytes of earlier days still say what they said: `tests/contract/golden` has some of every message."""

from pathlib import Path

import pytest

from tests.contract.golden.write import FOLDER, count, file, messages

MESSAGES = {message.DESCRIPTOR.full_name: message for message in messages()}
FILES = sorted(FOLDER.glob("*.binpb"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_bytes_parse_and_are_the_same_again(path: Path) -> None:
    golden = path.read_bytes()
    parsed = MESSAGES[path.stem.rpartition(".")[0]].FromString(golden)
    # A field that lost its number would travel on as an unknown one.
    parsed.DiscardUnknownFields()  # type: ignore[attr-defined]  # its stubs lack it
    assert parsed.SerializeToString(deterministic=True) == golden


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_has_its_golden_bytes(name: str) -> None:
    message = MESSAGES[name]
    missing = [each for each in range(count(message.DESCRIPTOR)) if not file(message, each).exists()]
    assert not missing, "run `python -m tests.contract.golden.write`"
