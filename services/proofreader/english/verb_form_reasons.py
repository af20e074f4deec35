"""Tells which word decides the form that a verb should have, so that the reason fits the place."""

import re

_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")
# So many characters before a fault are read, and so many words of them.
_MOST_BEFORE, _MOST_WORDS = 40, 3
_PRONOUNS = frozenset({"i", "you", "he", "she", "it", "we", "they"})
_BETWEEN = _PRONOUNS | {
    "not",
    "never",
    "always",
    "also",
    "often",
    "just",
    "already",
    "ever",
    "really",
    "still",
}
# Plain forms that end as a gerund does.
_PLAIN_IN_ING = frozenset({"sing", "bring", "ring", "swing", "cling", "sting", "spring", "string", "wring"})
_AFTER = {
    "verb_form_modal": (
        "can could will would should must may might cannot can't couldn't won't wouldn't shouldn't mustn't"
    ),
    "verb_form_do": "do does did don't doesn't didn't",
    "verb_form_perfect": "have has had haven't hasn't hadn't i've we've they've you've",
    "verb_form_be": (
        "am is are was were be been isn't aren't wasn't weren't i'm he's she's it's we're they're you're"
    ),
    "verb_form_preposition": "of in at for about with without by from on before after instead than since",
}
_DECIDING = {word: wording for wording, words in _AFTER.items() for word in words.split()}


def verb_form_wording(before: str, written: str, correction: str) -> str:
    """Returns the entry of `wording.toml` for a verb in a wrong form.

    Args:
        before: The text before the fault, as far as it matters.
        written: The fault.
        correction: What should stand there; "" if that is not sure.
    """
    if not correction:
        return "verb_form_state" if written.lower().endswith("ing") else "verb_form_unsure"
    if correction.startswith("to "):
        return "verb_form_infinitive"
    *inside, verb = _WORD.findall(written.lower()) or [""]
    *_, right = correction.lower().split()
    words = [*_WORD.findall(before[-_MOST_BEFORE:].lower())[-_MOST_WORDS:], *inside]
    deciding = next((each.replace("’", "'") for each in reversed(words) if each not in _BETWEEN), "")
    is_gerund = right.endswith("ing") and right not in _PLAIN_IN_ING
    if deciding == "to" and is_gerund and "to" in inside:
        # "Enjoy to play": it is the verb before "to" that wants "playing".
        return "verb_form_gerund"
    if deciding == "to":
        return "verb_form_preposition" if is_gerund else _after_to(words, right, verb)
    wording = _DECIDING.get(deciding, "")
    if is_gerund:
        return wording if wording in {"verb_form_be", "verb_form_preposition"} else "verb_form_gerund"
    return "verb_form" if wording in {"", "verb_form_preposition"} else wording


def _after_to(words: list[str], right: str, verb: str) -> str:
    """Returns "to" as what decides, unless it is "to" that is one too many."""
    if right != verb:
        return "verb_form_to"
    deciding = next((each for each in reversed(words[:-1]) if each not in _BETWEEN), "")
    return _DECIDING.get(deciding, "verb_form_causing")
