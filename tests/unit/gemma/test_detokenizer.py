import pytest

from services.gemma.generation.detokenizer import OutputText


def pieces(text: str, *stop_sequences: str) -> tuple[list[str], OutputText]:
    """What comes out when the text comes in byte by byte."""
    output = OutputText(stop_sequences)
    shown = []
    for byte in text.encode():
        shown.append(output.feed(bytes([byte])))
        if output.stopped:
            break
    else:
        shown.append(output.rest())
    return shown, output


def test_characters_come_whole() -> None:
    shown, output = pieces("각 👩‍👩‍👧 각")
    assert not output.stopped
    assert "".join(shown) == "각 👩‍👩‍👧 각"
    assert shown[:3] == ["", "", "각"]
    assert "\ufffd" not in "".join(shown)


def test_half_a_character_is_dropped_at_the_end() -> None:
    output = OutputText(())
    assert output.feed("글".encode() + "각".encode()[:2]) == "글"
    assert output.rest() == ""


def test_bytes_that_are_no_text_do_not_spoil_what_is_around_them() -> None:
    output = OutputText(())
    assert output.feed("글".encode()) + output.feed(b"\xff") + output.feed(b"a") == "글\ufffda"


@pytest.mark.parametrize(
    ("text", "stop_sequences", "before"),
    [
        ("one\n\ntwo", ["\n\n"], "one"),
        ("ab END", ["END"], "ab "),
        ("aab", ["ab"], "a"),
        ("끝이다", ["이다"], "끝"),
        ("x---y", ["--", "---"], "x"),
        ("abcd", ["cd", "bc"], "a"),
    ],
)
def test_the_answer_ends_before_the_stop_sequence(text: str, stop_sequences: list[str], before: str) -> None:
    shown, output = pieces(text, *stop_sequences)
    assert output.stopped
    assert "".join(shown) == before


def test_no_part_of_a_stop_sequence_leaks() -> None:
    output = OutputText(["STOP"])
    assert [output.feed(b"a S"), output.feed(b"T"), output.feed(b"O")] == ["a ", "", ""]
    assert output.feed(b"P and more") == ""
    assert output.stopped


def test_what_only_began_like_a_stop_sequence_is_shown() -> None:
    output = OutputText(["STOP"])
    assert output.feed(b"ST") == ""
    assert output.feed(b"ATION S") == "STATION "
    assert output.rest() == "S"


def test_one_token_can_hold_a_stop_sequence_and_what_stands_before_it() -> None:
    output = OutputText(["."])
    assert output.feed(b"yes. no") == "yes"
    assert output.stopped


def test_of_two_stop_sequences_in_one_token_the_first_in_the_text_counts() -> None:
    assert OutputText(["c", "b"]).feed(b"abcd") == "a"
