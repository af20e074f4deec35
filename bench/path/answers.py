"""An essay of some 3,000 characters, and answers of some 9 KB with 12 points that quote it."""

import json
from typing import Any

from modelkit.answer_form.schema import MAX_IMPROVEMENTS, MAX_STRENGTHS

# A provider sends as many characters in one event where it sends every token.
TOKEN_CHARACTERS = 3

_SUBJECTS = ("garden", "library", "playground", "canteen", "workshop", "choir", "orchard", "pond")
_SENTENCES = (
    "In the first weeks nobody believed that the {} would change how we spend our mornings.",
    "The {} gives every student a task which is small enough to be finished and large enough to matter.",
    "Some parents fear that the {} takes time from lessons, but the marks of last year do not show it.",
    "For these reasons the town should pay for the {} before it pays for another car park.",
)
_ISSUES = ("reason_weak", "evidence_missing", "transition", "spelling")


def sentences() -> list[str]:
    """Returns the sentences of the essay."""
    return [sentence.format(subject) for subject in _SUBJECTS for sentence in _SENTENCES]


def essay() -> str:
    """Returns an English essay of eight paragraphs."""
    return "\n\n".join(" ".join(sentence.format(subject) for sentence in _SENTENCES) for subject in _SUBJECTS)


def answer(schema: dict[str, Any], model: str) -> str:
    """Returns a model's answer to the long form of the answer schema."""
    criteria = schema["properties"]["criteria"]["items"]["properties"]["criterion_id"]["enum"]
    voice = f"As {model} reads it"
    return json.dumps(
        {
            "work_language": "en",
            "injection": {"suspected": False, "quote": ""},
            "points": [_point(number, voice) for number in range(MAX_IMPROVEMENTS + MAX_STRENGTHS)],
            "criteria": [
                {
                    "criterion_id": each,
                    "observable": True,
                    "evidence_quotes": [sentences()[number]],
                    "rationale": f"{voice}, the work shows this in most of its paragraphs and not in all.",
                    "score": 3,
                }
                for number, each in enumerate(criteria)
            ],
            "summary": {
                "goal": "Convince the town that its school needs more than rooms.",
                "strengths": "Every paragraph keeps to one thing, and each ends with what follows from it.",
                "next": "Name the sources of the marks, and answer the parents in their own words.",
            },
        }
    )


def _point(number: int, voice: str) -> dict[str, Any]:
    place = 2 * number
    return {
        "id": f"p{number + 1}",
        "criterion_id": "content",
        "issue": _ISSUES[number % len(_ISSUES)],
        "polarity": "improvement" if number < MAX_IMPROVEMENTS else "strength",
        "sentence_ids": [f"S{place + 1}"],
        "quote": sentences()[place],
        "observation": f"{voice}, sentence {place + 1} says what happened and leaves out who saw it happen."
        " The claim of the paragraph rests on its author alone.",
        "reason": "A reader who has not been there wants to know how anybody can tell. Nothing is offered.",
        "next_step": f"Say in sentence {place + 1} who counted, when that was, and where to look it up; "
        "one half of a sentence is enough for all three.",
        "suggested_rewrite": "",
        "severity": "moderate",
    }
