import pytest

from services.gemma.generation.detokenizer import StreamingDetokenizer


def shown_texts(text: str, *stop_sequences: str) -> tuple[list[str], StreamingDetokenizer]:
    """What comes out when the text comes in byte by byte."""
    detokenizer = StreamingDetokenizer(stop_sequences)
    shown = []
    for byte in text.encode():
        shown.append(detokenizer.feed(bytes([byte])))
        if detokenizer.stopped:
            break
    else:
        shown.append(detokenizer.flush())
    return shown, detokenizer


def test_characters_come_whole() -> None:
    shown, detokenizer = shown_texts("각 👩‍👩‍👧 각")
    assert not detokenizer.stopped
    assert "".join(shown) == "각 👩‍👩‍👧 각"
    assert shown[:3] == ["", "", "각"]
    assert "\ufffd" not in "".join(shown)


def test_half_a_character_is_dropped_at_the_end() -> None:
    detokenizer = StreamingDetokenizer(())
    assert detokenizer.feed("글".encode() + "각".encode()[:2]) == "글"
    assert detokenizer.flush() == ""


def test_bytes_that_are_no_text_do_not_spoil_what_is_around_them() -> None:
    detokenizer = StreamingDetokenizer(())
    assert detokenizer.feed("글".encode()) + detokenizer.feed(b"\xff") + detokenizer.feed(b"a") == "글\ufffda"


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
    shown, detokenizer = shown_texts(text, *stop_sequences)
    assert detokenizer.stopped
    assert "".join(shown) == before


def test_no_part_of_a_stop_sequence_leaks() -> None:
    detokenizer = StreamingDetokenizer(["STOP"])
    assert [detokenizer.feed(b"a S"), detokenizer.feed(b"T"), detokenizer.feed(b"O")] == ["a ", "", ""]
    assert detokenizer.feed(b"P and more") == ""
    assert detokenizer.stopped


def test_what_only_began_like_a_stop_sequence_is_shown() -> None:
    detokenizer = StreamingDetokenizer(["STOP"])
    assert detokenizer.feed(b"ST") == ""
    assert detokenizer.feed(b"ATION S") == "STATION "
    assert detokenizer.flush() == "S"


def test_one_token_can_hold_a_stop_sequence_and_what_stands_before_it() -> None:
    detokenizer = StreamingDetokenizer(["."])
    assert detokenizer.feed(b"yes. no") == "yes"
    assert detokenizer.stopped


def test_of_two_stop_sequences_in_one_token_the_first_in_the_text_counts() -> None:
    assert StreamingDetokenizer(["c", "b"]).feed(b"abcd") == "a"
