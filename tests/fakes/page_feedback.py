"""Feedback on the essays of `page_words`, and the models that gave it."""

from collections.abc import Sequence

from google.protobuf.duration_pb2 import Duration

from chorus.feedback.v1 import feedback_pb2
from chorus.feedback.v1.feedback_pb2 import (
    Anchor,
    CriterionScore,
    ModelFeedback,
    ModelResult,
    Point,
    RejectedPoint,
)
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse, StreamFeedbackResponse
from chorus.feedback.v1.merged_pb2 import (
    AGREEMENT_CONSENSUS,
    AGREEMENT_CONTESTED,
    AGREEMENT_SINGLE,
    AGREEMENT_SUPPORTED,
    MergedFeedback,
    MergedPoint,
    MergedScore,
    Panel,
    RaterScore,
    Summary,
)
from chorus.feedback.v1.submission_pb2 import Criterion, Level, Rubric
from chorus.model.v1.failure_pb2 import ERROR_REASON_UNAVAILABLE, Failure
from chorus.model.v1.generation_pb2 import USAGE_BASIS_MEASURED, Usage
from chorus.model.v1.model_pb2 import (
    CAPABILITY_IMAGE_OUTPUT,
    CAPABILITY_JSON_SCHEMA,
    CAPABILITY_TEXT,
    Footprint,
    Model,
    Price,
    TrackRecord,
)
from tests.fakes.page_words import Words

QUICK, OTHER, SLOW, DYING = "openai/quick", "anthropic/other", "gemma/slow", "google/dying"
PANEL = (QUICK, OTHER, SLOW, DYING)
_FAMILIES = {QUICK: "openai", OTHER: "anthropic", SLOW: "google", DYING: "google"}
_COST = 1_850_000
FEEDBACK_ID = "feedback-of-the-page"


def models() -> list[Model]:
    """The panel, and one model whose key is missing."""
    record = TrackRecord(
        calls=240, failure_rate=0.0125, output_tokens_per_second=74, latency=Duration(seconds=6)
    )
    slow_record = TrackRecord(
        calls=31, failure_rate=0.0, output_tokens_per_second=5, latency=Duration(seconds=41)
    )
    shaky_record = TrackRecord(
        calls=52, failure_rate=0.31, output_tokens_per_second=60, latency=Duration(seconds=9)
    )
    writes = [CAPABILITY_TEXT, CAPABILITY_JSON_SCHEMA]
    price = Price(input_usd_nanos=250_000_000, output_usd_nanos=2_000_000_000)
    ready = Model.STATE_READY
    return [
        Model(
            name=QUICK,
            display_name="Quick",
            family="openai",
            provider="openai",
            capabilities=writes,
            state=ready,
            price=price,
            track_record=record,
        ),
        Model(
            name=OTHER,
            display_name="Other",
            family="anthropic",
            provider="anthropic",
            capabilities=writes,
            state=ready,
            price=price,
            track_record=record,
        ),
        Model(
            name=SLOW,
            display_name="Slow, on our own machine",
            family="google",
            capabilities=writes,
            state=ready,
            price=Price(),
            footprint=Footprint(
                precision="nf4", memory_bytes=3_600_000_000, disk_bytes=8_600_000_000, device="cpu"
            ),
            track_record=slow_record,
        ),
        Model(
            name=DYING,
            display_name="Dying",
            family="google",
            provider="google",
            capabilities=[*writes, CAPABILITY_IMAGE_OUTPUT],
            state=ready,
            price=price,
            track_record=shaky_record,
        ),
        Model(
            name="huggingface/away",
            family="meta",
            provider="huggingface",
            capabilities=writes,
            state=Model.STATE_UNAVAILABLE,
            state_detail="set HF_TOKEN",
        ),
    ]


def rubric(words: Words) -> Rubric:
    """Three criteria of five levels."""
    levels = [Level(score=at, title=title) for at, title in enumerate(words.levels, 1)]
    return Rubric(criteria=[Criterion(id=each, title=title, levels=levels) for each, title in words.criteria])


def anchor(words: Words, quote: str) -> Anchor:
    """Where a quote is."""
    start = words.text.index(quote)
    return Anchor(start=start, end=start + len(quote), quote=quote, match=Anchor.MATCH_EXACT)


def points(words: Words) -> dict[str, Point]:
    """The points that the models make, by their names."""
    improvement, moderate = feedback_pb2.POLARITY_IMPROVEMENT, feedback_pb2.SEVERITY_MODERATE
    quote, observation, reason, step, rewrite = words.evidence
    evidence = Point(
        id="p1",
        criterion_id="evidence",
        issue="evidence_missing",
        polarity=improvement,
        severity=feedback_pb2.SEVERITY_MAJOR,
        anchor=anchor(words, quote),
        observation=observation,
        reason=reason,
        next_step=step,
        suggested_rewrite=rewrite,
    )
    quote, observation, reason = words.strength
    strength = Point(
        id="p2",
        criterion_id="claim",
        issue="counterview_missing",
        polarity=feedback_pb2.POLARITY_STRENGTH,
        severity=moderate,
        anchor=anchor(words, quote),
        observation=observation,
        reason=reason,
    )
    quote, observation = words.register_good
    good = Point(
        id="p3",
        criterion_id="style",
        issue="register_mix",
        polarity=feedback_pb2.POLARITY_STRENGTH,
        severity=feedback_pb2.SEVERITY_MINOR,
        anchor=anchor(words, quote),
        observation=observation,
    )
    quote, observation, step = words.register_bad
    bad = Point(
        id="p3",
        criterion_id="style",
        issue="register_mix",
        polarity=improvement,
        severity=moderate,
        anchor=anchor(words, quote),
        observation=observation,
        next_step=step,
    )
    quote, observation = words.question
    question = Point(
        id="p4",
        issue="depth",
        polarity=feedback_pb2.POLARITY_QUESTION,
        severity=feedback_pb2.SEVERITY_MINOR,
        anchor=anchor(words, quote),
        observation=observation,
    )
    return {"evidence": evidence, "strength": strength, "good": good, "bad": bad, "question": question}


