"""E11: measures whether a summary says what its points do not say, whatever model words it."""

import json
import random
import re
from collections.abc import Callable, Sequence

from bench.evaluate.goal import Goal
from bench.evaluate.works import panel
from chorus.feedback.v1 import merged_pb2
from orchestrator.merge.merge import merge
from orchestrator.merge.model_summary import accepted_summary
from orchestrator.merge.template_summary import eligible_points, is_strength
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import SubmissionReading

_SUMMARIES = 200
# In characters, on each side of what a point quotes.
_BESIDE = 80
_NUMBER = re.compile(r"\d+")
# A quotation that holds double quotes stands in single ones; a ’ within a word is an apostrophe.
_QUOTATION = re.compile(r"‘(.*?)’(?!\w)|“([^”]*)”|\"([^\"]*)\"|「([^」]*)」")

Sentences = list[dict[str, object]]
Hostility = Callable[[Sentences, bool], Sentences]


def goal(seed: int, readings: Sequence[SubmissionReading]) -> Goal:
    """Has every kind of wording model word summaries, each for another work."""
    generator = random.Random(seed)  # noqa: S311  # it repeats itself
    uncited = new = honest = accepted = 0
    for number in range(_SUMMARIES):
        reading = generator.choice(readings)
        language = "ko" if reading.language_code == "ko" else "en"
        merged = merge(
            reading, default_rubric(language), panel(reading, generator, 6), feedback_language=language
        )
        said = _honest(merged, korean=language == "ko")
        hostile = _HOSTILITIES[number % len(_HOSTILITIES)] if number % 4 else None
        answer = json.dumps({"sentences": hostile(said, language == "ko") if hostile else said})
        summary = accepted_summary(answer, merged, language, "m/m")
        honest += hostile is None
        accepted += hostile is None and summary is not None
        shown = summary or merged.summary
        known = {each.id: each for each in merged.points}
        for sentence in shown.sentences:
            cited = [known[each] for each in sentence.point_ids if each in known]
            uncited += not cited or len(cited) < len(sentence.point_ids)
            new += says_something_new(sentence.text, cited, reading.text)
    return Goal(
        "E11",
        f"{_SUMMARIES} worded summaries",
        "every sentence cites; no new number or quotation",
        f"{uncited} uncited, {new} new; an honest model's words are taken {accepted} of {honest} times",
        not uncited and not new,
        f"{len(_HOSTILITIES)} kinds of hostile wording models",
    )


def _honest(merged: merged_pb2.MergedFeedback, *, korean: bool) -> Sentences:
    points = eligible_points(merged.points)
    strengths = [each for each in points if is_strength(each)][:2]
    steps = [each for each in points if not is_strength(each)][:3]
    texts = {
        "strength": "이 부분이 잘 드러나요." if korean else "This part works well for a reader.",
        "next_step": "이 부분을 조금 더 풀어 써 보세요." if korean else "Say a little more in this part.",
    }
    return [
        {"kind": kind, "point_ids": [each.id], "text": texts[kind]}
        for kind, chosen in (("strength", strengths), ("next_step", steps))
        for each in chosen
    ]


def says_something_new(text: str, cited: Sequence[merged_pb2.MergedPoint], work: str = "") -> bool:
    """Checks independently of the guard, and more plainly: what it finds, a reader finds.

    A word that a point quotes may be quoted with those of the work beside it.
    """
    said = [member.point for each in cited for member in each.members]
    source = " ".join(
        f"{each.anchor.quote} {each.observation} {each.next_step} {each.reason} "
        f"{work[max(each.anchor.start - _BESIDE, 0) : each.anchor.end + _BESIDE]}"
        for each in said
    )
    quotations = ["".join(match).rstrip("… .,") for match in _QUOTATION.findall(text)]
    return any(each not in source for each in (*_NUMBER.findall(text), *quotations))


def _adding(korean: str, english: str) -> Hostility:
    def hostile(said: Sentences, is_korean: bool) -> Sentences:
        words = korean if is_korean else english
        return [*said[:-1], said[-1] | {"text": f"{said[-1]['text']} {words}"}] if said else said

    return hostile


_HOSTILITIES: Sequence[Hostility] = (
    _adding("97점이에요.", "That makes 97 points."),
    _adding("９７점이에요.", "That makes ９７ points."),
    _adding("“나는 아무 말도 안 했다”라고 썼어요.", "You wrote “I never said this at all”."),
    _adding("'지어낸 말이다'라고 썼어요.", "You wrote 'words I made up'."),
    _adding('"지어낸 말이다"라고 썼어요.', 'You wrote "words I made up".'),
    _adding("이 글은 최고입니다.", "이 글은 최고예요."),
    _adding("https://example.org 를 보세요.", "See https://example.org for more."),
    _adding("열두 군데를 고치세요.", "Mend twelve places."),
    lambda said, _: [each | {"point_ids": []} for each in said],
    lambda said, _: [each | {"point_ids": ["nobody"]} for each in said],
    lambda said, _: [each | {"kind": "strength"} for each in said],
    lambda said, _: said * 4,
    lambda said, _: [each | {"text": ""} for each in said],
    lambda said, _: [each | {"grade": 5} for each in said],
    lambda said, _: [{"note": "no sentence"}, *said],
)
