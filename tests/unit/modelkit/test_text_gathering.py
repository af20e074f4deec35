from chorus.model.v1.content_pb2 import Image, Part
from modelkit.text_gathering import TextGathering
from tests.fakes.clock import FakeClock

PICTURE = Part(image=Image(data=b"x"))


def text(words: str) -> Part:
    return Part(text=words)


def test_without_an_interval_each_part_goes_out_as_it_came() -> None:
    gathering = TextGathering(0)
    assert [list(gathering.take(text(each))) for each in "abc"] == [[text(each)] for each in "abc"]
    assert list(gathering.rest()) == []


def test_texts_of_one_interval_go_out_as_one_and_the_first_one_at_once() -> None:
    clock = FakeClock()
    gathering = TextGathering(1, clock)
    assert list(gathering.take(text("a"))) == [text("a")]
    clock.now += 0.9
    assert list(gathering.take(text("b"))) == []
    clock.now += 0.1
    assert list(gathering.take(text("c"))) == [text("bc")]
    assert list(gathering.take(text("d"))) == []
    assert list(gathering.rest()) == [text("d")]
    assert list(gathering.rest()) == []


def test_a_picture_waits_for_nothing_and_keeps_its_place() -> None:
    gathering = TextGathering(1, FakeClock())
    parts = [part for each in (text("a"), text("b"), PICTURE, text("c")) for part in gathering.take(each)]
    assert [*parts, *gathering.rest()] == [text("a"), text("b"), PICTURE, text("c")]


def test_no_message_grows_without_end() -> None:
    gathering = TextGathering(1, FakeClock())
    piece = "x" * 1000
    sizes = [len(part.text) for _ in range(1000) for part in gathering.take(text(piece))]
    assert sum(sizes) + sum(len(part.text) for part in gathering.rest()) == 1_000_000
    assert max(sizes) <= 100_000