def results(words: Words) -> dict[str, ModelResult]:
    """What became of each model."""
    said = points(words)
    own = {
        QUICK: ([said["evidence"], said["strength"], said["good"]], (4, 2, 4)),
        OTHER: ([said["evidence"], said["bad"]], (4, 3, 2)),
        SLOW: ([said["evidence"], said["strength"], said["question"]], (4, 2, 3)),
    }
    answered = {
        model: ModelResult(
            model=model,
            model_version=f"{model.partition('/')[2]}-2026-10",
            latency=Duration(seconds=4 if model != SLOW else 38),
            usage=Usage(
                input_tokens=2100,
                output_tokens=600,
                cost_usd_nanos=0 if model == SLOW else _COST,
                basis=USAGE_BASIS_MEASURED,
            ),
            feedback=ModelFeedback(
                points=made,
                summary=" ".join(words.summary),
                scores=[
                    CriterionScore(criterion_id=each, score=score, rationale=why)
                    for (each, _), score, why in zip(words.criteria, scores, words.rationales, strict=True)
                ],
                rejected=[
                    RejectedPoint(
                        point=Point(observation=words.rejected),
                        reason="its quotation is not in the submission",
                    )
                ]
                if model == OTHER
                else [],
            ),
        )
        for model, (made, scores) in own.items()
    }
    failure = Failure(
        reason=ERROR_REASON_UNAVAILABLE, message="the connection broke off", retry_delay=Duration(seconds=20)
    )
    return answered | {DYING: ModelResult(model=DYING, latency=Duration(seconds=2), failure=failure)}


def merged(words: Words, answered: Sequence[str]) -> MergedFeedback:
    """What the answers of some models make together."""
    said = points(words)
    made_by = {
        "evidence": (QUICK, OTHER, SLOW),
        "good": (QUICK,),
        "bad": (OTHER,),
        "strength": (QUICK, SLOW),
        "question": (SLOW,),
    }
    contested = {"good": "bad", "bad": "good"} if QUICK in answered and OTHER in answered else {}
    found = []
    for importance, (name, makers) in enumerate(made_by.items()):
        present = [each for each in makers if each in answered]
        if present:
            families = len({_FAMILIES[each] for each in present})
            agreement = {1: AGREEMENT_SINGLE, 2: AGREEMENT_SUPPORTED}.get(families, AGREEMENT_CONSENSUS)
            found.append(
                MergedPoint(
                    id=name,
                    members=[MergedPoint.Member(model=each, point=said[name]) for each in present],
                    families=families,
                    agreement=AGREEMENT_CONTESTED if name in contested else agreement,
                    contradicts=[contested[name]] if name in contested else [],
                    importance=1 / (importance + 1),
                )
            )
    return MergedFeedback(
        points=found,
        scores=_scores(words, answered),
        version="merge-2",
        calibration_version="none",
        total=0.51,
        suspected_injections=[anchor(words, words.steering)],
        summary=Summary(
            sentences=[
                Summary.Sentence(
                    text=words.summary[0], point_ids=["strength"], kind=Summary.Sentence.KIND_STRENGTH
                ),
                Summary.Sentence(
                    text=words.summary[1], point_ids=["evidence"], kind=Summary.Sentence.KIND_NEXT_STEP
                ),
            ]
        ),
        panel=Panel(
            state=Panel.STATE_PARTIAL,
            asked=len(PANEL),
            answered=len(answered),
            families_answered=len({_FAMILIES[each] for each in answered}),
            missing=[each for each in PANEL if each not in answered],
        ),
    )


def response(words: Words, language: str) -> GetFeedbackResponse:
    """The whole answer."""
    outcomes = results(words)
    return GetFeedbackResponse(
        merged=merged(words, (QUICK, OTHER, SLOW)),
        results=[outcomes[each] for each in PANEL],
        rubric=rubric(words),
        usage=Usage(
            input_tokens=6300, output_tokens=1800, cost_usd_nanos=2 * _COST, basis=USAGE_BASIS_MEASURED
        ),
        language_code=language,
        feedback_id=FEEDBACK_ID,
    )


def delta(model: str, point: Point) -> StreamFeedbackResponse:
    """A point that one model just finished."""
    return StreamFeedbackResponse(delta=StreamFeedbackResponse.Delta(model=model, point=point))


def _scores(words: Words, answered: Sequence[str]) -> list[MergedScore]:
    outcomes = results(words)
    ranges = {"claim": (4.0, 3.6, 4.4), "evidence": (2.3, 1.7, 3.0), "style": (None, 1.8, 4.2)}
    agreements = {"claim": AGREEMENT_CONSENSUS, "evidence": AGREEMENT_CONSENSUS, "style": AGREEMENT_CONTESTED}
    return [
        MergedScore(
            criterion_id=each,
            score=ranges[each][0],
            low=ranges[each][1],
            high=ranges[each][2],
            agreement=agreements[each],
            effective_raters=2.1,
            raters=[
                RaterScore(
                    model=model, raw=given.score, adjusted=given.score, weight=1, rationale=given.rationale
                )
                for model in answered
                for given in outcomes[model].feedback.scores
                if given.criterion_id == each
            ],
        )
        for each, _ in words.criteria
    ]
