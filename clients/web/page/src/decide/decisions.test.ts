import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { Decision } from "../../generated/chorus/feedback/v1/decision_pb.ts";
import { PointSchema } from "../../generated/chorus/feedback/v1/feedback_pb.ts";
import { Agreement, MergedFeedbackSchema } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import { disputed, type Draft, EMPTY_DRAFT, fromDecisions, keepRest, keptOpposites, ownScores, toDecisions, undecided } from "./decisions.ts";

const merged = create(MergedFeedbackSchema, {
  points: [{ id: "a" }, { id: "b" }],
  scores: [{ criterionId: "claim", score: 3 }, { criterionId: "style" }],
});
const draft: Draft = {
  points: { a: { verdict: "rejected" }, gone: { verdict: "kept" } },
  scores: { claim: { verdict: "edited", score: 4, rationale: "clear" }, style: { verdict: "edited", score: 2, rationale: "" } },
  added: [create(PointSchema, { observation: "mine" })],
  final: true,
};

test("what is recorded is what was decided on what the merge holds", () => {
  const { points, scores, final, rater } = toDecisions(draft, merged, "teacher");
  expect(points.map((each) => [each.pointId, each.decision])).toEqual([
    ["a", Decision.REJECTED],
    ["", Decision.ADDED],
  ]);
  // Where the panel gave no score, a person's is added.
  expect(scores.map((each) => [each.decision, each.score])).toEqual([
    [Decision.EDITED, 4],
    [Decision.ADDED, 2],
  ]);
  expect([final, rater]).toEqual([true, "teacher"]);
});

test("a draft comes back from what was recorded", () => {
  const back = fromDecisions(toDecisions(draft, merged, "teacher"));
  expect(toDecisions(back, merged, "teacher")).toEqual(toDecisions(draft, merged, "teacher"));
});

test("what was only kept is not a person's own score", () => {
  expect(ownScores(keepRest(EMPTY_DRAFT, merged))).toEqual([]);
  expect(ownScores(draft).map((each) => [each.criterionId, each.score])).toEqual([
    ["claim", 4],
    ["style", 2],
  ]);
});

test("keeping the rest leaves what was decided, and nothing open", () => {
  expect(undecided(EMPTY_DRAFT, merged)).toEqual({ points: ["a", "b"], scores: ["claim"] });
  const kept = keepRest({ ...EMPTY_DRAFT, points: { a: { verdict: "rejected" } } }, merged);
  expect(undecided(kept, merged)).toEqual({ points: [], scores: [] });
  expect(kept.points.a?.verdict).toBe("rejected");
});

test("of a contradiction neither side is kept unless a person has rejected the other", () => {
  const contrary = create(MergedFeedbackSchema, {
    points: [
      { id: "good", agreement: Agreement.CONTESTED, contradicts: ["bad"] },
      { id: "bad", agreement: Agreement.CONTESTED, contradicts: ["good"] },
      { id: "calm" },
    ],
  });
  const kept = keepRest(EMPTY_DRAFT, contrary);
  expect(Object.keys(kept.points)).toEqual(["calm"]);
  expect(disputed(kept, contrary)).toEqual(["good", "bad"]);
  const settled = keepRest({ ...kept, points: { ...kept.points, bad: { verdict: "rejected" } } }, contrary);
  expect(settled.points.good?.verdict).toBe("kept");
  expect(keptOpposites(settled, contrary)).toEqual([]);

  // A person may keep both, and hears of it.
  const both = { ...kept, points: { good: { verdict: "kept" }, bad: { verdict: "edited" } } } as const;
  expect(disputed(both, contrary)).toEqual([]);
  expect(keptOpposites(both, contrary)).toEqual([["good", "bad"]]);
});
