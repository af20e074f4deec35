import { create } from "@bufbuild/protobuf";
import {
  Decision,
  type Decisions,
  DecisionsSchema,
  type PointDecision,
  PointDecisionSchema,
  type ScoreDecision,
  ScoreDecisionSchema,
} from "../../generated/chorus/feedback/v1/decision_pb.ts";
import { type CriterionScore, CriterionScoreSchema, type Point } from "../../generated/chorus/feedback/v1/feedback_pb.ts";
import type { MergedFeedback, MergedPoint, MergedScore } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import { isDisputed } from "../review/point_order.ts";

export type Verdict = "kept" | "edited" | "rejected";

/** What a person decided on one point or score. */
export interface PointVerdict {
  verdict: Verdict;
  /** The point in the person's words; with "edited" alone. */
  point?: Point;
}

export interface ScoreVerdict {
  verdict: Verdict;
  /** The person's score; with "edited" alone. */
  score?: number;
  rationale: string;
}

/** All that a person has decided so far. */
export interface Draft {
  points: Readonly<Record<string, PointVerdict>>;
  scores: Readonly<Record<string, ScoreVerdict>>;
  added: readonly Point[];
  final: boolean;
}

export const EMPTY_DRAFT: Draft = { points: {}, scores: {}, added: [], final: false };

const TO_DECISION = { kept: Decision.KEPT, edited: Decision.EDITED, rejected: Decision.REJECTED } as const;

/** What is recorded of a draft. Only what the merge holds is told, in its order. */
export function toDecisions(draft: Draft, merged: MergedFeedback, rater: string): Decisions {
  const points: PointDecision[] = [];
  for (const { id } of merged.points) {
    const decided = draft.points[id];
    if (decided !== undefined) {
      points.push(create(PointDecisionSchema, { pointId: id, decision: TO_DECISION[decided.verdict], point: decided.point }));
    }
  }
  for (const point of draft.added) {
    points.push(create(PointDecisionSchema, { decision: Decision.ADDED, point }));
  }
  const scores: ScoreDecision[] = [];
  for (const each of merged.scores) {
    const decided = draft.scores[each.criterionId];
    if (decided !== undefined) {
      scores.push(
        create(ScoreDecisionSchema, {
          criterionId: each.criterionId,
          decision: scoreDecision(decided, each),
          score: decided.verdict === "edited" ? decided.score : undefined,
          rationale: decided.rationale,
        }),
      );
    }
  }
  return create(DecisionsSchema, { rater, points, scores, final: draft.final });
}

/** The draft that was recorded. */
export function fromDecisions(decisions: Decisions): Draft {
  const points: Record<string, PointVerdict> = {};
  const scores: Record<string, ScoreVerdict> = {};
  const added: Point[] = [];
  for (const { pointId, decision, point } of decisions.points) {
    if (decision === Decision.ADDED && point !== undefined) {
      added.push(point);
    } else {
      const verdict = toVerdict(decision);
      if (verdict !== undefined) {
        points[pointId] = { verdict, point };
      }
    }
  }
  for (const { criterionId, decision, score, rationale } of decisions.scores) {
    const verdict = toVerdict(decision);
    if (verdict !== undefined) {
      scores[criterionId] = { verdict, score, rationale };
    }
  }
  return { points, scores, added, final: decisions.final };
}

/** The person's own scores: what the models' severity is measured against. A score that was only kept is not one. */
export function ownScores(draft: Draft): CriterionScore[] {
  return Object.entries(draft.scores).flatMap(([criterionId, { verdict, score, rationale }]) =>
    verdict === "edited" && score !== undefined ? [create(CriterionScoreSchema, { criterionId, score, rationale })] : [],
  );
}

/** The ids of points and of criteria that are undecided. A criterion without a panel's score needs no decision. */
export function undecided(draft: Draft, merged: MergedFeedback): { points: string[]; scores: string[] } {
  return {
    points: merged.points.map((each) => each.id).filter((id) => draft.points[id] === undefined),
    scores: merged.scores
      .filter((each) => each.score !== undefined && draft.scores[each.criterionId] === undefined)
      .map((each) => each.criterionId),
  };
}

/** The ids of the undecided points that models disagree about. Where all that say the opposite are rejected, one is among the others. */
export function disputed(draft: Draft, merged: MergedFeedback): string[] {
  const isRejected = (id: string) => draft.points[id]?.verdict === "rejected";
  const isSettled = ({ contradicts }: MergedPoint) => contradicts.length > 0 && contradicts.every(isRejected);
  return merged.points.filter((each) => draft.points[each.id] === undefined && isDisputed(each) && !isSettled(each)).map((each) => each.id);
}

/** The pairs of points that say the opposite and are both given back, by their ids. */
export function keptOpposites(draft: Draft, merged: MergedFeedback): [string, string][] {
  const isGiven = (id: string) => draft.points[id] !== undefined && draft.points[id].verdict !== "rejected";
  const place = new Map(merged.points.map((each, at) => [each.id, at]));
  return merged.points.flatMap(({ id, contradicts }, at) =>
    contradicts
      .filter((other) => (place.get(other) ?? -1) > at && isGiven(id) && isGiven(other))
      .map((other): [string, string] => [id, other]),
  );
}

/** The draft with everything kept that is undecided, but for what models disagree about: there a person decides. */
export function keepRest(draft: Draft, merged: MergedFeedback): Draft {
  const open = undecided(draft, merged);
  const left = new Set(disputed(draft, merged));
  const kept = open.points.filter((id) => !left.has(id));
  return {
    ...draft,
    points: { ...draft.points, ...Object.fromEntries(kept.map((id) => [id, { verdict: "kept" as const }])) },
    scores: {
      ...draft.scores,
      ...Object.fromEntries(open.scores.map((id) => [id, { verdict: "kept" as const, rationale: "" }])),
    },
  };
}

function scoreDecision({ verdict }: ScoreVerdict, { score }: MergedScore): Decision {
  return verdict === "edited" && score === undefined ? Decision.ADDED : TO_DECISION[verdict];
}

function toVerdict(decision: Decision): Verdict | undefined {
  switch (decision) {
    case Decision.KEPT:
      return "kept";
    case Decision.EDITED:
    case Decision.ADDED:
      return "edited";
    case Decision.REJECTED:
      return "rejected";
    default:
      return undefined;
  }
}
