import pytest

from chorus_command_line import amounts
from chorus_command_line.english import ENGLISH
from chorus_command_line.korean import KOREAN
from tests.unit.command_line.messages import ESTIMATED, MEASURED, UNKNOWN, seconds, usage


@pytest.mark.parametrize(
    ("nanos", "said"),
    [
        (0, "$0.00"),
        (1, "$0.0000000010"),
        (31_000, "$0.000031"),
        (4_200_000, "$0.0042"),
        (150_000_000, "$0.15"),
        (1_500_000_000, "$1.50"),
        (12_345_678_901, "$12.35"),
    ],
)
def test_dollars_keep_two_digits_that_count(nanos: int, said: str) -> None:
    assert amounts.dollars(nanos) == said


def test_seconds_are_as_fine_as_they_matter() -> None:
    assert amounts.seconds(seconds(0.04), ENGLISH) == "0.0 s"
    assert amounts.seconds(seconds(9.96), ENGLISH) == "10.0 s"
    assert amounts.seconds(seconds(63.2), KOREAN) == "63초"


def test_only_what_is_known_to_cost_nothing_is_free() -> None:
    assert amounts.cost(usage(0, MEASURED), ENGLISH) == "free (measured)"
    assert amounts.cost(usage(0, ESTIMATED), KOREAN) == "무료 (추정값)"
    assert amounts.cost(usage(0, UNKNOWN), ENGLISH).startswith("at least $0.00 (unknown")
    assert amounts.cost(usage(None, MEASURED), ENGLISH) == "unknown"
