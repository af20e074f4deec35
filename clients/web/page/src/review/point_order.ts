import { Agreement, type MergedPoint, type MergedScore } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import type { ShownPoint } from "./live_review.ts";

export type PointOrder = "importance" | "place";

/** Numbers the points by the order in which they came: the merge sends the most important first. */
export function numbers(points: readonly ShownPoint[]): Map<string, number> {
  return new Map(points.map((each, at) => [each.id, at + 1]));
}

/** Whether models disagree about a point. */
export function isDisputed({ agreement, contradicts }: MergedPoint): boolean {
  return agreement === Agreement.CONTESTED || contradicts.length > 0;
}

export function isContested({ merged }: ShownPoint): boolean {
  return merged !== undefined && isDisputed(merged);
}

/** Splits the points into those that models disagree about and the others, each part in the order asked for. */
export function byDisagreement(points: readonly ShownPoint[], order: PointOrder): [ShownPoint[], ShownPoint[]] {
  const ordered = order === "importance" ? [...points] : [...points].sort((a, b) => place(a) - place(b));
  return [ordered.filter(isContested), ordered.filter((each) => !isContested(each))];
}

/** The scores, those that models disagree about first. */
export function contestedFirst(scores: readonly MergedScore[]): MergedScore[] {
  const rank = (score: MergedScore) => (score.agreement === Agreement.CONTESTED ? 0 : 1);
  return [...scores].sort((a, b) => rank(a) - rank(b));
}

function place({ point }: ShownPoint): number {
  return point.anchor?.start ?? Number.POSITIVE_INFINITY;
}
