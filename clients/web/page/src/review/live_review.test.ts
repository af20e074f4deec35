import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { type StreamFeedbackResponse, StreamFeedbackResponseSchema } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { Agreement } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import { ErrorReason } from "../../generated/chorus/model/v1/failure_pb.ts";
import { ASKING, shownPoints, takeEvent } from "./live_review.ts";
import { byDisagreement, numbers } from "./point_order.ts";

type Event = Parameters<typeof create<typeof StreamFeedbackResponseSchema>>[1];
const event = (init: Event): StreamFeedbackResponse => create(StreamFeedbackResponseSchema, init);
const accepted = event({ event: { case: "accepted", value: { models: ["a", "b", "c"] } } });
const delta = (model: string, observation: string) => event({ event: { case: "delta", value: { model, point: { observation } } } });
const result = (model: string, observation: string) =>
  event({ event: { case: "result", value: { model, outcome: { case: "feedback", value: { points: [{ observation }] } } } } });
const failed = (model: string) =>
  event({ event: { case: "result", value: { model, outcome: { case: "failure", value: { reason: ErrorReason.TIMEOUT } } } } });
const member = (model: string, observation: string) => ({ members: [{ model, point: { observation } }] });
const merged = event({ event: { case: "merged", value: { points: [{ id: "m1", ...member("a", "merged") }] } } });
const shown = (...events: StreamFeedbackResponse[]) => shownPoints(events.reduce(takeEvent, ASKING)).map((each) => each.point.observation);

test("points are shown as they come, of each model", () => {
  expect(shown(accepted, delta("a", "1"), delta("b", "2"))).toEqual(["1", "2"]);
});

test("a result replaces the points that came before it", () => {
  expect(shown(accepted, delta("a", "draft"), result("a", "checked"))).toEqual(["checked"]);
});

test("a model that dies takes its points away, and nobody else's", () => {
  expect(shown(accepted, delta("a", "1"), delta("b", "2"), failed("a"))).toEqual(["2"]);
});

test("a merge stands for the models that it holds; the others' points stay", () => {
  expect(shown(accepted, result("a", "1"), result("b", "2"), delta("c", "3"), merged)).toEqual(["merged", "3"]);
  expect(shown(accepted, result("a", "1"), result("b", "2"), merged, result("c", "4"))).toEqual(["merged", "4"]);
});

test("the response is all there is", () => {
  const response = event({ event: { case: "response", value: { merged: { points: [{ id: "m9", ...member("a", "last") }] } } } });
  expect(shown(accepted, delta("c", "3"), merged, response)).toEqual(["last"]);
  expect([accepted, response].reduce(takeEvent, ASKING).stage).toBe("done");
});

test("a substitute takes a seat of its own, and events of a newer server are passed over", () => {
  const review = [accepted, result("d", "5"), event({})].reduce(takeEvent, ASKING);
  expect(review.seats.map((each) => each.model)).toEqual(["a", "b", "c", "d"]);
});

test("contested points come first, and keep their numbers", () => {
  const points = [
    { id: "x", ...member("a", "calm") },
    { id: "y", ...member("a", "contested"), agreement: Agreement.CONTESTED },
  ];
  const review = takeEvent(ASKING, event({ event: { case: "response", value: { merged: { points } } } }));
  const [contested, rest] = byDisagreement(shownPoints(review), "importance");
  expect([contested, rest].map((some) => some.map((each) => each.id))).toEqual([["y"], ["x"]]);
  expect(numbers(shownPoints(review)).get("y")).toBe(2);
});
