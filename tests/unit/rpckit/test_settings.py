import pytest

from rpckit.settings import Environment, ServerSettings, SettingError


@pytest.mark.parametrize(
    ("variable", "value", "wrong"),
    [
        ("X_PORT", "many", "X_PORT: 'many' is not a whole number"),
        ("X_PORT", "70000", "X_PORT: 70000 is not from 0 to 65535"),
        ("X_MAX_IN_FLIGHT", "0", "X_MAX_IN_FLIGHT: 0 is not at least 1"),
        ("CHORUS_DRAIN_GRACE_SECONDS", "soon", "CHORUS_DRAIN_GRACE_SECONDS: 'soon' is not a number"),
        ("CHORUS_DRAIN_GRACE_SECONDS", "inf", "CHORUS_DRAIN_GRACE_SECONDS: inf is not from 0 to 86400"),
        ("CHORUS_CONNECTION_AGE_SECONDS", "1e7", "CHORUS_CONNECTION_AGE_SECONDS: 1e7 is not from 1 to 86400"),
        ("CHORUS_DRAIN_GRACE_SECONDS", "nan", "CHORUS_DRAIN_GRACE_SECONDS: nan is not from 0 to 86400"),
    ],
)
def test_a_wrong_setting_names_its_variable(variable: str, value: str, wrong: str) -> None:
    with pytest.raises(SettingError) as caught:
        ServerSettings.read(Environment({variable: value}), "X", port=1)
    assert str(caught.value) == wrong
    assert caught.value.variable == variable


def test_no_number_is_infinite() -> None:
    with pytest.raises(SettingError, match="N: inf is not at least 0"):
        Environment({"N": "inf"}).number("N", 1)


def test_an_empty_variable_counts_as_unset() -> None:
    settings = ServerSettings.read(Environment({"X_PORT": " "}), "X", port=50051)
    assert settings.port == 50051


def test_the_first_variable_that_is_set_wins() -> None:
    environment = Environment({"B": "b", "C": "c"})
    assert environment.first("A", "B", "C") == "b"
    assert environment.first("A") == ""


@pytest.mark.parametrize(("value", "flag"), [("yes", True), ("0", False), ("ON", True), ("", False)])
def test_flags(value: str, flag: bool) -> None:
    assert Environment({"F": value}).flag("F") is flag


def test_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(SettingError, match="F: 'perhaps'"):
        Environment({"F": "perhaps"}).flag("F")


def test_a_choice_is_one_of_its_list() -> None:
    assert Environment({}).choice("C", "a", ("a", "b")) == "a"
    with pytest.raises(SettingError, match="none of a, b"):
        Environment({"C": "c"}).choice("C", "a", ("a", "b"))
