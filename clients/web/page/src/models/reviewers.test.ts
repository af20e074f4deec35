import { create } from "@bufbuild/protobuf";
import { ListModelsResponseSchema } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { expect, test } from "vitest";
import { Capability, Model_State, ModelSchema } from "../../generated/chorus/model/v1/model_pb.ts";
import { absentOf, chosenOf, outsideProviders } from "./reviewers.ts";

test("a server on our own machine is ours, whatever its provider is called", () => {
  const models = [
    create(ModelSchema, { name: "a", provider: "openai" }),
    create(ModelSchema, { name: "b", provider: "local", footprint: { device: "local" } }),
    create(ModelSchema, { name: "c" }),
  ];
  expect(outsideProviders(models, new Set(["a", "b", "c"]))).toEqual(["OpenAI"]);
  expect(outsideProviders(models, new Set(["b", "c"]))).toEqual([]);
});

test("of a choice that was kept those are asked that can take part, and nobody in the place of one that went away", () => {
  const reviews = { capabilities: [Capability.JSON_SCHEMA] };
  const listed = create(ListModelsResponseSchema, {
    models: [
      { name: "a", state: Model_State.READY, ...reviews },
      { name: "b", state: Model_State.UNAVAILABLE, ...reviews },
      { name: "c", state: Model_State.LOADING, ...reviews },
    ],
    defaultPanel: ["a"],
  });
  expect([...chosenOf(listed, ["b", "c", "gone"])]).toEqual(["c"]);
  expect(absentOf(listed, ["b", "c", "gone"])).toEqual(["b", "gone"]);
  expect([...chosenOf(listed, ["gone"])]).toEqual([]);
  expect([...chosenOf(listed, undefined)]).toEqual(["a"]);
  expect([chosenOf(undefined, ["a"]).size, absentOf(undefined, ["a"])]).toEqual([0, []]);
});
