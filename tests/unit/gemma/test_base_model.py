"""Which names are those of base models."""

import pytest

from services.gemma.interface.base_model import display_name


@pytest.mark.parametrize(
    "name",
    [
        "gemma-2b",
        "gemma-1.1-7b",
        "gemma-2-9b",
        "gemma-3-270m",
        "gemma-3-4b-pt",
        "gemma-4-E4B",
        "gemma-4-26B-A4B",
    ],
)
def test_a_reader_is_told_of_a_base_model(name: str) -> None:
    assert display_name(name) == f"{name} (base model)"


@pytest.mark.parametrize(
    "name",
    [
        "gemma-2b-it",
        "gemma-3-270m-it",
        "gemma-3-4b-it-qat-q4_0-unquantized",
        "gemma-4-E4B-it",
        "my-tutor",
        "",
    ],
)
def test_other_names_stay_as_they_are(name: str) -> None:
    assert display_name(name) == name
