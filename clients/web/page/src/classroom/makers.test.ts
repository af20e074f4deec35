import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ListModelsResponseSchema } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { Capability, Model_Kind, Model_State } from "../../generated/chorus/model/v1/model_pb.ts";
import { makerOf, makersOf } from "./makers.ts";

const writes = { capabilities: [Capability.TEXT], state: Model_State.READY };
const listed = (...models: object[]) => create(ListModelsResponseSchema, { models: models as { name: string }[] });

test("a model that can write is asked by its name, the usual provider's first", () => {
  const makers = makersOf(listed({ name: "a", ...writes }, { name: "g", provider: "google", ...writes }), Capability.TEXT);
  expect(makers.map(({ name }) => name)).toEqual(["g", "a"]);
  expect([makerOf(makers, ""), makerOf(makers, "a"), makerOf(makers, "gone")]).toEqual(["g", "a", "g"]);
});

test("one that is away, only loads, judges by rule or cannot draw does not come first", () => {
  const away = { name: "away", provider: "google", ...writes, state: Model_State.UNAVAILABLE };
  const loads = { name: "loads", provider: "google", ...writes, state: Model_State.LOADING };
  const rules = { name: "rules", kind: Model_Kind.RULES, ...writes };
  const models = listed(away, loads, rules, { name: "a", ...writes });
  expect(makersOf(models, Capability.TEXT).map(({ name }) => name)).toEqual(["a", "loads"]);
  expect(makerOf(makersOf(models, Capability.IMAGE_OUTPUT), "")).toBe("");
  expect(makersOf(undefined, Capability.TEXT)).toEqual([]);
});
