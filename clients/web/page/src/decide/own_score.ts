import type { MergedFeedback } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import type { Criterion, Rubric } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import type { Draft } from "./decisions.ts";

/** A criterion's lowest and highest score. */
export function scaleOf({ levels }: Criterion): [low: number, high: number] {
  const steps = levels.map(({ score }) => score);
  return [Math.min(...steps), Math.max(...steps)];
}

/** Reads a score as a person writes it; undefined: it is none of the criterion's. */
export function readScore(typed: string, criterion: Criterion): number | undefined {
  const [low, high] = scaleOf(criterion);
  const score = /^\d{1,6}([.,]\d{0,3})?$/.test(typed.trim()) ? Number(typed.trim().replace(",", ".")) : undefined;
  return score !== undefined && score >= low && score <= high ? score : undefined;
}

/** Whether a person has changed anything that the total is made of. */
export function changesTotal(draft: Draft): boolean {
  return Object.values(draft.scores).some(({ verdict }) => verdict !== "kept");
}

/** The total of the scores as they are decided, from 0 to 1; undefined: one that counts is missing, or left out. */
export function decidedTotal(draft: Draft, merged: MergedFeedback, rubric: Rubric): number | undefined {
  let sum = 0;
  let weights = 0;
  for (const criterion of rubric.criteria) {
    const weight = criterion.weight ?? 1;
    if (weight <= 0) {
      continue;
    }
    const decided = draft.scores[criterion.id];
    const panel = merged.scores.find((each) => each.criterionId === criterion.id)?.score;
    const score = decided?.verdict === "rejected" ? undefined : (decided?.score ?? panel);
    const [low, high] = scaleOf(criterion);
    if (score === undefined || !(low < high)) {
      return undefined;
    }
    sum += (weight * (score - low)) / (high - low);
    weights += weight;
  }
  return weights > 0 ? sum / weights : undefined;
}

/** The criteria for which the author gets no score, though nobody has left one out. */
export function unscored(draft: Draft, merged: MergedFeedback, rubric: Rubric): Criterion[] {
  return rubric.criteria.filter(({ id }) => {
    const panel = merged.scores.find((each) => each.criterionId === id)?.score;
    return draft.scores[id] === undefined && panel === undefined;
  });
}
