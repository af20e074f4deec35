"""The summary by template: a few sentences a student can act on.

It uses the author's words and phrases of our own, never a model's: so it keeps to one register and says
nothing that no point says.
"""

from collections.abc import Iterable, Iterator, Sequence

import regex

from chorus.feedback.v1 import feedback_pb2, merged_pb2
from modelkit.answer_form.issues import ISSUES, OTHER
from modelkit.language import primary_subtag
from orchestrator.merge import phrases, policy

Point = merged_pb2.MergedPoint
Sentence = merged_pb2.Summary.Sentence
Matter = list[Point]
"""Points that one sentence speaks of."""

_MAX_EXCERPT_KOREAN = 30
_MAX_EXCERPT = 60
_CLUSTER = regex.compile(r"\X")
_DOUBLE_QUOTE = regex.compile('[“”"]')
_CLOSING = " .,;:…"
_BULLETS = " -–—•*·"
_LETTER = regex.compile(r"\p{L}")
# Many small places, one thing to do.
_SLIPS = frozenset(
    {"spelling", "spacing", "punctuation", "register_mix", "sentence_error", "word_choice", "repetition"}
)
_MAX_PLACES = 3
_OF_THE_WHOLE = frozenset({"introduction", "conclusion", "length_format", "missing_requirement"})


def template_summary(points: Sequence[Point], language_code: str) -> merged_pb2.Summary | None:
    """At most two strengths, then at most three next steps; None if there are no points."""
    word = _korean if primary_subtag(language_code) == "ko" else _english
    strengths, next_steps = choose(points)
    sentences = [
        Sentence(text=text, point_ids=[point.id for point in matter], kind=kind)
        for kind, chosen in (
            (Sentence.KIND_STRENGTH, strengths),
            (Sentence.KIND_NEXT_STEP, next_steps),
        )
        for matter, text in zip(chosen, word(kind, chosen), strict=True)
    ]
    return merged_pb2.Summary(sentences=sentences) if sentences else None


def offered(points: Sequence[Point]) -> list[Point]:
    """The points a summary may speak of: what the panel quarrels about only if there is nothing else."""
    agreed = [each for each in points if each.agreement != merged_pb2.AGREEMENT_CONTESTED]
    return agreed or list(points)


def choose(points: Sequence[Point]) -> tuple[list[Matter], list[Matter]]:
    """The strengths and next steps that a summary names, each about another issue.

    Slips of one kind are one matter; a passage is spoken of once, as long as there is another to speak of.
    """
    by_issue: dict[tuple[bool, str], Matter] = {}
    for each in offered(points):
        matter = by_issue.setdefault((is_strength(each), _said(each).issue), [])
        if not matter or (_said(each).issue in _SLIPS and len(matter) < _MAX_PLACES):
            matter.append(each)
    matters = list(by_issue.values())
    strengths = _elsewhere_first([each for each in matters if is_strength(each[0])])[: policy.MAX_STRENGTHS]
    candidates = _elsewhere_first([each for each in matters if not is_strength(each[0])])
    next_steps = candidates[: policy.MAX_NEXT_STEPS]
    covered = {_criterion(each[0]) for each in next_steps}
    if len(covered) < policy.MIN_NEXT_STEP_CRITERIA:
        other = next((each for each in candidates if _criterion(each[0]) not in covered), None)
        if other is not None:
            next_steps[-1] = other
    return strengths, next_steps


def _elsewhere_first(matters: Sequence[Matter]) -> list[Matter]:
    """In order, but those about a passage that an earlier one is about come last."""
    seen: set[str] = set()
    first: list[Matter] = []
    last: list[Matter] = []
    for each in matters:
        quote = _said(each[0]).anchor.quote
        (last if quote in seen else first).append(each)
        if quote:
            seen.add(quote)
    return first + last


def is_strength(point: Point) -> bool:
    """Whether the merged point praises."""
    return _said(point).polarity == feedback_pb2.POLARITY_STRENGTH


def _said(point: Point) -> feedback_pb2.Point:
    return point.members[0].point


def _criterion(point: Point) -> str:
    said = _said(point)
    return said.criterion_id or ISSUES.get(said.issue, ISSUES[OTHER]).group


def _korean(kind: Sentence.Kind.ValueType, matters: Sequence[Matter]) -> Iterator[str]:
    leads = [""] * len(matters)
    if kind == Sentence.KIND_NEXT_STEP and len(matters) > 1:
        leads = ["먼저 ", "다음으로 ", "그리고 "]
    for matter, lead in zip(matters, leads, strict=False):
        phrase = phrases.KOREAN.get(_said(matter[0]).issue, phrases.KOREAN[OTHER])
        excerpts = _excerpts(matter, _MAX_EXCERPT_KOREAN)
        place = f"{', '.join(excerpts)} 부분" if excerpts else "글"
        yield f"{lead}{_half(phrase, kind).format(place=place)}."


def _english(kind: Sentence.Kind.ValueType, matters: Sequence[Matter]) -> Iterator[str]:
    leads: Iterable[str] = ("", "also, ")
    if kind == Sentence.KIND_NEXT_STEP:
        leads = ("first, ", "next, ", "after that, ") if len(matters) > 1 else ("as a next step, ",)
    for matter, lead in zip(matters, leads, strict=False):
        phrase = phrases.ENGLISH.get(_said(matter[0]).issue, phrases.ENGLISH[OTHER])
        excerpts = _excerpts(matter, _MAX_EXCERPT)
        *before, last = excerpts or [""]
        listed = f"{', '.join(before)} and {last}" if before else last
        place = f"where you write {listed}, " if excerpts else ""
        text = f"{lead}{place}{_half(phrase, kind)}."
        yield text[0].upper() + text[1:]


def _half(phrase: phrases.Phrase, kind: Sentence.Kind.ValueType) -> str:
    return phrase.strength if kind == Sentence.KIND_STRENGTH else phrase.next_step


def _excerpts(matter: Matter, most: int) -> list[str]:
    """The heads of the passages; none where the matter is the whole text, whatever a model quoted for it."""
    if _said(matter[0]).issue in _OF_THE_WHOLE:
        return []
    return list(dict.fromkeys(filter(None, (_excerpt(each, most // min(len(matter), 2)) for each in matter))))


def _excerpt(point: Point, most: int) -> str:
    """The head of the passage, as written and in quotation marks; "" for a point about the whole."""
    quote = _said(point).anchor.quote.strip()
    line = quote.splitlines()[0].lstrip(_BULLETS) if quote else ""
    head = "".join(_CLUSTER.findall(line)[:most])
    if len(head) < len(line):
        words = head.rpartition(" ")[0]
        head = words if len(words) > len(head) // 2 else head
    dots = "…" if len(head) < len(quote.lstrip(_BULLETS)) else ""
    head = head.rstrip(_CLOSING)
    if not _LETTER.search(head):
        return ""
    return f"‘{head}{dots}’" if _DOUBLE_QUOTE.search(head) else f"“{head}{dots}”"
