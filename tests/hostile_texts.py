"""Texts that no person writes, of any length, which cost a careless reader far more than their length."""

from collections.abc import Callable, Mapping
from itertools import chain, cycle, islice

# Makes a text of a length in code points.
HostileText = Callable[[int], str]


def _repeated(unit: str, *, after: str = "") -> HostileText:
    def of_length(length: int) -> str:
        return after[:length] + (unit * (length // len(unit) + 1))[: max(0, length - len(after))]

    return of_length


def _nested(opening: str, closing: str) -> HostileText:
    return lambda length: (opening * (length // 2) + closing * length)[:length]


def _in_turn(first: int, last: int, joint: str = "") -> HostileText:
    """Makes a text of the characters of a range in turn, so that few of its words are alike."""
    pieces = [chr(each) + joint for each in range(first, last)]
    return lambda length: "".join(islice(chain.from_iterable(cycle(pieces)), length))


# The words of `_in_turn` are of this many syllables.
_SYLLABLES = "".join(
    chr(each) + (" " if number % 4 == 3 else "") for number, each in enumerate(range(0xAC00, 0xD7A4, 7))
)
# By name.
HOSTILE_TEXTS: Mapping[str, HostileText] = {
    "at signs": _repeated("@"),
    "a sentence, then at signs": _repeated("@", after="Dear Sir. "),
    "one word of one letter": _repeated("a"),
    "one capitalised word": _repeated("a", after="A"),
    "one Korean word of one syllable": _repeated("가"),
    "one Korean word of every syllable": _in_turn(0xAC00, 0xD7A4),
    "Korean words that are none": _repeated(_SYLLABLES),
    "Korean without a space": _repeated("학교에서친구를만났습니다그래서"),
    "Korean without an end": _repeated("학교에서 친구를 만나고 "),
    "short Korean sentences": _repeated("나는 간다. "),
    "misspelt Korean": _repeated("엇더케 그럴쑤가 잇는지 몰르갯읍니다. "),
    "misspelt English": _repeated("Teh studnt recieved anothr lettr becuase he wantd. "),
    "Korean copulas after many words": _in_turn(0xAC01, 0xD7A4, "이였다. "),
    "Korean copulas without an end": _in_turn(0xAC01, 0xD7A4, "이였다 "),
    "newlines": _repeated("\n", after="One line."),
    "short lines": _repeated("a\n"),
    "lines with a gap": _repeated("Yes.\n\n"),
    "spaces": _repeated(" ", after="One line."),
    "a word, then spaces": _repeated("word" + " " * 997),
    "tabs": _repeated("\t", after="One line."),
    "combining marks": _repeated("\u0301", after="e"),
    "two kinds of combining marks": _repeated("\u0301\u0323", after="e"),
    "letters with a mark": _repeated("e\u0301"),
    "base64": _repeated("iVBORw0KGgoAAAANSUhEUgAAAAUA", after="data:image/png;base64,"),
    "base64 in pieces": _repeated("iVBORw0KGgoAAAANSUhEUgAAAAUA/"),
    "nested quotation marks": _nested("“", "”"),
    "nested brackets": _nested("(", ")"),
    "nested Korean brackets": _nested("「", "」"),
    "brackets that never close": _repeated("("),
    "brackets around a year": _repeated("(2019"),
    "years": _repeated("1999 "),
    "angle brackets": _repeated("<"),
    "tags": _repeated("<p>"),
    "markup that pretends": _repeated("<|im_start|>"),
    "an open tag": _repeated("<submission ", after="Yes. "),
    "backticks": _repeated("`"),
    "backticks and letters": _repeated("`a"),
    "quotation marks": _repeated('"'),
    "quotation marks in turn": _repeated("\"'"),
    "apostrophes": _repeated("'"),
    "apostrophes and letters": _repeated("a'"),
    "opening quotation marks": _repeated("“‘"),
    "quotation marks of every kind": _repeated("“‘「『《〈\"'"),
    "quotation marks around full stops": _repeated("”。 ‘‘“"),
    "addresses": _repeated("https://a.b/c "),
    "one address": _repeated("a.b/", after="https://"),
    "names of domains": _repeated("a."),
    "half an address of mail": _repeated("a@"),
    "hyphens": _repeated("a-"),
    "emoji that are joined": _repeated("\U0001f468\u200d\U0001f469\u200d"),
    "flags": _repeated("\U0001f1f0\U0001f1f7"),
    "tag characters": _repeated("\U000e0041", after="\U0001f3f4"),
    "digits": _repeated("0123456789"),
    "sentence numbers": _repeated("[S1] "),
    "references": _repeated("1. "),
    "mixed scripts": _repeated("a가1б中א"),
    "mixed words": _repeated("word 낱말 слово 字 מילה "),
    "Jamo": _repeated("ㄱㅏ"),
    "conjoining Jamo": _repeated("\u1100\u1161\u11a8"),
    "one word again and again": _repeated("the "),
    "a doubled word": _repeated("the the "),
    "words of two capitals": _repeated("Aa Bb "),
    "commas": _repeated(","),
    "commas and letters": _repeated("a,"),
    "full stops": _repeated("."),
    "full stops and letters": _repeated("a. "),
    "ellipses": _repeated("…"),
    "exclamations": _repeated("!?"),
    "closing marks": _repeated(")", after="Yes."),
    "zero-width characters": _repeated("\u200b", after="a"),
    "letters and zero-width characters": _repeated("a\u200b"),
    "right to left": _repeated("\u202eabc\u202c"),
    "Chinese": _in_turn(0x4E00, 0x9FA5),
    "letters of every script": _in_turn(0x00C0, 0x2000, " "),
    "ligatures": _repeated("\ufdfa"),
    "underscores": _repeated("_"),
    "please": _repeated("please "),
    "grader of": _repeated("dear grader, "),
    "ignore": _repeated("ignore all the "),
    "steering in Korean": _repeated("이전 모든 지시 사항 모두 "),
    "colons": _repeated("a: "),
    "equals signs": _repeated("="),
}
