"""Finds one word that is written as two, and two that are written as one."""

from services.proofreader.english.patterns import Correct, FaultPattern

_SPLIT = {
    "every where": "everywhere",
    "any where": "anywhere",
    "some where": "somewhere",
    "no where": "nowhere",
    "every thing": "everything",
    "some thing": "something",
    "any thing": "anything",
    "some body": "somebody",
    "any body": "anybody",
    "week end": "weekend",
    "birth day": "birthday",
    "class room": "classroom",
    "class mate": "classmate",
    "class mates": "classmates",
    "room mate": "roommate",
    "home work": "homework",
    "grand mother": "grandmother",
    "grand father": "grandfather",
    "grand parents": "grandparents",
    "bath room": "bathroom",
    "bed room": "bedroom",
    "foot ball": "football",
    "basket ball": "basketball",
    "base ball": "baseball",
    "air port": "airport",
    "air plane": "airplane",
    "rain bow": "rainbow",
    "rain coat": "raincoat",
    "note book": "notebook",
    "news paper": "newspaper",
    "super market": "supermarket",
    "key board": "keyboard",
    "snow man": "snowman",
    "sun glasses": "sunglasses",
    "hand writing": "handwriting",
    "with out": "without",
    "to gether": "together",
    "al ready": "already",
    "al though": "although",
    "al ways": "always",
    "under stand": "understand",
    "under ground": "underground",
    "out side": "outside",
    "in side": "inside",
    "an other": "another",
    "break fast": "breakfast",
    "sea food": "seafood",
    "sun rise": "sunrise",
    "sun set": "sunset",
    "police man": "policeman",
    "never the less": "nevertheless",
    "there fore": "therefore",
    "who ever": "whoever",
    "what ever": "whatever",
    "tooth brush": "toothbrush",
    "butter fly": "butterfly",
    "straw berry": "strawberry",
    "water melon": "watermelon",
    "skate board": "skateboard",
    "book store": "bookstore",
    "book shelf": "bookshelf",
    "hair cut": "haircut",
    "mean time": "meantime",
}
_JOINED = {
    "infact": "in fact",
    "noone": "no one",
    "eventhough": "even though",
    "abit": "a bit",
    "inorder": "in order",
    "insteadof": "instead of",
    "aswell": "as well",
    "livingroom": "living room",
    "nomatter": "no matter",
    "atfirst": "at first",
    "evenif": "even if",
    "alittle": "a little",
    "busstop": "bus stop",
    "postoffice": "post office",
    "upto": "up to",
    "allday": "all day",
}
# What may stand before the parts where they are two words: "the class mates", "to class room 3".
_PARTED = {
    "out side": r"(?! by\b)",
    "home work": r"(?! (?:space|life|station|out|place|area|hours?)\b)",
    "class room": r"(?! \d)",
    "sea food": r"(?! chains?\b)",
    "book store": r"(?! (?:owner|shelf)s?\b)",
    "every where": r"(?! (?:he|she|it|they|we|I|you)\b)",
    "some thing": r"(?! (?:or|is)\b)",
    "what ever": r"(?! (?:happened|happens|did|made|was)\b)",
    "who ever": r"(?! (?:said|did|saw|had|has|was|would)\b)",
    "hair cut": r"(?! (?:short|off|by|very|so|in)\b)",
    "some body": r"(?! (?:of|part|parts|fat|hair|language|heat)\b)",
    "any body": r"(?! (?:of|part|parts|fat|hair|language|heat)\b)",
    "in side": r"(?! (?:streets?|rooms?|view|by)\b)",
    "under ground": r"(?! (?:level|rules|floor|that|which|cover)\b)",
    "sun set": r"(?= (?:was|is|from|together|view|photos?|pictures?)\b)",
    "sun rise": r"(?= (?:was|is|from|together|view|photos?|pictures?)\b)",
    "some where": r"(?! (?:he|she|it|they|we|I|you|the|my|our)\b)",
    "any where": r"(?! (?:clauses?|he|she|it|they|we|I|you|the|my|our)\b)",
    "no where": r"(?! clauses?\b)",
    "hand writing": r"(?! (?:the|an?|on|in|with|to|at|slowly)\b)",
    "key board": r"(?! members?\b)",
}
# What stands before the parts where they are one word, or does not: "had my hair cut", "they break fast at sunset".
_NO_OWNER = r"(?<!\bmy )(?<!\byour )(?<!\bhis )(?<!\bher )(?<!\bour )(?<!\btheir )(?<!['’]s )(?<!s['’] )"
_BEFORE = {
    "hair cut": _NO_OWNER,
    "hand writing": r"(?<!\bleft )(?<!\bright )(?<!\bone )(?<!\bother )",
    "home work": r"(?<!\bat )(?<!\bAt )(?<!\bfrom )(?<!\bgo )(?<!\bwent )",
    "mean time": r"(?<=\b[Ii]n the )",
    "who ever": r"(?:(?<=\bto )|(?<=\bfor )|(?<=\bwith )|(?<=\bby )|(?<=\bask )|(?<=\btell ))",
    "break fast": "(?:"
    + "|".join(
        rf"(?<=\b{each} )"
        for each in [
            "eat",
            "ate",
            "eating",
            "have",
            "had",
            "having",
            "my",
            "our",
            "the",
            "for",
            "make",
            "made",
            "cook",
            "skip",
            "skipped",
            "before",
            "after",
        ]
    )
    + ")",
}


def _cased(right: str) -> Correct:
    return lambda found: right[0].upper() + right[1:] if found["bad"][0].isupper() else right


def _split(parts: str) -> str:
    first, *rest = parts.split(" ")
    return " ".join([f"[{first[0].upper()}{first[0]}]{first[1:]}", *rest])


SPLIT_WORD_PATTERNS = tuple(
    FaultPattern.of(
        "two_words",
        rf"{_BEFORE.get(wrong, '')}(?P<bad>{_split(wrong)}){_PARTED.get(wrong, '')}",
        _cased(right),
        "spelling",
    )
    for wrong, right in {**_SPLIT, **_JOINED}.items()
)
