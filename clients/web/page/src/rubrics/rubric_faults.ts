import type { Rubric } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { CodePointIndex } from "../text/code_points.ts";
import type { Words } from "../words/words.ts";

const MOST_CRITERIA = 20;
const MOST_LEVELS = 11;
const LONGEST_ID = 100;

/** All that keeps a rubric from being used, by the limits of the contract. */
export function rubricFaults(rubric: Rubric, words: Words): string[] {
  const says = words.rubrics.faults;
  const faults: string[] = [];
  const { criteria } = rubric;
  if (criteria.length < 1 || criteria.length > MOST_CRITERIA) {
    faults.push(says.criteriaCount);
  }
  const seen = new Set<string>();
  criteria.forEach(({ id, title, levels, weight }, at) => {
    const named = title || id || String(at + 1);
    if (id.trim() === "" || new CodePointIndex(id).length > LONGEST_ID) {
      faults.push(says.idMissing(at + 1));
    } else if (seen.has(id)) {
      faults.push(says.idTwice(id));
    }
    seen.add(id);
    if (levels.length < 2 || levels.length > MOST_LEVELS) {
      faults.push(says.levelCount(named));
    }
    if (levels.some(({ score }, level) => !Number.isFinite(score) || (level > 0 && score <= (levels[level - 1]?.score ?? score)))) {
      faults.push(says.levelOrder(named));
    }
    if (weight !== undefined && !(weight >= 0)) {
      faults.push(says.weight(named));
    }
  });
  if (criteria.length > 0 && criteria.every((each) => each.weight === 0)) {
    faults.push(says.noWeight);
  }
  return faults;
}
