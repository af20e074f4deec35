"""Words the summary by template: a few sentences that a student can act on.

The sentences hold the author's words and the phrases of `summary_phrases`, and no model's words. So the
summary keeps to one register and says nothing that no point says.
"""

from collections.abc import Iterable, Iterator, Sequence

import regex

from chorus.feedback.v1 import feedback_pb2, merged_pb2
from chorus.feedback.v1.merged_pb2 import MergedPoint
from modelkit.answer_form.issues import ISSUES, OTHER
from modelkit.language import primary_subtag
from orchestrator.merge import policy, summary_phrases
from orchestrator.merge.passages import passage_around

SummarySentence = merged_pb2.Summary.Sentence
Topic = list[MergedPoint]
"""The points that one sentence speaks of, the most important first."""

# The lengths of an excerpt, in grapheme clusters.
_MAX_EXCERPT_KOREAN = 30
_MAX_EXCERPT = 60
_GRAPHEME_CLUSTER = regex.compile(r"\X")
_DOUBLE_QUOTE = regex.compile('[“”"]')
_CLOSING_MARKS = " .,;:…"
_BULLETS = " -–—•*·"
_LETTER = regex.compile(r"\p{L}")
# One sentence names several places of such an issue, because the student mends all of them alike.
_NAMED_TOGETHER = frozenset(
    {"spelling", "spacing", "punctuation", "register_mix", "sentence_error", "word_choice", "repetition"}
)
# A word that is misspelt is found by itself, while "do" or "was" stands in many places.
_FOUND_ALONE = frozenset({"spelling", "spacing"})
_MAX_PLACES = 3
_ABOUT_THE_WHOLE = frozenset({"introduction", "conclusion", "length_format", "missing_requirement"})


def template_summary(
    points: Sequence[MergedPoint], language_code: str, text: str
) -> merged_pb2.Summary | None:
    """Returns at most two strengths, then at most three next steps; None if there are no points.

    Args:
        points: What the summary speaks of, the most important first.
        language_code: The language that the summary is in.
        text: What the anchors of the points refer to.
    """
    sentences_of = _korean if primary_subtag(language_code) == "ko" else _english
    strengths, next_steps = select_topics(points)
    sentences = [
        SummarySentence(text=wording, point_ids=[point.id for point in topic], kind=kind)
        for kind, topics in (
            (SummarySentence.KIND_STRENGTH, strengths),
            (SummarySentence.KIND_NEXT_STEP, next_steps),
        )
        for topic, wording in zip(topics, sentences_of(kind, topics, text), strict=True)
    ]
    return merged_pb2.Summary(sentences=sentences) if sentences else None


def eligible_points(points: Sequence[MergedPoint]) -> list[MergedPoint]:
    """Returns the points that a summary may speak of: contested ones only where there are no others."""
    uncontested = [each for each in points if each.agreement != merged_pb2.AGREEMENT_CONTESTED]
    return uncontested or list(points)


def select_topics(points: Sequence[MergedPoint]) -> tuple[list[Topic], list[Topic]]:
    """Returns the strengths and the next steps that a summary names, each about another issue.

    A passage is spoken of once, as long as there is another one to speak of.
    """
    by_issue: dict[tuple[bool, str], Topic] = {}
    for each in eligible_points(points):
        issue = _shown(each).issue
        topic = by_issue.setdefault((is_strength(each), issue), [])
        if not topic or (issue in _NAMED_TOGETHER and len(topic) < _MAX_PLACES):
            topic.append(each)
    topics = list(by_issue.values())
    new, again = _by_passage([each for each in topics if not is_strength(each[0])])
    candidates = new + again
    next_steps = candidates[: policy.MAX_NEXT_STEPS]
    covered = {_criterion(each[0]) for each in next_steps}
    if len(covered) < policy.MIN_NEXT_STEP_CRITERIA:
        other = next((each for each in candidates if _criterion(each[0]) not in covered), None)
        if other is not None:
            next_steps[-1] = other
    # What is praised in one sentence and to be changed in another reads like a contradiction.
    spoken_of = [_shown(each).anchor.quote for topic in next_steps for each in topic]
    new, again = _by_passage([each for each in topics if is_strength(each[0])], spoken_of)
    return new[: policy.MAX_STRENGTHS] or again[:1], next_steps


