"""The summary by template: a few sentences a student can act on.

It uses the author's words and phrases of our own, never a model's: so it keeps to one register and says
nothing that no point says.
"""

from collections.abc import Iterable, Iterator, Sequence

import regex

from chorus.feedback.v1 import feedback_pb2, merged_pb2
from orchestrator.answer.issues import ISSUES, OTHER
from orchestrator.merge import phrases, policy
from orchestrator.work.language import primary_subtag

Point = merged_pb2.MergedPoint
Sentence = merged_pb2.Summary.Sentence

_MAX_EXCERPT_KOREAN = 30
_MAX_EXCERPT = 60
_CLUSTER = regex.compile(r"\X")
_DOUBLE_QUOTE = regex.compile('[“”"]')
_CLOSING = " .,;:…"


def template_summary(points: Sequence[Point], language_code: str) -> merged_pb2.Summary | None:
    """At most two strengths, then at most three next steps; None if there are no points."""
    korean = primary_subtag(language_code) == "ko"
    strengths, next_steps = choose(points)
    sentences = [
        Sentence(text=text, point_ids=[point.id], kind=kind)
        for kind, chosen in (
            (Sentence.KIND_STRENGTH, strengths),
            (Sentence.KIND_NEXT_STEP, next_steps),
        )
        for point, text in zip(
            chosen, _korean(kind, chosen) if korean else _english(kind, chosen), strict=True
        )
    ]
    return merged_pb2.Summary(sentences=sentences) if sentences else None


def offered(points: Sequence[Point]) -> list[Point]:
    """The points a summary may speak of: what the panel quarrels about only if there is nothing else."""
    agreed = [each for each in points if each.agreement != merged_pb2.AGREEMENT_CONTESTED]
    return agreed or list(points)


def choose(points: Sequence[Point]) -> tuple[list[Point], list[Point]]:
    """The strengths and next steps that a summary names, each about another issue."""
    by_issue: dict[tuple[bool, str], Point] = {}
    for each in offered(points):
        by_issue.setdefault((is_strength(each), _said(each).issue), each)
    distinct = list(by_issue.values())
    strengths = [each for each in distinct if is_strength(each)][: policy.MAX_STRENGTHS]
    candidates = [each for each in distinct if not is_strength(each)]
    next_steps = candidates[: policy.MAX_NEXT_STEPS]
    if len({_criterion(each) for each in next_steps}) < policy.MIN_NEXT_STEP_CRITERIA:
        covered = {_criterion(each) for each in next_steps}
        other = next((each for each in candidates if _criterion(each) not in covered), None)
        if other is not None:
            next_steps[-1] = other
    return strengths, next_steps


def is_strength(point: Point) -> bool:
    """Whether the merged point praises."""
    return _said(point).polarity == feedback_pb2.POLARITY_STRENGTH


def _said(point: Point) -> feedback_pb2.Point:
    return point.members[0].point


def _criterion(point: Point) -> str:
    said = _said(point)
    return said.criterion_id or ISSUES.get(said.issue, ISSUES[OTHER]).group


def _korean(kind: Sentence.Kind.ValueType, points: Sequence[Point]) -> Iterator[str]:
    leads = [""] * len(points)
    if kind == Sentence.KIND_NEXT_STEP and len(points) > 1:
        leads = ["먼저 ", "다음으로 ", "그리고 "]
    for point, lead in zip(points, leads, strict=False):
        phrase = phrases.KOREAN.get(_said(point).issue, phrases.KOREAN[OTHER])
        excerpt = _excerpt(point, _MAX_EXCERPT_KOREAN)
        place = f"{excerpt} 부분" if excerpt else "글"
        yield f"{lead}{_half(phrase, kind).format(place=place)}."


def _english(kind: Sentence.Kind.ValueType, points: Sequence[Point]) -> Iterator[str]:
    leads: Iterable[str] = ("", "also, ")
    if kind == Sentence.KIND_NEXT_STEP:
        leads = ("first, ", "next, ", "after that, ") if len(points) > 1 else ("as a next step, ",)
    for point, lead in zip(points, leads, strict=False):
        phrase = phrases.ENGLISH.get(_said(point).issue, phrases.ENGLISH[OTHER])
        excerpt = _excerpt(point, _MAX_EXCERPT)
        place = f"where you write {excerpt}, " if excerpt else ""
        text = f"{lead}{place}{_half(phrase, kind)}."
        yield text[0].upper() + text[1:]


def _half(phrase: phrases.Phrase, kind: Sentence.Kind.ValueType) -> str:
    return phrase.strength if kind == Sentence.KIND_STRENGTH else phrase.next_step


def _excerpt(point: Point, most: int) -> str:
    """The head of the passage, as written and in quotation marks; "" for a point about the whole."""
    quote = _said(point).anchor.quote.strip()
    line = quote.splitlines()[0] if quote else ""
    head = "".join(_CLUSTER.findall(line)[:most])
    if len(head) < len(line):
        words = head.rpartition(" ")[0]
        head = words if len(words) > len(head) // 2 else head
    dots = "…" if len(head) < len(quote) else ""
    head = head.rstrip(_CLOSING)
    if not head:
        return ""
    return f"‘{head}{dots}’" if _DOUBLE_QUOTE.search(head) else f"“{head}{dots}”"
