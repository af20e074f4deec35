import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ErrorReason, FailureSchema } from "../generated/chorus/model/v1/failure_pb.ts";
import { explain, explainCall } from "./failures.ts";
import { en } from "./words/en/en.ts";
import { ko } from "./words/ko/ko.ts";

const silent = create(FailureSchema, { reason: ErrorReason.UNAVAILABLE, message: "the server answered UNAVAILABLE" });
const named = create(FailureSchema, { reason: ErrorReason.UNAVAILABLE, message: "no model of CHORUS_PANEL is ready" });

test("of a server that is away a teacher hears what to do, and no code", () => {
  expect(explainCall({ kind: "chorus", failure: silent, models: [] }, en, "en")).toBe(en.failures.silent);
  expect(explainCall({ kind: "chorus", failure: silent, models: [] }, ko, "ko")).toBe(ko.failures.silent);
  expect(explain(silent, en, "en")).toBe("not available");
});

test("what a server says itself is told", () => {
  expect(explainCall({ kind: "chorus", failure: named, models: [] }, en, "en")).toBe("not available: no model of CHORUS_PANEL is ready");
});

test("a model that is asked instead has its name for people", () => {
  const retired = create(FailureSchema, { reason: ErrorReason.MODEL_NOT_FOUND, metadata: { model: "a/1", successor: "a/2" } });
  expect(explain(retired, en, "en", (model) => `Model ${model}`)).toContain("ask Model a/2 instead");
});