def _by_passage(topics: Sequence[Topic], spoken_of: Sequence[str] = ()) -> tuple[list[Topic], list[Topic]]:
    """Returns the topics about new passages, and those about one that was spoken of, or a part of one."""
    seen = [each for each in spoken_of if each]
    first: list[Topic] = []
    last: list[Topic] = []
    for each in topics:
        quote = _shown(each[0]).anchor.quote
        spoken = bool(quote) and any(quote in other or other in quote for other in seen)
        (last if spoken else first).append(each)
        if quote:
            seen.append(quote)
    return first, last


def is_strength(point: MergedPoint) -> bool:
    """Returns whether the merged point praises."""
    return _shown(point).polarity == feedback_pb2.POLARITY_STRENGTH


def _shown(point: MergedPoint) -> feedback_pb2.Point:
    """Returns the member that is shown first."""
    return point.members[0].point


def _criterion(point: MergedPoint) -> str:
    shown = _shown(point)
    return shown.criterion_id or ISSUES.get(shown.issue, ISSUES[OTHER]).group


def _korean(kind: SummarySentence.Kind.ValueType, topics: Sequence[Topic], work: str) -> Iterator[str]:
    leads = [""] * len(topics)
    if kind == SummarySentence.KIND_NEXT_STEP and len(topics) > 1:
        leads = ["먼저 ", "다음으로 ", "그리고 "]
    for topic, lead in zip(topics, leads, strict=False):
        phrase = summary_phrases.KOREAN.get(_shown(topic[0]).issue, summary_phrases.KOREAN[OTHER])
        excerpts = _excerpts(topic, _MAX_EXCERPT_KOREAN, work)
        place = f"{', '.join(excerpts)} 부분" if excerpts else "글"
        yield f"{lead}{_wording(phrase, kind).format(place=place)}."


def _english(kind: SummarySentence.Kind.ValueType, topics: Sequence[Topic], work: str) -> Iterator[str]:
    leads: Iterable[str] = ("", "also, ")
    if kind == SummarySentence.KIND_NEXT_STEP:
        leads = ("first, ", "next, ", "after that, ") if len(topics) > 1 else ("as a next step, ",)
    for topic, lead in zip(topics, leads, strict=False):
        phrase = summary_phrases.ENGLISH.get(_shown(topic[0]).issue, summary_phrases.ENGLISH[OTHER])
        excerpts = _excerpts(topic, _MAX_EXCERPT, work)
        *before, last = excerpts or [""]
        listed = f"{', '.join(before)} and {last}" if before else last
        place = f"where you write {listed}, " if excerpts else ""
        text = f"{lead}{place}{_wording(phrase, kind)}."
        yield text[0].upper() + text[1:]


def _wording(phrase: summary_phrases.Phrase, kind: SummarySentence.Kind.ValueType) -> str:
    return phrase.strength if kind == SummarySentence.KIND_STRENGTH else phrase.next_step


def _excerpts(topic: Topic, max_length: int, work: str) -> list[str]:
    """Returns the heads of the topic's passages; none for a topic that is about the whole, quoted or not."""
    if _shown(topic[0]).issue in _ABOUT_THE_WHOLE:
        return []
    length = max_length // min(len(topic), 2)
    return list(dict.fromkeys(filter(None, (_excerpt(each, length, work) for each in topic))))


def _excerpt(point: MergedPoint, max_length: int, work: str) -> str:
    """Returns the head of the passage, as written and in quotation marks; "" for a point about the whole."""
    anchor = _shown(point).anchor
    quote = anchor.quote.strip()
    if quote and _shown(point).issue not in _FOUND_ALONE and quote in work[anchor.start : anchor.end]:
        quote = passage_around(work, anchor.start, anchor.end, max_length).strip()
    line = quote.splitlines()[0].lstrip(_BULLETS) if quote else ""
    # In ASCII a line has a cluster for each character.
    head = line[:max_length] if line.isascii() else "".join(_GRAPHEME_CLUSTER.findall(line)[:max_length])
    if len(head) < len(line):
        words = head.rpartition(" ")[0]
        head = words if len(words) > len(head) // 2 else head
    ellipsis = "…" if len(head) < len(quote.lstrip(_BULLETS)) else ""
    head = head.rstrip(_CLOSING_MARKS)
    if not _LETTER.search(head):
        return ""
    return f"‘{head}{ellipsis}’" if _DOUBLE_QUOTE.search(head) else f"“{head}{ellipsis}”"
