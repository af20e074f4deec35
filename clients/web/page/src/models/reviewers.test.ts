import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ModelSchema } from "../../generated/chorus/model/v1/model_pb.ts";
import { outsideProviders } from "./reviewers.ts";

test("a server on our own machine is ours, whatever its provider is called", () => {
  const models = [
    create(ModelSchema, { name: "a", provider: "openai" }),
    create(ModelSchema, { name: "b", provider: "local", footprint: { device: "local" } }),
    create(ModelSchema, { name: "c" }),
  ];
  expect(outsideProviders(models, new Set(["a", "b", "c"]))).toEqual(["openai"]);
  expect(outsideProviders(models, new Set(["b", "c"]))).toEqual([]);
});
