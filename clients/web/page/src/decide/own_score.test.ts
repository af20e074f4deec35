import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { MergedFeedbackSchema } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import { CriterionSchema, RubricSchema } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { EMPTY_DRAFT, type ScoreVerdict } from "./decisions.ts";
import { changesTotal, decidedTotal, readScore, unscored } from "./own_score.ts";

const levels = [1, 2, 3, 4, 5].map((score) => ({ score }));
const rubric = create(RubricSchema, {
  criteria: [
    { id: "claim", weight: 3, levels },
    { id: "style", levels },
    { id: "notes", weight: 0, levels },
  ],
});
const merged = create(MergedFeedbackSchema, { scores: [{ criterionId: "claim", score: 3 }, { criterionId: "style" }] });
const own = (scores: Record<string, ScoreVerdict>) => ({ ...EMPTY_DRAFT, scores });
const edited = (score: number): ScoreVerdict => ({ verdict: "edited", score, rationale: "" });
const rejected: ScoreVerdict = { verdict: "rejected", rationale: "" };

test.each([
  ["3", 3],
  ["3,5", 3.5],
  [" 5 ", 5],
  ["3.", 3],
  ["0", undefined],
  ["6", undefined],
  ["35", undefined],
  ["-1", undefined],
  ["good", undefined],
])("%s on a scale from 1 to 5", (typed, score) => {
  expect(readScore(typed, create(CriterionSchema, { levels }))).toBe(score);
});

test("a person's scores are in the total, in the place of the panel's or where that gave none", () => {
  expect(decidedTotal(own({ style: edited(5) }), merged, rubric)).toBeCloseTo((3 * 0.5 + 1) / 4);
  expect(decidedTotal(own({ style: edited(5), claim: edited(1) }), merged, rubric)).toBeCloseTo(1 / 4);
});

test("there is no total without a score of every criterion that counts", () => {
  expect(decidedTotal(EMPTY_DRAFT, merged, rubric)).toBeUndefined();
  expect(decidedTotal(own({ style: edited(5), claim: rejected }), merged, rubric)).toBeUndefined();
});

test("what was only kept changes no total", () => {
  expect(changesTotal(own({ claim: { verdict: "kept", rationale: "" } }))).toBe(false);
  expect(changesTotal(own({ claim: rejected }))).toBe(true);
  expect(changesTotal(own({ style: edited(2) }))).toBe(true);
});

test("a criterion without a score is named, unless a person gave one or left it out", () => {
  const named = (scores: Record<string, ScoreVerdict>) => unscored(own(scores), merged, rubric).map(({ id }) => id);
  expect(named({})).toEqual(["style", "notes"]);
  expect(named({ style: edited(2), notes: rejected })).toEqual([]);
  // The panel's score is left out by a person, who knows.
  expect(named({ claim: rejected })).toEqual(["style", "notes"]);
});
